//! A derived dataset's rows: its question, asked through the door, as a file like any other delivery.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use access::{Person, Purpose, Question};
use arrow::datatypes::SchemaRef;
use city::dataset::DerivedSource;
use city::{Dataset, DatasetId, Fault, PrivacyClass};
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
    let faults = laundered(platform, dataset, source, &answer.schema);
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

/// Columns that keep the name of one that says something about a person, and are declared to say nothing.
fn laundered(
    platform: &Platform,
    dataset: &Dataset,
    source: &DerivedSource,
    schema: &SchemaRef,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for column in &dataset.columns {
        let name = column.source_name();
        if column.privacy != PrivacyClass::None || schema.column_with_name(name).is_none() {
            continue;
        }
        for id in &source.from {
            let others = platform.city.datasets.get(id);
            let other = others.and_then(|other| {
                let columns = other.columns.iter();
                columns
                    .filter(|own| own.privacy != PrivacyClass::None)
                    .find(|own| own.name == name || own.title == name)
            });
            if other.is_some() {
                let what = format!(
                    "column `{}` has the name of a column of `{id}` that says something about a person, and the class `none`",
                    column.name
                );
                let remedy = "give it the same class, or another name if it says something else (a count, a sum)";
                faults.push(Fault::at(dataset.id.to_string(), what).remedy(remedy));
            }
        }
    }
    faults
}
