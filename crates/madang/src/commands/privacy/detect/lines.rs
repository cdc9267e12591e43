//! Lines of text → lines of labels.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Write};
use std::path::Path;

use city::Fault;
use privacy::detect::{Day, Detector, label};

use crate::exit::Failure;
use crate::out;

/// Bytes of the longest line that is read.
const LINE_MAX: u64 = 64 * 1024 * 1024;

/// Labels all lines; writes OUT only when all could be read.
pub(super) fn label(input: &Path, output: &Path, today: Day) -> Result<(), Failure> {
    let reader: Box<dyn BufRead> = if is_dash(input) {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(input).map_err(|error| {
            Failure::Input(format!("{}: it cannot be read: {error}", input.display()))
        })?;
        Box::new(BufReader::with_capacity(1 << 20, file))
    };
    if is_dash(output) {
        let count = label_all(reader, io::stdout().lock(), (input, output), today)?;
        out::say(format!("{count} lines labelled"));
        return Ok(());
    }
    // Beside its place, so that it can take it at once.
    let folder = output
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let cannot = |error: io::Error| {
        Failure::Machine(format!(
            "{}: it cannot be written: {error}",
            output.display()
        ))
    };
    let file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(cannot)?;
    let count = label_all(reader, &file, (input, output), today)?;
    file.persist(output).map_err(|error| cannot(error.error))?;
    out::say(format!("{count} lines labelled"));
    Ok(())
}

fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn label_all(
    mut reader: impl BufRead,
    writer: impl Write,
    (input, output): (&Path, &Path),
    today: Day,
) -> Result<u64, Failure> {
    let mut writer = BufWriter::with_capacity(1 << 20, writer);
    let cannot = |error: io::Error| {
        Failure::Machine(format!(
            "{}: it cannot be written: {error}",
            output.display()
        ))
    };
    let mut detector = Detector::new(today);
    let (mut bytes, mut number, mut count) = (Vec::new(), 0, 0);
    loop {
        bytes.clear();
        number += 1;
        let fault = |what: &str| Fault::at(input, what).line(number);
        let read = (&mut reader).take(LINE_MAX).read_until(b'\n', &mut bytes);
        let read = read.map_err(|error| {
            Failure::Machine(format!("{}: reading failed: {error}", input.display()))
        })?;
        if read == 0 {
            break;
        }
        if !bytes.ends_with(b"\n") && u64::try_from(bytes.len()).is_ok_and(|len| len >= LINE_MAX) {
            let fault = fault("the line is too long").expected("lines of 64 MiB at most");
            return Err(Failure::faults(&[fault]));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|_bytes| Failure::faults(&[fault("the line is not UTF-8")]))?;
        // A byte order mark, as some programs write it.
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let labelled = label::line(&mut detector, text).map_err(|what| {
            let fault = fault(&what).expected("{\"id\": ..., \"text\": \"...\"}");
            Failure::faults(&[fault])
        })?;
        writeln!(writer, "{labelled}").map_err(cannot)?;
        count += 1;
    }
    writer.flush().map_err(cannot)?;
    Ok(count)
}
