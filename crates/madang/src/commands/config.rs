//! `madang config`: what is in force, and where each value comes from.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::cli::Shared;
use crate::config::{Config, Origin};
use crate::exit::Failure;
use crate::out;

/// Words of `madang config`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// One JSON object a value
    #[arg(long)]
    json: bool,
}

/// Prints the configuration; what may be a secret is masked.
pub(crate) fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let mut lines: Vec<(String, String, Origin)> = vec![
        (
            "city".to_owned(),
            config.city.value.display().to_string(),
            config.city.origin,
        ),
        (
            "data".to_owned(),
            config.data.value.display().to_string(),
            config.data.origin,
        ),
        ("host".to_owned(), config.host.value, config.host.origin),
        (
            "port".to_owned(),
            config.port.value.to_string(),
            config.port.origin,
        ),
        (
            "threads".to_owned(),
            config.threads.value.to_string(),
            config.threads.origin,
        ),
        ("log".to_owned(), config.log.value, config.log.origin),
        (
            "changes".to_owned(),
            config.changes.value.word().to_owned(),
            config.changes.origin,
        ),
    ];
    lines.extend(config.public.lines());
    lines.extend(
        config
            .mail
            .iter()
            .flat_map(crate::config::mail::Mail::lines),
    );
    let openid = config.openid.iter();
    lines.extend(openid.flat_map(crate::config::openid::OpenId::lines));
    for (name, value) in config.sources {
        lines.push((
            format!("sources.{name}"),
            masked(&value.value),
            value.origin,
        ));
    }
    for (name, value, origin) in lines {
        if words.json {
            out::json(&json!({"name": name, "value": value, "from": origin}))?;
        } else {
            out::line(format!("{name:<20} {value:<40} {}", origin.word()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// An address is shown without what stands behind its `?`; anything else may be a key.
fn masked(value: &str) -> String {
    if value.starts_with("http://") || value.starts_with("https://") {
        let shown = value.split(['?', '@']).next().unwrap_or_default();
        return if value.contains('@') {
            "(set, not shown)".to_owned()
        } else {
            shown.to_owned()
        };
    }
    "(set, not shown)".to_owned()
}
