//! `madang privacy token`: a token of a project turned back, by whoever keeps the vault.

use std::process::ExitCode;

use city::ProjectId;
use clap::Args;
use interop::desk::TokenAsked;
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::project::Office;
use crate::out;
use crate::platform::Platform;

/// Words of `madang privacy token`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// The project's id
    project: String,
    /// The token, as it stands in the result
    token: String,
    /// Why: kept in the access log
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Who asks: an account of people.toml whose role has the duty `vault`
    #[arg(long = "as", value_name = "NAME")]
    person: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Tells what it stands for.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = told(&platform, words).await;
    platform.close().await;
    let value = outcome?;
    if words.json {
        out::json(&json!({"project": words.project, "value": value}))?;
    } else {
        out::line(value)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn told(platform: &Platform, words: &Words) -> Result<String, Failure> {
    let person = platform.door.person(&words.person).ok_or_else(|| {
        Failure::Input(format!(
            "people.toml: there is no account `{}`; --as names one whose role has the duty `vault`",
            words.person
        ))
    })?;
    let asked = TokenAsked {
        token: words.token.clone(),
        why: words.why.clone(),
    };
    let id = ProjectId::new(words.project.as_str());
    let told = Office::of(platform).token(&person, &id, &asked).await;
    told.map_err(Failure::from)
}
