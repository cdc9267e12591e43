//! `madang quarantine`: the rows a dataset's loads put aside, and why.

use std::fmt::Write as _;
use std::process::ExitCode;

use access::{PutAside, Reader};
use city::{Dataset, Lang};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Rows asked for at a time.
const PAGE_ROWS: u64 = 1000;

/// Words of `madang quarantine`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Dataset by id or Korean title
    dataset: String,
    /// One load by its id; the newest when absent
    #[arg(long, value_name = "LOAD")]
    load: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
}

/// Forms of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Comma-separated: file, row, reasons, cells
    Csv,
    /// One JSON object a row
    Json,
}

/// Shows all rows put aside.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let reader = platform.reader(None, Some("quarantine"));
    let outcome = match platform.dataset(&words.dataset) {
        Ok(dataset) => show(&reader, dataset, words).await,
        Err(failure) => Err(failure),
    };
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn show(reader: &Reader, dataset: &Dataset, words: &Words) -> Result<(), Failure> {
    if words.format == Form::Csv {
        out::line("file,row,reasons,cells")?;
    }
    let mut offset = 0;
    loop {
        let rows = reader
            .quarantine(&dataset.id, words.load.as_deref(), offset, PAGE_ROWS)
            .await?;
        for row in &rows {
            match words.format {
                Form::Csv => out::line(csv(dataset, row))?,
                Form::Json => out::json(
                    &json!({"file": row.file, "row": row.row, "raw": row.raw, "reasons": row.reasons}),
                )?,
            }
        }
        let got = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        if got < PAGE_ROWS {
            return Ok(());
        }
        offset += got;
    }
}

fn csv(dataset: &Dataset, row: &PutAside) -> String {
    let reasons: Vec<String> = row
        .reasons
        .iter()
        .map(|reason| {
            let title = reason
                .column
                .as_deref()
                .and_then(|name| dataset.column(name))
                .map(|column| column.title.as_str());
            match title {
                Some(title) => format!("'{title}': {}", reason.why.text(Lang::Ko)),
                None => reason.why.text(Lang::Ko),
            }
        })
        .collect();
    let cells: String = row.raw.iter().fold(String::new(), |mut text, cell| {
        // Writing to a string cannot fail.
        let _always = write!(text, ",{}", quoted(cell));
        text
    });
    format!(
        "{},{},{}{cells}",
        quoted(&row.file),
        row.row,
        quoted(&reasons.join("; "))
    )
}

/// A cell that a spreadsheet takes for text, never for a formula.
fn quoted(cell: &str) -> String {
    let formula =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("-12"), "\"-12\"");
        assert_eq!(quoted("가온 \"본점\""), "\"가온 \"\"본점\"\"\"");
    }
}
