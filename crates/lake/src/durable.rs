//! Files that survive a power cut: written aside, synced, and only then given their name.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{LakeError, io};

/// Makes the entries of a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), LakeError> {
    let file = File::open(folder).map_err(io("open", folder))?;
    file.sync_all().map_err(io("sync", folder))
}

/// Makes a folder and those above it, durably.
pub(crate) fn make_folder(folder: &Path) -> Result<(), LakeError> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        make_folder(above)?;
    }
    match fs::create_dir(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(io("make", folder)(error)),
    }
    match folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        Some(above) => sync_folder(above),
        None => Ok(()),
    }
}

/// Makes a file that exists durable.
pub(crate) fn sync_file(path: &Path) -> Result<(), LakeError> {
    let file = File::open(path).map_err(io("open", path))?;
    file.sync_all().map_err(io("sync", path))
}

/// What became of a wish to create a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// It was created and is durable.
    Created,
    /// A file of that name was there before; it is untouched.
    Exists,
}

/// Creates `path` with `bytes`, whole or not at all, never over another file. `aside` is a folder on
/// the same file system.
pub(crate) fn publish(bytes: &[u8], aside: &Path, path: &Path) -> Result<Published, LakeError> {
    let temporary: PathBuf = aside.join(format!("{}.part", uuid::Uuid::now_v7()));
    let mut file = File::create_new(&temporary).map_err(io("create", &temporary))?;
    file.write_all(bytes).map_err(io("write", &temporary))?;
    file.sync_all().map_err(io("sync", &temporary))?;
    drop(file);
    // A link, unlike a rename, fails when the name is taken.
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary).map_err(io("remove", &temporary))?;
    match linked {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(Published::Exists),
        Err(error) => return Err(io("create", path)(error)),
    }
    if let Some(folder) = path.parent() {
        sync_folder(folder)?;
    }
    Ok(Published::Created)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_published_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert_eq!(publish(b"one", folder.path(), &path).unwrap(), Published::Created);
        assert_eq!(publish(b"two", folder.path(), &path).unwrap(), Published::Exists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left aside");
    }
}
