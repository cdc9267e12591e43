//! Rows as 128-bit hashes: keys to find, contents to compare.

use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::row::{RowConverter, SortField};

use crate::error::LakeError;

/// Hashes the rows of batches over some columns. Two different rows share a hash once in 2^64 pairs of pairs.
#[derive(Debug)]
pub(crate) struct Hasher {
    columns: Vec<(String, DataType)>,
    converter: RowConverter,
    first: RandomState,
    second: RandomState,
}

impl Hasher {
    /// Over `columns`; a column a batch lacks counts as empty, one of another type is compared as `DataType`.
    pub(crate) fn new(columns: Vec<(String, DataType)>) -> Result<Self, LakeError> {
        let fields = columns.iter().map(|(_, data_type)| SortField::new(data_type.clone())).collect();
        Ok(Self {
            columns,
            converter: RowConverter::new(fields)?,
            first: RandomState::with_seeds(1, 2, 3, 4),
            second: RandomState::with_seeds(5, 6, 7, 8),
        })
    }

    /// Over columns of a schema by name.
    pub(crate) fn of(schema: &SchemaRef, names: &[String]) -> Result<Self, LakeError> {
        let columns = names
            .iter()
            .map(|name| Ok((name.clone(), schema.field_with_name(name)?.data_type().clone())))
            .collect::<Result<_, LakeError>>()?;
        Self::new(columns)
    }

    /// Names of the columns.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// One hash a row.
    pub(crate) fn hashes(&self, batch: &RecordBatch) -> Result<Vec<u128>, LakeError> {
        if self.columns.is_empty() {
            return Ok(vec![0; batch.num_rows()]);
        }
        let columns = self
            .columns
            .iter()
            .map(|(name, data_type)| column(batch, name, data_type))
            .collect::<Result<Vec<_>, _>>()?;
        let rows = self.converter.convert_columns(&columns)?;
        Ok(rows.iter().map(|row| self.hash(row.as_ref())).collect())
    }

    fn hash(&self, bytes: &[u8]) -> u128 {
        (u128::from(self.first.hash_one(bytes)) << 64) | u128::from(self.second.hash_one(bytes))
    }
}

/// A batch's column as a type; empty when it has none of that name.
pub(crate) fn column(batch: &RecordBatch, name: &str, data_type: &DataType) -> Result<ArrayRef, LakeError> {
    match batch.column_by_name(name) {
        None => Ok(new_null_array(data_type, batch.num_rows())),
        Some(array) if array.data_type() == data_type => Ok(Arc::clone(array)),
        Some(array) => Ok(cast(array, data_type)?),
    }
}

/// A batch in the shape of a schema.
pub(crate) fn reshape(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, LakeError> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| column(batch, field.name(), field.data_type()))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(SchemaRef::clone(schema), columns)?)
}
