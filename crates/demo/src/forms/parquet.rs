//! Parquet as an exporting system writes it: every column text.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use arrow::array::{ArrayRef, RecordBatch, StringArray};

use super::{Form, whole};
use crate::DemoError;
use crate::dirt::Plant;

/// A file of text columns.
pub struct Parquet {
    path: PathBuf,
    heads: Vec<String>,
    columns: Vec<Vec<Option<String>>>,
    rows: u64,
}

impl Parquet {
    /// A file.
    pub fn new(path: &Path, heads: &[&str]) -> Self {
        Self {
            path: path.to_owned(),
            heads: heads.iter().map(|head| (*head).to_owned()).collect(),
            columns: vec![Vec::new(); heads.len()],
            rows: 0,
        }
    }
}

impl Form for Parquet {
    fn row(&mut self, cells: &[String], _plant: Option<&Plant>) -> Result<u64, DemoError> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push((!cell.is_empty()).then(|| cell.clone()));
        }
        self.rows += 1;
        Ok(self.rows)
    }

    fn finish(self: Box<Self>) -> Result<(), DemoError> {
        let arrays = self
            .columns
            .into_iter()
            .map(|column| Arc::new(StringArray::from(column)) as ArrayRef);
        let batch = RecordBatch::try_from_iter_with_nullable(
            self.heads
                .iter()
                .zip(arrays)
                .map(|(head, array)| (head, array, true)),
        )?;
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None)?;
        writer.write(&batch)?;
        writer.close()?;
        Ok(whole(&self.path, &bytes)?)
    }
}
