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

fn at_path<'v>(document: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('/')
        .filter(|step| !step.is_empty())
        .try_fold(document, |here, step| match here {
            Value::Array(items) => items.iter().find_map(|item| item.get(step)),
            other => other.get(step),
        })
}

/// The list of records in a document: the one with most objects; an Open API's `item` as well.
pub(crate) fn records_in(document: &Value) -> Option<&Value> {
    let mut best: Option<(usize, &Value)> = None;
    let mut waiting = std::collections::VecDeque::from([document]);
    while let Some(here) = waiting.pop_front() {
        match here {
            Value::Array(items) => {
                let objects = items.iter().filter(|item| item.is_object()).count();
                if objects > best.map_or(0, |(count, _)| count) {
                    best = Some((objects, here));
                }
                // Lists of wrappers (Gyeonggi) hold their rows one level deeper.
                waiting.extend(items.iter().take(4));
            }
            Value::Object(object) => {
                if best.is_none()
                    && let Some(one @ Value::Object(_)) = object.get("item")
                {
                    best = Some((1, one));
                }
                waiting.extend(object.values());
            }
            _ => {}
        }
    }
    best.map(|(_, found)| found)
}

/// How many rows a document has at `rows`, or where it looks like rows.
pub(crate) fn count(document: &Value, rows: Option<&str>) -> u64 {
    let found = match rows {
        Some(path) => at_path(document, path),
        None => records_in(document),
    };
    match found {
        Some(Value::Array(items)) => u64::try_from(items.len()).unwrap_or(u64::MAX),
        Some(Value::Object(_)) => 1,
        _ => 0,
    }
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
