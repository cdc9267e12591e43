//! `madang impact`: what changed manifests would make of the last deliveries, before they are loaded.

use std::collections::BTreeMap;
use std::process::ExitCode;

use access::lineage::{Use, User};
use city::impact::{Example, Impact};
use city::{Dataset, Lang};
use clap::Args;
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::impact::impact;
use crate::out;
use crate::platform::Platform;

/// Words of `madang impact`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Datasets by id or Korean title; every one whose manifest changed when absent
    datasets: Vec<String>,
    /// One JSON object a dataset
    #[arg(long)]
    json: bool,
}

/// Reads the last deliveries again by the changed manifests and tells the difference. Loads nothing.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = tell(&platform, config.threads.value, words).await;
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn tell(platform: &Platform, threads: usize, words: &Words) -> Result<(), Failure> {
    let city = &platform.city;
    let named = words
        .datasets
        .iter()
        .map(|name| platform.dataset(name))
        .collect::<Result<Vec<_>, _>>()?;
    let datasets: Vec<&Dataset> = if named.is_empty() {
        city.datasets.values().collect()
    } else {
        named
    };
    let reader = platform.reader(None, Some("impact of a changed manifest"));
    let mut changed = 0;
    for dataset in datasets {
        let Some(impact) = impact(platform, (city, dataset), threads).await? else {
            continue;
        };
        changed += 1;
        let uses = reader.uses(&dataset.id).await?;
        if words.json {
            out::json(&json!({"impact": impact, "uses": uses}))?;
        } else {
            text(dataset, &impact, &uses)?;
        }
    }
    if changed == 0 {
        out::say("no manifest says something else than when its version was made");
    }
    Ok(())
}

fn text(dataset: &Dataset, impact: &Impact, uses: &[Use]) -> Result<(), Failure> {
    let title = |name: &str| {
        let column = dataset.column(name);
        column.map_or_else(|| name.to_owned(), |column| column.title.clone())
    };
    let (id, version) = (&impact.dataset, impact.version);
    out::line(format!(
        "dataset {id}: the manifest has changed since version {version}"
    ))?;
    for change in &impact.changes {
        out::line(format!("  {}", change.sentence(Lang::En, &title)))?;
    }
    if impact.changes.is_empty() {
        out::line(
            "  (the manifest of that version was not kept: what changed in it cannot be told)",
        )?;
    }
    for fault in &impact.faults {
        out::line(format!("  the last delivery cannot be read by it: {fault}"))?;
    }
    if let Some(now) = &impact.now {
        let before = &impact.before;
        out::line(format!(
            "  of {} rows {} failed, of {} rows {} would",
            before.read, before.quarantined, now.read, now.quarantined
        ))?;
    }
    if impact.is_refused {
        out::line("  more than load.quarantine-limit allows: a load would be refused whole")?;
    }
    match &impact.moved {
        Some(moved) => {
            side("would newly fail", moved.failing, &moved.failing_by_reason)?;
            examples(&moved.failing_examples, &title)?;
            side("would newly pass", moved.passing, &moved.passing_by_reason)?;
            examples(&moved.passing_examples, &title)?;
        }
        None if impact.now.is_some() => {
            out::line("  too many rows fail to compare them one by one")?;
        }
        None => {}
    }
    for one in uses {
        let kind = match one.user {
            User::Dataset => "dataset",
            User::Reference => "reference of",
            User::Measure => "measure",
            User::Board => "board",
        };
        out::line(format!(
            "  depends on it: {kind} {} ({})",
            one.id, one.title
        ))?;
    }
    Ok(())
}

fn side(what: &str, rows: u64, by_reason: &BTreeMap<String, u64>) -> Result<(), Failure> {
    let reasons: Vec<String> = by_reason
        .iter()
        .map(|(reason, count)| format!("{reason} {count}"))
        .collect();
    let reasons = if reasons.is_empty() {
        String::new()
    } else {
        format!(": {}", reasons.join(", "))
    };
    out::line(format!("  {rows} rows {what}{reasons}"))
}

fn examples(examples: &[Example], title: &dyn Fn(&str) -> String) -> Result<(), Failure> {
    for example in examples {
        for reason in &example.reasons {
            let column = reason.column.as_deref().map(title).unwrap_or_default();
            let value = reason.value.as_deref().unwrap_or_default();
            out::line(format!(
                "    {} row {}: {column} {value:?}: {}",
                example.file,
                example.row,
                reason.why.text(Lang::En)
            ))?;
        }
    }
    Ok(())
}
