use arrow::array::{AsArray, RecordBatch};
use arrow::error::ArrowError;
use city::Why;

use super::{RowCheck, Tell, array, filled, reason};

/// At most so many bytes of UTF-8.
///
/// **Why**: a wireless network's name has 32 bytes at most; a Hangul letter takes three.
/// **Manifest**: `checks = [{ max-bytes = 32 }]`
pub(super) struct MaxBytes {
    pub(super) column: String,
    pub(super) max: u32,
}

impl RowCheck for MaxBytes {
    fn name(&self) -> &'static str {
        "max-bytes"
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
            if text.is_some_and(|text| text.len() > self.max as usize) {
                let why = Why::MaxBytes { max: self.max };
                tell(row, reason(&self.column, array, row, why));
            }
        }
        Ok(filled(array))
    }
}
