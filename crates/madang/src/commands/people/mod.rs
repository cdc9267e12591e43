//! `madang people`: accounts, links that set a password, blocks, keys of programs, the journal of grants.

mod add;
mod key;
mod vouched;

use std::process::ExitCode;

use ::people::accounts::Standing;
use ::people::{Accounts, By, State};
use access::Person;
use city::{Duty, People};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang people`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(subcommand)]
    act: Act,
    /// Answer in JSON
    #[arg(long, global = true)]
    json: bool,
}

/// What is done.
#[derive(Debug, Subcommand)]
enum Act {
    /// Everybody with department, roles, duties, state and last sign-in
    List,
    /// Write an account into people.toml
    Add(add::Words),
    /// Print a link by which the person sets a password: good once, for a day
    Invite {
        /// The account
        name: String,
    },
    /// From the next request on the account and its keys open nothing
    Block {
        /// The account
        name: String,
    },
    /// The account may sign in again
    Unblock {
        /// The account
        name: String,
    },
    /// Sign the account out of every browser
    EndSessions {
        /// The account
        name: String,
    },
    /// Whom the identity provider vouched for so far: name, its own word for the person, first and last time
    Vouched,
    /// Forget which person of the identity provider a name belongs to, so that another may come by it
    ForgetProvider {
        /// The name
        name: String,
    },
    /// Keys of programs
    #[command(subcommand)]
    Key(key::Act),
    /// What was granted, changed and taken back, the newest first
    Journal {
        /// Of this account only
        name: Option<String>,
        /// So many lines
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
}

/// Does it.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    if let Act::Add(words) = &words.act {
        add::add(&config, words)?;
    }
    let platform = Platform::open(&config).await?;
    let outcome = act(&platform, &config, words).await;
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn act(platform: &Platform, config: &Config, words: &Words) -> Result<(), Failure> {
    let accounts = platform.accounts();
    let people = platform.door.people();
    // What was edited by hand since is in the journal before what is done now.
    accounts.record_people(&people, &By::local()).await?;
    match &words.act {
        Act::List => list(&accounts, platform, words.json).await,
        Act::Add(added) => invite(&accounts, &people, config, added.name(), words.json).await,
        Act::Invite { name } => invite(&accounts, &people, config, name, words.json).await,
        Act::Block { name } => {
            known(&accounts, &people, name).await?;
            let is_new = accounts.block(name, &By::local()).await?;
            told(name, "blocked", is_new, words.json)
        }
        Act::Unblock { name } => {
            known(&accounts, &people, name).await?;
            let is_new = accounts.unblock(name, &By::local()).await?;
            told(name, "unblocked", is_new, words.json)
        }
        Act::EndSessions { name } => {
            known(&accounts, &people, name).await?;
            let ended = accounts.end_sessions_by(name, &By::local()).await?;
            told(name, "signed out", ended > 0, words.json)
        }
        Act::Vouched => vouched::list(&accounts, words.json).await,
        Act::ForgetProvider { name } => {
            let was_known = accounts.forget_vouched(name, &By::local()).await?;
            told(name, "forgotten", was_known, words.json)
        }
        Act::Key(act) => key::run(&accounts, platform, act, words.json).await,
        Act::Journal { name, limit } => {
            journal(&accounts, name.as_deref(), *limit, words.json).await
        }
    }
}

fn told(name: &str, what: &str, is_new: bool, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return out::json(&json!({"account": name, "done": what, "changed": is_new}));
    }
    let before = if is_new { "" } else { " (as before)" };
    out::line(format!("{name}: {what}{before}"))
}

/// The account is one of the city's.
async fn known(accounts: &Accounts, people: &People, name: &str) -> Result<(), Failure> {
    if accounts.knows(people, name).await? {
        return Ok(());
    }
    Err(unknown(people, name))
}

fn unknown(people: &People, name: &str) -> Failure {
    let own = people.accounts.iter().map(|account| account.name.as_str());
    let near = access::nearest(name, own);
    let near = near.first().map(|near| format!("; did you mean `{near}`?"));
    let near = near.unwrap_or_default();
    Failure::Input(format!("people.toml: there is no account `{name}`{near}"))
}

async fn list(accounts: &Accounts, platform: &Platform, as_json: bool) -> Result<(), Failure> {
    let people = platform.door.people();
    let standings = accounts.standings().await?;
    for name in accounts.names(&people).await? {
        let name = name.as_str();
        let standing: Option<&Standing> = standings.get(name);
        let state = standing.map_or(State::Invited, |standing| standing.state);
        let signed_in = standing.and_then(|standing| standing.signed_in_at);
        let person = platform.door.person(name);
        let account = people.account(name);
        let department = account.and_then(|account| account.department.as_ref());
        let mut roles: Vec<&str> = account
            .into_iter()
            .flat_map(|account| account.roles.iter().map(city::RoleId::as_str))
            .collect();
        if person.as_ref().is_some_and(Person::is_operator) && account.is_none() {
            roles.push(city::people::OPERATOR);
        }
        let may = |duty: &Duty| {
            person
                .as_ref()
                .is_some_and(|person: &Person| person.may(*duty))
        };
        let duties: Vec<&str> = Duty::ALL.into_iter().filter(may).map(Duty::word).collect();
        if as_json {
            out::json(&json!({
                "account": name, "department": department, "roles": roles, "duties": duties,
                "state": state.word(), "signed_in_at": signed_in,
            }))?;
        } else {
            let department = department.map_or("-", |department| department.as_str());
            let signed_in = signed_in.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
            out::line(format!(
                "{name:<20} {department:<14} {:<24} {:<10} {signed_in}",
                roles.join(","),
                state.word()
            ))?;
        }
    }
    Ok(())
}

async fn invite(
    accounts: &Accounts,
    people: &People,
    config: &Config,
    name: &str,
    as_json: bool,
) -> Result<(), Failure> {
    if !people.has(name) {
        return Err(unknown(people, name));
    }
    let token = accounts.invite(name, &By::local()).await?;
    let link = link(config, &format!("invitation/{}", token.reveal()));
    if as_json {
        return out::json(&json!({"account": name, "invitation_url": link}));
    }
    out::line(link)?;
    out::say(format!(
        "{name} sets a password there: once, within 24 hours. / 이 링크로 비밀번호를 정합니다. 한 번만, 24시간 안에 쓸 수 있습니다."
    ));
    Ok(())
}

/// An address of the city, as people reach it.
fn link(config: &Config, path: &str) -> String {
    let base = match &config.public.url {
        Some(url) => url.value.trim_end_matches('/').to_owned(),
        None if config.host.value == "0.0.0.0" => format!("http://127.0.0.1:{}", config.port.value),
        None => format!("http://{}:{}", config.host.value, config.port.value),
    };
    format!("{base}/{path}")
}

async fn journal(
    accounts: &Accounts,
    name: Option<&str>,
    limit: u32,
    as_json: bool,
) -> Result<(), Failure> {
    for line in accounts.journal(name, None, limit).await? {
        if as_json {
            out::json(&json!({
                "number": line.number, "at": line.at, "by": line.by, "from": line.address,
                "account": line.account, "what": line.what, "detail": line.detail,
            }))?;
        } else {
            let from = line
                .address
                .map(|from| format!(" ({from})"))
                .unwrap_or_default();
            out::line(format!(
                "{} {}{from}: {} {} {}",
                line.at.to_rfc3339(),
                line.by,
                line.account,
                line.what,
                line.detail
            ))?;
        }
    }
    Ok(())
}
