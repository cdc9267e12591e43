//! A table's Delta log: one entry a load, written whole or not at all, durable before it is told.
//!
//! Entries are written here and not by the library because the library does not sync them: after a
//! power cut an acknowledged load could be gone, or its entry be empty and the table unreadable.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::{Action, Add, EagerSnapshot, MetadataExt, Remove, StructType, new_metadata};
use deltalake::logstore::{LogStoreRef, StorageConfig, logstore_for};
use serde_json::{Value, json};
use url::Url;

use crate::durable::{Published, make_folder, publish, sync_file, sync_folder};
use crate::error::{LakeError, io};
use crate::version::Load;

/// A checkpoint is written after so many entries, so that opening a table stays quick.
const CHECKPOINT_EVERY: u64 = 50;

/// The log of one table.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) folder: PathBuf,
    aside: PathBuf,
}

impl Log {
    /// The log of the table in `folder`; `aside` is on the same file system.
    pub(crate) fn new(folder: PathBuf, aside: PathBuf) -> Self {
        Self { folder, aside }
    }

    fn entry(&self, delta_version: u64) -> PathBuf {
        self.folder.join("_delta_log").join(format!("{delta_version:020}.json"))
    }

    /// The load an entry records; `None` when there is no such entry.
    pub(crate) fn load(&self, delta_version: u64) -> Result<Option<Load>, LakeError> {
        let path = self.entry(delta_version);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io("read", &path)(error)),
        };
        let form = |what: &str| LakeError::Form { path: path.clone(), what: what.to_owned() };
        for line in text.lines().filter(|line| line.contains("\"commitInfo\"")) {
            let mut entry: Value = serde_json::from_str(line).map_err(|_unreadable| form("the entry is not JSON"))?;
            if let Some(load) = entry.pointer_mut("/commitInfo/madang") {
                let load = serde_json::from_value(load.take())
                    .map_err(|error| form(&format!("its load record has another form: {error}")))?;
                return Ok(Some(load));
            }
        }
        Err(form("the entry was not written by Madang: it names no load"))
    }

    /// Writes the entry `delta_version`, unless another has taken its number.
    pub(crate) fn commit(&self, delta_version: u64, actions: &[Action], load: &Load) -> Result<Published, LakeError> {
        let folder = self.folder.join("_delta_log");
        make_folder(&folder)?;
        // The files it names become durable before it does.
        sync_folder(&self.folder)?;
        let info = json!({"commitInfo": {
            "timestamp": load.version.committed_at.timestamp_millis(),
            "operation": "WRITE",
            "operationParameters": {"mode": load.version.mode},
            "engineInfo": concat!("madang/", env!("CARGO_PKG_VERSION")),
            "madang": load,
        }});
        let path = self.entry(delta_version);
        let mut text = info.to_string();
        for action in actions {
            text.push('\n');
            let action = serde_json::to_string(action)
                .map_err(|error| LakeError::Form { path: path.clone(), what: error.to_string() })?;
            text.push_str(&action);
        }
        publish(text.as_bytes(), &self.aside, &path)
    }

    /// The store the library reads the log by.
    pub(crate) fn store(&self) -> Result<LogStoreRef, LakeError> {
        let folder = fs::canonicalize(&self.folder).map_err(io("open", &self.folder))?;
        let form = || LakeError::Form { path: folder.clone(), what: "this path cannot be an address".to_owned() };
        let url = Url::from_directory_path(&folder).map_err(|()| form())?;
        Ok(logstore_for(&url, StorageConfig::default())?)
    }

    /// The table as of an entry.
    pub(crate) async fn snapshot(&self, delta_version: u64) -> Result<Arc<EagerSnapshot>, LakeError> {
        let store = self.store()?;
        Ok(Arc::new(EagerSnapshot::try_new(store.as_ref(), Some(delta_version)).await?))
    }

    /// Writes a checkpoint when one is due. It only saves time, so a failure is told and nothing more.
    pub(crate) async fn checkpoint(&self, delta_version: u64) {
        if delta_version == 0 || !delta_version.is_multiple_of(CHECKPOINT_EVERY) {
            return;
        }
        if let Err(error) = self.write_checkpoint(delta_version).await {
            tracing::warn!(table = %self.folder.display(), %error, "could not write a checkpoint");
        }
    }

    async fn write_checkpoint(&self, delta_version: u64) -> Result<(), LakeError> {
        let mut table = deltalake::DeltaTable::new(self.store()?);
        table.load_version(delta_version).await?;
        deltalake::checkpoints::create_checkpoint(&table, None).await?;
        let folder = self.folder.join("_delta_log");
        for entry in fs::read_dir(&folder).map_err(io("list", &folder))? {
            let path = entry.map_err(io("list", &folder))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name == "_last_checkpoint" || name.starts_with(&format!("{delta_version:020}.checkpoint")) {
                sync_file(&path)?;
            }
        }
        sync_folder(&folder)
    }
}

/// The actions that make a new table of this schema.
pub(crate) fn create(schema: &SchemaRef) -> Result<Vec<Action>, LakeError> {
    // Moments without a zone need these; asked for from the start, so that a later column needs no new protocol.
    let protocol = json!({"protocol": {
        "minReaderVersion": 3, "minWriterVersion": 7,
        "readerFeatures": ["timestampNtz"], "writerFeatures": ["timestampNtz"],
    }});
    let protocol: Action = serde_json::from_value(protocol)
        .map_err(|error| LakeError::Form { path: PathBuf::new(), what: error.to_string() })?;
    let metadata = new_metadata(&kernel_schema(schema)?, Vec::<String>::new(), Vec::<(String, String)>::new())?;
    Ok(vec![protocol, Action::Metadata(metadata)])
}

/// The action that gives a table a new schema.
pub(crate) fn alter(snapshot: &EagerSnapshot, schema: &SchemaRef) -> Result<Action, LakeError> {
    Ok(Action::Metadata(snapshot.metadata().clone().with_schema(&kernel_schema(schema)?)?))
}

/// A table's schema in Arrow's terms, plain texts and binaries.
pub(crate) fn kernel_schema(schema: &SchemaRef) -> Result<StructType, LakeError> {
    Ok(schema.as_ref().try_into_kernel()?)
}

/// The action that adds a file.
pub(crate) fn add(name: String, bytes: u64, stats: String, at_ms: i64) -> Action {
    Action::Add(Add {
        path: name,
        partition_values: std::collections::HashMap::new(),
        size: i64::try_from(bytes).unwrap_or(i64::MAX),
        modification_time: at_ms,
        data_change: true,
        stats: Some(stats),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
        clustering_provider: None,
    })
}

/// The action that takes a file out of the table; older versions still read it.
pub(crate) fn remove(file: &TableFile, at_ms: i64) -> Action {
    Action::Remove(Remove {
        path: file.name.clone(),
        data_change: true,
        deletion_timestamp: Some(at_ms),
        extended_file_metadata: Some(true),
        partition_values: Some(std::collections::HashMap::new()),
        size: i64::try_from(file.bytes).ok(),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
    })
}

/// A file of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TableFile {
    /// Its name in the table's folder.
    pub(crate) name: String,
    /// Its length.
    pub(crate) bytes: u64,
    /// Its rows.
    pub(crate) rows: u64,
}

/// The files of a table.
pub(crate) fn files(snapshot: &EagerSnapshot) -> Result<Vec<TableFile>, LakeError> {
    let mut files: Vec<TableFile> = snapshot
        .try_log_data()?
        .into_iter()
        .map(|file| TableFile {
            name: file.path().into_owned(),
            bytes: u64::try_from(file.size()).unwrap_or_default(),
            rows: file.num_records().and_then(|rows| u64::try_from(rows).ok()).unwrap_or_default(),
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The folder's files that are not in `keep` and not of the log.
pub(crate) fn strays(folder: &Path, keep: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, LakeError> {
    let mut strays = Vec::new();
    if !folder.is_dir() {
        return Ok(strays);
    }
    for entry in fs::read_dir(folder).map_err(io("list", folder))? {
        let path = entry.map_err(io("list", folder))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() && !keep(&name) {
            strays.push(path);
        }
    }
    Ok(strays)
}
