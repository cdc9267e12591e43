//! Where the log lies: a folder of plain files beside the record store.
//!
//! | file | holds |
//! | --- | --- |
//! | `entries-NNNNNNNNNNNN.log` | 16,384 entries, one a line: the hash of its leaf, a space, its JSON |
//! | `roots` | for each full file of entries the root of the tree over it |
//! | `head` | the signed checkpoint of the last group that was acknowledged |
//! | `keys` | public keys, each after the first signed by the one before it |
//! | `key.private` | the key that signs; nobody else may read it |
//! | `checkpoints/` | signed checkpoints, by number of entries |
//! | `pruned/` | signed records of what retention took away |
//! | `lock`, `reading` | held while entries are written, while files are read whole |

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Entries in a file, and in the subtree it is: a power of two.
pub(super) const SEGMENT: u64 = 1 << HEIGHT;
/// Height of the tree over a full file.
pub(super) const HEIGHT: u32 = 14;
/// The longest entry that is written or read, in bytes.
pub(super) const LONGEST: usize = 1 << 20;
/// The largest of the small files that is read.
const SMALL: u64 = 16 << 20;

/// How bytes get to the disk: a seam where tests make it full.
pub(super) trait Disk: Send + Sync + std::fmt::Debug {
    /// Writes all of it, or fails; then a part may be there.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    /// Waits until what was written survives a power cut.
    fn sync(&self, file: &File) -> io::Result<()>;
}

/// The machine's disk.
#[derive(Debug)]
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The file of a segment, counted from 0; its name is the number of its first entry.
    pub(super) fn segment(&self, segment: u64) -> PathBuf {
        self.path
            .join(format!("entries-{:012}.log", segment * SEGMENT + 1))
    }

    pub(super) fn checkpoints(&self) -> PathBuf {
        self.path.join("checkpoints")
    }

    pub(super) fn pruned(&self) -> PathBuf {
        self.path.join("pruned")
    }

    /// Numbers of the segments there are, in order.
    pub(super) fn segments(&self) -> io::Result<Vec<u64>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let first = name
                .to_str()
                .and_then(|name| name.strip_prefix("entries-")?.strip_suffix(".log"))
                .and_then(|digits| digits.parse::<u64>().ok());
            if let Some(segment) = first.and_then(|first| first.checked_sub(1)) {
                found.push(segment / SEGMENT);
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// A small file's text; `None` when it is not there.
    pub(super) fn text(&self, name: &str) -> io::Result<Option<String>> {
        small(&self.file(name))
    }

    /// Files of a folder below, by name in order; none when there is no folder.
    pub(super) fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry?.path();
            // What was not finished has no standing.
            if path.extension().is_none() {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(paths)
    }

    /// Waits for the turn to write; it ends with the file.
    pub(super) fn lock(&self) -> io::Result<File> {
        let file = self.lock_file("lock")?;
        file.lock()?;
        Ok(file)
    }

    /// Files stay as they are while this is held. `None` on a medium that cannot be written: nobody changes it.
    pub(super) fn reading(&self) -> Option<File> {
        let file = self.lock_file("reading").ok()?;
        file.lock_shared().ok()?;
        Some(file)
    }

    /// Nobody reads files whole while this is held; `None` when somebody does. Nobody waits for them: a reader takes as long
    /// as a minute, and entries must not wait that long.
    pub(super) fn rewriting(&self) -> io::Result<Option<File>> {
        let file = self.lock_file("reading")?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn lock_file(&self, name: &str) -> io::Result<File> {
        File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(self.file(name))
    }

    /// Makes names that were made or taken away survive a power cut.
    pub(super) fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

/// A small file's text; `None` when it is not there.
pub(super) fn small(path: &Path) -> io::Result<Option<String>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(SMALL).read_to_end(&mut bytes)?;
    // What is no text was bent: it does not agree with what was signed.
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Writes a whole file so that either it or what was there before survives a power cut.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let next = path.with_extension("next");
    let mut file = File::create(&next)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&next, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Writes a new file that only its owner may read.
pub(super) fn secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
