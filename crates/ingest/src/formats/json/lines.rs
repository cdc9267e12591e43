//! NDJSON: one record a line.

use std::fs::File;
use std::io::{BufRead, BufReader};

use city::Fault;
use serde_json::{Map, Value};

use super::{flat, not_json, text};
use crate::formats::{Row, Rows, fault};
use crate::origin::Input;
use crate::text::encoding;

pub(in crate::formats) struct LineRows {
    input: Input,
    reader: BufReader<File>,
    names: Vec<String>,
    line: u64,
}

/// Opens NDJSON: one pass for the names, one for the rows; neither holds more than a line.
pub(in crate::formats) fn open_lines(input: &Input) -> Result<LineRows, Vec<Fault>> {
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
