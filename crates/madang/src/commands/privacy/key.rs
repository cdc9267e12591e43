//! `madang privacy key`: keys of pseudonymisation projects, made, listed, destroyed.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::SecondsFormat;
use city::ProjectId;
use clap::{Args, Subcommand};
use privacy::pseudonym::{KeyAct, KeyFolder, KeyStore as _, Machine};
use records::{Clock as _, SystemClock};

use super::pseudonymise::{beside, failure};
use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;

/// Words of `madang privacy key`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(subcommand)]
    command: Command,
    /// Folder of keys; beside the data folder when absent
    #[arg(long, value_name = "DIR", global = true)]
    keys: Option<PathBuf>,
    /// One JSON object an event
    #[arg(long, global = true)]
    json: bool,
}

/// What to do about a project's keys.
#[derive(Debug, Subcommand)]
enum Command {
    /// Make a project's next key: its first, or a rotation
    Make(MakeWords),
    /// All that happened to keys
    List,
    /// Destroy a key: what it made can neither be made again nor turned back
    Destroy(DestroyWords),
}

#[derive(Debug, Args)]
struct MakeWords {
    /// The project's id
    project: String,
    /// Who makes it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
struct DestroyWords {
    /// The project's id
    project: String,
    /// Version of the key
    #[arg(long, value_name = "N")]
    version: u32,
    /// Who destroys it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Does it.
pub(crate) fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let folder = words
        .keys
        .clone()
        .unwrap_or_else(|| beside(&config, "keys"));
    let told = |error: privacy::pseudonym::KeyError| failure(error.into());
    let mut keys = KeyFolder::open(&folder).map_err(told)?;
    let at = SystemClock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let known = keys.history().len();
    let from = match &words.command {
        Command::Make(words) => {
            let (project, act) = (id(&words.project)?, act(at, &words.by, &words.reason)?);
            let key = keys.make(&project, &act, &mut Machine).map_err(told)?;
            out::say(format!(
                "version {} in {}; keep a copy apart from the data",
                key.version,
                folder.display()
            ));
            known
        }
        Command::Destroy(words) => {
            let (project, act) = (id(&words.project)?, act(at, &words.by, &words.reason)?);
            keys.destroy(&project, words.version, &act).map_err(told)?;
            out::say("destroy its copies too: this record says nothing of them");
            known
        }
        Command::List => 0,
    };
    for event in keys.history().iter().skip(from) {
        if words.json {
            out::json(event)?;
        } else {
            out::line(format!(
                "{} {} version {} ({}) {:?} by {}: {}",
                event.act.at,
                event.project,
                event.version,
                event.fingerprint,
                event.what,
                event.act.by,
                event.act.reason
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A project's id has the form of every id: it names files.
fn id(text: &str) -> Result<ProjectId, Failure> {
    let begins = text.starts_with(|sign: char| sign.is_ascii_lowercase());
    let is_plain = |sign: char| {
        sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, '_' | '-')
    };
    if begins && text.len() <= 64 && text.chars().all(is_plain) {
        return Ok(ProjectId::new(text));
    }
    Err(Failure::Usage(format!(
        "`{text}` is no project's id; expected a lower-case letter, then lower-case letters, digits, `_` or `-`, 64 at most"
    )))
}

fn act(at: String, by: &str, reason: &str) -> Result<KeyAct, Failure> {
    if by.trim().is_empty() || reason.trim().is_empty() {
        return Err(Failure::Usage(
            "--by and --reason say who and why".to_owned(),
        ));
    }
    Ok(KeyAct {
        at,
        by: by.to_owned(),
        reason: reason.to_owned(),
    })
}
