//! The journal of grants: what `people.toml` gave and took, keys, blocks, passwords set by invitation.
//!
//! A file says what is, and not since when or what was before. So whenever it is read, what differs from what was last
//! recorded is written down, line by line.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use city::People;
use records::log::{Act, Decision, Entry};
use records::{Grant, NewGrant, RecordsError};
use serde::{Deserialize, Serialize};

use crate::accounts::{Accounts, By};

/// The setting that holds what was last recorded of `people.toml`.
const RECORDED: &str = "people-recorded";
/// How long a line is kept.
pub const KEPT: TimeDelta = TimeDelta::days(3 * 366);
/// The account of lines that are about all of a role or department.
pub const EVERYBODY: &str = "*";

/// What of `people.toml` gives rights: each right of each account as one word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Given(BTreeMap<String, BTreeSet<String>>);

impl Given {
    fn of(people: &People) -> Self {
        let mut given = BTreeMap::new();
        let values = |attributes: &BTreeMap<String, Vec<String>>| -> Vec<String> {
            let all = attributes.iter();
            all.map(|(name, values)| format!("attribute {name} = {}", values.join(", ")))
                .collect()
        };
        for account in &people.accounts {
            let mut rights = BTreeSet::from(["account".to_owned()]);
            rights.extend(account.roles.iter().map(|role| format!("role {role}")));
            rights.extend(
                account
                    .department
                    .iter()
                    .map(|id| format!("department {id}")),
            );
            rights.extend(values(&account.attributes));
            given.insert(account.name.to_string(), rights);
        }
        let mut of_all = BTreeSet::new();
        for role in &people.roles {
            of_all.extend(
                role.duties
                    .iter()
                    .map(|duty| format!("role {}: duty {}", role.id, duty.word())),
            );
        }
        for department in &people.departments {
            let own = values(&department.attributes).into_iter();
            of_all.extend(own.map(|value| format!("department {}: {value}", department.id)));
        }
        given.insert(EVERYBODY.to_owned(), of_all);
        Self(given)
    }

    /// What is given now and was not, and what was given and is not.
    fn since(&self, before: &Self, by: &By) -> Vec<NewGrant> {
        let nothing = BTreeSet::new();
        let names: BTreeSet<&String> = self.0.keys().chain(before.0.keys()).collect();
        let mut lines = Vec::new();
        for name in names {
            let (had, has) = (
                before.0.get(name).unwrap_or(&nothing),
                self.0.get(name).unwrap_or(&nothing),
            );
            let line = |what: &str, detail: &String| NewGrant {
                by: by.name.clone(),
                address: by.address.clone(),
                account: name.clone(),
                what: what.to_owned(),
                detail: detail.clone(),
            };
            lines.extend(had.difference(has).map(|right| line("taken", right)));
            lines.extend(has.difference(had).map(|right| line("granted", right)));
        }
        lines
    }
}

impl Accounts {
    /// Records what `people.toml` gives now and did not when it was last recorded; how many lines that made. Accounts
    /// that are gone lose their sessions.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn record_people(&self, people: &People, by: &By) -> Result<usize, RecordsError> {
        let settings = self.records.settings();
        let before = settings.get(RECORDED).await?;
        let before: Given = before
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let now = Given::of(people);
        let lines = now.since(&before, by);
        if lines.is_empty() {
            return Ok(0);
        }
        for name in before
            .0
            .keys()
            .filter(|name| *name != EVERYBODY && !now.0.contains_key(*name))
        {
            self.records.sessions().end_all(name).await?;
        }
        let text =
            serde_json::to_string(&now).map_err(|error| RecordsError::Form(error.to_string()))?;
        self.write(&lines, Some((RECORDED, &text))).await?;
        Ok(lines.len())
    }

    /// Lines of the journal, the newest first: of an account or of all, before a number, at most so many.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn journal(
        &self,
        account: Option<&str>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Grant>, RecordsError> {
        self.records.grants().page(account, before, limit).await
    }

    /// Forgets lines that were kept long enough; how many.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn forget_journal(&self, now: DateTime<Utc>) -> Result<u64, RecordsError> {
        self.records.grants().forget(now - KEPT).await
    }

    /// Writes lines, into the access log first: there nobody bends them afterwards.
    pub(crate) async fn write(
        &self,
        lines: &[NewGrant],
        setting: Option<(&str, &str)>,
    ) -> Result<(), RecordsError> {
        for line in lines {
            let entry = Entry {
                who: line.by.clone(),
                from: line.address.clone(),
                act: Act::Change,
                purpose: "grant".to_owned(),
                touched: Vec::new(),
                subjects: Vec::new(),
                query: Some(format!("{} {} {}", line.what, line.account, line.detail)),
                decision: Decision::Allowed,
                policy: "people".to_owned(),
                rows: None,
                completes: None,
            };
            self.records.log().append(entry).await?;
        }
        self.records.grants().record(lines, setting).await
    }
}
