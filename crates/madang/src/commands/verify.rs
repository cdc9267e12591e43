//! `madang verify`: rechecks the access log, arrived bytes and row accounting.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang verify`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// One JSON object a finding, and one at the end
    #[arg(long)]
    json: bool,
}

/// Rechecks everything; exit code 1 when something is not as recorded.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = verify(&platform, words).await;
    platform.close().await;
    outcome
}

async fn verify(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let mut found = 0_u64;
    let datasets: Vec<_> = platform.city.datasets.keys().collect();
    for dataset in &datasets {
        for finding in platform.lake.verify(dataset)? {
            found += 1;
            if words.json {
                out::json(&finding)?;
            } else {
                out::line(format!("{}: {}", finding.dataset, finding.what))?;
            }
        }
    }
    if let Some(place) = platform.records.log().verify().await? {
        found += 1;
        if words.json {
            out::json(&json!({"subject": "access log", "what": format!("{place:?}")}))?;
        } else {
            out::line(format!("access log: {place:?}"))?;
        }
    }
    if words.json {
        out::json(&json!({"datasets": datasets.len(), "findings": found}))?;
    } else {
        out::say(format!(
            "{} datasets and the access log: {}",
            datasets.len(),
            if found == 0 {
                "as recorded".to_owned()
            } else {
                format!("{found} findings")
            }
        ));
    }
    Ok(if found == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
