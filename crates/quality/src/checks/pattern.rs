use arrow::array::{AsArray, RecordBatch};
use arrow::error::ArrowError;
use city::Why;
use regex::Regex;

use super::{RowCheck, Tell, array, filled, reason};

/// Text that a regular expression matches whole.
///
/// **Why**: a postcode has five digits, a standard id its own form.
/// **Manifest**: `checks = [{ pattern = "[0-9]{5}" }]`
pub(super) struct Pattern {
    column: String,
    pattern: String,
    regex: Regex,
}

impl Pattern {
    pub(super) fn new(column: String, pattern: &str) -> Option<Self> {
        Some(Self {
            column,
            pattern: pattern.to_owned(),
            regex: Regex::new(&format!("^(?:{pattern})$")).ok()?,
        })
    }
}

impl RowCheck for Pattern {
    fn name(&self) -> &'static str {
        "pattern"
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
            if text.is_some_and(|text| !self.regex.is_match(text)) {
                tell(
                    row,
                    reason(
                        &self.column,
                        array,
                        row,
                        Why::Pattern {
                            pattern: self.pattern.clone(),
                        },
                    ),
                );
            }
        }
        Ok(filled(array))
    }
}
