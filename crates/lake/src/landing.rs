//! Bytes as they arrived, kept under their SHA-256.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

    /// Takes bytes in; when this returns they are on disk. The same bytes are kept once. `progress` is told
    /// of bytes done.
    ///
    /// # Errors
    /// When the disk fails; then nothing is left behind under a name.
    pub fn receive(
        &self,
        name: &str,
        mut from: impl Read,
        progress: &dyn Fn(u64),
    ) -> Result<Landed, LakeError> {
        disk::folder(&self.root)?;
        let part = self.root.join(format!(
            "part-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        let landed = copy(name, &mut from, &part, progress);
        let landed = match landed {
            Ok(landed) => landed,
            Err(error) => {
                std::fs::remove_file(&part).ok();
                return Err(error);
            }
        };
        let path = self.path(&landed.sha256);
        if path.is_file() {
            std::fs::remove_file(&part).map_err(LakeError::disk(&part))?;
            return Ok(landed);
        }
        let parent = path.parent().unwrap_or(&self.root);
        disk::folder(parent)?;
        std::fs::rename(&part, &path).map_err(LakeError::disk(&path))?;
        disk::sync_folder(parent)?;
        Ok(landed)
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

fn copy(
    name: &str,
    from: &mut impl Read,
    part: &Path,
    progress: &dyn Fn(u64),
) -> Result<Landed, LakeError> {
    let mut file = File::create(part).map_err(LakeError::disk(part))?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    // Written in a thread of its own while the next step is read and hashed.
    std::thread::scope(|scope| -> Result<(), LakeError> {
        let (to_write, blocks) = sync_channel::<Vec<u8>>(STEPS_AHEAD);
        let (to_fill, empty) = sync_channel::<Vec<u8>>(STEPS_AHEAD + 1);
        let writer = scope.spawn(move || -> std::io::Result<()> {
            for block in blocks {
                file.write_all(&block)?;
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
            progress(bytes);
        }
        drop(to_write);
        let written = writer
            .join()
            .unwrap_or_else(|_| Err(std::io::Error::other("the writing thread broke down")));
        written.map_err(LakeError::disk(part))
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
