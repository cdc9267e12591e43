//! A table's log, read back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::LakeError;
use crate::record::{KEY, Record};

/// One commit, as far as reading needs it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Commit {
    pub(crate) number: i64,
    pub(crate) adds: Vec<DataFile>,
    pub(crate) removes: Vec<String>,
    pub(crate) record: Option<Arc<Record>>,
}

/// A data file of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DataFile {
    pub(crate) path: String,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

/// Folder of a table's log.
pub(crate) fn log_folder(table: &Path) -> PathBuf {
    table.join("_delta_log")
}

/// Path of a commit.
pub(crate) fn commit_path(table: &Path, number: i64) -> PathBuf {
    log_folder(table).join(format!("{number:020}.json"))
}

/// Reads the commits from `first` on, in order.
pub(crate) fn commits(table: &Path, first: i64) -> Result<Vec<Commit>, LakeError> {
    let mut commits = Vec::new();
    for number in first.. {
        let path = commit_path(table, number);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
            Err(error) => return Err(LakeError::disk(&path)(error)),
        };
        commits.push(parse(number, &text).map_err(|why| LakeError::Log {
            path: path.display().to_string(),
            why,
        })?);
    }
    Ok(commits)
}

fn parse(number: i64, text: &str) -> Result<Commit, String> {
    let mut commit = Commit {
        number,
        ..Commit::default()
    };
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if let Some(add) = value.get("add") {
            let stats: Value = add["stats"]
                .as_str()
                .and_then(|stats| serde_json::from_str(stats).ok())
                .unwrap_or_default();
            commit.adds.push(DataFile {
                path: add["path"].as_str().ok_or("add without a path")?.to_owned(),
                rows: stats["numRecords"].as_u64().unwrap_or_default(),
                bytes: add["size"].as_u64().unwrap_or_default(),
            });
        } else if let Some(remove) = value.get("remove") {
            commit.removes.push(
                remove["path"]
                    .as_str()
                    .ok_or("remove without a path")?
                    .to_owned(),
            );
        } else if let Some(record) = value.get("commitInfo").and_then(|info| info.get(KEY)) {
            // Some writers keep metadata as text.
            let record = match record {
                Value::String(text) => serde_json::from_str(text),
                other => serde_json::from_value(other.clone()),
            };
            commit.record = Some(Arc::new(record.map_err(|error| error.to_string())?));
        }
    }
    Ok(commit)
}

/// The files of a table after the last of `commits`.
pub(crate) fn files<'c>(commits: impl IntoIterator<Item = &'c Commit>) -> Vec<DataFile> {
    let mut files: BTreeMap<(i64, usize), DataFile> = BTreeMap::new();
    for commit in commits {
        files.retain(|_, file| !commit.removes.contains(&file.path));
        for (at, file) in commit.adds.iter().enumerate() {
            files.insert((commit.number, at), file.clone());
        }
    }
    files.into_values().collect()
}
