//! `madang trace`: figure → measure → dataset version → load → source bytes.

use std::process::ExitCode;

use city::{DatasetId, MeasureId};
use clap::Args;
use lake::Record;
use serde_json::json;

use crate::cli::Shared;
use crate::commands::query::at;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang trace`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Measure or dataset, by id or Korean title
    what: String,
    /// Version number or time; the newest when absent
    #[arg(long, value_name = "VERSION|TIME")]
    at: Option<String>,
    /// One JSON object a dataset
    #[arg(long)]
    json: bool,
}

/// Tells where a measure or a dataset comes from.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = trace(&platform, words);
    platform.close().await;
    outcome
}

fn trace(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let at = at(words.at.as_deref())?;
    for dataset in datasets(platform, words)? {
        let Some(version) = platform.lake.version(&dataset, &at)? else {
            return Err(Failure::Input(format!(
                "dataset `{dataset}` has no such version; `madang load {dataset}` makes one"
            )));
        };
        if words.json {
            out::json(&as_json(platform, &version))?;
        } else {
            as_text(platform, &version)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The datasets behind what is named; a measure's own lines come first.
fn datasets(platform: &Platform, words: &Words) -> Result<Vec<DatasetId>, Failure> {
    let city = &platform.city;
    let named = city.measures.get(&MeasureId::from(words.what.as_str()));
    let Some(measure) = named.or_else(|| {
        city.measures
            .values()
            .find(|measure| measure.title == words.what)
    }) else {
        return Ok(vec![platform.dataset(&words.what)?.id.clone()]);
    };
    if !words.json {
        out::line(format!("measure {} ({})", measure.id, measure.title))?;
        out::line(format!(
            "  = {}{}",
            measure.expression,
            measure
                .filter
                .as_ref()
                .map(|filter| format!(" where {filter}"))
                .unwrap_or_default()
        ))?;
        if let Some(denominator) = &measure.denominator {
            out::line(format!(
                "  ÷ {} of {}, × {}",
                denominator.expression, denominator.dataset, measure.per
            ))?;
        }
    }
    let denominator = measure
        .denominator
        .iter()
        .map(|denominator| denominator.dataset.clone());
    let mut datasets: Vec<DatasetId> = std::iter::once(measure.dataset.clone())
        .chain(denominator)
        .collect();
    datasets.dedup();
    Ok(datasets)
}

fn as_json(platform: &Platform, version: &Record) -> serde_json::Value {
    let sources: Vec<_> = version
        .sources
        .iter()
        .map(|source| json!({"name": source.name, "bytes": source.bytes, "sha256": source.sha256, "path": platform.lake.landing().path(&source.sha256)}))
        .collect();
    json!({
        "dataset": version.dataset, "version": version.number, "load_id": version.load_id, "mode": version.mode,
        "started_at": version.started_at, "committed_at": version.committed_at, "rows": version.rows, "read": version.read,
        "accepted": version.accepted, "quarantined": version.quarantined, "skipped": version.skipped,
        "manifest_sha256": version.manifest_sha256, "sources": sources, "inputs": version.inputs,
    })
}

fn as_text(platform: &Platform, version: &Record) -> Result<(), Failure> {
    let Record {
        dataset,
        number,
        rows,
        load_id,
        read,
        accepted,
        quarantined,
        ..
    } = version;
    out::line(format!("dataset {dataset}, version {number}: {rows} rows"))?;
    out::line(format!(
        "  load {load_id}, committed {}: read {read} = accepted {accepted} + quarantined {quarantined}",
        version.committed_at
    ))?;
    out::line(format!("  manifest {}", version.manifest_sha256))?;
    for (other, version) in &version.inputs {
        out::line(format!("  derived from {other}, version {version}"))?;
    }
    let earlier = platform.lake.versions(dataset)?.len();
    for source in &version.sources {
        out::line(format!("  from {} ({} bytes)", source.name, source.bytes))?;
        out::line(format!(
            "    kept as {}",
            platform.lake.landing().path(&source.sha256).display()
        ))?;
    }
    if version.mode != city::dataset::LoadMode::Snapshot && number > &1 {
        out::say(format!(
            "  and on the {} loads before it (of {earlier}): --at tells each",
            number - 1
        ));
    }
    Ok(())
}
