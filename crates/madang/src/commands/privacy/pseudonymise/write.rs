//! The result, as a file that opens right in a spreadsheet; there whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::hex;
use crate::exit::Failure;

/// Where rows go until all have come.
pub(crate) struct Sink {
    file: BufWriter<NamedTempFile>,
    out: PathBuf,
    digest: Sha256,
    line: String,
}

impl Sink {
    /// A file beside the one that is wanted, readable by its owner alone.
    pub(crate) fn create(out: &Path) -> Result<Self, Failure> {
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
            .map_err(|error| failed(out, &error))?;
        let mut sink = Self {
            file: BufWriter::new(file),
            out: out.to_owned(),
            digest: Sha256::new(),
            line: "\u{feff}".to_owned(),
        };
        sink.flush_line().map_err(|error| failed(out, &error))?;
        Ok(sink)
    }

    /// Takes a row.
    pub(crate) fn row(&mut self, cells: &[String]) -> io::Result<()> {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.line.push(',');
            }
            put(&mut self.line, cell);
        }
        self.line.push_str("\r\n");
        self.flush_line()
    }

    fn flush_line(&mut self) -> io::Result<()> {
        self.digest.update(self.line.as_bytes());
        self.file.write_all(self.line.as_bytes())?;
        self.line.clear();
        Ok(())
    }

    /// The file is where it was wanted, on disk; answers its SHA-256. Over another file it never goes.
    pub(crate) fn finish(self) -> Result<String, Failure> {
        let out = self.out;
        let file = self
            .file
            .into_inner()
            .map_err(|error| failed(&out, error.error()))?;
        file.as_file()
            .sync_all()
            .map_err(|error| failed(&out, &error))?;
        let digest = hex(self.digest.finalize().as_slice());
        match file.persist_noclobber(&out) {
            Ok(_) => {
                let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
                File::open(folder.unwrap_or(Path::new(".")))
                    .and_then(|folder| folder.sync_all())
                    .map_err(|error| failed(&out, &error))?;
                Ok(digest)
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                // The same again is no other file.
                let same = super::sha256(&out).is_ok_and(|found| found == digest);
                if same {
                    return Ok(digest);
                }
                Err(Failure::Input(format!(
                    "{}: there is another file already; name another with --out, or take it away",
                    out.display()
                )))
            }
            Err(error) => Err(failed(&out, &error.error)),
        }
    }
}

fn failed(out: &Path, error: &io::Error) -> Failure {
    Failure::Machine(format!("failed to write {}: {error}", out.display()))
}

/// Appends a cell. What a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers.
fn put(line: &mut String, cell: &str) {
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let is_formula = begins && cell.parse::<f64>().is_err();
    let needs_quotes =
        cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ');
    let mark = if is_formula { "'" } else { "" };
    if needs_quotes {
        line.push('"');
        line.push_str(mark);
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(mark);
        line.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_needed_and_never_a_formula() {
        let told = |cell: &str| {
            let mut line = String::new();
            put(&mut line, cell);
            line
        };
        assert_eq!(told("가, \"나\""), "\"가, \"\"나\"\"\"");
        assert_eq!(told("=1+1"), "'=1+1");
        assert_eq!(told("-5"), "-5");
        assert_eq!(told("+82-10-1234-5678"), "'+82-10-1234-5678");
    }

    #[test]
    fn a_result_is_there_whole_and_over_no_other_file() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.csv");
        let write = |cell: &str| {
            let mut sink = Sink::create(&out).unwrap();
            sink.row(&[cell.to_owned()]).unwrap();
            sink
        };
        drop(write("가"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let digest = write("가").finish().unwrap();
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "\u{feff}가\r\n");
        assert_eq!(
            write("가").finish().unwrap(),
            digest,
            "the same again changes nothing"
        );
        assert!(write("나").finish().is_err());
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "\u{feff}가\r\n");
    }
}
