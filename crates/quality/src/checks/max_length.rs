use arrow::array::{AsArray, RecordBatch};
use arrow::error::ArrowError;
use city::Why;

use super::{RowCheck, Tell, array, filled, reason};

/// At most so many characters.
///
/// **Why**: a whole paragraph in a name is two columns run together.
/// **Manifest**: `checks = [{ max-length = 100 }]`
pub(super) struct MaxLength {
    pub(super) column: String,
    pub(super) max: u32,
}

impl RowCheck for MaxLength {
    fn name(&self) -> &'static str {
        "max-length"
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
            if text.is_some_and(|text| {
                text.len() > self.max as usize && text.chars().count() > self.max as usize
            }) {
                tell(
                    row,
                    reason(&self.column, array, row, Why::MaxLength { max: self.max }),
                );
            }
        }
        Ok(filled(array))
    }
}
