//! `madang correct`: a row is put right, for this load and for later ones that repeat the error.

use std::process::ExitCode;
use std::sync::Arc;

use access::{Correction, PutAside, Reader, RightCells, RowOrigin, SourceRow, name_row};
use city::{Dataset, Lang};
use clap::Args;
use interop::repair::with;
use serde_json::json;

use crate::cli::Shared;
use crate::commands::load::{Worst, tell};
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::corrections::{Pending, pending};
use crate::jobs::load::{Loaded, Loader};
use crate::jobs::progress::Bars;
use crate::jobs::trial::try_row;
use crate::out;
use crate::platform::Platform;

/// Words of `madang correct`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Dataset by id or Korean title
    dataset: String,
    /// The row's number, as `madang quarantine` shows it
    #[arg(long, value_name = "N")]
    row: i64,
    /// The file it stands in; needed when several files have a row of that number
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// A cell as it should be: the source's column and the value
    #[arg(
        long = "set",
        value_name = "COLUMN=VALUE",
        required_unless_present = "leave_out"
    )]
    set: Vec<String>,
    /// The row does not belong into the table: nobody need look at it again
    #[arg(long, conflicts_with = "set")]
    leave_out: bool,
    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// The load by its id; the newest when absent
    #[arg(long, value_name = "ID")]
    load: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Keeps the correction and loads with it.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Arc::new(Config::read(shared, None)?);
    let platform = Platform::open(&config).await?;
    let outcome = Box::pin(correct(&platform, config, words)).await;
    platform.close().await;
    outcome
}

async fn correct(
    platform: &Platform,
    config: Arc<Config>,
    words: &Words,
) -> Result<ExitCode, Failure> {
    let dataset = platform.dataset(&words.dataset)?.clone();
    let id = dataset.id.as_str();
    let input = |what: String| Failure::Input(format!("dataset `{id}`: {what}"));
    if words.why.trim().is_empty() {
        return Err(input(
            "--why is empty: say why, for whoever asks later".to_owned(),
        ));
    }
    let reader = platform.reader(None, Some("correct a row"));
    let (load_id, aside) = row(&reader, id, words).await?;
    let source = SourceRow {
        columns: aside.columns.clone(),
        cells: aside.raw.clone(),
    };
    let right = (!words.leave_out).then(|| cells(&words.set)).transpose()?;
    let (row, remedy) = name_row(&dataset, &source, right.as_ref()).map_err(input)?;
    if let Some(right) = &right {
        let cells = with(&source, right);
        let reasons = try_row(platform, &dataset, &source.columns, cells).await?;
        if !reasons.is_empty() {
            let told = reasons.iter().map(|reason| sentence(&dataset, reason));
            let told: Vec<String> = told.collect();
            return Err(input(format!(
                "the row would be quarantined as you say it: {}",
                told.join("; ")
            )));
        }
    }
    let correction = Correction {
        id: Correction::new_id(),
        at: platform.records.clock().now(),
        who: String::new(),
        why: words.why.trim().to_owned(),
        row,
        remedy,
        from: RowOrigin {
            load_id,
            file: aside.file,
            row: aside.row,
            accepted: false,
        },
        report: None,
    };
    let correction = reader.correct(id, correction).await?;
    follow(platform, config, &dataset, &correction, words.json).await
}

/// Loads with the corrections that stand now.
async fn follow(
    platform: &Platform,
    config: Arc<Config>,
    dataset: &Dataset,
    correction: &Correction,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    if as_json {
        out::json(&json!({"dataset": dataset.id, "correction": correction.id}))?;
    } else {
        out::line(format!(
            "{}: correction {} is kept",
            dataset.id, correction.id
        ))?;
    }
    load_again(platform, config, dataset, as_json).await
}

/// Follows the corrections that no load has followed yet.
pub(crate) async fn load_again(
    platform: &Platform,
    config: Arc<Config>,
    dataset: &Dataset,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    let loader = Loader {
        platform: platform.clone(),
        config,
        bars: Bars::default(),
    };
    let outcome: Option<Result<Loaded, Failure>> = match pending(&platform.lake, dataset)? {
        Pending::Nothing => None,
        Pending::Again(landed, _) => Some(loader.load_landed(dataset, landed).await),
        Pending::Rows(open) => loader.readmit(dataset, open).await.transpose(),
    };
    let Some(outcome) = outcome else {
        return Ok(ExitCode::SUCCESS);
    };
    tell(dataset, &outcome, as_json)?;
    let mut worst = Worst::default();
    worst.note(&outcome);
    Ok(worst.code())
}

/// The row the words mean, and the load that put it aside.
async fn row(reader: &Reader, id: &str, words: &Words) -> Result<(String, PutAside), Failure> {
    let input = |what: String| Failure::Input(format!("dataset `{id}`: {what}"));
    let loads = reader.loads(id)?;
    let load = match &words.load {
        Some(wanted) => loads.iter().find(|load| load.load_id == *wanted),
        None => loads.first(),
    };
    let load = load.ok_or_else(|| input("there is no such load".to_owned()))?;
    let files: Vec<String> = match &words.file {
        Some(file) => vec![file.clone()],
        None => load
            .sources
            .iter()
            .map(|source| source.name.clone())
            .collect(),
    };
    let mut found = Vec::new();
    for file in files {
        let row = (file.as_str(), words.row);
        found.extend(reader.quarantined_row(id, &load.load_id, row).await?);
    }
    match (found.pop(), found.is_empty()) {
        (Some(row), true) => Ok((load.load_id.clone(), row)),
        (Some(_), false) => Err(input(format!(
            "several files have a quarantined row {}: say which with --file",
            words.row
        ))),
        (None, _) => Err(input(format!(
            "load {} put no row {} aside; `madang quarantine {id}` shows those it did",
            load.load_id, words.row
        ))),
    }
}

fn cells(set: &[String]) -> Result<RightCells, Failure> {
    let pair = |text: &String| {
        let (column, value) = text.split_once('=').ok_or_else(|| {
            Failure::Input(format!(
                "--set {text}: write the source's column, `=`, and the value"
            ))
        })?;
        Ok((column.trim().to_owned(), value.trim().to_owned()))
    };
    set.iter().map(pair).collect()
}

fn sentence(dataset: &Dataset, reason: &city::Reason) -> String {
    let title = reason
        .column
        .as_deref()
        .and_then(|name| dataset.column(name));
    match title {
        Some(column) => format!("'{}': {}", column.title, reason.why.text(Lang::Ko)),
        None => reason.why.text(Lang::Ko),
    }
}
