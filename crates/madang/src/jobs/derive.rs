//! A derived dataset's rows: its question, asked through the door, as a file like any other delivery.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use access::lineage::{How, Origin};
use access::{Person, Purpose, Question, Reader};
use arrow::datatypes::SchemaRef;
use city::dataset::{Acceptable, DerivedSource};
use city::{ColumnType, Dataset, DatasetId, Fault};
use futures::StreamExt as _;
use lake::At;
use parquet::arrow::ArrowWriter;
use sources::Fetched;

use crate::exit::Failure;
use crate::platform::Platform;

/// The versions in force of what a derived dataset reads.
pub(crate) fn inputs(
    platform: &Platform,
    dataset: &Dataset,
    source: &DerivedSource,
) -> Result<BTreeMap<DatasetId, i64>, Failure> {
    let mut found = BTreeMap::new();
    for id in &source.from {
        let Some(version) = platform.lake.version(id, &At::Latest)? else {
            return Err(Failure::Input(format!(
                "dataset `{}` is derived from `{id}`, which is not loaded yet: load that first",
                dataset.id
            )));
        };
        found.insert(id.clone(), version.number);
    }
    Ok(found)
}

/// Asks the question and writes its rows to `staging`.
pub(crate) async fn derive(
    platform: &Platform,
    dataset: &Dataset,
    source: &DerivedSource,
    staging: &Path,
) -> Result<Fetched, Failure> {
    let purpose = Purpose::new(&format!("derive {}", dataset.id));
    let reader = platform.door.reader(Person::operator("system"), purpose);
    let mut answer = reader
        .ask(Question {
            sql: source.sql.clone(),
            at: At::Latest,
        })
        .await?;
    let undeclared: Vec<&str> = answer
        .versions
        .iter()
        .map(|(id, _)| id.as_str())
        .filter(|id| !source.from.iter().any(|own| own.as_str() == *id))
        .collect();
    if !undeclared.is_empty() {
        return Err(Failure::faults(&[Fault::at(
            dataset.id.to_string(),
            format!(
                "the question reads {}, which `from` does not name",
                undeclared.join(", ")
            ),
        )
        .remedy(
            "add it to `from`: a derived dataset is asked again when what it reads changes",
        )]));
    }
    let faults = laundered(platform, &reader, dataset, source).await?;
    if !faults.is_empty() {
        return Err(Failure::faults(&faults));
    }
    let name = format!("{}.parquet", dataset.id);
    let path = staging.join(&name);
    let failed = |error: &dyn std::fmt::Display| {
        Failure::Machine(format!(
            "dataset `{}`: its rows cannot be written: {error}",
            dataset.id
        ))
    };
    let file = File::create(&path).map_err(|error| failed(&error))?;
    let mut writer = ArrowWriter::try_new(file, SchemaRef::clone(&answer.schema), None)
        .map_err(|error| failed(&error))?;
    while let Some(batch) = answer.next().await {
        writer.write(&batch?).map_err(|error| failed(&error))?;
    }
    writer.close().map_err(|error| failed(&error))?;
    Ok(Fetched { name, path })
}

/// Columns with a weaker class than the columns they are made of, whatever they are called on the way. What is copied
/// keeps its class; so does what is computed of a value, unless the column accepts `derived` with a reason. A number
/// that is made of many rows (a count, a sum) says nothing of one of them; a text or a day that is can still be that of
/// somebody (the greatest name).
async fn laundered(
    platform: &Platform,
    reader: &Reader,
    dataset: &Dataset,
    source: &DerivedSource,
) -> Result<Vec<Fault>, Failure> {
    let lineage = reader.lineage(&source.sql, &BTreeMap::new()).await?;
    let mut faults = Vec::new();
    for column in &dataset.columns {
        let Some(made) = lineage.column(column.source_name()) else {
            continue;
        };
        let accepts = column.accepts.as_ref();
        let accepts = accepts.is_some_and(|own| own.found.contains(&Acceptable::Derived));
        let is_number = matches!(column.column_type, ColumnType::Integer | ColumnType::Number);
        let keeps = |how: How| match how {
            How::Copied => true,
            How::Computed => !accepts,
            How::Aggregated => !accepts && !is_number,
        };
        let class = |origin: &Origin| {
            let declared = platform.city.datasets.get(&origin.dataset)?;
            Some(declared.column(origin.column.as_deref()?)?.privacy)
        };
        let stronger = made.from.iter().find(|(origin, how)| {
            keeps(*how) && class(origin).is_some_and(|class| class > column.privacy)
        });
        let Some((origin, how)) = stronger else {
            continue;
        };
        let of = origin.column.as_deref().unwrap_or_default();
        let is = match how {
            How::Copied => "is",
            _ => "is made of",
        };
        let what = format!(
            "column `{}` {is} `{}.{of}`, which says more about a person than the class of this one does",
            column.name, origin.dataset
        );
        let fault = Fault::at(dataset.id.to_string(), what);
        faults.push(match how {
            How::Copied => fault.remedy("give it the same class"),
            _ => fault.remedy(
                "give it the same class; or say why it tells less: accepts = { found = [\"derived\"], reason = \"…\" }",
            ),
        });
    }
    Ok(faults)
}
