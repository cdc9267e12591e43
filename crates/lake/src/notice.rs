//! Changes, told to every process that has the lake open.
//!
//! A city's pages look over all datasets, and a lake may be written by another process: looking for each dataset's
//! next commit would ask the file system tens of thousands of times for one page. Instead whoever changes a dataset
//! adds a line to one file before (`+dataset`) and after (`-dataset`), and who reads looks whether that file grew.
//! A change whose process died in between stays open for ever: its dataset is looked at anew each time, so a line
//! that is missing costs time and never tells an old state.

use std::collections::HashMap;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::LakeError;

/// Bytes after which the file is begun anew.
const FULL: u64 = 1 << 20;

/// The file of changes, and how far it was read.
#[derive(Debug)]
pub(crate) struct Notices {
    path: PathBuf,
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    /// Which file was read: it is replaced when it is full.
    file: u64,
    read: u64,
    /// Changes under way.
    open: HashMap<String, u32>,
    /// The change that was the last of each dataset.
    turns: HashMap<String, u64>,
    /// The change since which `turns` tells of all.
    base: u64,
    next: u64,
}

/// A change under way; it is over when this goes.
pub(crate) struct Change<'n> {
    notices: &'n Notices,
    dataset: String,
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        // A line that cannot be written leaves the change open: its dataset is looked at anew each time.
        self.notices.add('-', &self.dataset).ok();
    }
}

impl Notices {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            heard: Mutex::default(),
        }
    }

    /// Says that a dataset changes from now on.
    pub(crate) fn announce(&self, dataset: &str) -> Result<Change<'_>, LakeError> {
        self.add('+', dataset)
            .map_err(LakeError::disk(&self.path))?;
        Ok(Change {
            notices: self,
            dataset: dataset.to_owned(),
        })
    }

    /// A number that is another one after each change of the dataset; nothing while it may be changing.
    pub(crate) fn turn(&self, dataset: &str) -> Option<u64> {
        let heard = self.listened()?;
        if heard.open.contains_key(dataset) {
            return None;
        }
        let own = heard.turns.get(dataset).copied().unwrap_or_default();
        Some(own.max(heard.base))
    }

    /// The same for all datasets together.
    pub(crate) fn standing(&self) -> Option<u64> {
        let heard = self.listened()?;
        heard.open.is_empty().then_some(heard.next)
    }

    /// What was heard up to now; nothing when the file cannot be read.
    fn listened(&self) -> Option<MutexGuard<'_, Heard>> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        match std::fs::metadata(&self.path) {
            Ok(now) => heard.listen(&self.path, &now).ok()?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => return None,
        }
        Some(heard)
    }

    fn add(&self, sign: char, dataset: &str) -> std::io::Result<()> {
        let line = format!("{sign}{dataset}\n");
        loop {
            let mut file = OpenOptions::new()
                .append(true)
                .create(true)
                .open(&self.path)?;
            file.write_all(line.as_bytes())?;
            let written = file.metadata()?;
            // Replaced by another process meanwhile: nobody would read the line.
            if std::fs::metadata(&self.path).is_ok_and(|now| now.ino() == written.ino()) {
                if written.len() > FULL {
                    self.begin_anew()?;
                }
                return Ok(());
            }
        }
    }

    fn begin_anew(&self) -> std::io::Result<()> {
        let part = self
            .path
            .with_extension(format!("{}", uuid::Uuid::now_v7()));
        File::create(&part)?;
        std::fs::rename(&part, &self.path)
    }
}

impl Heard {
    fn listen(&mut self, path: &Path, now: &Metadata) -> std::io::Result<()> {
        if now.ino() == self.file && now.len() == self.read {
            return Ok(());
        }
        let mut file = File::open(path)?;
        let opened = file.metadata()?;
        if opened.ino() != self.file || opened.len() < self.read {
            // What the file before said last is not known: everything may have changed.
            self.next += 1;
            self.base = self.next;
            self.open.clear();
            (self.file, self.read) = (opened.ino(), 0);
        }
        file.seek(SeekFrom::Start(self.read))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A line that is being written is read the next time.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        self.read += u64::try_from(whole).unwrap_or_default();
        for line in text.get(..whole).unwrap_or_default().lines() {
            self.hear(line);
        }
        Ok(())
    }

    fn hear(&mut self, line: &str) {
        self.next += 1;
        if let Some(dataset) = line.strip_prefix('+') {
            *self.open.entry(dataset.to_owned()).or_default() += 1;
            self.turns.insert(dataset.to_owned(), self.next);
        } else if let Some(dataset) = line.strip_prefix('-') {
            if let Some(open) = self.open.get_mut(dataset) {
                *open -= 1;
                if *open == 0 {
                    self.open.remove(dataset);
                }
            }
            self.turns.insert(dataset.to_owned(), self.next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> (tempfile::TempDir, Notices, Notices) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("changes");
        let (one, other) = (Notices::new(path.clone()), Notices::new(path));
        (folder, one, other)
    }

    #[test]
    fn a_change_is_heard_by_another_process_and_concerns_one_dataset() {
        let (_folder, writer, reader) = two();
        let (before, beside) = (reader.turn("a"), reader.turn("b"));
        assert!(before.is_some());
        assert_eq!(reader.turn("a"), before, "nothing happened");
        let change = writer.announce("a").unwrap();
        let wakened = reader.turn("b");
        assert_eq!(reader.turn("a"), None, "it may change at any moment");
        assert_eq!(reader.standing(), None);
        drop(change);
        let after = reader.turn("a");
        assert!(after.is_some() && after != before);
        assert!(reader.standing() >= after);
        assert_eq!(reader.turn("b"), wakened);
        assert_eq!(beside, Some(0));
        assert_eq!(writer.turn("a").is_some(), after.is_some());
    }

    #[test]
    fn a_change_that_never_ended_is_never_trusted_and_two_at_once_end_with_the_second() {
        let (_folder, writer, reader) = two();
        std::mem::forget(writer.announce("a").unwrap());
        drop(writer.announce("a").unwrap());
        assert_eq!(reader.turn("a"), None);
        assert!(reader.turn("b").is_some());
        let (one, other) = (writer.announce("b").unwrap(), writer.announce("b").unwrap());
        drop(one);
        assert_eq!(reader.turn("b"), None);
        drop(other);
        assert!(reader.turn("b").is_some());
    }

    #[test]
    fn a_file_begun_anew_makes_everything_doubtful_once() {
        let (_folder, writer, reader) = two();
        drop(writer.announce("a").unwrap());
        let before = reader.turn("a");
        writer.begin_anew().unwrap();
        drop(writer.announce("b").unwrap());
        let after = reader.turn("a");
        assert!(after.is_some() && after != before);
        assert_eq!(reader.turn("a"), after);
    }

    #[test]
    fn a_full_file_is_replaced_and_changes_are_still_heard() {
        let (_folder, writer, reader) = two();
        let name = "x".repeat(1000);
        let mut turns = std::collections::HashSet::new();
        for _ in 0..1_200 {
            drop(writer.announce(&name).unwrap());
            turns.insert(reader.turn(&name).unwrap());
        }
        assert_eq!(turns.len(), 1_200, "each change made another number");
        assert!(std::fs::metadata(&writer.path).unwrap().len() <= FULL + 2_000);
    }
}
