//! `madang demo`: makes Hanbit-si, loads it, serves it.
//!
//! | module | job |
//! | --- | --- |
//! | `making` | its folder and files, and what they are of |
//! | `passwords` | random ones for its people, told once |
//! | `studies` | what its people do in projects of pseudonymisation |
//! | `outside` | servers of other programs that some of it comes from |

mod making;
mod outside;
mod passwords;
mod studies;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::Days;
use clap::Args;
use demo::Plan;
use records::{Clock, SystemClock};
use tokio::sync::watch;

use crate::cli::Shared;
use crate::commands::load::tell;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::days;
use crate::jobs::load::{Loader, korean_day};
use crate::jobs::order::{is_own, order};
use crate::jobs::progress::Bars;
use crate::jobs::together::load_all;
use crate::out;
use crate::platform::Platform;
use crate::server::{Server, Told};

/// Where the demo city is made unless told otherwise.
const FOLDER: &str = "hanbit-data";

pub(crate) use making::write_mark;
pub(crate) use outside::Around;

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
    /// Seconds a day takes until today is reached, with steps within it from 12 on; from then on days take as long as they do
    #[arg(long, default_value_t = 20, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    day_takes: u64,
    /// Start no servers of other programs (PostgreSQL, MariaDB, SSH, MQTT): what would come from them comes as files
    #[arg(long)]
    no_servers: bool,
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
        minute: 0,
    };
    let (made, around) = outside::made(&root, &folder, plan, !words.no_servers).await?;
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
    let values = demo::api::values(&format!("http://{address}")).into_iter();
    for (name, value) in values.chain(around.values()) {
        config.set_source(&name, value);
    }
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
    around.heard(&loader, made).await?;
    // What the platform knows of itself begins with its service.
    let all: Vec<_> = order(&platform.city, &[])
        .into_iter()
        .filter(|dataset| !is_own(dataset))
        .collect();
    load_all(&loader, &all, |(dataset, outcome)| {
        tell(dataset, &outcome, words.json)
    })
    .await?;
    passwords::give(&platform, words.json).await?;
    if let Err(failure) = studies::carry_out(&platform).await {
        // The city is there all the same: its project waits for whoever looks at it.
        out::say(failure.message());
    }
    let outcome = if words.no_serve {
        Ok(())
    } else {
        let days = days::Days {
            plans,
            root,
            around: around.clone(),
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
    // Its passwords were told when it was made, and nobody has them any more at a later start.
    let told = Told {
        as_json,
        with_link: true,
    };
    server.tell(platform, &config.public, told).await?;
    // Its departments are nobody: no mail goes to them.
    let outside = (&config.public, config.openid.as_ref());
    server.serve(platform, Some(loader), None, outside).await
}
