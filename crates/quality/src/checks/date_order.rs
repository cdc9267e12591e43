use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use arrow::error::ArrowError;
use city::{Reason, Why};

use super::{RowCheck, Tell, array};

/// Dates (or times) that do not run backwards. Absent ones pass.
///
/// **Why**: a complaint closed before it was received makes an average nonsense.
/// **Manifest**: `checks = [{ date-order = ["received_at", "closed_at"] }]`
pub(super) struct DateOrder {
    pub(super) columns: Vec<String>,
}

impl RowCheck for DateOrder {
    fn name(&self) -> &'static str {
        "date-order"
    }

    fn column(&self) -> Option<&str> {
        None
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let moment = DataType::Timestamp(TimeUnit::Microsecond, None);
        let mut diagnosed = 0;
        for (earlier, later) in self.columns.iter().zip(self.columns.iter().skip(1)) {
            let (first, second) = (array(rows, earlier)?, array(rows, later)?);
            let why = || Reason {
                column: None,
                value: None,
                why: Why::DateOrder {
                    earlier: earlier.clone(),
                    later: later.clone(),
                },
            };
            if first.data_type() == &DataType::Utf8 {
                for (row, pair) in first
                    .as_string::<i32>()
                    .iter()
                    .zip(second.as_string::<i32>().iter())
                    .enumerate()
                {
                    let (Some(first), Some(second)) = pair else {
                        continue;
                    };
                    diagnosed += 1;
                    if second < first {
                        tell(row, why());
                    }
                }
                continue;
            }
            // A day before a moment of the same day is no fault: both are compared by day then.
            let mixed = first.data_type() != second.data_type();
            let (first, second) = (cast(first, &moment)?, cast(second, &moment)?);
            let pairs = first
                .as_primitive::<TimestampMicrosecondType>()
                .iter()
                .zip(second.as_primitive::<TimestampMicrosecondType>().iter());
            for (row, pair) in pairs.enumerate() {
                let (Some(first), Some(second)) = pair else {
                    continue;
                };
                diagnosed += 1;
                let unit = if mixed { 86_400_000_000 } else { 1 };
                if second.div_euclid(unit) < first.div_euclid(unit) {
                    tell(row, why());
                }
            }
        }
        Ok(diagnosed)
    }
}
