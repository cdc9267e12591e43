//! `madang promises`: the ledger of what was announced, and what follows from it.

mod import;
mod text;

use std::process::ExitCode;

use city::Lang;
use city::promise::Promise;
use clap::{Args, Subcommand, ValueEnum};
use interop::promises::serve::{Cut, finding_json};
use interop::promises::{Books, Seen, Wanted, books, enter};
use measure::promise::Standing;
use measure::promise::sentence::sentence;
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang promises`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(subcommand)]
    command: Command,
    /// One JSON object a line
    #[arg(long, global = true)]
    json: bool,
}

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
enum Command {
    /// Every promise with where it stands
    List(List),
    /// What follows from what was announced and from what was not: sums, remainders, paces, years, gaps
    Findings(Findings),
    /// Enter a state of a promise; its day of entry is the clock's
    Enter(Enter),
    /// Turn a table of announcements (CSV) into promise manifests, with places marked for a person
    Import(import::Words),
}

#[derive(Debug, Args)]
struct List {
    /// Only those of a department, by id
    #[arg(long, value_name = "ID")]
    department: Option<String>,
    /// Only those that stand so: overdue, missed, under-way, planned, kept, withdrawn, told
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
}

#[derive(Debug, Args)]
struct Findings {
    /// Only of this promise
    id: Option<String>,
    /// The language of the sentences
    #[arg(long, value_enum, default_value = "ko", value_name = "LANGUAGE")]
    lang: Tongue,
}

#[derive(Debug, Args)]
struct Enter {
    /// The promise, by id
    id: String,
    /// planned, under-way, kept, missed or withdrawn
    #[arg(long, value_name = "STATE")]
    state: String,
    /// The day it tells of; today when absent
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// What happened, in a sentence
    #[arg(long, value_name = "TEXT")]
    text: String,
    /// How far it is, in the figure's unit
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, value_parser = number)]
    value: Option<f64>,
}

/// A number one can count to: `inf` and `NaN` are none.
fn number(word: &str) -> Result<f64, String> {
    let number = word.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "give a number, for example 123 or -4.5".to_owned())
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Tongue {
    /// Korean
    Ko,
    /// English
    En,
}

impl From<Tongue> for Lang {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Ko => Self::Ko,
            Tongue::En => Self::En,
        }
    }
}

/// Does it.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    if let Command::Import(import) = &words.command {
        return import::run(import, words.json);
    }
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = answer(&platform, words).await;
    platform.close().await;
    outcome
}

async fn answer(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    match &words.command {
        Command::List(list) => list_all(platform, list, words.json).await,
        Command::Findings(asked) => findings(platform, asked, words.json).await,
        Command::Enter(entry) => enter_one(platform, entry, words.json).await,
        Command::Import(import) => import::run(import, words.json),
    }
}

async fn read(platform: &Platform, whole: Option<&str>) -> Result<Books, Failure> {
    let reader = platform.reader(None, Some("promises"));
    let seen = Seen {
        city: &platform.city,
        records: &platform.records,
        reader: &reader,
        inside: true,
    };
    Ok(books(seen, whole).await?)
}

async fn list_all(platform: &Platform, list: &List, as_json: bool) -> Result<ExitCode, Failure> {
    let standing = list.state.as_deref().map(|word| {
        Standing::of_word(word).ok_or_else(|| {
            let known = Standing::ALL.map(Standing::word).join(", ");
            Failure::Usage(format!("--state {word}: expected one of {known}"))
        })
    });
    let cut = Cut {
        department: list.department.clone(),
        standing: standing.transpose()?,
    };
    let books = read(platform, None).await?;
    for (promise, standing) in cut.of(&books) {
        if as_json {
            out::json(&json!({
                "id": promise.id, "title": promise.title, "state": standing, "department": promise.department,
                "figure": promise.figure, "due": promise.due,
            }))?;
        } else {
            let due = promise.due.as_ref().map_or("-", |due| due.as_str());
            let (id, state, title) = (&promise.id, standing.word(), &promise.title);
            out::line(format!("{id}  {state}  {due}  {title}"))?;
        }
    }
    for gone in &books.gone {
        out::say(format!(
            "{}: its file was taken away; it promised: {}",
            gone.id, gone.claim.sentence
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn findings(
    platform: &Platform,
    asked: &Findings,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    if let Some(id) = &asked.id {
        known(platform, id)?;
    }
    let books = read(platform, asked.id.as_deref()).await?;
    let ledger = books.ledger();
    for (id, found) in books.findings() {
        if asked.id.as_ref().is_some_and(|wanted| *wanted != *id) {
            continue;
        }
        for finding in &found {
            if as_json {
                out::json(&finding_json(&books, finding))?;
            } else {
                let said = sentence(finding, &ledger, asked.lang.into());
                out::line(format!("{id}  {}  {said}", finding.what.word()))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn known<'p>(platform: &'p Platform, id: &str) -> Result<&'p Promise, Failure> {
    let promises = &platform.city.promises;
    promises.get(id).ok_or_else(|| {
        let known: Vec<&str> = promises.keys().map(city::PromiseId::as_str).collect();
        let near = city::nearest::nearest(id, known.iter().copied());
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Failure::Input(format!("no promise is called `{id}`{near}"))
    })
}

async fn enter_one(platform: &Platform, entry: &Enter, as_json: bool) -> Result<ExitCode, Failure> {
    known(platform, &entry.id)?;
    let wanted = Wanted {
        state: entry.state.clone(),
        on: entry.on.clone(),
        text: entry.text.clone(),
        value: entry.value,
    };
    let at = (&*platform.city, &*platform.records);
    let person = access::Person::local();
    let entered = enter(at, &person, &entry.id, &wanted).await?;
    if as_json {
        out::json(&json!({"promise": entry.id, "entry": entered}))?;
    } else {
        out::line(format!("{}: {} is entered", entry.id, entry.state))?;
    }
    Ok(ExitCode::SUCCESS)
}
