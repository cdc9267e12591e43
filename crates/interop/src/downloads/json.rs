//! JSON: one document, or one object a line.

use access::{Answer, AskError};
use arrow::array::RecordBatch;
use axum::body::Body;
use city::Dataset;
use serde_json::{Map, Value, json};

use super::bytes::streamed;
use super::values::json as value;

/// `{"dataset":…,"version":…,"columns":[…],"rows":[…]}`.
pub(super) fn document(dataset: &Dataset, version: i64, answer: Answer) -> Body {
    let fields = answer.schema.fields();
    let columns: Vec<Value> = fields.iter().zip(&answer.titles).map(|(field, title)| json!({"name": field.name(), "title": title.ko, "title_en": title.en, "unit": title.unit, "unit_en": title.unit_en})).collect();
    let head = json!({"dataset": dataset.id, "title": dataset.title, "version": version, "columns": columns}).to_string();
    let before = reopened(&head);
    let names = names(&answer);
    streamed(before, answer, b"\n]}\n".to_vec(), move |batch, first| {
        let mut out = Vec::new();
        for row in 0..batch.num_rows() {
            out.extend_from_slice(if first && row == 0 { b"\n" } else { b",\n" });
            write(batch, row, &names, &mut out)?;
        }
        Ok(out)
    })
}

/// The head without its last bracket, open for rows.
fn reopened(head: &str) -> Vec<u8> {
    let mut before = head.strip_suffix('}').unwrap_or(head).as_bytes().to_vec();
    before.extend_from_slice(b",\"rows\":[");
    before
}

/// One object a line.
pub(super) fn lines(answer: Answer) -> Body {
    let names = names(&answer);
    streamed(Vec::new(), answer, Vec::new(), move |batch, _| {
        let mut out = Vec::new();
        for row in 0..batch.num_rows() {
            write(batch, row, &names, &mut out)?;
            out.push(b'\n');
        }
        Ok(out)
    })
}

fn names(answer: &Answer) -> Vec<String> {
    answer
        .schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect()
}

fn write(
    batch: &RecordBatch,
    row: usize,
    names: &[String],
    out: &mut Vec<u8>,
) -> Result<(), AskError> {
    let object: Map<String, Value> = names
        .iter()
        .zip(batch.columns())
        .map(|(name, array)| (name.clone(), value(array, row)))
        .collect();
    serde_json::to_writer(out, &object).map_err(|error| AskError::Run(Some(error.to_string())))
}
