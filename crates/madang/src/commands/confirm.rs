//! `madang confirm`: a department's word that nothing has changed since its last delivery.

use std::process::ExitCode;

use clap::Args;
use interop::freshness::{Clocks, Line};

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang confirm`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Dataset by id or Korean title
    dataset: String,
    /// Who says so
    #[arg(long = "as", value_name = "USER")]
    person: Option<String>,
    /// A word to it, for whoever asks later
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Keeps the word; the clock of the dataset begins anew.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = confirm(&platform, words).await;
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn confirm(platform: &Platform, words: &Words) -> Result<(), Failure> {
    let dataset = platform.dataset(&words.dataset)?;
    let reader = platform.reader(
        words.person.as_deref(),
        Some("confirm that nothing changed"),
    );
    reader.confirm(&dataset.id, words.why.trim()).await?;
    let clock = Clocks::read(&platform.records)
        .await?
        .of(&reader, &dataset.id)?;
    if words.json {
        return out::json(&Line::new(dataset, &clock));
    }
    let id = &dataset.id;
    out::line(match clock.freshness.due_on {
        Some(due) => format!("{id}: nothing changed; the next update is due on {due}"),
        None => format!("{id}: nothing changed; its cadence has no day it is due"),
    })
}
