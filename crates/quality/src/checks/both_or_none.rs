use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::error::ArrowError;
use city::{Reason, Why};

use super::{RowCheck, Tell, array};

/// All of the columns have a value, or none has.
///
/// **Why**: half a coordinate is no place, and nobody sees that the other half is missing.
/// **Manifest**: `checks = [{ both-or-none = ["longitude", "latitude"] }]`
pub(super) struct BothOrNone {
    pub(super) columns: Vec<String>,
}

impl RowCheck for BothOrNone {
    fn name(&self) -> &'static str {
        "both-or-none"
    }

    fn column(&self) -> Option<&str> {
        None
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let arrays: Vec<(&String, &ArrayRef)> = self
            .columns
            .iter()
            .map(|name| Ok((name, array(rows, name)?)))
            .collect::<Result<_, ArrowError>>()?;
        for row in 0..rows.num_rows() {
            if arrays.iter().all(|(_, array)| array.is_null(row)) {
                continue;
            }
            // Told of the ones that are missing: those are what somebody has to write.
            for (name, _) in arrays.iter().filter(|(_, array)| array.is_null(row)) {
                let why = Why::BothOrNone {
                    columns: self.columns.clone(),
                };
                tell(
                    row,
                    Reason {
                        column: Some((*name).clone()),
                        value: None,
                        why,
                    },
                );
            }
        }
        Ok(u64::try_from(rows.num_rows()).unwrap_or_default() * arrays.len() as u64)
    }
}
