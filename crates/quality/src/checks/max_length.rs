use arrow::array::{AsArray, RecordBatch};
use arrow::error::ArrowError;
use city::Why;

use super::{RowCheck, Tell, array, filled, reason};

/// At most so many characters, or bytes of UTF-8.
///
/// **Why**: a whole paragraph in a name is two columns run together; a wireless network's name has 32 bytes at most,
/// and a Hangul letter takes three.
/// **Manifest**: `checks = [{ max-length = 100 }]`, `checks = [{ max-bytes = 32 }]`
pub(super) struct MaxLength {
    pub(super) column: String,
    pub(super) max: u32,
    pub(super) in_bytes: bool,
}

impl MaxLength {
    fn is_longer(&self, text: &str) -> bool {
        let max = self.max as usize;
        // A text has no more characters than bytes.
        text.len() > max && (self.in_bytes || text.chars().count() > max)
    }
}

impl RowCheck for MaxLength {
    fn name(&self) -> &'static str {
        if self.in_bytes {
            "max-bytes"
        } else {
            "max-length"
        }
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
            if text.is_some_and(|text| self.is_longer(text)) {
                let max = self.max;
                let why = if self.in_bytes {
                    Why::MaxBytes { max }
                } else {
                    Why::MaxLength { max }
                };
                tell(row, reason(&self.column, array, row, why));
            }
        }
        Ok(filled(array))
    }
}
