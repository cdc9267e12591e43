//! Writing so that it is still there after a power cut.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

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
    // Two programs may write the same at once.
    let part = path.with_extension(format!("{}.part", Uuid::now_v7()));
    std::fs::write(&part, bytes).map_err(LakeError::disk(&part))?;
    sync_file(&part)?;
    std::fs::rename(&part, path).map_err(LakeError::disk(path))?;
    sync_folder(parent)
}

/// Writes a value as a small file, whole or not at all.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), LakeError> {
    let text = serde_json::to_vec_pretty(value).map_err(unread(path))?;
    write_whole(path, &text)
}

/// Reads such a file; nothing when there is none.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, LakeError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(LakeError::disk(path)(error)),
    };
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(unread(path))
}

fn unread(path: &Path) -> impl FnOnce(serde_json::Error) -> LakeError + '_ {
    |error| LakeError::Log {
        path: path.display().to_string(),
        why: error.to_string(),
    }
}

/// The files of a folder whose names end so; none when there is no folder.
pub(crate) fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, LakeError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(LakeError::disk(folder)(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(LakeError::disk(folder))?.path();
        if path.extension().is_some_and(|own| own == ending) {
            files.push(path);
        }
    }
    Ok(files)
}
