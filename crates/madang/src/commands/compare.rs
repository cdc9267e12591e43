//! `madang compare`: what differs between two versions.

use std::process::ExitCode;

use clap::Args;
use lake::At;
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang compare`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Dataset by id or Korean title
    dataset: String,
    /// The earlier version; the one before the newest when absent
    earlier: Option<i64>,
    /// The later version; the newest when absent
    later: Option<i64>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Tells rows added, removed and changed.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = compare(&platform, words).await;
    platform.close().await;
    outcome
}

async fn compare(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let id = &platform.dataset(&words.dataset)?.id;
    let newest = platform
        .lake
        .version(id, &At::Latest)?
        .map_or(0, |version| version.number);
    let later = words.later.unwrap_or(newest);
    let earlier = words.earlier.unwrap_or(later - 1);
    let difference = platform
        .reader(None, Some("compare"))
        .compare(id, earlier, later)
        .await?;
    if words.json {
        out::json(&json!({"dataset": id, "earlier": earlier, "later": later,
            "added": difference.added, "removed": difference.removed, "changed": difference.changed}))?;
    } else {
        let (added, removed, changed) = (difference.added, difference.removed, difference.changed);
        out::line(format!(
            "{id}: version {earlier} → {later}: {added} rows added, {removed} removed, {changed} changed"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
