//! JSON documents (records found by path or by looking) and NDJSON.
//!
//! | module | holds |
//! | --- | --- |
//! | `tree` | a document of any size, record by record |
//! | `lines` | one record a line |

mod lines;
mod tree;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Result};

use city::Fault;
use serde_json::{Map, Value};

use crate::origin::Input;

pub(super) use lines::open_lines;
pub(super) use tree::open;

fn not_json(input: &Input, error: &serde_json::Error, line_before: u64) -> Vec<Fault> {
    // The place is told before it.
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default();
    let fault = Fault::at(&input.name, format!("is not JSON: {what}"));
    let line = line_before + u64::try_from(error.line()).unwrap_or_default();
    let bytes = u64::try_from(error.column()).unwrap_or_default();
    let column = File::open(&input.path).and_then(|file| characters(file, line, bytes));
    vec![
        fault
            .line(line)
            .column(column.unwrap_or(bytes))
            .remedy("ask for the file again; quotation marks inside texts must be written \\\""),
    ]
}

/// How many characters of a line its first so many bytes are: editors count these. A byte-order mark is none.
fn characters(file: impl Read, line: u64, bytes: u64) -> Result<u64> {
    let mut file = BufReader::with_capacity(1 << 16, file);
    if file.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
        file.consume(3);
    }
    let mut newlines = line.saturating_sub(1);
    while newlines > 0 {
        let held = file.fill_buf()?;
        let Some(end) = memchr::memchr(b'\n', held) else {
            let length = held.len();
            if length == 0 {
                return Ok(bytes);
            }
            file.consume(length);
            continue;
        };
        file.consume(end + 1);
        newlines -= 1;
    }
    let (mut left, mut count) = (bytes, 0);
    while left > 0 {
        let held = file.fill_buf()?;
        let length = held.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if length == 0 {
            break;
        }
        // A character begins where a byte is not the continuation of one.
        let begins = held
            .iter()
            .take(length)
            .filter(|byte| **byte & 0xc0 != 0x80);
        count += u64::try_from(begins.count()).unwrap_or_default();
        left -= u64::try_from(length).unwrap_or_default();
        file.consume(length);
    }
    Ok(count)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_in_characters() {
        let at = |text: &str, line, bytes| characters(text.as_bytes(), line, bytes).unwrap();
        assert_eq!(at("{\"이름\": x", 1, 12), 8);
        assert_eq!(at("\u{feff}{\"이름\": x", 1, 12), 8);
        assert_eq!(at("가\n나\n{\"다\": x", 3, 8), 6);
        assert_eq!(at("가", 7, 3), 3, "a line that is not there");
        assert_eq!(at("", 1, 0), 0);
    }
}
