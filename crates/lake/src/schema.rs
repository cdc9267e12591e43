//! How a load changes a table's columns.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use city::DatasetId;
use city::dataset::LoadMode;

use crate::error::LakeError;

/// Columns of the files a load writes, and of the table afterwards.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Columns of the new files.
    pub(crate) written: SchemaRef,
    /// Columns of the table afterwards.
    pub(crate) table: SchemaRef,
    /// Whether the table's columns change.
    pub(crate) alters: bool,
}

/// What a load of `loaded` columns makes of a table of `stored` columns: a snapshot replaces them,
/// the other modes add what is new and keep what is no longer declared.
pub(crate) fn change(dataset: &DatasetId, mode: LoadMode, stored: Option<&SchemaRef>, loaded: &SchemaRef) -> Result<Change, LakeError> {
    let written = plain(loaded);
    let Some(stored) = stored.map(plain) else {
        return Ok(Change { table: SchemaRef::clone(&written), written, alters: false });
    };
    let table = match mode {
        LoadMode::Snapshot => SchemaRef::clone(&written),
        LoadMode::Append | LoadMode::Upsert => merge(dataset, &stored, &written)?,
    };
    let alters = table.fields() != stored.fields();
    Ok(Change { written, table, alters })
}

fn merge(dataset: &DatasetId, stored: &SchemaRef, loaded: &SchemaRef) -> Result<SchemaRef, LakeError> {
    let mut fields: Vec<Arc<Field>> = loaded.fields().iter().cloned().collect();
    for old in stored.fields() {
        match loaded.field_with_name(old.name()) {
            Err(_) => fields.push(Arc::clone(old)),
            Ok(new) if new.data_type() == old.data_type() => {}
            Ok(new) => {
                return Err(LakeError::ColumnType {
                    dataset: dataset.clone(),
                    column: old.name().clone(),
                    stored: old.data_type().to_string(),
                    wanted: new.data_type().to_string(),
                });
            }
        }
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// A schema without views and notes: as files are written.
pub(crate) fn plain(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let data_type = match field.data_type() {
            DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
            DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
            other => other.clone(),
        };
        Field::new(field.name(), data_type, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
