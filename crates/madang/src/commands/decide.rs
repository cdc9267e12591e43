//! `madang decide`: a delivery that waits for a person is accepted or turned down.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::cli::Shared;
use crate::commands::load::{Worst, tell};
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::load::Loader;
use crate::jobs::progress::Bars;
use crate::out;
use crate::platform::Platform;

/// What can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Way {
    /// The delivery is right as it is: it is loaded
    Accept,
    /// The delivery is wrong: these bytes are not loaded again
    Reject,
}

/// Words of `madang decide`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Dataset by id or Korean title
    dataset: String,
    /// accept or reject
    way: Way,
    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// The load by its id; the newest that waits when absent
    #[arg(long, value_name = "ID")]
    load: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Decides, and loads what was accepted.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Arc::new(Config::read(shared, None)?);
    let platform = Platform::open(&config).await?;
    let outcome = Box::pin(decide(&platform, config, words)).await;
    platform.close().await;
    outcome
}

async fn decide(
    platform: &Platform,
    config: Arc<Config>,
    words: &Words,
) -> Result<ExitCode, Failure> {
    let dataset = platform.dataset(&words.dataset)?.clone();
    let id = dataset.id.as_str();
    if words.why.trim().is_empty() {
        return Err(Failure::Input(
            "--why is empty: say why, for whoever asks later".to_owned(),
        ));
    }
    let reader = platform.reader(None, Some("decide about a load"));
    let held = reader.held(id)?;
    let mut held = held.iter();
    let waiting = match &words.load {
        Some(load) => held.find(|held| held.record.load_id == *load),
        None => held.find(|held| held.decision.is_none()),
    };
    let Some(waiting) = waiting.cloned() else {
        return Err(Failure::Input(format!(
            "dataset `{id}`: no load waits for a decision"
        )));
    };
    let accepted = words.way == Way::Accept;
    let load_id = &waiting.record.load_id;
    let decision = reader
        .decide(id, load_id, accepted, words.why.trim())
        .await?;
    if decision.accepted != accepted {
        return Err(Failure::Input(format!(
            "dataset `{id}`: {} decided about load {load_id} before: {}",
            decision.who, decision.why
        )));
    }
    if !accepted {
        if words.json {
            out::json(
                &serde_json::json!({"dataset": id, "outcome": "rejected", "load_id": load_id}),
            )?;
        } else {
            out::line(format!("{id}: load {load_id} is turned down"))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let loader = Loader {
        platform: platform.clone(),
        config,
        bars: Bars::default(),
    };
    let outcome = loader
        .load_held(&dataset, Arc::unwrap_or_clone(waiting.record))
        .await;
    tell(&dataset, &outcome, words.json)?;
    let mut worst = Worst::default();
    worst.note(&outcome);
    Ok(worst.code())
}
