//! `madang load`: runs loads, tells the accounting of each.

use std::process::ExitCode;
use std::sync::Arc;

use city::Dataset;
use clap::Args;
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::load::{Loaded, Loader, sentence};
use crate::jobs::order::order;
use crate::jobs::progress::Bars;
use crate::jobs::provenance::warnings;
use crate::jobs::together::load_all;
use crate::out;
use crate::platform::Platform;

/// Words of `madang load`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Datasets by id or Korean title; all when none is named
    datasets: Vec<String>,
    /// One JSON object a dataset
    #[arg(long)]
    json: bool,
}

/// Runs the loads; one that fails does not stop the others.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Arc::new(Config::read(shared, None)?);
    let platform = Platform::open(&config).await?;
    let outcome = loads(&platform, &config, words).await;
    platform.close().await;
    outcome
}

async fn loads(
    platform: &Platform,
    config: &Arc<Config>,
    words: &Words,
) -> Result<ExitCode, Failure> {
    let wanted = words
        .datasets
        .iter()
        .map(|name| platform.dataset(name))
        .collect::<Result<Vec<_>, _>>()?;
    let bars = if words.json {
        Bars::default()
    } else {
        Bars::shown()
    };
    let loader = Loader {
        platform: platform.clone(),
        config: Arc::clone(config),
        bars,
    };
    let mut worst = Worst::default();
    load_all(
        &loader,
        &order(&platform.city, &wanted),
        |(dataset, outcome)| {
            worst.note(&outcome);
            tell(dataset, &outcome, words.json)
        },
    )
    .await?;
    Ok(worst.code())
}

/// The worst that happened decides the exit code.
#[derive(Debug, Default)]
pub(crate) struct Worst {
    input: bool,
    machine: bool,
}

impl Worst {
    pub(crate) fn note(&mut self, outcome: &Result<Loaded, Failure>) {
        match outcome {
            Ok(Loaded::Version(_) | Loaded::Unchanged(_)) => {}
            Err(Failure::Machine(_)) => self.machine = true,
            Ok(Loaded::Refused(_) | Loaded::Held(_)) | Err(_) => self.input = true,
        }
    }

    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self { machine: true, .. } => ExitCode::from(3),
            Self { input: true, .. } => ExitCode::from(1),
            Self { .. } => ExitCode::SUCCESS,
        }
    }
}

/// Tells what became of one load.
pub(crate) fn tell(
    dataset: &Dataset,
    outcome: &Result<Loaded, Failure>,
    as_json: bool,
) -> Result<(), Failure> {
    let (word, version, message) = match outcome {
        Ok(Loaded::Version(version)) => ("loaded", Some(version), sentence(version)),
        Ok(Loaded::Unchanged(version)) => (
            "unchanged",
            Some(version),
            format!("unchanged since version {}", version.number),
        ),
        Ok(Loaded::Refused(load)) => (
            "refused",
            Some(load),
            load.message.clone().unwrap_or_default(),
        ),
        Ok(Loaded::Held(load)) => ("held", Some(load), load.message.clone().unwrap_or_default()),
        Err(failure) => ("failed", None, failure.message().to_owned()),
    };
    if !as_json {
        let text = format!(
            "{}: {}{message}",
            dataset.id,
            if matches!(word, "refused" | "held" | "failed") {
                format!("{word}: ")
            } else {
                String::new()
            }
        );
        let Some(version) = version else {
            out::say(text);
            return Ok(());
        };
        out::line(text)?;
        for warning in warnings(dataset, version) {
            out::say(format!("{}: warning: {warning}", dataset.id));
        }
        return Ok(());
    }
    let mut line = json!({"dataset": dataset.id, "outcome": word, "message": message});
    if let (Some(version), Some(object)) = (version, line.as_object_mut()) {
        object.insert(
            "version".to_owned(),
            if version.number > 0 {
                json!(version.number)
            } else {
                json!(null)
            },
        );
        let counts = [
            ("read", version.read),
            ("accepted", version.accepted),
            ("quarantined", version.quarantined),
            ("skipped", version.skipped),
            ("rows", version.rows),
            ("deleted", version.deleted),
            ("places_repaired", version.places_repaired),
        ];
        for (name, count) in counts {
            object.insert(name.to_owned(), json!(count));
        }
        if !version.differences.is_empty() {
            object.insert("differences".to_owned(), json!(version.differences));
        }
        let warnings = warnings(dataset, version);
        if !warnings.is_empty() {
            object.insert("warnings".to_owned(), json!(warnings));
        }
        object.insert("load_id".to_owned(), json!(version.load_id));
        object.insert(
            "report".to_owned(),
            serde_json::Value::clone(&version.report),
        );
    }
    out::json(&line)
}
