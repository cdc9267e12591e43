//! Keys of rows, to replace rows that arrive again.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use arrow::row::{OwnedRow, RowConverter, SortField};

use crate::LakeError;
use crate::table::reader;

/// The key columns, and how a key becomes comparable bytes.
pub(crate) struct Keys {
    columns: Vec<String>,
    converter: Mutex<RowConverter>,
}

impl Keys {
    pub(crate) fn new(schema: &Schema, columns: &[String]) -> Result<Self, LakeError> {
        let fields = columns
            .iter()
            .map(|name| {
                Ok(SortField::new(
                    schema.field_with_name(name)?.data_type().clone(),
                ))
            })
            .collect::<Result<Vec<_>, ArrowError>>()?;
        Ok(Self {
            columns: columns.to_vec(),
            converter: Mutex::new(RowConverter::new(fields)?),
        })
    }

    /// The keys of all rows.
    pub(crate) fn of(&self, rows: &RecordBatch) -> Result<Vec<OwnedRow>, ArrowError> {
        let find = |name: &String| {
            rows.column_by_name(name)
                .cloned()
                .ok_or_else(|| ArrowError::SchemaError(format!("no column {name}")))
        };
        let arrays = self
            .columns
            .iter()
            .map(find)
            .collect::<Result<Vec<_>, _>>()?;
        let keys = self
            .converter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .convert_columns(&arrays)?;
        Ok(keys.iter().map(|key| key.owned()).collect())
    }

    /// Whether a file holds any of the keys.
    pub(crate) fn any_in(&self, path: &Path, keys: &HashSet<OwnedRow>) -> Result<bool, LakeError> {
        for batch in reader(path, Some(&self.columns))? {
            if self.of(&batch?)?.iter().any(|key| keys.contains(key)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The rows whose key is none of `keys`.
    pub(crate) fn without(
        &self,
        rows: &RecordBatch,
        keys: &HashSet<OwnedRow>,
    ) -> Result<RecordBatch, LakeError> {
        let keep: BooleanArray = self
            .of(rows)?
            .iter()
            .map(|key| Some(!keys.contains(key)))
            .collect();
        Ok(filter_record_batch(rows, &keep)?)
    }
}
