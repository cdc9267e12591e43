//! The one step that makes a load visible: a Delta commit, on disk before it is acknowledged.

use std::collections::HashMap;
use std::path::Path;

use arrow::datatypes::Schema;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel as _;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, MetadataExt as _, Remove, StructType};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};

use crate::record::{KEY, Record};
use crate::replay::{DataFile, commit_path, log_folder};
use crate::{LakeError, disk};

/// Commits `added` and `removed` with the load's record; answers the record with its number.
pub(crate) async fn commit(
    folder: &Path,
    schema: &Schema,
    mut record: Record,
    added: &[DataFile],
    removed: &[DataFile],
) -> Result<Record, LakeError> {
    let mut table = open(folder, schema).await?;
    let version = table.version().unwrap_or_default();
    record.number = i64::try_from(version).unwrap_or_default() + 1;
    let modified = record.committed_at.timestamp_millis();
    let mut actions: Vec<Action> = Vec::new();
    actions.extend(new_metadata(&table, schema, record.mode)?);
    actions.extend(
        removed
            .iter()
            .map(|file| Action::Remove(remove(file, modified))),
    );
    actions.extend(added.iter().map(|file| Action::Add(add(file, modified))));
    let text = serde_json::to_value(&record).map_err(|error| LakeError::Log {
        path: folder.display().to_string(),
        why: error.to_string(),
    })?;
    let properties = CommitProperties::default()
        .with_metadata([(KEY.to_owned(), text)])
        .with_max_retries(0)
        .with_create_checkpoint(false)
        .with_cleanup_expired_logs(Some(false));
    let operation = DeltaOperation::Write {
        mode: if removed.is_empty() {
            SaveMode::Append
        } else {
            SaveMode::Overwrite
        },
        partition_by: None,
        predicate: None,
    };
    let log_store = table.log_store();
    let state = table.snapshot().map_err(LakeError::delta("read"))?;
    CommitBuilder::from(properties)
        .with_actions(actions)
        .build(Some(state), log_store, operation)
        .await
        .map_err(LakeError::delta("written"))?;
    // The library does not flush: without this an acknowledged load could be gone after a power cut.
    disk::sync_file(&commit_path(folder, record.number))?;
    disk::sync_folder(&log_folder(folder))?;
    table
        .update_state()
        .await
        .map_err(LakeError::delta("read"))?;
    Ok(record)
}

/// Opens the table, making an empty one first where there is none. An empty table is no version.
async fn open(folder: &Path, schema: &Schema) -> Result<DeltaTable, LakeError> {
    let url = url(folder)?;
    let opened = match DeltaTableBuilder::from_url(url.clone()) {
        Ok(builder) => builder.load().await,
        Err(error) => Err(error),
    };
    match opened {
        Ok(table) => Ok(table),
        Err(DeltaTableError::NotATable(_) | DeltaTableError::InvalidTableLocation(_)) => {
            create(folder, url, schema).await
        }
        Err(_) if !commit_path(folder, 0).is_file() => create(folder, url, schema).await,
        Err(error) => Err(LakeError::delta("read")(error)),
    }
}

async fn create(folder: &Path, url: url::Url, schema: &Schema) -> Result<DeltaTable, LakeError> {
    let fields: StructType = schema.try_into_kernel()?;
    let table = CreateBuilder::new()
        .with_location(url.as_str())
        .with_columns(fields.fields().cloned())
        .await
        .map_err(LakeError::delta("made"))?;
    disk::sync_file(&commit_path(folder, 0))?;
    disk::sync_folder(&log_folder(folder))?;
    disk::sync_folder(folder)?;
    Ok(table)
}

fn url(folder: &Path) -> Result<url::Url, LakeError> {
    let folder = std::path::absolute(folder).map_err(LakeError::disk(folder))?;
    url::Url::from_directory_path(&folder).map_err(|()| LakeError::Log {
        path: folder.display().to_string(),
        why: "not an absolute path".to_owned(),
    })
}

/// The table's new schema, if the load brings other columns: a snapshot's own, else the stored ones and the new.
fn new_metadata(
    table: &DeltaTable,
    schema: &Schema,
    mode: city::dataset::LoadMode,
) -> Result<Option<Action>, LakeError> {
    let state = table.snapshot().map_err(LakeError::delta("read"))?;
    let stored = state.schema();
    let wanted: StructType = schema.try_into_kernel()?;
    let merged = if mode == city::dataset::LoadMode::Snapshot {
        wanted
    } else {
        let mut fields: Vec<_> = stored.fields().cloned().collect();
        fields.extend(
            wanted
                .fields()
                .filter(|field| stored.field(field.name()).is_none())
                .cloned(),
        );
        StructType::try_new(fields).map_err(|error| LakeError::delta("written")(error.into()))?
    };
    if stored.fields().eq(merged.fields()) {
        return Ok(None);
    }
    let metadata = state
        .metadata()
        .clone()
        .with_schema(&merged)
        .map_err(|error| LakeError::delta("written")(error.into()))?;
    Ok(Some(Action::Metadata(metadata)))
}

fn add(file: &DataFile, modified: i64) -> Add {
    Add {
        path: file.path.clone(),
        size: i64::try_from(file.bytes).unwrap_or(i64::MAX),
        modification_time: modified,
        data_change: true,
        stats: Some(format!("{{\"numRecords\":{}}}", file.rows)),
        ..Add::default()
    }
}

fn remove(file: &DataFile, modified: i64) -> Remove {
    Remove {
        path: file.path.clone(),
        data_change: true,
        deletion_timestamp: Some(modified),
        extended_file_metadata: Some(true),
        partition_values: Some(HashMap::new()),
        size: i64::try_from(file.bytes).ok(),
        ..Remove::default()
    }
}
