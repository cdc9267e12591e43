//! What a load must know of rows that are there already: values referred to, keys of the table itself.
//!
//! A load reads no more than these columns, and each such read stands in the access log before it is made.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::check::{Check, RefersTo, TableCheck};
use city::{Dataset, DatasetId};
use lake::{At, LakeError};
use quality::References;
use records::{Act, Decision, Entry, Touched};

use crate::exit::Failure;
use crate::jobs::judge::Judge;
use crate::platform::Platform;

/// The values that `refers-to` checks of `dataset` look up.
pub(crate) async fn references(
    platform: &Platform,
    dataset: &Dataset,
) -> Result<References, Failure> {
    let mut found = References::new();
    for RefersTo {
        dataset: other,
        column,
    } in wanted(dataset)
    {
        let name = (other.to_string(), column.clone());
        if found.contains_key(&name) {
            continue;
        }
        let Some(version) = platform.lake.version(&other, &At::Latest)? else {
            return Err(Failure::Input(format!(
                "dataset `{}` refers to `{other}`, which is not loaded yet: load that first",
                dataset.id
            )));
        };
        remember(
            platform,
            &other,
            version.number,
            std::slice::from_ref(&column),
        )
        .await?;
        let mut values = HashSet::new();
        platform
            .lake
            .scan(&other, std::slice::from_ref(&column), |batch| {
                collect(&batch, &column, &mut values)
            })?;
        found.insert(name, Arc::new(values));
    }
    Ok(found)
}

/// Tells the contract the keys of rows that stay, for a load that adds to them.
pub(crate) async fn remember_keys(
    platform: &Platform,
    dataset: &Dataset,
    judge: &Judge,
) -> Result<(), Failure> {
    let Some(version) = platform.lake.version(&dataset.id, &At::Latest)? else {
        return Ok(());
    };
    let columns = unique_columns(dataset);
    remember(platform, &dataset.id, version.number, &columns).await?;
    platform.lake.scan(&dataset.id, &columns, |batch| {
        Ok(judge.contract().remember(&batch)?)
    })?;
    Ok(())
}

fn wanted(dataset: &Dataset) -> Vec<RefersTo> {
    let checks = dataset.columns.iter().flat_map(|column| &column.checks);
    let references = checks.filter_map(|check| match check {
        Check::RefersTo(reference) => Some(reference.clone()),
        _ => None,
    });
    references.collect()
}

/// Columns whose values, alone or together, must not stand twice.
fn unique_columns(dataset: &Dataset) -> Vec<String> {
    let mut columns: Vec<String> = dataset.load.key.clone();
    columns.extend(
        dataset
            .columns
            .iter()
            .filter(|column| column.checks.contains(&Check::Unique))
            .map(|column| column.name.clone()),
    );
    for check in &dataset.checks {
        if let TableCheck::UniqueTogether(together) = check {
            columns.extend(together.iter().cloned());
        }
    }
    columns.sort();
    columns.dedup();
    columns
}

fn collect(
    batch: &RecordBatch,
    column: &str,
    values: &mut HashSet<String>,
) -> Result<(), LakeError> {
    let Some(array) = batch.column_by_name(column) else {
        return Ok(());
    };
    let format = FormatOptions::default();
    let shown = ArrayFormatter::try_new(array, &format)?;
    for row in 0..array.len() {
        if array.is_valid(row) {
            values.insert(shown.value(row).to_string());
        }
    }
    Ok(())
}

async fn remember(
    platform: &Platform,
    dataset: &DatasetId,
    version: i64,
    columns: &[String],
) -> Result<(), Failure> {
    let entry = Entry {
        who: "system".to_owned(),
        from: None,
        act: Act::Read,
        purpose: "load".to_owned(),
        touched: vec![Touched {
            dataset: dataset.clone(),
            version: Some(version),
            columns: columns.to_vec(),
        }],
        query: None,
        decision: Decision::Allowed,
        policy: "load".to_owned(),
        rows: None,
        completes: None,
    };
    platform.records.log().append(entry).await?;
    Ok(())
}
