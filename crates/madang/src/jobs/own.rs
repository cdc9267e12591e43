//! What the platform knows of itself, as a file like any other delivery: no person, no value of a row.

use std::collections::BTreeMap;
use std::path::Path;

use access::Reader;
use chrono::{DateTime, TimeDelta, Utc};
use city::calendar::{korean_day, korean_time};
use city::dataset::{PlatformTable, Source};
use city::freshness::State;
use city::{Dataset, DatasetId};
use interop::freshness::{Clocks, list};
use lake::{At, Record};
use serde_json::{Value, json};
use sources::Fetched;

use crate::exit::Failure;
use crate::platform::Platform;

/// Days of loads.
const LOADS: TimeDelta = TimeDelta::days(400);
/// Days of use and service: an access log can be very long.
const DAYS: TimeDelta = TimeDelta::days(35);
/// Under this name the platform itself reads.
const SYSTEM: &str = "system";

/// Writes a table of the platform's to `staging`.
pub(crate) async fn write(
    platform: &Platform,
    dataset: &Dataset,
    of: PlatformTable,
    staging: &Path,
) -> Result<Fetched, Failure> {
    let now = platform.records.clock().now();
    let rows = match of {
        PlatformTable::Loads => loads(platform, now)?,
        PlatformTable::Datasets => datasets(platform).await?,
        PlatformTable::Use => usage(platform, now).await?,
        PlatformTable::Service => service(platform, now).await?,
    };
    let name = format!("{}.json", dataset.id);
    let path = staging.join(&name);
    let text = serde_json::to_vec(&json!({ "rows": rows }))
        .map_err(|error| Failure::Machine(error.to_string()))?;
    std::fs::write(&path, text).map_err(|error| {
        Failure::Machine(format!(
            "dataset `{}`: its rows cannot be written: {error}",
            dataset.id
        ))
    })?;
    Ok(Fetched { name, path })
}

/// The city's datasets without those that are made of the platform's own tables: they would count themselves.
fn counted(platform: &Platform) -> impl Iterator<Item = &Dataset> {
    let all = platform.city.datasets.values();
    all.filter(|dataset| !matches!(dataset.source, Source::Platform(_)))
}

fn local(at: DateTime<Utc>) -> String {
    korean_time(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The department's name, as people know it.
fn department(platform: &Platform, dataset: &Dataset) -> String {
    let all = &platform.city.manifest.departments;
    let own = all.iter().find(|own| own.id == dataset.department);
    own.map_or_else(|| dataset.department.to_string(), |own| own.title.clone())
}

/// The field's name.
fn field(platform: &Platform, dataset: &Dataset) -> String {
    let all = &platform.city.manifest.fields;
    let own = all.iter().find(|own| own.id == dataset.field);
    own.map_or_else(|| dataset.field.to_string(), |own| own.title.clone())
}

fn loads(platform: &Platform, now: DateTime<Utc>) -> Result<Vec<Value>, Failure> {
    let mut rows = Vec::new();
    for dataset in counted(platform) {
        for load in platform.lake.loads(&dataset.id)? {
            if load.committed_at < now - LOADS {
                continue;
            }
            let (errors, diagnosed) = diagnosis(&load);
            let took = load.committed_at - load.started_at;
            rows.push(json!({
                "load": load.load_id,
                "dataset": dataset.id,
                "title": dataset.title,
                "field": field(platform, dataset),
                "department": department(platform, dataset),
                "started_at": local(load.started_at),
                "seconds": seconds(took),
                "outcome": load.outcome,
                "rows_read": load.read,
                "accepted": load.accepted,
                "quarantined": load.quarantined,
                "errors": errors,
                "diagnosed": diagnosed,
            }));
        }
    }
    Ok(rows)
}

/// Whole milliseconds as seconds: the same load gives the same digits.
fn seconds(took: TimeDelta) -> f64 {
    took.as_seconds_f64().max(0.0)
}

/// Errors and diagnosed values of a load, over all its checks.
fn diagnosis(load: &Record) -> (u64, u64) {
    let dimensions = load.report.get("dimensions").and_then(Value::as_array);
    let sum = |key: &str| {
        let all = dimensions.into_iter().flatten();
        all.filter_map(|own| own.get(key)?.as_u64()).sum()
    };
    (sum("errors"), sum("diagnosed"))
}

async fn datasets(platform: &Platform) -> Result<Vec<Value>, Failure> {
    let reader: Reader = platform.own_reader("platform");
    let clocks = Clocks::read(&platform.records).await?;
    let entries = list(&reader, &clocks, &platform.city, None)?;
    let clocks: BTreeMap<&DatasetId, _> = entries
        .iter()
        .map(|(dataset, clock)| (&dataset.id, &clock.freshness))
        .collect();
    let mut rows = Vec::new();
    for dataset in counted(platform) {
        let version = platform.lake.version(&dataset.id, &At::Latest)?;
        let (errors, diagnosed) = version.as_ref().map_or((0, 0), |load| diagnosis(load));
        let freshness = clocks.get(&dataset.id);
        let (state, late) = freshness.map_or(("unclocked", 0), |own| standing(own.state));
        rows.push(json!({
            "dataset": dataset.id,
            "title": dataset.title,
            "field": field(platform, dataset),
            "department": department(platform, dataset),
            "cadence": dataset.cadence,
            "release": dataset.release,
            "state": state,
            "due_on": freshness.and_then(|own| own.due_on),
            "days_late": late,
            "rows": version.as_ref().map(|load| load.rows),
            "errors": errors,
            "diagnosed": diagnosed,
        }));
    }
    Ok(rows)
}

fn standing(state: State) -> (&'static str, i64) {
    match state {
        State::Fresh => ("fresh", 0),
        State::DueSoon { .. } => ("due-soon", 0),
        State::Overdue { working_days } => ("overdue", i64::from(working_days)),
        State::NeverLoaded => ("never-loaded", 0),
        State::Unclocked => ("unclocked", 0),
    }
}

async fn usage(platform: &Platform, now: DateTime<Utc>) -> Result<Vec<Value>, Failure> {
    let used = platform.records.log().used(now - DAYS, SYSTEM).await?;
    let known: BTreeMap<&str, &Dataset> = counted(platform)
        .map(|dataset| (dataset.id.as_str(), dataset))
        .collect();
    let rows = used.into_iter().filter_map(|used| {
        let dataset = known.get(used.dataset.as_str())?;
        Some(json!({
            "day": used.day,
            "dataset": dataset.id,
            "title": dataset.title,
            "field": field(platform, dataset),
            "reads": used.reads,
            "people": used.people,
            "denied": used.denied,
        }))
    });
    Ok(rows.collect())
}

async fn service(platform: &Platform, now: DateTime<Utc>) -> Result<Vec<Value>, Failure> {
    let hours = platform.records.service().since(now - DAYS).await?;
    let rows = hours.into_iter().map(|own| {
        let within = |share| own.answers.spans.within(share).map(tenths);
        json!({
            "hour": local(own.hour),
            "day": korean_day(own.hour),
            "kind": own.kind,
            "requests": own.answers.spans.total(),
            "failed": own.answers.failed,
            "p50_ms": within(0.5),
            "p95_ms": within(0.95),
            "p99_ms": within(0.99),
            "minutes_up": own.minutes_up,
            "minutes_all": own.minutes_all,
        })
    });
    Ok(rows.collect())
}

/// A tenth of a millisecond is fine enough.
fn tenths(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}
