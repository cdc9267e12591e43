//! What a load must know of rows that are there already: values referred to, keys of the table itself.
//!
//! A load reads no more than these columns, and each such read stands in the access log before it is made.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Date32Array, RecordBatch};
use arrow::datatypes::Date32Type;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::NaiveDate;
use city::check::{Check, RefersTo, TableCheck};
use city::dataset::Validity;
use city::{Dataset, DatasetId};
use lake::{At, LakeError};
use quality::{Known, References};
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
        ..
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
        let valid = platform.city.datasets.get(&other);
        let valid = valid.and_then(|other| other.valid.as_ref());
        let mut columns = vec![column.clone()];
        if let Some(valid) = valid {
            columns.extend([valid.from.clone(), valid.to.clone()]);
            columns.sort();
            columns.dedup();
        }
        remember(platform, &other, version.number, &columns).await?;
        let mut known = Known::default();
        platform.lake.scan(&other, &columns, |batch| {
            collect(&batch, &column, valid, &mut known)
        })?;
        found.insert(name, Arc::new(known));
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

/// Adds the values of a batch, with the days they hold where the dataset says.
fn collect(
    batch: &RecordBatch,
    column: &str,
    valid: Option<&Validity>,
    known: &mut Known,
) -> Result<(), LakeError> {
    let Some(array) = batch.column_by_name(column) else {
        return Ok(());
    };
    let format = FormatOptions::default();
    let shown = ArrayFormatter::try_new(array, &format)?;
    let days = |name: &str| {
        let days = batch.column_by_name(name)?;
        days.as_primitive_opt::<Date32Type>()
    };
    let (from, to) = match valid {
        Some(valid) => (days(&valid.from), days(&valid.to)),
        None => (None, None),
    };
    for row in (0..array.len()).filter(|row| array.is_valid(*row)) {
        let value = shown.value(row).to_string();
        known.insert_dated(value, (day(from, row), day(to, row)));
    }
    Ok(())
}

fn day(days: Option<&Date32Array>, row: usize) -> Option<NaiveDate> {
    days.filter(|days| days.is_valid(row))?.value_as_date(row)
}

pub(crate) async fn remember(
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
        subjects: Vec::new(),
        about: None,
        query: None,
        decision: Decision::Allowed,
        policy: "load".to_owned(),
        rows: None,
        completes: None,
    };
    platform.records.log().append(entry).await?;
    Ok(())
}
