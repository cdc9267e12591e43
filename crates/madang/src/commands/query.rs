//! `madang query`: a question in SQL, through the one door.

use std::io;
use std::process::ExitCode;

use access::{Answer, At, Question};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::util::pretty::pretty_format_batches;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use clap::{Args, ValueEnum};
use futures::StreamExt;
use parquet::arrow::ArrowWriter;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Rows a table on the screen shows; files have all.
const SCREEN_ROWS: usize = 1000;

/// Words of `madang query`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// SELECT over datasets and columns, by Korean or English name
    sql: String,
    /// Version number or time of the datasets; the newest when absent
    #[arg(long, value_name = "VERSION|TIME")]
    at: Option<String>,
    /// Who reads: an account of people.toml, an operator's name, or `public` for anybody
    #[arg(long = "as", value_name = "USER")]
    person: Option<String>,
    /// Why: kept in the access log
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
}

/// Forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For the screen
    Table,
    /// Comma-separated, with a header
    Csv,
    /// One JSON object a row
    Json,
    /// Apache Parquet
    Parquet,
}

/// Asks, and writes the answer as it comes.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let at = at(words.at.as_deref())?;
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = ask(&platform, words, at).await;
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn ask(platform: &Platform, words: &Words, at: At) -> Result<(), Failure> {
    let reader = platform.reader(words.person.as_deref(), words.purpose.as_deref());
    let answer = reader
        .ask(Question {
            sql: words.sql.clone(),
            at,
        })
        .await?;
    if let Some(hidden) = answer.hidden.filter(|hidden| *hidden > 0) {
        let below = platform.city.manifest.privacy.small_cells;
        out::say(format!(
            "{hidden} counts are hidden: those below {below}, and others that would tell them"
        ));
    }
    match words.format {
        Form::Table => table(answer).await,
        Form::Csv => csv(answer).await,
        Form::Json => json(answer).await,
        Form::Parquet => parquet(answer).await,
    }
}

async fn table(mut answer: Answer) -> Result<(), Failure> {
    let schema = SchemaRef::clone(&answer.schema);
    let (mut shown, mut rows): (Vec<RecordBatch>, usize) = (Vec::new(), 0);
    while let Some(batch) = answer.next().await {
        let batch = batch?;
        let room = SCREEN_ROWS.saturating_sub(rows);
        if room > 0 {
            shown.push(batch.slice(0, room.min(batch.num_rows())));
        }
        rows += batch.num_rows();
    }
    if shown.is_empty() {
        shown.push(RecordBatch::new_empty(schema));
    }
    let text =
        pretty_format_batches(&shown).map_err(|error| Failure::Machine(error.to_string()))?;
    out::line(text.to_string())?;
    if rows > SCREEN_ROWS {
        out::say(format!(
            "{SCREEN_ROWS} of {rows} rows shown; --format csv has all"
        ));
    }
    Ok(())
}

async fn csv(mut answer: Answer) -> Result<(), Failure> {
    let mut writer = arrow::csv::WriterBuilder::new()
        .with_header(true)
        .build(io::stdout().lock());
    writer
        .write(&RecordBatch::new_empty(SchemaRef::clone(&answer.schema)))
        .map_err(|error| written(&error))?;
    while let Some(batch) = answer.next().await {
        writer.write(&batch?).map_err(|error| written(&error))?;
    }
    Ok(())
}

async fn json(mut answer: Answer) -> Result<(), Failure> {
    let builder = arrow::json::WriterBuilder::new().with_explicit_nulls(true);
    let mut writer = builder.build::<_, arrow::json::writer::LineDelimited>(io::stdout().lock());
    while let Some(batch) = answer.next().await {
        writer.write(&batch?).map_err(|error| written(&error))?;
    }
    writer.finish().map_err(|error| written(&error))
}

async fn parquet(mut answer: Answer) -> Result<(), Failure> {
    let failed = |error: parquet::errors::ParquetError| Failure::Machine(error.to_string());
    let mut writer = ArrowWriter::try_new(io::stdout(), SchemaRef::clone(&answer.schema), None)
        .map_err(failed)?;
    while let Some(batch) = answer.next().await {
        writer.write(&batch?).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

fn written(error: &arrow::error::ArrowError) -> Failure {
    Failure::Machine(format!("the answer cannot be written: {error}"))
}

/// What `--at` names: a version's number, a date (its last moment, Korean time) or a moment.
pub(crate) fn at(text: Option<&str>) -> Result<At, Failure> {
    let Some(text) = text.map(str::trim) else {
        return Ok(At::Latest);
    };
    if let Ok(number) = text.parse() {
        return Ok(At::Version(number));
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(At::Time(moment.to_utc()));
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M"))
        .ok()
        .or_else(|| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()?
                .and_hms_opt(23, 59, 59)
        });
    match local.and_then(korean) {
        Some(moment) => Ok(At::Time(moment)),
        None => Err(Failure::Usage(format!(
            "--at: `{text}` is neither a version (3) nor a time (2026-11-05, 2026-11-05 14:00, 2026-11-05T14:00:00+09:00)"
        ))),
    }
}

fn korean(local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let zone = chrono::FixedOffset::east_opt(9 * 3600)?;
    local
        .and_local_timezone(zone)
        .single()
        .map(|moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_is_a_number_or_a_korean_time() {
        let moment = |text: &str| At::Time(DateTime::parse_from_rfc3339(text).unwrap().to_utc());
        assert_eq!(at(None).unwrap(), At::Latest);
        assert_eq!(at(Some("3")).unwrap(), At::Version(3));
        assert_eq!(
            at(Some("2026-11-05")).unwrap(),
            moment("2026-11-05T23:59:59+09:00")
        );
        assert_eq!(
            at(Some("2026-11-05 14:00")).unwrap(),
            moment("2026-11-05T05:00:00Z")
        );
        assert!(
            at(Some("yesterday"))
                .unwrap_err()
                .message()
                .contains("neither a version")
        );
    }
}
