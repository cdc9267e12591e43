use arrow::array::{Array, RecordBatch};
use arrow::error::ArrowError;
use city::{Reason, Why};

use super::{RowCheck, Tell, array};

/// There is a value.
///
/// **Why**: a facility without a name cannot be found, one without a code cannot be joined.
/// **Manifest**: `checks = ["required"]`
pub(super) struct Required {
    pub(super) column: String,
}

impl RowCheck for Required {
    fn name(&self) -> &'static str {
        "required"
    }

    fn column(&self) -> Option<&str> {
        Some(&self.column)
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let array = array(rows, &self.column)?;
        if array.null_count() > 0 {
            for row in (0..array.len()).filter(|row| array.is_null(*row)) {
                tell(
                    row,
                    Reason {
                        column: Some(self.column.clone()),
                        value: None,
                        why: Why::Required,
                    },
                );
            }
        }
        Ok(u64::try_from(array.len()).unwrap_or_default())
    }
}
