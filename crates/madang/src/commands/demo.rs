//! `madang demo`: makes Hanbit-si, loads it, serves it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::Days;
use clap::Args;
use demo::Plan;
use indicatif::{ProgressBar, ProgressStyle};
use records::{Clock, SystemClock};
use tokio::sync::watch;

use crate::cli::Shared;
use crate::commands::load::tell;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::days;
use crate::jobs::load::{Loader, korean_day};
use crate::jobs::order::order;
use crate::jobs::progress::Bars;
use crate::jobs::together::load_all;
use crate::out;
use crate::platform::Platform;
use crate::server::Server;

/// Where the demo city is made unless told otherwise.
const FOLDER: &str = "hanbit-data";
/// Marks a folder whose files are those of a plan.
const MARK: &str = "plan";

/// Words of `madang demo`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Port to serve at; 0 takes a free one
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Another city for another number
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Multiplies complaints, spending and living population
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    scale: u32,
    /// Make the city as it was so many days ago: its days since then arrive one after the other
    #[arg(long, default_value_t = 0, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=300))]
    since: u32,
    /// Seconds a day takes until today is reached; from then on days take as long as they do
    #[arg(long, default_value_t = 20, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    day_takes: u64,
    /// Make and load the city, and end
    #[arg(long)]
    no_serve: bool,
    /// Answers as JSON objects, one a line
    #[arg(long)]
    json: bool,
}

/// Makes, loads and serves the demo city. A city that is there already is loaded again: what has not
/// changed makes no version.
pub(crate) async fn run(shared: &Shared, words: Words) -> Result<ExitCode, Failure> {
    let root = shared.data.clone().unwrap_or_else(|| PathBuf::from(FOLDER));
    let folder = root.join("city");
    let plan = Plan {
        seed: words.seed,
        scale: words.scale,
        today: korean_day(SystemClock.now()) - Days::new(u64::from(words.since)),
    };
    let made = make(&root, &folder, plan)?;
    let shared = Shared {
        city: Some(folder),
        data: Some(root.join("data")),
        ..shared.clone()
    };
    let api = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .map_err(|error| Failure::Machine(format!("cannot serve the demo's services: {error}")))?;
    let address = api
        .local_addr()
        .map_err(|error| Failure::Machine(error.to_string()))?;
    let mut config = Config::read(&shared, words.port)?;
    config.set_source("hanbit_api", format!("http://{address}"));
    config.set_source("hanbit_api_key", demo::api::KEY.to_owned());
    let (plans, served) = watch::channel(made);
    tokio::spawn(demo::api::serve_by_clock(api, served));
    let config = Arc::new(config);
    let platform = Platform::open(&config).await?;
    platform.records.jobs().mark_interrupted().await?;
    let bars = if words.json {
        Bars::default()
    } else {
        Bars::shown()
    };
    let loader = Loader {
        platform: platform.clone(),
        config: Arc::clone(&config),
        bars,
    };
    let all = order(&platform.city, &[]);
    load_all(&loader, &all, |(dataset, outcome)| {
        tell(dataset, &outcome, words.json)
    })
    .await?;
    let outcome = if words.no_serve {
        Ok(())
    } else {
        let days = days::Days {
            plans,
            root,
            day_takes: Duration::from_secs(words.day_takes),
            loader: loader.clone(),
        };
        let passing = tokio::spawn(days.pass());
        let served = serve(&platform, &config, loader, words.json).await;
        passing.abort();
        served
    };
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn serve(
    platform: &Platform,
    config: &Config,
    loader: Loader,
    as_json: bool,
) -> Result<(), Failure> {
    let server = Server::bind(&config.host.value, config.port.value).await?;
    server.tell(platform, as_json).await?;
    // Its departments are nobody: no mail goes to them.
    server.serve(platform, Some(loader), None).await
}

/// Writes the folder and the files, unless they are there; answers with the plan they were made by.
fn make(root: &Path, folder: &Path, wanted: Plan) -> Result<Plan, Failure> {
    let failed = |error: demo::DemoError| {
        let cause = std::error::Error::source(&error)
            .map(|cause| format!(": {cause}"))
            .unwrap_or_default();
        Failure::Machine(format!("{error}{cause}"))
    };
    demo::unfold(folder).map_err(failed)?;
    let mark = root.join(MARK);
    if let Some(made) = std::fs::read_to_string(&mark)
        .ok()
        .and_then(|text| read_plan(&text))
        && (made.seed, made.scale) == (wanted.seed, wanted.scale)
    {
        return Ok(made);
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{prefix:>24} {bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar.set_prefix("한빛시");
    let progress = |name: &str, done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        bar.set_message(name.to_owned());
    };
    let planted = demo::write(&wanted, &folder.join("inbox"), &progress).map_err(failed)?;
    bar.finish_and_clear();
    write_mark(root, wanted)?;
    out::say(format!(
        "Hanbit-si is made in {}: the sources of {} datasets, {} faults planted",
        root.display(),
        planted.rows.len(),
        planted.faults.len()
    ));
    Ok(wanted)
}

fn read_plan(text: &str) -> Option<Plan> {
    let mut parts = text.split_whitespace();
    Some(Plan {
        seed: parts.next()?.parse().ok()?,
        scale: parts.next()?.parse().ok()?,
        today: parts.next()?.parse().ok()?,
    })
}

/// Keeps in `root` what its files are of, so that the next start goes on from there.
pub(crate) fn write_mark(root: &Path, plan: Plan) -> Result<(), Failure> {
    let mark = root.join(MARK);
    std::fs::write(
        &mark,
        format!("{} {} {}\n", plan.seed, plan.scale, plan.today),
    )
    .map_err(|error| Failure::Machine(format!("failed to write {}: {error}", mark.display())))
}
