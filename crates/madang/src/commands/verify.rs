//! `madang verify`: rechecks the access log, arrived bytes and row accounting.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use records::log::note::PublicKey;
use records::log::{Against, Verified, verify as prove};
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang verify`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// A checkpoint of the access log that was kept outside: the log must begin with what it names
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The access log's public key that was kept outside, or a file with it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Only the access log in this folder: a copy, without a city
    #[arg(long, value_name = "FOLDER")]
    access_log: Option<PathBuf>,
    /// One JSON object a finding, and one at the end
    #[arg(long)]
    json: bool,
}

/// Rechecks everything; exit code 1 when something is not as recorded.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let against = against(words)?;
    if let Some(folder) = &words.access_log {
        let found = prove(folder, &against).map_err(|error| Failure::Machine(error.to_string()))?;
        let findings = told(&found, words.json)?;
        return ended(None, findings, &found, words.json);
    }
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = verify(&platform, against, words).await;
    platform.close().await;
    outcome
}

async fn verify(platform: &Platform, against: Against, words: &Words) -> Result<ExitCode, Failure> {
    let mut findings = 0_u64;
    let datasets: Vec<_> = platform.city.datasets.keys().collect();
    for dataset in &datasets {
        for finding in platform.lake.verify(dataset)? {
            findings += 1;
            if words.json {
                out::json(&finding)?;
            } else {
                out::line(format!("{}: {}", finding.dataset, finding.what))?;
            }
        }
    }
    findings += promises(platform, words.json).await?;
    let found = platform.records.log().verified(against).await?;
    findings += told(&found, words.json)?;
    ended(Some(datasets.len()), findings, &found, words.json)
}

/// Tells which entries about promises are not what was entered; how many are.
async fn promises(platform: &Platform, as_json: bool) -> Result<u64, Failure> {
    let mut bent = 0;
    for (promise, entries) in platform.records.promises().all().await? {
        for entry in entries.iter().filter(|entry| !entry.is_intact) {
            bent += 1;
            let what = format!("entry {} is not what was entered", entry.place);
            if as_json {
                out::json(&json!({"promise": promise, "what": what}))?;
            } else {
                out::line(format!("promise {promise}: {what}"))?;
            }
        }
    }
    Ok(bent)
}

/// What the log is compared with.
fn against(words: &Words) -> Result<Against, Failure> {
    let checkpoints = words.checkpoint.iter().map(|path| read(path));
    Ok(Against {
        checkpoints: checkpoints.collect::<Result<_, _>>()?,
        key: words.key.as_deref().map(key).transpose()?,
        ..Against::default()
    })
}

pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let read = std::fs::read(path);
    let bytes = read.map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A public key, or the first one in a file.
pub(crate) fn key(text: &str) -> Result<PublicKey, Failure> {
    let written = match PublicKey::parse(text) {
        Some(key) => return Ok(key),
        None if Path::new(text).is_file() => read(Path::new(text))?,
        None => text.to_owned(),
    };
    let first = written.split_whitespace().next().unwrap_or_default();
    PublicKey::parse(first).ok_or_else(|| {
        Failure::Input(format!(
            "`{text}` is no public key of an access log: `madang log key` prints it"
        ))
    })
}

/// Tells what is wrong with the log; how many things are.
fn told(found: &Verified, as_json: bool) -> Result<u64, Failure> {
    for place in &found.breaks {
        if as_json {
            out::json(&json!({
                "subject": "access log",
                "entry": (place.seq > 0).then_some(place.seq),
                "fault": place.what,
                "what": place.text,
            }))?;
        } else {
            out::line(format!("access log: {}", place.text))?;
        }
    }
    if found.unacknowledged_bytes > 0 {
        out::say(format!(
            "access log: {} bytes after the last entry were never acknowledged; the next entry takes their place",
            found.unacknowledged_bytes
        ));
    }
    Ok(u64::try_from(found.breaks.len()).unwrap_or(u64::MAX))
}

fn ended(
    datasets: Option<usize>,
    findings: u64,
    found: &Verified,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    if as_json {
        let Verified {
            origin,
            size,
            root,
            checkpoints,
            pruned,
            ..
        } = found;
        let log = json!({"origin": origin, "size": size, "root": root, "checkpoints": checkpoints, "pruned": pruned});
        out::json(&json!({"datasets": datasets, "findings": findings, "access-log": log}))?;
    } else {
        let datasets = datasets.map(|count| format!("{count} datasets and "));
        let verdict = if findings == 0 {
            "as recorded".to_owned()
        } else {
            format!("{findings} findings")
        };
        out::say(format!(
            "{}the access log of {} entries, {} checkpoints: {verdict}",
            datasets.unwrap_or_default(),
            found.size,
            found.checkpoints
        ));
    }
    Ok(if findings == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
