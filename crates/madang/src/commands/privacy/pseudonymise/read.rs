//! Rows of a file, read as a dataset's file is, as often as they are needed.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use city::dataset::{Format, FormatKind};
use city::{Dataset, Fault};
use ingest::Input;
use ingest::formats::{self, Row, Rows};
use privacy::pseudonym::{Failed, Source};
use serde_json::json;

use crate::exit::Failure;

/// Rows read at a time.
const ROWS: usize = 4096;

/// A file of rows.
pub(crate) struct Table {
    path: PathBuf,
    format: Format,
    rows: Box<dyn Rows>,
    header: Vec<String>,
    waiting: VecDeque<Row>,
    line: u64,
}

/// Opens a file: as its dataset's manifest says where there is one of this kind, else as its ending says.
pub(crate) fn open(path: &Path, dataset: Option<&Dataset>) -> Result<Table, Failure> {
    let kind = kind(path);
    let format = dataset
        .map(|dataset| dataset.format.clone())
        .filter(|format| kind == Some(format.kind));
    let format = match format {
        Some(format) => format,
        None => by_ending(path, kind)?,
    };
    let rows = rows(path, &format).map_err(|faults| Failure::faults(&faults))?;
    Ok(Table {
        path: path.to_owned(),
        header: rows.columns().to_vec(),
        format,
        rows,
        waiting: VecDeque::new(),
        line: 0,
    })
}

fn ending(path: &Path) -> String {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    ending.unwrap_or_default()
}

fn kind(path: &Path) -> Option<FormatKind> {
    let word = match ending(path).as_str() {
        "csv" | "tsv" | "txt" => "csv".to_owned(),
        "shp" => "shapefile".to_owned(),
        other => other.to_owned(),
    };
    serde_json::from_value(json!(word)).ok()
}

fn by_ending(path: &Path, kind: Option<FormatKind>) -> Result<Format, Failure> {
    let unknown = || {
        let fault = Fault::at(path, "nothing is known of files with this ending");
        Failure::faults(&[
            fault.expected("csv, tsv, xlsx, xls, ods, json, ndjson, xml, geojson or parquet")
        ])
    };
    let kind = kind.ok_or_else(unknown)?;
    let delimiter = (ending(path) == "tsv").then_some('\t');
    serde_json::from_value(json!({ "kind": kind, "delimiter": delimiter }))
        .map_err(|error| Failure::Machine(error.to_string()))
}

fn rows(path: &Path, format: &Format) -> Result<Box<dyn Rows>, Vec<Fault>> {
    let input = Input {
        name: path.display().to_string(),
        path: path.to_owned(),
    };
    formats::open(&input, format)
}

impl Source for Table {
    fn file(&self) -> &Path {
        &self.path
    }

    fn header(&self) -> &[String] {
        &self.header
    }

    fn rewind(&mut self) -> Result<(), Failed> {
        self.rows = rows(&self.path, &self.format).map_err(Failed::Input)?;
        self.waiting.clear();
        Ok(())
    }

    fn next(&mut self, row: &mut Vec<String>) -> Result<bool, Failed> {
        while self.waiting.is_empty() {
            match self.rows.next(ROWS).map_err(Failed::Input)? {
                Some(rows) => self.waiting.extend(rows),
                None => return Ok(false),
            }
        }
        let Some(found) = self.waiting.pop_front() else {
            return Ok(false);
        };
        self.line = found.number;
        if let Some(cells) = found.odd {
            // A cell in a wrong column would get the wrong technique, and could leave as it is.
            let fault = Fault::at(&self.path, format!("the row has {cells} cells"))
                .line(self.line)
                .expected(format!("{}, as the header has", self.header.len()))
                .remedy("put the row right first");
            return Err(fault.into());
        }
        row.clear();
        row.extend(found.cells.into_iter().map(Option::unwrap_or_default));
        Ok(true)
    }

    fn line(&self) -> u64 {
        self.line
    }
}
