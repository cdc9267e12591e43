//! `madang trace`: figure → measure → dataset version → load → source bytes.

use std::collections::{BTreeSet, VecDeque};
use std::process::ExitCode;

use access::lineage::{DatasetLineage, Origin, ROWS, Use};
use city::{DatasetId, MeasureId};
use clap::Args;
use lake::{At, Record};
use serde_json::json;

use crate::cli::Shared;
use crate::commands::query::at;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::manifest::fingerprint;
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
    /// Where each column comes from
    #[arg(long)]
    columns: bool,
    /// What depends on it: derived datasets, measures, boards, references
    #[arg(long)]
    uses: bool,
    /// One JSON object a dataset
    #[arg(long)]
    json: bool,
}

/// Tells where a measure or a dataset comes from.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = trace(&platform, words).await;
    platform.close().await;
    outcome
}

async fn trace(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let at = at(words.at.as_deref())?;
    let reader = platform.reader(None, Some("trace"));
    let mut next: VecDeque<(DatasetId, At)> = datasets(platform, words)?
        .into_iter()
        .map(|dataset| (dataset, at.clone()))
        .collect();
    let named = next.len();
    let mut seen = BTreeSet::new();
    while let Some((dataset, at)) = next.pop_front() {
        let Some(version) = platform.lake.version(&dataset, &at)? else {
            return Err(Failure::Input(format!(
                "dataset `{dataset}` has no such version; `madang load {dataset}` makes one"
            )));
        };
        if !seen.insert((dataset.clone(), version.number)) {
            continue;
        }
        let lineage = reader.lineage_of(&dataset, &version).await?;
        // What depends on it is asked of what was named, not of all it is made of.
        let uses = if words.uses && seen.len() <= named {
            reader.uses(&dataset).await?
        } else {
            Vec::new()
        };
        if words.json {
            let mut line = as_json(platform, &version);
            if let Some(object) = line.as_object_mut() {
                object.insert("columns".to_owned(), json!(lineage.columns));
                object.insert("decided_by".to_owned(), json!(lineage.rows));
                if words.uses {
                    object.insert("uses".to_owned(), json!(uses));
                }
            }
            out::json(&line)?;
        } else {
            as_text(platform, &version)?;
            if words.columns {
                columns(&lineage)?;
                if is_changed(platform, &version) {
                    out::say(format!(
                        "  its manifest has changed since version {}: the columns are as it says now",
                        version.number
                    ));
                }
            }
            used(words, &uses)?;
        }
        // Down to the bytes that arrived.
        let inputs = version.inputs.iter();
        next.extend(inputs.map(|(id, number)| (id.clone(), At::Version(*number))));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the manifest says something else now than when the version was made.
fn is_changed(platform: &Platform, version: &Record) -> bool {
    let city = &platform.city;
    let dataset = city.datasets.get(&version.dataset);
    dataset.is_some_and(|dataset| {
        fingerprint(dataset, &city.manifest.crs, city.manifest.bounds) != version.manifest_sha256
    })
}

/// `  spaces = aggregated parking.spaces`, a line a column.
fn columns(lineage: &DatasetLineage) -> Result<(), Failure> {
    for column in &lineage.columns {
        let source = column.source.iter().map(|name| format!("read '{name}'"));
        let from = column
            .from
            .iter()
            .map(|(origin, how)| format!("{} {}", word(how), place(origin)));
        let all: Vec<String> = source.chain(from).collect();
        let all = if all.is_empty() {
            "a constant".to_owned()
        } else {
            all.join(", ")
        };
        out::line(format!("  {} = {all}", column.column))?;
    }
    if !lineage.rows.is_empty() {
        let rows = lineage.rows.iter();
        let rows: Vec<String> = rows
            .map(|(origin, way)| format!("{} {}", word(way), place(origin)))
            .collect();
        out::line(format!("  rows by {}", rows.join(", ")))?;
    }
    Ok(())
}

fn used(words: &Words, uses: &[Use]) -> Result<(), Failure> {
    if words.uses && uses.is_empty() {
        out::line("  nothing depends on it")?;
    }
    for one in uses {
        let columns: Vec<String> = one
            .columns
            .iter()
            .map(|(column, own)| {
                let own: Vec<&str> = own.iter().map(String::as_str).collect();
                if own.is_empty() {
                    column.clone()
                } else {
                    format!("{column} → {}", own.join(" "))
                }
            })
            .collect();
        let through = one.through.as_ref();
        let through = through.map_or_else(String::new, |id| format!(" (through {id})"));
        let columns = if columns.is_empty() {
            String::new()
        } else {
            format!(": {}", columns.join(", "))
        };
        out::line(format!(
            "  used by {} {}{through}{columns}",
            word(&one.user),
            one.id
        ))?;
    }
    Ok(())
}

fn place(origin: &Origin) -> String {
    format!(
        "{}.{}",
        origin.dataset,
        origin.column.as_deref().unwrap_or(ROWS)
    )
}

/// The word of a kind, as JSON has it.
fn word(kind: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(kind).ok();
    let word = value.as_ref().and_then(serde_json::Value::as_str);
    word.unwrap_or_default().to_owned()
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
            measure.aggregate(),
            measure
                .filter
                .as_ref()
                .map(|filter| format!(" where {filter}"))
                .unwrap_or_default()
        ))?;
        if let Some(denominator) = &measure.denominator {
            let what = match (&denominator.measure, &denominator.dataset) {
                (Some(other), _) => format!("measure {other}"),
                (None, Some(dataset)) => format!("{} of {dataset}", denominator.aggregate()),
                (None, None) => String::new(),
            };
            out::line(format!("  ÷ {what}, × {}", measure.factor()))?;
        }
    }
    Ok(measure::reads(measure, &city.measures))
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
