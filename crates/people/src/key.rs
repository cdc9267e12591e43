//! Keys of programs: part of the rights of the account that owns them, and never more.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use city::{City, DatasetId, FieldId, People};
use records::{NewKey, RecordsError, ServiceKey, Token};
use serde::{Deserialize, Serialize};

use crate::accounts::{Accounts, By};

/// Days the longest-lived key is good for.
pub const LONGEST_DAYS: u32 = 366;
/// Characters of a key's name, and of its purpose.
const NAME: usize = 80;
/// What a key's word begins with, so that people and scanners know what lies there.
const MARK: &str = "mdk_";

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Read what its owner may read.
    Read,
    /// Change what its owner may change.
    Write,
}

/// Which part of its owner's rights a key has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scope {
    /// Datasets it is for. With no dataset and no field named it is for all.
    #[serde(default)]
    pub datasets: BTreeSet<DatasetId>,
    /// Fields it is for, with all their datasets.
    #[serde(default)]
    pub fields: BTreeSet<FieldId>,
    /// What it may do.
    pub actions: BTreeSet<Action>,
    /// The purpose of everything it reads.
    pub purpose: String,
}

/// Why a key is not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRefusal {
    /// It has no name, or a too long one.
    Name,
    /// It says no purpose, or a too long one.
    Purpose,
    /// It may do nothing.
    Actions,
    /// There is no such account.
    Owner(String),
    /// There is no such dataset or field.
    Unknown(String),
    /// It would be good for longer than so many days, or for none.
    Days(u32),
}

impl std::fmt::Display for KeyRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name => write!(f, "a key needs a name of at most {NAME} characters"),
            Self::Purpose => write!(f, "a key needs a purpose of at most {NAME} characters"),
            Self::Actions => f.write_str("a key must be good for reading, writing or both"),
            Self::Owner(name) => write!(f, "there is no account `{name}` that could own the key"),
            Self::Unknown(name) => write!(f, "there is no dataset or field `{name}`"),
            Self::Days(most) => write!(f, "a key is good for 1 to {most} days"),
        }
    }
}

/// A key that is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it is for.
    pub name: String,
    /// The account whose rights it has part of.
    pub owner: String,
    /// Which part.
    pub scope: Scope,
    /// For how many days.
    pub days: u32,
}

/// A key that opens, with its scope.
#[derive(Clone, Debug)]
pub struct OpenKey {
    /// The key.
    pub key: ServiceKey,
    /// Which part of its owner's rights it has.
    pub scope: Scope,
}

impl Scope {
    /// Whether it is for all datasets.
    pub fn is_for_all(&self) -> bool {
        self.datasets.is_empty() && self.fields.is_empty()
    }

    /// The datasets it is for, as the city is now; nothing where it is for all.
    pub fn datasets_of(&self, city: &City) -> Option<BTreeSet<DatasetId>> {
        if self.is_for_all() {
            return None;
        }
        let of_fields = city
            .datasets
            .values()
            .filter(|dataset| self.fields.contains(&dataset.field));
        let of_fields = of_fields.map(|dataset| dataset.id.clone());
        Some(self.datasets.iter().cloned().chain(of_fields).collect())
    }

    /// Whether it may change something.
    pub fn may_write(&self) -> bool {
        self.actions.contains(&Action::Write)
    }

    /// Its words for the journal.
    fn words(&self) -> String {
        let actions = self.actions.iter().map(|action| match action {
            Action::Read => "read",
            Action::Write => "write",
        });
        let actions: Vec<&str> = actions.collect();
        let fields = self.fields.iter().map(|field| format!("{field}/*"));
        let names: Vec<String> = self
            .datasets
            .iter()
            .map(ToString::to_string)
            .chain(fields)
            .collect();
        let on = if names.is_empty() {
            "all".to_owned()
        } else {
            names.join(", ")
        };
        format!("{} · {on} · {}", actions.join("+"), self.purpose)
    }
}

impl Accounts {
    /// Makes a key; its word is told here and never again.
    ///
    /// # Errors
    /// When the records fail; inside, why it is not made.
    pub async fn issue_key(
        &self,
        city: &City,
        people: &People,
        wanted: Wanted,
        by: &By,
    ) -> Result<Result<(Token, ServiceKey), KeyRefusal>, RecordsError> {
        let wanted = match sound(city, people, wanted) {
            Ok(wanted) => wanted,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let scope = serde_json::to_string(&wanted.scope);
        let new = NewKey {
            name: wanted.name,
            owner: wanted.owner,
            scope: scope.map_err(|error| RecordsError::Form(error.to_string()))?,
            made_by: by.name.clone(),
            valid_for: TimeDelta::days(i64::from(wanted.days)),
        };
        let (token, key) = self.records.keys().issue(new).await?;
        let detail = format!("{} · {} · {}", key.id, key.name, wanted.scope.words());
        self.note(by, &key.owner, "key-issued", &detail).await?;
        let word = Token::presented(&format!("{MARK}{}", token.reveal()));
        Ok(Ok((word, key)))
    }

    /// The key a word is, if it still opens.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn key(&self, word: &str) -> Result<Option<OpenKey>, RecordsError> {
        let Some(word) = word.strip_prefix(MARK) else {
            return Ok(None);
        };
        let Some(key) = self.records.keys().find(&Token::presented(word)).await? else {
            return Ok(None);
        };
        let scope = scope_of(&key)?;
        Ok(Some(OpenKey { key, scope }))
    }

    /// All keys, the newest first, with their scopes; those that ended too.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn keys(&self) -> Result<Vec<OpenKey>, RecordsError> {
        let all = self.records.keys().all().await?.into_iter();
        all.map(|key| {
            Ok(OpenKey {
                scope: scope_of(&key)?,
                key,
            })
        })
        .collect()
    }

    /// The key opens nothing any more. Whether there was one that did.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn revoke_key(&self, id: &str, by: &By) -> Result<bool, RecordsError> {
        let Some(key) = self.records.keys().revoke(id, &by.name).await? else {
            return Ok(false);
        };
        let detail = format!("{} · {}", key.id, key.name);
        self.note(by, &key.owner, "key-revoked", &detail).await?;
        Ok(true)
    }
}

fn scope_of(key: &ServiceKey) -> Result<Scope, RecordsError> {
    serde_json::from_str(&key.scope)
        .map_err(|error| RecordsError::Form(format!("the scope of the key {}: {error}", key.id)))
}

/// What is asked for, if it can be given.
fn sound(city: &City, people: &People, wanted: Wanted) -> Result<Wanted, KeyRefusal> {
    let fits = |text: &str| {
        let length = text.chars().count();
        (1..=NAME).contains(&length) && !text.chars().any(char::is_control)
    };
    let mut wanted = wanted;
    wanted.name = wanted.name.trim().to_owned();
    wanted.scope.purpose = wanted.scope.purpose.trim().to_owned();
    if !fits(&wanted.name) {
        return Err(KeyRefusal::Name);
    }
    if !fits(&wanted.scope.purpose) {
        return Err(KeyRefusal::Purpose);
    }
    if wanted.scope.actions.is_empty() {
        return Err(KeyRefusal::Actions);
    }
    if !(1..=LONGEST_DAYS).contains(&wanted.days) {
        return Err(KeyRefusal::Days(LONGEST_DAYS));
    }
    if !people.has(&wanted.owner) {
        return Err(KeyRefusal::Owner(wanted.owner));
    }
    let unknown = wanted
        .scope
        .datasets
        .iter()
        .find(|id| !city.datasets.contains_key(id.as_str()));
    if let Some(id) = unknown {
        return Err(KeyRefusal::Unknown(id.to_string()));
    }
    let unknown = wanted
        .scope
        .fields
        .iter()
        .find(|id| city.field(id).is_none());
    if let Some(id) = unknown {
        return Err(KeyRefusal::Unknown(id.to_string()));
    }
    Ok(wanted)
}
