//! JSON documents (records found by path or by looking) and NDJSON.
//!
//! | module | holds |
//! | --- | --- |
//! | `tree` | a document of any size, record by record |
//! | `lines` | one record a line |

mod lines;
mod tree;

use city::Fault;
use serde_json::{Map, Value};

use crate::origin::Input;

pub(super) use lines::open_lines;
pub(super) use tree::open;

fn not_json(input: &Input, error: &serde_json::Error, line_before: u64) -> Vec<Fault> {
    let fault = Fault::at(&input.name, format!("is not JSON: {error}"));
    let line = line_before + u64::try_from(error.line()).unwrap_or_default();
    vec![
        fault
            .line(line)
            .column(u64::try_from(error.column()).unwrap_or_default())
            .remedy("ask for the file again; quotation marks inside texts must be written \\\""),
    ]
}

/// Nested objects become `outer/inner`.
fn flat(record: &Map<String, Value>) -> Map<String, Value> {
    if !record.values().any(Value::is_object) {
        return record.clone();
    }
    let mut out = Map::new();
    put("", record, &mut out);
    out
}

fn put(prefix: &str, record: &Map<String, Value>, out: &mut Map<String, Value>) {
    for (key, value) in record {
        let name = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}/{key}")
        };
        match value {
            Value::Object(inner) => put(&name, inner, out),
            other => {
                out.insert(name, other.clone());
            }
        }
    }
}

/// A value as text; lists as JSON.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(if *yes { "TRUE" } else { "FALSE" }.to_owned()),
        other => Some(other.to_string()),
    }
}
