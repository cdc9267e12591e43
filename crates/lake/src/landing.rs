//! Bytes as they arrived, kept under their SHA-256.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::arriving::Arriving;
use crate::{LakeError, disk};

/// Bytes read at a time.
const STEP: usize = 1 << 20;
/// Steps read that may wait to be written.
const STEPS_AHEAD: usize = 4;

/// Bytes that have landed: on disk, and never to be lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landed {
    /// Name as the person knows it.
    pub name: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub bytes: u64,
}

/// The landing area.
#[derive(Clone, Debug)]
pub struct Landing {
    root: PathBuf,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

impl Landing {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Where bytes of that hash lie.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.root.join(sha256.get(..2).unwrap_or("00")).join(sha256)
    }

    /// Takes bytes in; when this returns they are on disk. The same bytes are kept once.
    ///
    /// # Errors
    /// When the disk fails; then nothing is left behind under a name.
    pub fn receive(&self, name: &str, from: impl Read) -> Result<Landed, LakeError> {
        let (file, part) = self.part()?;
        self.take_in(name, from, file, &part, &|_| {})
    }

    /// [`Self::receive`] in a thread of its own: what has come can be read meanwhile.
    ///
    /// # Errors
    /// When there is no room to begin.
    pub fn arrive(
        &self,
        name: &str,
        from: impl Read + Send + 'static,
    ) -> Result<Arriving, LakeError> {
        let (file, part) = self.part()?;
        let arrived = File::open(&part).map_err(LakeError::disk(&part))?;
        let (landing, name) = (self.clone(), name.to_owned());
        Ok(Arriving::start(arrived, move |written| {
            landing.take_in(&name, from, file, &part, written)
        }))
    }

    /// Bytes that have landed before, told by their hash: nothing is copied. Nothing if they are new.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn known(&self, name: &str, path: &Path) -> Result<Option<Landed>, LakeError> {
        let sha256 = sha256_of(path)?;
        let kept = self.path(&sha256);
        let Ok(data) = kept.metadata() else {
            return Ok(None);
        };
        Ok(Some(Landed {
            name: name.to_owned(),
            sha256,
            bytes: data.len(),
        }))
    }

    /// A file to write to, under no name that counts.
    fn part(&self) -> Result<(File, PathBuf), LakeError> {
        disk::folder(&self.root)?;
        let part = self.root.join(format!(
            "part-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        let file = File::create(&part).map_err(LakeError::disk(&part))?;
        Ok((file, part))
    }

    fn take_in(
        &self,
        name: &str,
        from: impl Read,
        file: File,
        part: &Path,
        written: &(dyn Fn(u64) + Sync),
    ) -> Result<Landed, LakeError> {
        let landed = copy(name, from, (file, part), written)
            .and_then(|landed| self.settle(part, &landed).map(|()| landed));
        if landed.is_err() {
            std::fs::remove_file(part).ok();
        }
        landed
    }

    /// Gives bytes that are on disk their name for good.
    fn settle(&self, part: &Path, landed: &Landed) -> Result<(), LakeError> {
        let path = self.path(&landed.sha256);
        if path.is_file() {
            return std::fs::remove_file(part).map_err(LakeError::disk(part));
        }
        let parent = path.parent().unwrap_or(&self.root);
        disk::folder(parent)?;
        std::fs::rename(part, &path).map_err(LakeError::disk(&path))?;
        disk::sync_folder(parent)
    }

    /// Removes what a killed process left half-received.
    pub(crate) fn clean(&self) {
        for entry in std::fs::read_dir(&self.root)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            let name = entry.file_name();
            let owner = name
                .to_string_lossy()
                .strip_prefix("part-")
                .and_then(|rest| rest.split('-').next().map(str::to_owned));
            // Another process may be receiving: only what no process owns is a leftover.
            if owner.is_some_and(|owner| !Path::new("/proc").join(owner).exists()) {
                std::fs::remove_file(entry.path()).ok();
            }
        }
    }
}

/// Copies and hashes; the bytes are on disk when this returns. `written` is told how many others can read.
fn copy(
    name: &str,
    mut from: impl Read,
    (mut file, part): (File, &Path),
    written: &(dyn Fn(u64) + Sync),
) -> Result<Landed, LakeError> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    // Written in a thread of its own while the next step is read and hashed.
    std::thread::scope(|scope| -> Result<(), LakeError> {
        let (to_write, blocks) = sync_channel::<Vec<u8>>(STEPS_AHEAD);
        let (to_fill, empty) = sync_channel::<Vec<u8>>(STEPS_AHEAD + 1);
        let writer = scope.spawn(move || -> std::io::Result<()> {
            let mut done = 0;
            for block in blocks {
                file.write_all(&block)?;
                done += u64::try_from(block.len()).unwrap_or_default();
                written(done);
                // Whoever reads may have ended already.
                to_fill.try_send(block).ok();
            }
            file.sync_all()
        });
        loop {
            let mut step = empty.try_recv().unwrap_or_default();
            step.resize(STEP, 0);
            let read = from
                .read(&mut step)
                .map_err(LakeError::disk(Path::new(name)))?;
            step.truncate(read);
            if step.is_empty() {
                break;
            }
            hash.update(&step);
            if to_write.send(step).is_err() {
                // The writer has ended, and says why.
                break;
            }
            bytes += u64::try_from(read).unwrap_or_default();
        }
        drop(to_write);
        let ended = writer
            .join()
            .unwrap_or_else(|_| Err(std::io::Error::other("the writing thread broke down")));
        ended.map_err(LakeError::disk(part))
    })?;
    Ok(Landed {
        name: name.to_owned(),
        sha256: hex(&hash.finalize()),
        bytes,
    })
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// SHA-256 of a file.
pub(crate) fn sha256_of(path: &Path) -> Result<String, LakeError> {
    let mut file = File::open(path).map_err(LakeError::disk(path))?;
    let mut hash = Sha256::new();
    let mut step = vec![0; STEP];
    loop {
        let read = file.read(&mut step).map_err(LakeError::disk(path))?;
        let Some(block) = step.get(..read).filter(|block| !block.is_empty()) else {
            break;
        };
        hash.update(block);
    }
    Ok(hex(&hash.finalize()))
}
