//! NDJSON: one record a line. A line that is no record is put aside by itself, as in every table; a file that is cut
//! off in its last line has not arrived whole.

use std::fs::File;
use std::io::{BufRead, BufReader};

use city::Fault;
use serde_json::{Map, Value};

use super::{flat, not_json, text};
use crate::formats::{Row, Rows, fault};
use crate::origin::Input;
use crate::text::csv::RECORD_BYTES_MAX;
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
    let mut strange = None;
    while let Some((number, line)) = pass.line()? {
        match line {
            Line::Record(record) => {
                for name in record.keys() {
                    if seen.insert(name.clone()) {
                        names.push(name.clone());
                    }
                }
            }
            Line::Strange(error, _) if strange.is_none() => {
                strange = Some(not_json(input, &error, number - 1));
            }
            Line::Strange(..) | Line::Other(_) => {}
        }
    }
    if let (Some(faults), true) = (strange, names.is_empty()) {
        return Err(faults);
    }
    Ok(LineRows {
        input: input.clone(),
        reader: open()?,
        names,
        line: 0,
    })
}

/// What a line holds.
enum Line {
    Record(Map<String, Value>),
    /// JSON, but no object: its cells.
    Other(Vec<Option<String>>),
    /// No JSON: why, and what stands there.
    Strange(serde_json::Error, String),
}

impl LineRows {
    /// The next line that is not blank, with its number and its text.
    fn text(&mut self) -> Result<Option<(u64, String)>, Vec<Fault>> {
        loop {
            let mut bytes = Vec::new();
            let limit = u64::try_from(RECORD_BYTES_MAX).unwrap_or(u64::MAX);
            let read = std::io::Read::take(&mut self.reader, limit)
                .read_until(b'\n', &mut bytes)
                .map_err(|error| fault(&self.input, error.to_string()))?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            if read >= RECORD_BYTES_MAX {
                let what = format!("the line is longer than {} MiB", RECORD_BYTES_MAX >> 20);
                return Err(vec![Fault::at(&self.input.name, what).line(self.line)]);
            }
            let text = encoding::whole(&bytes, None).ok_or_else(|| {
                vec![Fault::at(&self.input.name, "the line is not text").line(self.line)]
            })?;
            if !text.trim().is_empty() {
                return Ok(Some((self.line, text.into_owned())));
            }
        }
    }

    /// The next line and its number. A line that is cut off ends the file: the rest of it did not arrive.
    fn line(&mut self) -> Result<Option<(u64, Line)>, Vec<Fault>> {
        let Some((number, said)) = self.text()? else {
            return Ok(None);
        };
        let line = match serde_json::from_str(&said) {
            Ok(Value::Object(record)) => Line::Record(flat(&record)),
            Ok(Value::Array(items)) => Line::Other(items.iter().map(text).collect()),
            Ok(_) => Line::Other(vec![Some(said.trim().to_owned())]),
            Err(error) if error.is_eof() && !said.ends_with('\n') => {
                return Err(not_json(&self.input, &error, number - 1));
            }
            Err(error) => Line::Strange(error, said.trim().to_owned()),
        };
        Ok(Some((number, line)))
    }
}
impl Rows for LineRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        let mut rows = Vec::new();
        while rows.len() < limit {
            let Some((number, line)) = self.line()? else {
                break;
            };
            let (cells, is_record): (Vec<Option<String>>, bool) = match line {
                Line::Record(record) => {
                    let cells = self
                        .names
                        .iter()
                        .map(|name| record.get(name).and_then(text));
                    (cells.collect(), true)
                }
                Line::Other(cells) => (cells, false),
                Line::Strange(_, said) => (vec![Some(said)], false),
            };
            rows.push(Row {
                number,
                odd: (!is_record).then_some(cells.len()),
                cells,
                geometry: None,
            });
        }
        Ok((!rows.is_empty()).then_some(rows))
    }
}
