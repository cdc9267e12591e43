//! `madang serve`: the portal and the API, and loads on cadence.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::load::Loader;
use crate::jobs::progress::Bars;
use crate::platform::Platform;
use crate::server::{Server, Told};

/// Words of `madang serve`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Port to serve at; 0 takes a free one
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Only serve; load nothing
    #[arg(long)]
    no_loads: bool,
    /// Print a link that signs in whoever runs the city, though they have a password
    #[arg(long)]
    link: bool,
    /// Tell the addresses as one JSON object
    #[arg(long)]
    json: bool,
}

/// Serves until it is told to end.
pub(crate) async fn run(shared: &Shared, words: Words) -> Result<ExitCode, Failure> {
    let config = Arc::new(Config::read(shared, words.port)?);
    let platform = Platform::open(&config).await?;
    platform.records.jobs().mark_interrupted().await?;
    let server = Server::bind(&config.host.value, config.port.value).await?;
    let told = Told {
        as_json: words.json,
        with_link: words.link,
    };
    server.tell(&platform, &config.public, told).await?;
    let (mail, public) = (config.mail.clone(), config.public.clone());
    let loader = Loader {
        platform: platform.clone(),
        config,
        bars: Bars::default(),
    };
    let outcome = server
        .serve(
            &platform,
            (!words.no_loads).then_some(loader),
            mail,
            &public,
        )
        .await;
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}
