//! The accounts of one city: what pages and commands use.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use city::{City, People, SignIn};
use records::{NewGrant, Records, RecordsError};

use crate::gates::Gates;
use crate::hasher::Hasher;
use crate::password::Rules;

/// Who does something to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Account name, or `local` for the machine's own command line.
    pub name: String,
    /// From which network address.
    pub address: Option<String>,
}

impl By {
    /// Somebody from an address.
    pub fn new(name: &str, address: Option<&str>) -> Self {
        Self {
            name: name.to_owned(),
            address: address.map(str::to_owned),
        }
    }

    /// The person at the machine's own command line.
    pub fn local() -> Self {
        Self::new("local", None)
    }
}

/// What state an account is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It may sign in and can.
    Ready,
    /// It has no password yet.
    Invited,
    /// It may not sign in.
    Blocked,
}

impl State {
    /// The word of texts and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Invited => "invited",
            Self::Blocked => "blocked",
        }
    }
}

/// An account as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// When somebody last signed in.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// Since when it has its password.
    pub password_at: Option<DateTime<Utc>>,
    /// Since when, and by whose word, it is blocked.
    pub blocked: Option<(DateTime<Utc>, String)>,
}

/// Accounts, passwords, sessions and keys of one city; cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    pub(crate) records: Arc<Records>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) hasher: Hasher,
    pub(crate) gates: Gates,
    pub(crate) idle: TimeDelta,
    pub(crate) absolute: TimeDelta,
}

impl Accounts {
    /// The accounts of a city.
    pub fn of(city: &City, records: Arc<Records>) -> Self {
        let own = Self::new(&city.manifest.sign_in, &city.folder, records);
        Self {
            rules: Arc::new(Rules::of(city)),
            ..own
        }
    }

    /// Accounts under the rules of a part of `city.toml`.
    pub fn new(rules: &SignIn, folder: &Path, records: Arc<Records>) -> Self {
        Self {
            records,
            rules: Arc::new(Rules::new(rules, folder)),
            hasher: Hasher::default(),
            gates: Gates::default(),
            idle: TimeDelta::minutes(i64::from(rules.idle_minutes)),
            absolute: TimeDelta::hours(i64::from(rules.absolute_hours)),
        }
    }

    /// What a password must be.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// After how long without a request a session ends.
    pub fn idle(&self) -> TimeDelta {
        self.idle
    }

    /// After how long a session ends at the latest.
    pub fn absolute(&self) -> TimeDelta {
        self.absolute
    }

    /// Makes ready what the first sign-in would wait for.
    pub async fn warm(&self) {
        self.hasher.warm().await;
    }

    /// How an account stands.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn standing(&self, account: &str) -> Result<Standing, RecordsError> {
        let known = self.records.credentials().of(account).await?;
        Ok(standing(known.as_ref()))
    }

    /// How all accounts stand of which something is known, by name.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn standings(
        &self,
    ) -> Result<std::collections::BTreeMap<String, Standing>, RecordsError> {
        let all = self.records.credentials().all().await?;
        Ok(all
            .iter()
            .map(|known| (known.account.clone(), standing(Some(known))))
            .collect())
    }

    /// Names of all there are: declared ones, and those an identity provider vouched for.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn names(&self, people: &People) -> Result<Vec<String>, RecordsError> {
        let declared = people
            .accounts
            .iter()
            .map(|account| account.name.to_string());
        let mut names: Vec<String> = declared.collect();
        if names.is_empty() {
            names.extend(people.operators().into_iter().map(str::to_owned));
        }
        for known in self.records.credentials().all().await? {
            if !names.contains(&known.account) {
                names.push(known.account);
            }
        }
        Ok(names)
    }

    /// Whether there is such an account, declared or vouched for by an identity provider.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn knows(&self, people: &People, name: &str) -> Result<bool, RecordsError> {
        Ok(people.has(name) || self.records.credentials().of(name).await?.is_some())
    }

    /// Whether somebody who runs the city can sign in with a password.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn has_operator(&self, people: &People) -> Result<bool, RecordsError> {
        for name in people.operators() {
            if self.standing(name).await?.state == State::Ready {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// From the next request on the account opens nothing: no sign-in, no session, no key of its.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn block(&self, account: &str, by: &By) -> Result<bool, RecordsError> {
        let is_new = self.records.credentials().block(account, &by.name).await?;
        if is_new {
            self.note(by, account, "blocked", "").await?;
        }
        Ok(is_new)
    }

    /// The account may sign in again, and its keys open again.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn unblock(&self, account: &str, by: &By) -> Result<bool, RecordsError> {
        let is_new = self.records.credentials().unblock(account).await?;
        if is_new {
            self.note(by, account, "unblocked", "").await?;
        }
        Ok(is_new)
    }

    /// Writes a line into the journal of grants.
    pub(crate) async fn note(
        &self,
        by: &By,
        account: &str,
        what: &str,
        detail: &str,
    ) -> Result<(), RecordsError> {
        let grant = NewGrant {
            by: by.name.clone(),
            address: by.address.clone(),
            account: account.to_owned(),
            what: what.to_owned(),
            detail: detail.to_owned(),
        };
        self.write(&[grant], None).await
    }
}

fn standing(known: Option<&records::Credential>) -> Standing {
    let state = match known {
        Some(known) if known.blocked_at.is_some() => State::Blocked,
        Some(known) if known.password.is_some() => State::Ready,
        _ => State::Invited,
    };
    Standing {
        state,
        signed_in_at: known.and_then(|known| known.signed_in_at),
        password_at: known.and_then(|known| known.password_at),
        blocked: known.and_then(|known| {
            let at = known.blocked_at?;
            Some((at, known.blocked_by.clone().unwrap_or_default()))
        }),
    }
}
