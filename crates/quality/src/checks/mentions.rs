use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::error::ArrowError;
use city::Why;
use city::check::Mentions as Declared;

use super::{RowCheck, Tell, array, reason};

/// Text that names another column's value. An absent text, and an absent value, pass.
///
/// **Why**: an address in another district than the row says was shifted or copied.
/// **Manifest**: `checks = [{ mentions = { columns = ["address"], value = "district" } }]`
pub(super) struct Mentions {
    pub(super) declared: Declared,
}

impl RowCheck for Mentions {
    fn name(&self) -> &'static str {
        "mentions"
    }

    fn column(&self) -> Option<&str> {
        Some(&self.declared.value)
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let values = texts(rows, &self.declared.value)?;
        let mut diagnosed = 0;
        for name in &self.declared.columns {
            let (array, texts) = (array(rows, name)?, texts(rows, name)?);
            for (row, (text, value)) in texts.iter().zip(values).enumerate() {
                let (Some(text), Some(value)) = (text, value) else {
                    continue;
                };
                diagnosed += 1;
                if !text.contains(value) {
                    let why = Why::Mentions {
                        value: self.declared.value.clone(),
                    };
                    tell(row, reason(name, array, row, why));
                }
            }
        }
        Ok(diagnosed)
    }
}

fn texts<'r>(rows: &'r RecordBatch, name: &str) -> Result<&'r StringArray, ArrowError> {
    array(rows, name)?
        .as_string_opt::<i32>()
        .ok_or_else(|| ArrowError::SchemaError(format!("{name} is not text")))
}
