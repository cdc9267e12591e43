use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use arrow::error::ArrowError;
use city::check::SumEquals as Declared;
use city::{Reason, Why};

use super::{RowCheck, Tell, array};

/// A column equals the sum of others. A row that lacks one of them passes.
///
/// **Why**: men and women that do not add up to the total were typed, not counted.
/// **Manifest**: `checks = [{ sum-equals = { total = "total", parts = ["men", "women"] } }]`
pub(super) struct SumEquals {
    pub(super) sum: Declared,
}

impl RowCheck for SumEquals {
    fn name(&self) -> &'static str {
        "sum-equals"
    }

    fn column(&self) -> Option<&str> {
        Some(&self.sum.total)
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let numbers = |name: &String| -> Result<_, ArrowError> {
            Ok(cast(array(rows, name)?, &DataType::Float64)?
                .as_primitive::<Float64Type>()
                .clone())
        };
        let total = numbers(&self.sum.total)?;
        let parts = self
            .sum
            .parts
            .iter()
            .map(numbers)
            .collect::<Result<Vec<_>, _>>()?;
        let mut diagnosed = 0;
        for row in 0..total.len() {
            if total.is_null(row) || parts.iter().any(|part| part.is_null(row)) {
                continue;
            }
            diagnosed += 1;
            let sum: f64 = parts.iter().map(|part| part.value(row)).sum();
            // Numbers are compared as floats: a millionth is rounding, and so are the last bits of
            // a budget in won; one person of ten million is an error. NaN is never equal.
            let rounding = 1e-6 + 8.0 * f64::EPSILON * sum.abs();
            let is_equal = (sum - total.value(row)).abs() <= rounding;
            if !is_equal {
                let why = Why::SumEquals {
                    total: self.sum.total.clone(),
                    parts: self.sum.parts.clone(),
                };
                tell(
                    row,
                    Reason {
                        column: Some(self.sum.total.clone()),
                        value: Some(total.value(row).to_string()),
                        why,
                    },
                );
            }
        }
        Ok(diagnosed)
    }
}
