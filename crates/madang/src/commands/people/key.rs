//! `madang people key`: keys of programs, made, listed, revoked.

use ::people::key::{OpenKey, Wanted};
use ::people::{Accounts, Action, By, Scope};
use city::{DatasetId, FieldId};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// What is done to keys.
#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Make a key and print its word, once
    Issue(Issue),
    /// All keys, the newest first
    List,
    /// From the next request on the key opens nothing
    Revoke {
        /// The key's id
        id: String,
    },
}

/// A key that is asked for.
#[derive(Debug, Args)]
pub(super) struct Issue {
    /// What it is for
    #[arg(long)]
    name: String,
    /// The account whose rights it has part of
    #[arg(long)]
    owner: String,
    /// A dataset it is for; with none, and no field, it is for all
    #[arg(long = "dataset", value_name = "ID")]
    datasets: Vec<String>,
    /// A field it is for
    #[arg(long = "field", value_name = "ID")]
    fields: Vec<String>,
    /// It may change things, besides reading
    #[arg(long)]
    write: bool,
    /// The purpose of everything it reads
    #[arg(long)]
    purpose: String,
    /// Days it is good for
    #[arg(long, default_value_t = 90)]
    days: u32,
}

pub(super) async fn run(
    accounts: &Accounts,
    platform: &Platform,
    act: &Act,
    as_json: bool,
) -> Result<(), Failure> {
    match act {
        Act::Issue(words) => issue(accounts, platform, words, as_json).await,
        Act::List => list(accounts, platform, as_json).await,
        Act::Revoke { id } => {
            if !accounts.revoke_key(id, &By::local()).await? {
                return Err(Failure::Input(format!(
                    "there is no key `{id}` that opens anything; `madang people key list` lists them"
                )));
            }
            super::told(id, "revoked", true, as_json)
        }
    }
}

async fn issue(
    accounts: &Accounts,
    platform: &Platform,
    words: &Issue,
    as_json: bool,
) -> Result<(), Failure> {
    let write = words.write.then_some(Action::Write);
    let wanted = Wanted {
        name: words.name.clone(),
        owner: words.owner.clone(),
        scope: Scope {
            datasets: words.datasets.iter().map(DatasetId::new).collect(),
            fields: words.fields.iter().map(FieldId::new).collect(),
            actions: [Action::Read].into_iter().chain(write).collect(),
            purpose: words.purpose.clone(),
        },
        days: words.days,
    };
    let people = platform.door.people();
    let made = accounts
        .issue_key(&platform.city, &people, wanted, &By::local())
        .await?;
    let (token, key) = made.map_err(|refusal| Failure::Input(refusal.to_string()))?;
    if as_json {
        return out::json(
            &json!({"id": key.id, "key": token.reveal(), "owner": key.owner, "expires_at": key.expires_at}),
        );
    }
    out::line(token.reveal())?;
    out::say(format!(
        "key {} of {}, good until {}; it is not shown again",
        key.id,
        key.owner,
        key.expires_at.to_rfc3339()
    ));
    Ok(())
}

async fn list(accounts: &Accounts, platform: &Platform, as_json: bool) -> Result<(), Failure> {
    let now = platform.records.clock().now();
    for OpenKey { key, scope } in accounts.keys().await? {
        let state = match key.revoked_at {
            Some(_) => "revoked",
            None if key.expires_at <= now => "ended",
            None => "open",
        };
        if as_json {
            out::json(&json!({
                "id": key.id, "name": key.name, "owner": key.owner, "scope": scope, "state": state,
                "made_at": key.made_at, "made_by": key.made_by, "expires_at": key.expires_at,
                "revoked_at": key.revoked_at, "revoked_by": key.revoked_by, "used_at": key.used_at,
            }))?;
        } else {
            let used = key
                .used_at
                .map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
            out::line(format!(
                "{} {:<8} {:<16} {} (used: {used})",
                key.id, state, key.owner, key.name
            ))?;
        }
    }
    Ok(())
}
