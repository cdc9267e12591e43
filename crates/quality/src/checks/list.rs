use std::collections::HashSet;

use ahash::RandomState;
use arrow::array::{AsArray, RecordBatch};
use arrow::error::ArrowError;
use city::Why;

use super::{RowCheck, Tell, array, filled, reason};

/// One of a list.
///
/// **Why**: a code outside its list counts in no statistic.
/// **Manifest**: `checks = [{ in = ["공영", "민영"] }]`
pub(super) struct In {
    column: String,
    list: Vec<String>,
    known: HashSet<String, RandomState>,
}

impl In {
    pub(super) fn new(column: String, list: &[String]) -> Self {
        Self {
            column,
            list: list.to_vec(),
            known: list.iter().cloned().collect(),
        }
    }
}

impl RowCheck for In {
    fn name(&self) -> &'static str {
        "in"
    }

    fn column(&self) -> Option<&str> {
        Some(&self.column)
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let array = array(rows, &self.column)?;
        let texts = array
            .as_string_opt::<i32>()
            .ok_or_else(|| ArrowError::SchemaError(format!("{} is not text", self.column)))?;
        for (row, text) in texts.iter().enumerate() {
            if text.is_some_and(|text| !self.known.contains(text)) {
                let list = self.list.iter().take(20).cloned().collect();
                tell(row, reason(&self.column, array, row, Why::In { list }));
            }
        }
        Ok(filled(array))
    }
}
