//! `madang release`: what leaves, made and checked.

use std::process::ExitCode;

use city::{Lang, ReleasePlan};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::release::{self, gate::said, open};
use crate::out;
use crate::platform::Platform;

/// Words of `madang release`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(subcommand)]
    command: Command,
    /// One JSON object a release
    #[arg(long, global = true)]
    json: bool,
}

/// What to do about what leaves.
#[derive(Debug, Subcommand)]
enum Command {
    /// Every release with what the gate said of it last
    List,
    /// Make a release's file and have it checked; ends with 1 when it is refused
    Make(One),
    /// What was checked of a release last; of `dataset:ID`, look at what the public sees of an open dataset
    Check(One),
}

#[derive(Debug, Args)]
struct One {
    /// The release's id
    id: String,
}

/// Does it.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = answer(&platform, words).await;
    platform.close().await;
    outcome
}

async fn answer(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    match &words.command {
        Command::List => {
            for plan in platform.city.releases.values() {
                list(platform, plan, words.json).await?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Make(one) => {
            let plan = release::plan(platform, &one.id)?;
            let record = release::make(platform, plan, "local").await?;
            tell(&record, words.json)
        }
        Command::Check(one) => check(platform, &one.id, words.json).await,
    }
}

async fn list(platform: &Platform, plan: &ReleasePlan, as_json: bool) -> Result<(), Failure> {
    let newest = platform.records.releases().of(&plan.id, 1).await?;
    let newest = newest.first();
    if as_json {
        return out::json(&json!({
            "id": plan.id,
            "kind": plan.kind,
            "dataset": plan.dataset,
            "passed": newest.map(city::GateRecord::passed),
            "at": newest.map(|record| record.at),
            "sha256": newest.map(|record| &record.sha256),
        }));
    }
    let stands = newest.map_or_else(
        || format!("{} not made yet", plan.id),
        |record| said(record, Lang::En),
    );
    out::line(format!("{} ({}): {stands}", plan.title, plan.kind.word()))
}

async fn check(platform: &Platform, id: &str, as_json: bool) -> Result<ExitCode, Failure> {
    if let Some(dataset) = id.strip_prefix("dataset:") {
        let dataset = platform.dataset(dataset)?.id.clone();
        let looked = open::look(platform, &dataset).await?;
        let record = looked.ok_or_else(|| {
            Failure::Input(format!(
                "the public sees nothing of `{dataset}`: there is nothing to check"
            ))
        })?;
        return tell(&record, as_json);
    }
    let plan = release::plan(platform, id)?;
    let newest = platform.records.releases().of(&plan.id, 1).await?;
    let record = newest.first().ok_or_else(|| {
        Failure::Input(format!(
            "release `{id}` was not made yet: `madang release make {id}`"
        ))
    })?;
    tell(record, as_json)
}

fn tell(record: &city::GateRecord, as_json: bool) -> Result<ExitCode, Failure> {
    if as_json {
        out::json(&json!({"passed": record.passed(), "record": record}))?;
    } else {
        for check in &record.checks {
            let mark = if check.holds { "holds" } else { "FAILS" };
            out::line(format!("{mark}  {}", check.said(Lang::En)))?;
        }
        out::line(said(record, Lang::En))?;
    }
    Ok(if record.passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
