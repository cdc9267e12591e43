use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::Why;
use city::check::RefersTo as Declared;

use super::{RowCheck, Tell, array, filled, reason};

/// A value of another dataset's column, in its current version.
///
/// **Why**: a row of a dong that does not exist joins to nothing.
/// **Manifest**: `checks = [{ refers-to = { dataset = "dong", column = "code" } }]`
pub(super) struct RefersTo {
    pub(super) column: String,
    pub(super) target: Declared,
    pub(super) known: Arc<HashSet<String>>,
}

impl RowCheck for RefersTo {
    fn name(&self) -> &'static str {
        "refers-to"
    }

    fn column(&self) -> Option<&str> {
        Some(&self.column)
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let array = array(rows, &self.column)?;
        let mut missing = |row: usize| {
            let why = Why::RefersTo {
                dataset: self.target.dataset.to_string(),
                column: self.target.column.clone(),
            };
            tell(row, reason(&self.column, array, row, why));
        };
        if let Some(texts) = array.as_string_opt::<i32>() {
            for (row, text) in texts.iter().enumerate() {
                if text.is_some_and(|text| !self.known.contains(text)) {
                    missing(row);
                }
            }
        } else {
            let texts = ArrayFormatter::try_new(array, &FormatOptions::default())?;
            for row in (0..array.len()).filter(|row| array.is_valid(*row)) {
                if !self.known.contains(&texts.value(row).to_string()) {
                    missing(row);
                }
            }
        }
        Ok(filled(array))
    }
}
