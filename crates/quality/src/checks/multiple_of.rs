use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use arrow::error::ArrowError;
use city::Why;

use super::{RowCheck, Tell, array, filled, reason};

/// A number that so many divide without a rest.
///
/// **Why**: no machine takes a fee of 1,234 won.
/// **Manifest**: `checks = [{ multiple-of = 10 }]`
pub(super) struct MultipleOf {
    pub(super) column: String,
    pub(super) of: u32,
}

impl RowCheck for MultipleOf {
    fn name(&self) -> &'static str {
        "multiple-of"
    }

    fn column(&self) -> Option<&str> {
        Some(&self.column)
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let array = array(rows, &self.column)?;
        let of = i64::from(self.of.max(1));
        let has_rest: Box<dyn Fn(usize) -> bool> = match array.data_type() {
            DataType::Int64 => {
                let values = array.as_primitive::<Int64Type>();
                Box::new(move |row| values.value(row) % of != 0)
            }
            DataType::Decimal128(_, scale) => {
                let values = array.as_primitive::<Decimal128Type>();
                let places = u32::try_from(*scale).unwrap_or_default();
                // Never overflows: 18 places at most, and a factor of 32 bits.
                let of = i128::from(of) * 10_i128.pow(places.min(28));
                Box::new(move |row| values.value(row) % of != 0)
            }
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>();
                let of = f64::from(self.of.max(1));
                // NaN has a rest, too.
                Box::new(move |row| values.value(row) % of != 0.0)
            }
            other => {
                return Err(ArrowError::SchemaError(format!(
                    "{} is no multiple of anything: {other}",
                    self.column
                )));
            }
        };
        for row in (0..array.len()).filter(|row| array.is_valid(*row)) {
            if has_rest(row) {
                let why = Why::MultipleOf { of: self.of };
                tell(row, reason(&self.column, array, row, why));
            }
        }
        Ok(filled(array))
    }
}
