//! A file that only grows, line by line, each with a mark that shows whether it is whole.
//!
//! A process that is killed leaves at most one torn line at the end: it was never acknowledged, and goes
//! when the file is opened again. A line that is broken anywhere else was changed by somebody, and is told.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// Longest line that is read.
const LINE_MAX: u64 = 1 << 20;
/// Length of a line's mark, in hexadecimal digits.
const MARK: usize = 16;

/// A file that only grows. While it is open nobody else writes it.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    waiting: Vec<u8>,
}

impl Journal {
    /// Opens or makes the file, and hands each whole line to `each`.
    pub(super) fn open(path: &Path, each: &mut dyn FnMut(&str)) -> io::Result<Self> {
        let is_new = !path.exists();
        let mut file = own(OpenOptions::new().read(true).append(true).create(true)).open(path)?;
        file.try_lock().map_err(|error| {
            io::Error::other(format!(
                "{}: somebody else writes it: {error}",
                path.display()
            ))
        })?;
        if is_new {
            durable_name(path)?;
        }
        let end = lines(&mut file, path, each)?;
        if end < file.metadata()?.len() {
            file.set_len(end)?;
            file.sync_all()?;
        }
        Ok(Self {
            file,
            path: path.to_owned(),
            waiting: Vec::new(),
        })
    }

    /// Puts a line behind the others; it is durable with the next [`Journal::commit`].
    pub(super) fn append(&mut self, line: &str) {
        self.waiting.extend_from_slice(mark(line).as_bytes());
        self.waiting.push(b' ');
        self.waiting.extend_from_slice(line.as_bytes());
        self.waiting.push(b'\n');
    }

    /// Bytes that wait for a commit.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Everything appended is on disk when this returns.
    pub(super) fn commit(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let before = self.file.metadata()?.len();
        let written = self
            .file
            .write_all(&self.waiting)
            .and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // Half a line must not stand before whole ones.
            let _kept_for_the_next_opening = self.file.set_len(before);
            let path = self.path.display();
            return Err(io::Error::new(error.kind(), format!("{path}: {error}")));
        }
        self.waiting.clear();
        Ok(())
    }
}

/// Reads the lines of a file that may not be there, and writes nothing.
pub(super) fn read(path: &Path, each: &mut dyn FnMut(&str)) -> io::Result<()> {
    match File::open(path) {
        Ok(mut file) => lines(&mut file, path, each).map(|_end| ()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Reads every whole line; answers where the last of them ends.
fn lines(file: &mut File, path: &Path, each: &mut dyn FnMut(&str)) -> io::Result<u64> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(file);
    let (mut end, mut number) = (0, 0_u64);
    let mut broken = None;
    loop {
        let mut bytes = Vec::new();
        let length = io::Read::take(&mut reader, LINE_MAX).read_until(b'\n', &mut bytes)?;
        if length == 0 {
            return Ok(end);
        }
        number += 1;
        if let Some(at) = broken {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "{}:{at}: the line was changed after it was written; bring the file back from a copy",
                    path.display()
                ),
            ));
        }
        match whole(&bytes) {
            Some(line) => {
                each(line);
                end += u64::try_from(length).unwrap_or_default();
            }
            None => broken = Some(number),
        }
    }
}

/// The line without its mark, if the mark fits.
fn whole(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes.strip_suffix(b"\n")?).ok()?;
    let (found, line) = text.split_at_checked(MARK)?;
    let line = line.strip_prefix(' ')?;
    (found == mark(line)).then_some(line)
}

fn mark(line: &str) -> String {
    let digest = Sha256::digest(line.as_bytes());
    digest
        .iter()
        .take(MARK / 2)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A file for the owner alone.
#[cfg(unix)]
pub(super) fn own(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

/// A file for the owner alone, where the machine knows owners.
#[cfg(not(unix))]
pub(super) fn own(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Makes a folder for the owner alone, unless there is one.
pub(super) fn own_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)?;
    // A city's folder is often kept under version control, and secrets are no part of it.
    let ignore = path.join(".gitignore");
    if ignore.exists() {
        Ok(())
    } else {
        std::fs::write(ignore, "*\n")
    }
}

/// A file's name is on disk when this returns.
pub(super) fn durable_name(path: &Path) -> io::Result<()> {
    match path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn told(path: &Path) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        Journal::open(path, &mut |line| lines.push(line.to_owned()))?;
        Ok(lines)
    }

    fn written(folder: &Path) -> PathBuf {
        let path = folder.join("journal");
        let mut journal = Journal::open(&path, &mut |_| ()).unwrap();
        for line in ["첫째", "둘째", "셋째"] {
            journal.append(line);
        }
        journal.commit().unwrap();
        path
    }

    #[test]
    fn what_is_not_committed_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path());
        let mut journal = Journal::open(&path, &mut |_| ()).unwrap();
        journal.append("넷째");
        drop(journal);
        assert_eq!(told(&path).unwrap(), ["첫째", "둘째", "셋째"]);
    }

    #[test]
    fn nobody_else_writes_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path());
        let _open = Journal::open(&path, &mut |_| ()).unwrap();
        assert!(
            told(&path)
                .unwrap_err()
                .to_string()
                .contains("somebody else")
        );
    }

    #[test]
    fn a_line_changed_before_the_end_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path());
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("둘째", "두째")).unwrap();
        assert!(told(&path).unwrap_err().to_string().contains("journal:2:"));
    }

    proptest! {
        #[test]
        fn cut_anywhere_the_whole_lines_stay_and_more_can_follow(cut in 0_usize..80) {
            let folder = tempfile::tempdir().unwrap();
            let path = written(folder.path());
            let bytes = fs::read(&path).unwrap();
            let cut = cut.min(bytes.len());
            fs::write(&path, &bytes[..cut]).unwrap();
            let whole = bytes[..cut].split(|byte| *byte == b'\n').count() - 1;
            prop_assert_eq!(told(&path).unwrap().len(), whole);
            let mut journal = Journal::open(&path, &mut |_| ()).unwrap();
            journal.append("더");
            journal.commit().unwrap();
            drop(journal);
            let lines = told(&path).unwrap();
            prop_assert_eq!(lines.len(), whole + 1);
            prop_assert_eq!(lines.last().unwrap(), "더");
        }
    }
}
