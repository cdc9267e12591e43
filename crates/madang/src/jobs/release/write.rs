//! Rows of the door → the file that is to leave.

use std::path::Path;

use access::{Answer, Filter, Question, Rows};
use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::{Column, Dataset, ReleasePlan};
use futures::StreamExt as _;
use privacy::gate::Promised;

use super::{Made, reader};
use crate::commands::privacy::pseudonymise::write::Sink;
use crate::exit::Failure;
use crate::jobs::guard;
use crate::platform::Platform;

/// Writes the columns and rows that a plan names.
pub(crate) async fn rows(
    platform: &Platform,
    plan: &ReleasePlan,
    out: &Path,
) -> Result<Made, Failure> {
    let reader = reader(platform, plan)?;
    let dataset = platform.dataset(&plan.dataset)?;
    let (answer, columns) = if let Some(sql) = &plan.sql {
        let question = Question {
            sql: sql.clone(),
            ..Question::default()
        };
        let promised = plan.columns.iter().map(|name| named(name, None));
        (reader.ask(question).await?, promised.collect::<Vec<_>>())
    } else {
        let question = Rows {
            dataset: plan.dataset.clone(),
            filters: filters(plan)?,
            columns: plan.columns.clone(),
            ..Rows::default()
        };
        let promised = plan.columns.iter().map(|name| promised(dataset, name));
        (reader.rows(&question).await?, promised.collect())
    };
    let names = match plan.sql {
        // The answer's own names: whether they are the promised ones is for the gate to say.
        Some(_) => answer
            .schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect(),
        None => columns.iter().map(|column| column.name.clone()).collect(),
    };
    let versions = answer.versions.clone();
    let (rows, sha256) = file(answer, names, out).await?;
    Ok(Made {
        columns,
        rows,
        sha256,
        versions,
        counted: None,
    })
}

/// The conditions of a plan.
pub(crate) fn filters(plan: &ReleasePlan) -> Result<Vec<Filter>, Failure> {
    let read = |text: &String| {
        Filter::read(text).ok_or_else(|| {
            Failure::Input(format!(
                "releases/{}.toml: `{text}` is no condition; expected column:op:value",
                plan.id
            ))
        })
    };
    plan.rows.iter().map(read).collect()
}

/// A column of a dataset as the file names it: by its title.
pub(crate) fn promised(dataset: &Dataset, name: &str) -> Promised {
    named(name, dataset.column(name))
}

fn named(name: &str, column: Option<&Column>) -> Promised {
    let Some(column) = column else {
        return Promised {
            name: name.to_owned(),
            others: Vec::new(),
            accepted: Vec::new(),
            is_made: false,
        };
    };
    Promised {
        name: column.title.clone(),
        others: vec![column.name.clone(), column.source_name().to_owned()],
        accepted: guard::accepted(column),
        is_made: false,
    }
}

/// Writes an answer: how many rows, and the SHA-256 of the file.
pub(crate) async fn file(
    mut answer: Answer,
    names: Vec<String>,
    out: &Path,
) -> Result<(u64, String), Failure> {
    let mut sink = Sink::create(out)?;
    sink.row(&names)?;
    let mut rows = 0_u64;
    while let Some(batch) = answer.next().await {
        let batch = batch?;
        each(&batch, &mut |row| Ok(sink.row(row)?))?;
        rows += u64::try_from(batch.num_rows()).unwrap_or_default();
    }
    Ok((rows, sink.finish()?))
}

/// Each row of a batch as text; a missing value is the empty cell.
pub(crate) fn each(
    batch: &RecordBatch,
    take: &mut dyn FnMut(&[String]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let format = FormatOptions::default();
    let texts = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column.as_ref(), &format))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::Machine(error.to_string()))?;
    let mut row = Vec::with_capacity(texts.len());
    for at in 0..batch.num_rows() {
        row.clear();
        row.extend(texts.iter().map(|text| text.value(at).to_string()));
        take(&row)?;
    }
    Ok(())
}
