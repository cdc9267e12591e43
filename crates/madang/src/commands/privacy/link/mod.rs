//! `madang privacy link`: rows of two bodies about the same persons come together, and nobody sees both who and what
//! (가명정보 결합). Each part is a command of its own, for a machine of its own.

mod files;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use city::Fault;
use city::calendar::korean_day;
use city::recipe::Identity;
use city::spelling::normal;
use clap::{Args, Subcommand};
use privacy::pseudonym::linking::{
    ForKeyAgent, ForLinker, JoinSecret, LinkError, Matches, PartyRow, link, match_up, prepare,
};
use privacy::pseudonym::{Entropy as _, Machine, Source as _, Stream};
use records::{Clock as _, SystemClock};
use serde_json::json;

use self::files::{Head, Whose, name, read, read_secret, write, write_secret};
use self::watch::Watch;
use super::pseudonymise::write::Sink;
use super::pseudonymise::{failure, read::open};
use crate::exit::Failure;
use crate::out;

/// Most faults that are told.
const TOLD: usize = 20;

/// Words of `madang privacy link`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(subcommand)]
    command: Command,
    /// One JSON object
    #[arg(long, global = true)]
    json: bool,
}

/// The parts of linking.
#[derive(Debug, Subcommand)]
enum Command {
    /// One party: make the secret that both share and nobody else has
    Secret(SecretWords),
    /// Both parties: make a file for the key agent and another for the linker
    Prepare(PrepareWords),
    /// The key agent: find which rows belong together, by join keys alone
    Match(MatchWords),
    /// The linker: put rows together, without join keys
    Join(JoinWords),
}

#[derive(Debug, Args)]
struct SecretWords {
    /// Where it goes, for its owner alone; never over another file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct PrepareWords {
    /// The secret of both parties
    #[arg(long, value_name = "FILE")]
    secret: PathBuf,
    /// The rows: CSV in UTF-8 or CP949, or any kind of file that a dataset can come in
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// A column that tells who somebody is, and what it holds: text (when absent), name, phone, number or mail. Both
    /// parties give the same kinds in the same order
    #[arg(long = "key", value_name = "COLUMN[:KIND]", required = true)]
    keys: Vec<String>,
    /// The columns that are to be linked, separated by commas
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', required = true)]
    attributes: Vec<String>,
    /// Where join keys and serials go: for the key agent, and nobody else
    #[arg(long, value_name = "FILE")]
    for_agent: PathBuf,
    /// Where serials and attributes go: for the linker, and nobody else
    #[arg(long, value_name = "FILE")]
    for_linker: PathBuf,
}

#[derive(Debug, Args)]
struct MatchWords {
    /// What the first party made for the key agent
    left: PathBuf,
    /// What the second party made for the key agent
    right: PathBuf,
    /// Where it goes which rows belong together: for the linker
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct JoinWords {
    /// What the first party made for the linker
    left: PathBuf,
    /// What the second party made for the linker
    right: PathBuf,
    /// What the key agent made
    matches: PathBuf,
    /// Where the linked rows go: CSV; never over another file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Does a part.
pub(crate) fn run(words: &Words) -> Result<ExitCode, Failure> {
    match &words.command {
        Command::Secret(own) => secret(own, words.json)?,
        Command::Prepare(own) => prepared(own, words.json)?,
        Command::Match(own) => matched(own, words.json)?,
        Command::Join(own) => joined(own, words.json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn secret(words: &SecretWords, as_json: bool) -> Result<(), Failure> {
    let made = JoinSecret::make(&mut Machine);
    let secret = made.map_err(|error| Failure::Machine(error.to_string()))?;
    write_secret(&words.out, &secret)?;
    out::say(
        "give it to the other party by a safe way, and to nobody else: not to the key agent, not to the linker",
    );
    if as_json {
        out::json(&json!({"secret": words.out.display().to_string()}))
    } else {
        out::line(words.out.display().to_string())
    }
}

/// A column that tells who somebody is.
struct KeyColumn {
    at: usize,
    name: String,
    kind: Identity,
}

fn prepared(words: &PrepareWords, as_json: bool) -> Result<(), Failure> {
    let secret = read_secret(&words.secret)?;
    let mut table = open(&words.input, None)?;
    let header = table.header().to_vec();
    let keys = keys(&words.input, &header, &words.keys)?;
    let attributes = attributes(&words.input, &header, &words.attributes, &keys)?;
    let today = korean_day(SystemClock.now());
    let mut watch = Watch::new(&words.input, &words.attributes, today);
    let (mut identities, mut said) = (Vec::new(), Vec::new());
    let (mut row, mut faults) = (Vec::new(), Vec::new());
    while table.next(&mut row).map_err(failure)? {
        let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
        for key in &keys {
            if normal(key.kind, &cell(key.at)).is_empty() && faults.len() < TOLD {
                let what = format!("`{}` is empty, or holds no {}", key.name, key.kind.word());
                faults.push(Fault::at(&words.input, what).line(table.line()).remedy(
                    "fill it, or leave the row out: a row of nobody is linked with nobody",
                ));
            }
        }
        let identity: Vec<String> = keys.iter().map(|key| cell(key.at)).collect();
        identities.push(identity);
        let attributes: Vec<String> = attributes.iter().map(|at| cell(*at)).collect();
        watch.see(table.line(), &attributes);
        said.push(attributes);
    }
    faults.extend(watch.faults());
    if !faults.is_empty() {
        return Err(Failure::faults(&faults));
    }
    let rows: Vec<PartyRow<'_>> = identities
        .iter()
        .zip(said)
        .map(|(identity, attributes)| PartyRow {
            identity: keys
                .iter()
                .zip(identity)
                .map(|(key, value)| (key.kind, value.as_str()))
                .collect(),
            attributes,
        })
        .collect();
    let (for_agent, for_linker) =
        prepare(&rows, &secret, &mut chance()?).map_err(|error| told(&[&words.input], &error))?;
    let of = vec![name(&mut Machine)?];
    let agent = Head::new(Whose::KeyAgent, of.clone(), Vec::new());
    let linker = Head::new(Whose::Linker, of, words.attributes.clone());
    write(&words.for_agent, &agent, &for_agent.0)?;
    write(&words.for_linker, &linker, &for_linker.0)?;
    let kinds: Vec<&str> = keys.iter().map(|key| key.kind.word()).collect();
    out::say(format!(
        "send {} to the key agent and {} to the linker; the other party gives keys of the same kinds in this order: {}",
        words.for_agent.display(),
        words.for_linker.display(),
        kinds.join(", ")
    ));
    if as_json {
        out::json(&json!({"rows": rows.len(), "keys": kinds, "attributes": words.attributes}))
    } else {
        out::line(format!("{} rows", rows.len()))
    }
}

/// A sequence that nobody can make again.
fn chance() -> Result<Stream, Failure> {
    let mut seed = [0_u8; 32];
    Machine
        .fill(&mut seed)
        .map_err(|error| Failure::Machine(error.to_string()))?;
    Ok(Stream::new(&seed))
}

fn keys(file: &Path, header: &[String], words: &[String]) -> Result<Vec<KeyColumn>, Failure> {
    let mut keys: Vec<KeyColumn> = Vec::new();
    for word in words {
        let (name, kind) = match word.rsplit_once(':') {
            None => (word.as_str(), Identity::Text),
            Some((name, kind)) => {
                let mut all = Identity::ALL.into_iter();
                let known = all.find(|own| own.word() == kind).ok_or_else(|| {
                    Failure::Usage(format!(
                        "--key {word}: `{kind}` is no kind of value; expected text, name, phone, number or mail"
                    ))
                })?;
                (name, known)
            }
        };
        let at = place(file, header, name)?;
        if keys.iter().any(|key| key.at == at) {
            return Err(Failure::Usage(format!("--key: `{name}` stands twice")));
        }
        keys.push(KeyColumn {
            at,
            name: name.to_owned(),
            kind,
        });
    }
    Ok(keys)
}

fn attributes(
    file: &Path,
    header: &[String],
    names: &[String],
    keys: &[KeyColumn],
) -> Result<Vec<usize>, Failure> {
    let mut places = Vec::new();
    for name in names {
        let at = place(file, header, name)?;
        if keys.iter().any(|key| key.at == at) {
            return Err(Failure::Usage(format!(
                "--attributes: `{name}` tells who somebody is (--key): the linker must not see it"
            )));
        }
        if places.contains(&at) {
            return Err(Failure::Usage(format!(
                "--attributes: `{name}` stands twice"
            )));
        }
        places.push(at);
    }
    Ok(places)
}

fn place(file: &Path, header: &[String], name: &str) -> Result<usize, Failure> {
    let found = header.iter().position(|own| own == name);
    found.ok_or_else(|| {
        let what = format!("there is no column `{name}`");
        let fault = Fault::at(file, what).line(1);
        Failure::faults(&[fault.expected(format!("one of {}", header.join(", ")))])
    })
}

fn matched(words: &MatchWords, as_json: bool) -> Result<(), Failure> {
    let (left, left_rows) = read(&words.left, Whose::KeyAgent)?;
    let (right, right_rows) = read(&words.right, Whose::KeyAgent)?;
    let both = (ForKeyAgent(left_rows), ForKeyAgent(right_rows));
    let (matches, rate) =
        match_up(&both.0, &both.1).map_err(|error| told(&[&words.left, &words.right], &error))?;
    let of = left.of.into_iter().chain(right.of).collect();
    let head = Head::new(Whose::Matches, of, Vec::new());
    write(&words.out, &head, &matches.0)?;
    let (of_left, of_right) = (rate.of_left(), rate.of_right());
    if as_json {
        return out::json(&json!({
            "left": rate.left, "right": rate.right, "linked": rate.linked,
            "of-left": of_left, "of-right": of_right,
        }));
    }
    let share = |share: Option<f64>| share.map_or(0.0, |share| share * 100.0);
    if rate.linked == 0 {
        out::say(
            "no row found its other half: were both prepared with the same secret, and keys of the same kinds in the same order?",
        );
    }
    out::line(format!(
        "{} rows belong together: {:.1} % of {} and {:.1} % of {}",
        rate.linked,
        share(of_left),
        rate.left,
        share(of_right),
        rate.right
    ))
}

fn joined(words: &JoinWords, as_json: bool) -> Result<(), Failure> {
    let (left, left_rows) = read(&words.left, Whose::Linker)?;
    let (right, right_rows) = read(&words.right, Whose::Linker)?;
    let (matches, pairs) = read(&words.matches, Whose::Matches)?;
    let of: Vec<&String> = left.of.iter().chain(&right.of).collect();
    if matches.of.iter().collect::<Vec<_>>() != of {
        return Err(Failure::Input(format!(
            "{}: it is not of {} and {} in this order; give the two files in the order the key agent had, made by the same `prepare`",
            words.matches.display(),
            words.left.display(),
            words.right.display()
        )));
    }
    let both = (ForLinker(left_rows), ForLinker(right_rows));
    let linked = link(&Matches(pairs), &both.0, &both.1, &mut chance()?)
        .map_err(|error| told(&[&words.left, &words.right, &words.matches], &error))?;
    let mut sink = Sink::create(&words.out)?;
    sink.row(&names(&left.columns, &right.columns))?;
    for row in &linked {
        sink.row(row)?;
    }
    let sha256 = sink.finish()?;
    if as_json {
        out::json(&json!({"rows": linked.len(), "sha256": sha256}))
    } else {
        out::line(format!("{} rows, SHA-256 {sha256}", linked.len()))
    }
}

/// The attributes of both; where both have one of a name, with whose it is.
fn names(left: &[String], right: &[String]) -> Vec<String> {
    let named = |own: &[String], others: &[String], whose: &str| -> Vec<String> {
        let name = |name: &String| {
            if others.contains(name) {
                format!("{whose}.{name}")
            } else {
                name.clone()
            }
        };
        own.iter().map(name).collect()
    };
    [named(left, right, "first"), named(right, left, "second")].concat()
}

fn told(files: &[&PathBuf], error: &LinkError) -> Failure {
    let files: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    Failure::Input(format!("{}: {error}", files.join(", ")))
}
