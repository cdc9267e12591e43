//! CSV that opens right in a spreadsheet: a byte-order mark or CP949, CR LF, no cell that is a formula.

use std::borrow::Cow;
use std::sync::Arc;

use access::{Answer, AskError};
use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use axum::body::Body;
use encoding_rs::EUC_KR;

use super::bytes::streamed;
use super::values::Texts;
use crate::problem::Problem;

/// What a header says of letters that CP949 does not have.
pub(crate) const OUTSIDE_CP949: &str = "written as their number, such as &#128664;";

/// How the file is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    is_cp949: bool,
    physical_names: bool,
}

impl Form {
    /// Reads `encoding=utf-8|cp949` and `header=titles|names`.
    pub(super) fn read(pairs: &[(String, String)]) -> Result<Self, Problem> {
        let mut form = Self::default();
        for (name, value) in pairs {
            match (name.as_str(), value.to_lowercase().as_str()) {
                ("encoding", "cp949" | "euc-kr" | "ms949") => form.is_cp949 = true,
                ("encoding", "utf-8" | "utf8" | "") | ("header", "titles" | "") => {}
                ("header", "names") => form.physical_names = true,
                ("encoding", _) => {
                    return Err(Problem::question(format!(
                        "encoding={value}: expected utf-8 or cp949"
                    )));
                }
                ("header", _) => {
                    return Err(Problem::question(format!(
                        "header={value}: expected titles or names"
                    )));
                }
                _ => {}
            }
        }
        Ok(form)
    }

    pub(super) fn is_cp949(&self) -> bool {
        self.is_cp949
    }

    /// A letter that CP949 does not have becomes its number as `&#128664;`: nothing is lost, and one can see it.
    fn encode(&self, text: String) -> Vec<u8> {
        if self.is_cp949 {
            EUC_KR.encode(&text).0.into_owned()
        } else {
            text.into_bytes()
        }
    }
}

/// Whether `encoding=` asks for CP949.
pub(crate) fn is_cp949(pairs: &[(String, String)]) -> Result<bool, Problem> {
    Form::read(pairs).map(|form| form.is_cp949)
}

pub(super) fn body(answer: Answer, form: Form) -> Body {
    let mut head = if form.is_cp949 {
        String::new()
    } else {
        "\u{feff}".to_owned()
    };
    let fields = answer.schema.fields();
    for (at, (field, title)) in fields.iter().zip(&answer.titles).enumerate() {
        if at > 0 {
            head.push(',');
        }
        cell(
            &mut head,
            if form.physical_names {
                field.name()
            } else {
                &title.ko
            },
            true,
        );
    }
    head.push_str("\r\n");
    let before = form.encode(head);
    streamed(before, answer, Vec::new(), move |batch, _| {
        Ok(form.encode(lines(batch)?))
    })
}

fn lines(batch: &RecordBatch) -> Result<String, AskError> {
    let columns = batch
        .columns()
        .iter()
        .map(Texts::new)
        .collect::<Result<Vec<_>, _>>()?;
    let mut out = String::with_capacity(batch.num_rows() * columns.len() * 8);
    let mut value = String::new();
    for row in 0..batch.num_rows() {
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            value.clear();
            column.write(row, &mut value)?;
            cell(&mut out, &value, column.is_text);
        }
        out.push_str("\r\n");
    }
    Ok(out)
}

/// Whether a spreadsheet would run the text as a formula; numbers stay numbers.
pub(crate) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
        && text.parse::<f64>().is_err()
}

/// The same rows with an apostrophe before each text that a spreadsheet would run as a formula.
pub fn without_formulas(rows: &RecordBatch) -> RecordBatch {
    let guarded = |array: &ArrayRef| -> ArrayRef {
        let Some(texts) = array.as_string_opt::<i32>() else {
            return Arc::clone(array);
        };
        let texts = texts.iter().map(|text| {
            text.map(|text| {
                if is_formula(text) {
                    Cow::Owned(format!("'{text}"))
                } else {
                    Cow::Borrowed(text)
                }
            })
        });
        Arc::new(texts.collect::<StringArray>())
    };
    let columns = rows.columns().iter().map(guarded).collect();
    // The shape is the same: only texts changed.
    RecordBatch::try_new(rows.schema(), columns).unwrap_or_else(|_| rows.clone())
}

/// Appends a cell. Text that a spreadsheet would run as a formula gets an apostrophe before it, which
/// makes it text.
pub(crate) fn cell(out: &mut String, text: &str, is_text: bool) {
    let is_formula = is_text && is_formula(text);
    let needs_quotes =
        text.contains([',', '"', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ');
    if needs_quotes {
        out.push('"');
    }
    if is_formula {
        out.push('\'');
    }
    if needs_quotes {
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = String::new();
        cell(&mut out, text, true);
        out
    }

    #[test]
    fn a_cell_is_quoted_where_needed_and_never_a_formula() {
        assert_eq!(written("가온"), "가온");
        assert_eq!(written("가,\"온\""), "\"가,\"\"온\"\"\"");
        assert_eq!(written("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(written("@SUM(1)"), "'@SUM(1)");
        assert_eq!(written("-12.5"), "-12.5");
        assert_eq!(written("-가"), "'-가");
    }
}
