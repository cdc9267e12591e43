//! `madang privacy detect`: identifiers of persons in a file, a dataset, or lines of text.

mod file;
mod lines;
mod table;
mod told;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Datelike as _;
use clap::Args;
use privacy::detect::{Day, Detector};
use records::{Clock as _, SystemClock};

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::load::korean_day;
use crate::out;

/// Words of `madang privacy detect`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// A file (CSV, XLSX, JSON, ... all that `madang draft` reads), or a dataset by id or Korean title
    #[arg(
        value_name = "FILE|DATASET",
        required_unless_present = "jsonl",
        conflicts_with = "jsonl"
    )]
    target: Option<String>,
    /// One JSON object for each kind in each column
    #[arg(long)]
    json: bool,
    /// Every finding by itself: file, row, column, type, first and last character; never its value
    #[arg(long)]
    each: bool,
    /// Who reads a dataset: an operator's name, or `public` for anybody
    #[arg(long = "as", value_name = "USER")]
    person: Option<String>,
    /// Why a dataset is read: kept in the access log
    #[arg(long, value_name = "TEXT", default_value = "privacy detect")]
    purpose: String,
    /// Label lines `{"id": ..., "text": ...}` of IN; OUT has a line `{"id": ..., "labels": [...]}` for each (`-` for
    /// standard input and output)
    #[arg(long, num_args = 2, value_names = ["IN", "OUT"])]
    jsonl: Option<Vec<PathBuf>>,
}

/// Finds, and tells.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let today = today();
    if let Some([input, output]) = words.jsonl.as_deref() {
        lines::label(input, output, today)?;
        return Ok(ExitCode::SUCCESS);
    }
    let target = words.target.as_deref().unwrap_or_default();
    let config = Config::read(shared, None)?;
    let found = if Path::new(target).is_file() {
        file::look(&config, Path::new(target), today, words.each, words.json)?
    } else {
        table::look(&config, target, words, today).await?
    };
    told::tell(&found, words.json, words.each)?;
    Ok(ExitCode::SUCCESS)
}

/// The day in Korea: nobody is born later.
pub(crate) fn today() -> Day {
    let today = korean_day(SystemClock.now());
    Day {
        year: today.year(),
        month: today.month(),
        day: today.day(),
    }
}

/// What was found.
pub(super) struct Found {
    /// The file or dataset.
    name: String,
    rows: u64,
    columns: Vec<(String, privacy::detect::column::Scan)>,
}

impl Found {
    fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rows: 0,
            columns: Vec::new(),
        }
    }
}

/// A detector, and how each finding is told where that was asked for.
pub(super) struct Looker {
    detector: Detector,
    each: bool,
    json: bool,
}

impl Looker {
    fn new(today: Day, each: bool, json: bool) -> Self {
        Self {
            detector: Detector::new(today),
            each,
            json,
        }
    }

    /// Looks at one cell of a column.
    fn see(
        &mut self,
        (name, scan): &mut (String, privacy::detect::column::Scan),
        cell: &str,
        (file, row): (&std::sync::Arc<str>, u64),
    ) -> Result<(), Failure> {
        let place = || privacy::detect::column::Place {
            file: std::sync::Arc::clone(file),
            row,
        };
        let mut found = Vec::new();
        let each = self.each;
        scan.see(&mut self.detector, cell, &place, &mut |finding| {
            if each {
                found.push(finding.clone());
            }
        });
        for finding in &found {
            if self.json {
                out::json(&told::finding(&place(), name, finding))?;
            } else {
                out::line(told::finding_line(&place(), name, finding))?;
            }
        }
        Ok(())
    }
}
