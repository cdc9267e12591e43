//! `madang compare`: what differs between two versions.

use std::process::ExitCode;

use access::compare::{Differing, Kind};
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
            "added": difference.added, "removed": difference.removed, "changed": difference.changed,
            "rows": difference.rows}))?;
    } else {
        let (added, removed, changed) = (difference.added, difference.removed, difference.changed);
        out::line(format!(
            "{id}: version {earlier} → {later}: {added} rows added, {removed} removed, {changed} changed"
        ))?;
        for row in &difference.rows {
            out::line(line(row))?;
        }
        let listed = u64::try_from(difference.rows.len()).unwrap_or_default();
        if listed < added + removed + changed {
            out::say(format!(
                "{listed} of {} rows are listed: the first of each kind",
                added + removed + changed
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `+ name=가온 spaces=120`, `- …`, `~ name=가온: spaces 80 → 81`.
fn line(row: &Differing) -> String {
    let said = |cell: &Option<String>| cell.clone().unwrap_or_default();
    let cells: Vec<String> = row
        .cells
        .iter()
        .map(|(name, cell)| format!("{name}={}", said(cell)))
        .collect();
    match row.kind {
        Kind::Added => format!("+ {}", cells.join(" ")),
        Kind::Removed => format!("- {}", cells.join(" ")),
        Kind::Changed => {
            let changes: Vec<String> = row
                .changes
                .iter()
                .map(|(name, before, after)| format!("{name} {} → {}", said(before), said(after)))
                .collect();
            format!("~ {}: {}", cells.join(" "), changes.join(", "))
        }
    }
}
