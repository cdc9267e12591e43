//! `madang log`: roots, proofs, checkpoints and keys of the access log.

mod audit;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use access::Person;
use clap::{Args, Subcommand};
use records::log::proofs::{Answer, check_with};
use records::log::{Files, LogError, folder_of};
use serde::Serialize;
use serde_json::json;

use self::audit::{ReviewWords, SubjectWords};
use crate::cli::Shared;
use crate::commands::verify::{key, read};
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::retention::Retention;
use crate::out;
use crate::platform::{Platform, RECORDS};

/// Words of `madang log`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(subcommand)]
    act: Act,
    /// The access log in this folder instead of the city's: a copy
    #[arg(long, global = true, value_name = "FOLDER")]
    access_log: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    json: bool,
}

/// What is asked of the log.
#[derive(Debug, Subcommand)]
enum Act {
    /// The root of the tree over all entries, or over the first so many
    Root {
        /// Entries
        #[arg(long, value_name = "N")]
        size: Option<u64>,
    },
    /// A proof: that an entry is in the log, or that the log only grew since an earlier size
    Prove {
        /// The entry's number
        #[arg(
            long,
            value_name = "N",
            required_unless_present = "from",
            conflicts_with = "from"
        )]
        entry: Option<u64>,
        /// The earlier size
        #[arg(long, value_name = "N")]
        from: Option<u64>,
        /// The size it is proven for; all entries when absent
        #[arg(long, value_name = "N")]
        size: Option<u64>,
        /// File to write; standard output when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Check proofs: needs no log and no city
    Check {
        /// Files with a proof
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The log's public key, or a file with it: then the root must be signed
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Sign what the log holds now, keep it, and publish it where the city says
    Checkpoint {
        /// File to write; standard output when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Copy all that a stranger needs to prove the log; private keys stay
    Export {
        /// An empty folder, or one that is not there
        folder: PathBuf,
    },
    /// The public keys; or a new key in place of the one that signs
    Key {
        /// Change the key
        #[arg(long, requires = "why")]
        rotate: bool,
        /// Why it is changed
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Take away the entries whose time is over by the city's rules; their hashes stay
    Prune,
    /// The periodic review: what stands out, who is asked, what became of it
    Review(ReviewWords),
    /// Who read or changed the data of one person
    Subject(SubjectWords),
    /// Begin a new log beside one that is damaged; the old one is kept under another name
    Renew {
        /// Why
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
}

/// Does what is asked.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    match &words.act {
        Act::Check { files, key } => check(files, key.as_deref(), words.json),
        Act::Root { size } => {
            let files = files(shared, words)?;
            let size = size.unwrap_or(files.head().size);
            let root = files.root(size).map_err(failure)?;
            let answer = json!({"origin": files.head().origin, "size": size, "root": root});
            said(words.json, &answer, || format!("{size} {root}"))
        }
        Act::Prove {
            entry,
            from,
            size,
            out,
        } => {
            let files = files(shared, words)?;
            let size = size.unwrap_or(files.head().size);
            match (entry, from) {
                (Some(entry), _) => {
                    let proof = files.inclusion(*entry, size).map_err(failure)?;
                    written(out.as_deref(), &proof)
                }
                (None, from) => {
                    let proof = files.consistency(from.unwrap_or_default(), size);
                    written(out.as_deref(), &proof.map_err(failure)?)
                }
            }
        }
        Act::Export { folder } => {
            let files = files(shared, words)?;
            files.export(folder).map_err(failure)?;
            let answer = json!({"folder": folder, "size": files.head().size});
            said(words.json, &answer, || {
                format!("{} entries in {}", files.head().size, folder.display())
            })
        }
        Act::Key { rotate: false, .. } => {
            let files = files(shared, words)?;
            let keys = files.keys().iter().map(ToString::to_string);
            let keys: Vec<String> = keys.collect();
            said(words.json, &json!({"keys": keys}), || keys.join("\n"))
        }
        Act::Checkpoint { .. }
        | Act::Key { .. }
        | Act::Prune
        | Act::Renew { .. }
        | Act::Review(_)
        | Act::Subject(_) => {
            if words.access_log.is_some() {
                return Err(Failure::Usage(
                    "a copy is not written to: leave --access-log out".to_owned(),
                ));
            }
            let platform = Platform::open(&Config::read(shared, None)?).await?;
            let outcome = change(&platform, words).await;
            platform.close().await;
            outcome
        }
    }
}

/// Acts that write to the city's own log.
async fn change(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let log = platform.records.log();
    let who = Person::local().name().to_owned();
    match &words.act {
        Act::Checkpoint { out } => {
            let note = log.checkpoint().await?;
            match out {
                Some(path) => std::fs::write(path, &note).map_err(|error| {
                    Failure::Machine(format!("failed to write {}: {error}", path.display()))
                })?,
                None if words.json => out::json(&json!({"checkpoint": note}))?,
                None => out::line(note.trim_end())?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Act::Key { why, .. } => {
            let key = log
                .rotate_key(&who, why.as_deref().unwrap_or_default())
                .await?;
            said(words.json, &json!({"key": key.to_string()}), || {
                key.to_string()
            })
        }
        Act::Prune => {
            let keep = Retention::of(Arc::clone(&platform.city));
            let gone = log.prune(Arc::new(keep), &who).await?;
            said(words.json, &gone, || {
                format!("{} entries were taken away", gone.entries)
            })
        }
        Act::Review(asked) => audit::review(platform, asked, words.json).await,
        Act::Subject(asked) => audit::subject(platform, asked, words.json).await,
        Act::Renew { why } => {
            let kept = log.renew(&who, why).await?;
            said(words.json, &json!({"kept": kept}), || {
                format!("a new log began; the old one is in {}", kept.display())
            })
        }
        _ => Err(Failure::Usage("nothing is asked of the log".to_owned())),
    }
}

/// The files of the city's log, or of a copy. They are read without opening the city's records.
fn files(shared: &Shared, words: &Words) -> Result<Files, Failure> {
    let folder = match &words.access_log {
        Some(folder) => folder.clone(),
        None => folder_of(&Config::read(shared, None)?.data.value.join(RECORDS)),
    };
    Files::open(&folder).map_err(failure)
}

fn check(files: &[PathBuf], trusted: Option<&str>, as_json: bool) -> Result<ExitCode, Failure> {
    let keys: Vec<_> = trusted.map(key).transpose()?.into_iter().collect();
    let mut wrong = 0;
    for path in files {
        let name = path.display().to_string();
        let (holds, what) = match check_with(&read(path)?, &keys) {
            Ok(Answer::Holds(what)) => (true, what),
            Ok(Answer::Fails(why)) | Err(why) => (false, why),
        };
        wrong += u64::from(!holds);
        if as_json {
            out::json(&json!({"file": name, "holds": holds, "what": what}))?;
        } else if holds {
            out::line(format!("{name}: holds: {what}"))?;
        } else {
            out::line(format!("{name}: does not hold: {what}"))?;
        }
    }
    Ok(if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn said(
    as_json: bool,
    answer: &impl Serialize,
    line: impl FnOnce() -> String,
) -> Result<ExitCode, Failure> {
    if as_json {
        out::json(answer)?;
    } else {
        out::line(line())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn written(path: Option<&Path>, proof: &impl Serialize) -> Result<ExitCode, Failure> {
    let Some(path) = path else {
        out::json(proof)?;
        return Ok(ExitCode::SUCCESS);
    };
    let machine = |error: &dyn std::fmt::Display| {
        Failure::Machine(format!("failed to write {}: {error}", path.display()))
    };
    let text = serde_json::to_string_pretty(proof).map_err(|error| machine(&error))?;
    std::fs::write(path, text + "\n").map_err(|error| machine(&error))?;
    Ok(ExitCode::SUCCESS)
}

fn failure(error: LogError) -> Failure {
    match error {
        LogError::Absent(what) => Failure::Input(what),
        LogError::Damaged(_) | LogError::Busy => Failure::Input(error.to_string()),
        _ => Failure::Machine(error.to_string()),
    }
}
