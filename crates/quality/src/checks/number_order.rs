use arrow::array::{Array, AsArray, Float64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use arrow::error::ArrowError;
use city::{Reason, Why};

use super::{RowCheck, Tell, array};

/// Numbers that do not fall from one column to the next. Absent ones are passed over.
///
/// **Why**: a day ticket that costs less than the first half hour was typed into the wrong cell.
/// **Manifest**: `checks = [{ number-order = ["base_fee", "day_fee"] }]`
pub(super) struct NumberOrder {
    pub(super) columns: Vec<String>,
}

impl RowCheck for NumberOrder {
    fn name(&self) -> &'static str {
        "number-order"
    }

    fn column(&self) -> Option<&str> {
        None
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let numbers = |name: &String| -> Result<Float64Array, ArrowError> {
            Ok(cast(array(rows, name)?, &DataType::Float64)?
                .as_primitive::<Float64Type>()
                .clone())
        };
        let arrays = self
            .columns
            .iter()
            .map(|name| Ok((name, numbers(name)?)))
            .collect::<Result<Vec<_>, ArrowError>>()?;
        let mut diagnosed = 0;
        for row in 0..rows.num_rows() {
            let mut there = arrays.iter().filter(|(_, array)| array.is_valid(row));
            let Some(mut least) = there.next() else {
                continue;
            };
            for most in there {
                diagnosed += 1;
                if most.1.value(row) < least.1.value(row) {
                    let why = Why::NumberOrder {
                        least: least.0.clone(),
                        most: most.0.clone(),
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
                least = most;
            }
        }
        Ok(diagnosed)
    }
}
