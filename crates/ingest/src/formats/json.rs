//! JSON documents (records found by path or by looking) and NDJSON.

use std::fs::File;
use std::io::{BufRead, BufReader};

use city::Fault;
use city::dataset::Format;
use serde_json::{Map, Value};

use super::{Row, Rows, fault, read_whole};
use crate::origin::Input;
use crate::text::encoding;

/// One document may have so many bytes; larger deliveries come as NDJSON.
const DOCUMENT_BYTES_MAX: u64 = 512 << 20;

pub(super) struct JsonRows {
    names: Vec<String>,
    records: std::vec::IntoIter<Map<String, Value>>,
    number: u64,
}

pub(super) fn open(input: &Input, format: &Format) -> Result<JsonRows, Vec<Fault>> {
    let bytes = read_whole(input, DOCUMENT_BYTES_MAX)?;
    let text = encoding::whole(&bytes, None)
        .ok_or_else(|| fault(input, "the file is neither UTF-8 nor CP949 text"))?;
    let document: Value =
        serde_json::from_str(&text).map_err(|error| not_json(input, &error, 0))?;
    let found = match &format.rows {
        Some(path) => Some(at_path(&document, path).ok_or_else(|| {
            vec![
                Fault::at(&input.name, format!("the document has nothing at `{path}`"))
                    .expected(format!("one of the keys {}", keys(&document))),
            ]
        })?),
        None => records_in(&document),
    };
    let records: Vec<Map<String, Value>> = match found {
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_object)
            .map(flat)
            .collect(),
        // An Open API gives one row as an object, and no row as an empty text.
        Some(Value::Object(one)) => vec![flat(one)],
        _ => Vec::new(),
    };
    let mut names: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for name in records.iter().flat_map(Map::keys) {
        if seen.insert(name.as_str()) {
            names.push(name.clone());
        }
    }
    Ok(JsonRows {
        names,
        records: records.into_iter(),
        number: 0,
    })
}

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

fn keys(document: &Value) -> String {
    document
        .as_object()
        .map(|object| {
            object
                .keys()
                .take(20)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        })
        .unwrap_or_default()
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

impl Rows for JsonRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        let mut rows = Vec::new();
        for record in self.records.by_ref().take(limit) {
            self.number += 1;
            let cells = self
                .names
                .iter()
                .map(|name| record.get(name).and_then(text))
                .collect();
            rows.push(Row {
                number: self.number,
                cells,
                geometry: None,
                odd: None,
            });
        }
        Ok((!rows.is_empty()).then_some(rows))
    }
}

pub(super) struct LineRows {
    input: Input,
    reader: BufReader<File>,
    names: Vec<String>,
    line: u64,
}

/// Opens NDJSON: one pass for the names, one for the rows; neither holds more than a line.
pub(super) fn open_lines(input: &Input) -> Result<LineRows, Vec<Fault>> {
    let open = || {
        File::open(&input.path)
            .map(BufReader::new)
            .map_err(|error| fault(input, format!("cannot be read: {error}")))
    };
    let mut pass = LineRows {
        input: input.clone(),
        reader: open()?,
        names: Vec::new(),
        line: 0,
    };
    let mut names: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    while let Some((_, record)) = pass.record()? {
        for name in record.keys() {
            if seen.insert(name.clone()) {
                names.push(name.clone());
            }
        }
    }
    Ok(LineRows {
        input: input.clone(),
        reader: open()?,
        names,
        line: 0,
    })
}

/// A record and the line it begins in.
type Record = (u64, Map<String, Value>);

impl LineRows {
    fn record(&mut self) -> Result<Option<Record>, Vec<Fault>> {
        loop {
            let mut bytes = Vec::new();
            let limit = u64::try_from(crate::text::csv::RECORD_BYTES_MAX).unwrap_or(u64::MAX);
            let read = std::io::Read::take(&mut self.reader, limit)
                .read_until(b'\n', &mut bytes)
                .map_err(|error| fault(&self.input, error.to_string()))?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let text = encoding::whole(&bytes, None).ok_or_else(|| {
                vec![Fault::at(&self.input.name, "the line is not text").line(self.line)]
            })?;
            if text.trim().is_empty() {
                continue;
            }
            let value: Value = serde_json::from_str(&text)
                .map_err(|error| not_json(&self.input, &error, self.line - 1))?;
            let Value::Object(record) = value else {
                return Err(vec![
                    Fault::at(&self.input.name, "the line is no JSON object").line(self.line),
                ]);
            };
            return Ok(Some((self.line, flat(&record))));
        }
    }
}

impl Rows for LineRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        let mut rows = Vec::new();
        while rows.len() < limit {
            let Some((number, record)) = self.record()? else {
                break;
            };
            let cells = self
                .names
                .iter()
                .map(|name| record.get(name).and_then(text))
                .collect();
            rows.push(Row {
                number,
                cells,
                geometry: None,
                odd: None,
            });
        }
        Ok((!rows.is_empty()).then_some(rows))
    }
}
