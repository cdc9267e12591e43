//! Writing so that it is still there after a power cut.

use std::fs::File;
use std::path::Path;

use crate::LakeError;

/// Makes a folder and its parents, each durable.
pub(crate) fn folder(path: &Path) -> Result<(), LakeError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        folder(parent)?;
    }
    match std::fs::create_dir(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(LakeError::disk(path)(error));
        }
        _ => {}
    }
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), LakeError> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(LakeError::disk(path))
}

/// Makes a file's bytes durable.
pub(crate) fn sync_file(path: &Path) -> Result<(), LakeError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(LakeError::disk(path))
}

/// Writes a small file whole or not at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), LakeError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    folder(parent)?;
    let part = path.with_extension("part");
    std::fs::write(&part, bytes).map_err(LakeError::disk(&part))?;
    sync_file(&part)?;
    std::fs::rename(&part, path).map_err(LakeError::disk(path))?;
    sync_folder(parent)
}
