use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::error::ArrowError;
use city::{Reason, Why};

use super::{RowCheck, Tell, array};

/// At least one of the columns has a value.
///
/// **Why**: a place needs a road address or a lot address; which of the two does not matter.
/// **Manifest**: `checks = [{ any-of = ["road_address", "lot_address"] }]`
pub(super) struct AnyOf {
    pub(super) columns: Vec<String>,
}

impl RowCheck for AnyOf {
    fn name(&self) -> &'static str {
        "any-of"
    }

    fn column(&self) -> Option<&str> {
        None
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let arrays: Vec<&ArrayRef> = self
            .columns
            .iter()
            .map(|name| array(rows, name))
            .collect::<Result<_, _>>()?;
        for row in 0..rows.num_rows() {
            if arrays.iter().all(|array| array.is_null(row)) {
                tell(
                    row,
                    Reason {
                        column: None,
                        value: None,
                        why: Why::AnyOf {
                            columns: self.columns.clone(),
                        },
                    },
                );
            }
        }
        Ok(u64::try_from(rows.num_rows()).unwrap_or_default())
    }
}
