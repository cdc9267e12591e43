//! `madang corrections`: what people put right, and what came of it; or one taken back.

use std::process::ExitCode;
use std::sync::Arc;

use access::{Came, Reader, Record, Remedy, Standing};
use city::Dataset;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::Shared;
use crate::commands::correct::load_again;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang corrections`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Dataset by id or Korean title
    dataset: String,
    /// Take this one back, and load without it
    #[arg(long, value_name = "ID", requires = "why")]
    withdraw: Option<String>,
    /// Why it is taken back
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// One JSON object a correction
    #[arg(long)]
    json: bool,
}

/// Shows them, or takes one back.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Arc::new(Config::read(shared, None)?);
    let platform = Platform::open(&config).await?;
    let outcome = answer(&platform, config, words).await;
    platform.close().await;
    outcome
}

async fn answer(
    platform: &Platform,
    config: Arc<Config>,
    words: &Words,
) -> Result<ExitCode, Failure> {
    let dataset = platform.dataset(&words.dataset)?.clone();
    let reader = platform.reader(None, Some("corrections"));
    if let Some(id) = &words.withdraw {
        let why = words.why.as_deref().unwrap_or_default().trim();
        if why.is_empty() {
            return Err(Failure::Input(
                "--why is empty: say why, for whoever asks later".to_owned(),
            ));
        }
        reader.withdraw(&dataset.id, id, why).await?;
        return load_again(platform, config, &dataset, words.json).await;
    }
    show(&reader, &dataset, words.json).await?;
    Ok(ExitCode::SUCCESS)
}

async fn show(reader: &Reader, dataset: &Dataset, as_json: bool) -> Result<(), Failure> {
    let loads = reader.loads(&dataset.id)?;
    for standing in reader.read_corrections(&dataset.id).await?.iter() {
        let (came, version) = came(&loads, standing);
        if as_json {
            out::json(&one(dataset, standing, came, version))?;
        } else {
            let state = match (&standing.withdrawn, came) {
                (Some(_), _) => "withdrawn".to_owned(),
                (None, Some(came)) => word(came),
                (None, None) => "not followed yet".to_owned(),
            };
            let correction = &standing.correction;
            out::line(format!(
                "{}  {} row {}  {}  {}: {}",
                correction.id,
                correction.from.file,
                correction.from.row,
                state,
                correction.who,
                correction.why
            ))?;
        }
    }
    Ok(())
}

/// What came of it in the newest load that knew it.
fn came(loads: &[Arc<Record>], standing: &Standing) -> (Option<Came>, Option<i64>) {
    let id = &standing.correction.id;
    let load = loads.iter().find(|load| load.corrections.contains_key(id));
    let came = load.and_then(|load| load.corrections.get(id)).copied();
    (came, load.map(|load| load.number))
}

fn word(came: Came) -> String {
    let word = serde_json::to_value(came).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}

fn one(dataset: &Dataset, standing: &Standing, came: Option<Came>, version: Option<i64>) -> Value {
    let correction = &standing.correction;
    let cells = match &correction.remedy {
        Remedy::Change { cells } => json!(cells),
        Remedy::Replace { cells } => json!(cells),
        Remedy::LeaveOut => Value::Null,
    };
    json!({
        "dataset": dataset.id,
        "id": correction.id,
        "at": correction.at,
        "who": correction.who,
        "why": correction.why,
        "from": correction.from,
        "cells": cells,
        "came": came,
        "version": version,
        "withdrawn": standing.withdrawn,
    })
}
