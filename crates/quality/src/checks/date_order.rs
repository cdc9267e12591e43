use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
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
        let moments = self
            .columns
            .iter()
            .map(|name| Moments::new(name, array(rows, name)?))
            .collect::<Result<Vec<_>, _>>()?;
        let mut diagnosed = 0;
        for row in 0..rows.num_rows() {
            // An absent one is passed over: those around it are still in order.
            let there = moments.iter().zip(&self.columns);
            let mut there = there.filter(|(moments, _)| moments.array.is_valid(row));
            let Some(mut earlier) = there.next() else {
                continue;
            };
            for later in there {
                diagnosed += 1;
                if later.0.is_before(earlier.0, row) {
                    let why = Why::DateOrder {
                        earlier: earlier.1.clone(),
                        later: later.1.clone(),
                    };
                    tell(
                        row,
                        Reason {
                            column: None,
                            value: None,
                            why,
                        },
                    );
                }
                earlier = later;
            }
        }
        Ok(diagnosed)
    }
}

/// A column of dates, moments or times of day.
struct Moments {
    array: ArrayRef,
    is_day: bool,
}

impl Moments {
    fn new(name: &str, array: &ArrayRef) -> Result<Self, ArrowError> {
        let moment = DataType::Timestamp(TimeUnit::Microsecond, None);
        Ok(Self {
            is_day: array.data_type() == &DataType::Date32,
            array: match array.data_type() {
                DataType::Utf8 => Arc::clone(array),
                DataType::Date32 | DataType::Timestamp(_, _) => cast(array, &moment)?,
                other => {
                    return Err(ArrowError::SchemaError(format!(
                        "{name} has no order of time: {other}"
                    )));
                }
            },
        })
    }

    /// Whether this column's value comes before `other`'s. Times and dates have no order.
    fn is_before(&self, other: &Self, row: usize) -> bool {
        if let (Some(own), Some(other)) = (
            self.array.as_string_opt::<i32>(),
            other.array.as_string_opt::<i32>(),
        ) {
            return own.value(row) < other.value(row);
        }
        let own = self.array.as_primitive_opt::<TimestampMicrosecondType>();
        let before = other.array.as_primitive_opt::<TimestampMicrosecondType>();
        let (Some(own), Some(before)) = (own, before) else {
            return false;
        };
        // A day before a moment of the same day is no fault: both are compared by day then.
        let unit = if self.is_day == other.is_day {
            1
        } else {
            86_400_000_000
        };
        own.value(row).div_euclid(unit) < before.value(row).div_euclid(unit)
    }
}
