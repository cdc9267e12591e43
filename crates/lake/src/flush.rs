//! Data files sent to the disk while they are still being written, so that little is left to wait for at the commit.

use std::fs::File;
use std::io::{Error, Result};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

/// A thread that flushes files it is given.
#[derive(Debug)]
pub(crate) struct Flusher {
    files: Sender<File>,
    thread: JoinHandle<Result<()>>,
}

impl Flusher {
    pub(crate) fn start() -> Self {
        let (files, given) = channel::<File>();
        // The first failure is kept: the disk tells it once, and whoever commits must hear of it.
        let thread = std::thread::spawn(move || {
            let flushed = given.iter().map(|file| file.sync_data());
            flushed.fold(Ok(()), Result::and)
        });
        Self { files, thread }
    }

    /// Flushes what has been written to `file` so far, at some time.
    pub(crate) fn flush(&self, file: &File) -> Result<()> {
        // A thread that broke down is told of at the end.
        self.files.send(file.try_clone()?).ok();
        Ok(())
    }

    /// Waits for all that was given.
    pub(crate) fn end(self) -> Result<()> {
        drop(self.files);
        self.thread
            .join()
            .unwrap_or_else(|_| Err(Error::other("the flushing thread broke down")))
    }
}
