//! Bytes on their way into the landing area, readable as far as they have come.

use std::fs::File;
use std::io::{Error, Read, Result};
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::{LakeError, Landed};

/// How far an arrival has come.
#[derive(Debug, Default)]
struct Way {
    come: Mutex<Come>,
    moved: Condvar,
}

#[derive(Clone, Copy, Debug, Default)]
struct Come {
    bytes: u64,
    /// Whether all came, once no more come.
    ended: Option<bool>,
}

impl Way {
    fn lock(&self) -> MutexGuard<'_, Come> {
        self.come.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, change: impl FnOnce(&mut Come)) {
        change(&mut self.lock());
        self.moved.notify_all();
    }

    /// Waits until more than `at` bytes have come, or no more do.
    fn beyond(&self, at: u64) -> Come {
        let come = self.lock();
        *self
            .moved
            .wait_while(come, |come| come.bytes <= at && come.ended.is_none())
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the readers that no more bytes come, even if the thread breaks down.
struct End(Arc<Way>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.tell(|come| {
            come.ended.get_or_insert(false);
        });
    }
}

/// Bytes that land while others read them.
#[derive(Debug)]
pub struct Arriving {
    file: File,
    way: Arc<Way>,
    thread: Option<JoinHandle<std::result::Result<Landed, LakeError>>>,
}

impl Arriving {
    /// Runs `land`, which writes to the bytes of `file` and tells how far it has come.
    pub(crate) fn start(
        file: File,
        land: impl FnOnce(&(dyn Fn(u64) + Sync)) -> std::result::Result<Landed, LakeError>
        + Send
        + 'static,
    ) -> Self {
        let way = Arc::new(Way::default());
        let end = End(Arc::clone(&way));
        let thread = std::thread::spawn(move || {
            let landed = land(&|bytes| end.0.tell(|come| come.bytes = bytes));
            let whole = landed.is_ok();
            end.0.tell(|come| come.ended = Some(whole));
            landed
        });
        Self {
            file,
            way,
            thread: Some(thread),
        }
    }

    /// Reads from `from` to the end, waiting for what has not come yet.
    ///
    /// # Errors
    /// When no more files can be opened.
    pub fn reader(&self, from: u64) -> Result<impl Read + Send + use<>> {
        Ok(Follower {
            file: self.file.try_clone()?,
            way: Arc::clone(&self.way),
            at: from,
        })
    }

    /// How many bytes there are, once all have come.
    ///
    /// # Errors
    /// When not all came.
    pub fn size(&self) -> Result<u64> {
        let come = self.way.beyond(u64::MAX);
        if come.ended == Some(true) {
            Ok(come.bytes)
        } else {
            Err(too_early())
        }
    }

    /// Waits until all bytes are on disk under their name.
    ///
    /// # Errors
    /// When reading them or the disk failed.
    pub fn landed(mut self) -> std::result::Result<Landed, LakeError> {
        let landed = self.thread.take().and_then(|thread| thread.join().ok());
        landed.unwrap_or_else(|| {
            let broken = Error::other("the landing thread broke down");
            Err(LakeError::disk(std::path::Path::new("landing"))(broken))
        })
    }
}

impl Drop for Arriving {
    /// Bytes that began to land are kept, whatever becomes of those who read them.
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

struct Follower {
    file: File,
    way: Arc<Way>,
    at: u64,
}

impl Read for Follower {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let come = self.way.beyond(self.at);
        if come.bytes <= self.at {
            return if come.ended == Some(true) {
                Ok(0)
            } else {
                Err(too_early())
            };
        }
        let there = usize::try_from(come.bytes - self.at).unwrap_or(usize::MAX);
        let most = into.len().min(there);
        let read = self
            .file
            .read_at(into.get_mut(..most).unwrap_or_default(), self.at)?;
        self.at += u64::try_from(read).unwrap_or_default();
        Ok(read)
    }
}

fn too_early() -> Error {
    Error::other("the bytes did not all arrive")
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::mpsc::{Receiver, channel};

    use crate::Lake;

    /// Gives what is sent to it, and fails on an empty block.
    struct Dripping(Receiver<Vec<u8>>);

    impl Read for Dripping {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            match self.0.recv() {
                Ok(block) if block.is_empty() => Err(std::io::Error::other("unplugged")),
                Ok(block) => {
                    into[..block.len()].copy_from_slice(&block);
                    Ok(block.len())
                }
                Err(_) => Ok(0),
            }
        }
    }

    #[test]
    fn what_has_come_is_read_before_the_rest_comes() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path()).unwrap();
        let (drip, dripping) = channel();
        let arriving = lake.landing().arrive("a.csv", Dripping(dripping)).unwrap();
        drip.send(b"first,".to_vec()).unwrap();
        let mut reader = arriving.reader(2).unwrap();
        let mut four = [0; 4];
        reader.read_exact(&mut four).unwrap();
        assert_eq!(&four, b"rst,");
        drip.send(b"second".to_vec()).unwrap();
        drop(drip);
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        assert_eq!((rest.as_str(), arriving.size().unwrap()), ("second", 12));
        let landed = arriving.landed().unwrap();
        let kept = std::fs::read(lake.landing().path(&landed.sha256)).unwrap();
        assert_eq!((kept.as_slice(), landed.bytes), (&b"first,second"[..], 12));
        let source = folder.path().join("again.csv");
        std::fs::write(&source, "first,second").unwrap();
        let known = lake.landing().known("again.csv", &source).unwrap().unwrap();
        assert_eq!(known.sha256, landed.sha256);
        std::fs::write(&source, "first,third").unwrap();
        assert_eq!(lake.landing().known("again.csv", &source).unwrap(), None);
    }

    #[test]
    fn an_arrival_that_breaks_off_is_an_error_for_its_readers_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path()).unwrap();
        let (drip, dripping) = channel();
        let arriving = lake.landing().arrive("a.csv", Dripping(dripping)).unwrap();
        drip.send(b"first,".to_vec()).unwrap();
        drip.send(Vec::new()).unwrap();
        let mut text = String::new();
        let error = arriving
            .reader(0)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap_err();
        assert_eq!(error.to_string(), "the bytes did not all arrive");
        assert!(arriving.size().is_err());
        assert!(arriving.landed().is_err());
        let left = std::fs::read_dir(folder.path().join("landing")).unwrap();
        assert_eq!(left.count(), 0);
    }
}
