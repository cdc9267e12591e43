//! The ledger of promises: states of each, as they were entered.
//!
//! An entry has two days: the one it tells of, which somebody says, and the one it was entered on, which the clock
//! says. Entries only follow each other; each is sealed with the one before it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use city::PromiseId;
use city::promise::{Claim, Promise, Status};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// One entry about a promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PromiseEntry {
    /// Its place, from 0.
    pub place: u32,
    /// When it was entered, by the clock.
    pub entered_at: DateTime<Utc>,
    /// The account that entered it, or the file that said it.
    pub who: String,
    /// What it is.
    #[serde(flatten)]
    pub what: Entered,
    /// The seal over it and all before it.
    pub seal: String,
    /// Whether the seal is that of its words.
    pub is_intact: bool,
}

/// What can be entered about a promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "kebab-case")]
pub enum Entered {
    /// Its file was seen for the first time, with this claim.
    Opened {
        /// What was announced, by its file.
        claim: Claim,
    },
    /// Its file claims something else from now on.
    Claim {
        /// What was announced, by its file.
        claim: Claim,
    },
    /// A state that its file tells.
    File {
        /// The state.
        status: Status,
        /// It stood there when the file was first seen: it was taken over, and nobody knows when it was written.
        taken_over: bool,
    },
    /// A state that somebody entered.
    Person {
        /// The state.
        status: Status,
    },
}

impl Entered {
    fn way(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Claim { .. } => "claim",
            Self::File { .. } => "file",
            Self::Person { .. } => "person",
        }
    }

    /// The state it tells.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::File { status, .. } | Self::Person { status } => Some(status),
            _ => None,
        }
    }

    /// The claim it tells.
    pub fn claim(&self) -> Option<&Claim> {
        match self {
            Self::Opened { claim } | Self::Claim { claim } => Some(claim),
            _ => None,
        }
    }
}

/// The ledger of promises.
#[derive(Clone, Debug)]
pub struct Promises {
    store: Store,
}

impl Promises {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// The seal that an entry behind these would have: it stands in the access log before the entry stands here.
    ///
    /// # Errors
    /// When what is entered cannot be written as text.
    pub fn next_seal(
        promise: &PromiseId,
        known: &[PromiseEntry],
        (at, who): (DateTime<Utc>, &str),
        what: &Entered,
    ) -> Result<String, RecordsError> {
        let before = known.last().map_or("", |entry| entry.seal.as_str());
        let text = written(what)?;
        Ok(seal(before, promise, known.len(), (&stamp(at), who, &text)))
    }

    /// Puts an entry behind those that are known; when this returns it is on disk. Nothing where the promise has others
    /// meanwhile: look again before you write.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn append(
        &self,
        promise: &PromiseId,
        known: &[PromiseEntry],
        (at, who): (DateTime<Utc>, &str),
        what: &Entered,
    ) -> Result<Option<PromiseEntry>, RecordsError> {
        let mut write = self.store.write().await?;
        let (count,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM promise_entries WHERE promise = ?1")
                .bind(promise.as_str())
                .fetch_one(&mut *write)
                .await?;
        if usize::try_from(count).ok() != Some(known.len()) {
            return Ok(None);
        }
        let seal = Self::next_seal(promise, known, (at, who), what)?;
        sqlx::query(
            "INSERT INTO promise_entries (promise, place, entered_at, who, way, entry, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(promise.as_str())
        .bind(count)
        .bind(stamp(at))
        .bind(who)
        .bind(what.way())
        .bind(written(what)?)
        .bind(&seal)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(Some(PromiseEntry {
            place: u32::try_from(known.len()).unwrap_or(u32::MAX),
            entered_at: at,
            who: who.to_owned(),
            what: what.clone(),
            seal,
            is_intact: true,
        }))
    }

    /// What was entered about a promise, in order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, promise: &PromiseId) -> Result<Vec<PromiseEntry>, RecordsError> {
        let rows = sqlx::query(
            "SELECT promise, place, entered_at, who, entry, seal FROM promise_entries WHERE promise = ?1 ORDER BY place",
        )
        .bind(promise.as_str())
        .fetch_all(&self.store.readers)
        .await?;
        Ok(read_all(&rows)?.remove(promise).unwrap_or_default())
    }

    /// What was entered about every promise.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self) -> Result<BTreeMap<PromiseId, Vec<PromiseEntry>>, RecordsError> {
        let rows = sqlx::query(
            "SELECT promise, place, entered_at, who, entry, seal FROM promise_entries ORDER BY promise, place",
        )
        .fetch_all(&self.store.readers)
        .await?;
        read_all(&rows)
    }

    /// Enters what the files of promises say and was not seen before: claims, and states. What a file no longer says
    /// stays here as it was seen.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn see<'p>(
        &self,
        promises: impl IntoIterator<Item = &'p Promise>,
    ) -> Result<u64, RecordsError> {
        let mut all = self.all().await?;
        let now = self.store.clock.now();
        let mut entered = 0;
        for promise in promises {
            let mut known = all.remove(&promise.id).unwrap_or_default();
            let file = format!("promises/{}.toml", promise.id);
            for what in unseen(promise, &known)? {
                // Another process that opens the city at the same time sees the same: either may be first.
                match self
                    .append(&promise.id, &known, (now, &file), &what)
                    .await?
                {
                    Some(entry) => known.push(entry),
                    None => break,
                }
                entered += 1;
            }
        }
        Ok(entered)
    }
}

/// What a promise's file says and its entries do not.
fn unseen(promise: &Promise, known: &[PromiseEntry]) -> Result<Vec<Entered>, RecordsError> {
    let mut new = Vec::new();
    let claim = as_kept(&promise.claim())?;
    let newest = known.iter().rev().find_map(|entry| entry.what.claim());
    match newest {
        None => new.push(Entered::Opened { claim }),
        Some(newest) if *newest != claim => new.push(Entered::Claim { claim }),
        Some(_) => (),
    }
    let of_file = known.iter().filter_map(|entry| match &entry.what {
        Entered::File { status, .. } => Some(status),
        _ => None,
    });
    let mut seen: Vec<&Status> = of_file.collect();
    for status in &promise.history {
        let status = as_kept(status)?;
        // One that stands twice in the file was seen twice.
        if let Some(at) = seen.iter().position(|own| **own == status) {
            seen.swap_remove(at);
        } else {
            new.push(Entered::File {
                status,
                taken_over: newest.is_none(),
            });
        }
    }
    Ok(new)
}

/// A value as it comes back from the store: a number may lose its last bit on the way, and is the same nevertheless.
fn as_kept<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> Result<T, RecordsError> {
    let text = serde_json::to_string(value);
    text.and_then(|text| serde_json::from_str(&text))
        .map_err(|error| RecordsError::Form(error.to_string()))
}

fn written(what: &Entered) -> Result<String, RecordsError> {
    serde_json::to_string(what).map_err(|error| RecordsError::Form(error.to_string()))
}

/// Lengths stand before the parts: no two different entries have one text.
fn seal(
    before: &str,
    promise: &PromiseId,
    place: usize,
    (at, who, text): (&str, &str, &str),
) -> String {
    let mut hash = Sha256::new();
    let place = place.to_string();
    for part in [before, promise.as_str(), &place, at, who, text] {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn read_all(rows: &[SqliteRow]) -> Result<BTreeMap<PromiseId, Vec<PromiseEntry>>, RecordsError> {
    let mut all: BTreeMap<PromiseId, Vec<PromiseEntry>> = BTreeMap::new();
    for row in rows {
        let promise = PromiseId::new(row.try_get::<String, _>("promise")?);
        let (at, who, text): (String, String, String) = (
            row.try_get("entered_at")?,
            row.try_get("who")?,
            row.try_get("entry")?,
        );
        let kept: String = row.try_get("seal")?;
        let entries = all.entry(promise.clone()).or_default();
        let before = entries.last().map_or("", |entry| entry.seal.as_str());
        let place: i64 = row.try_get("place")?;
        let is_next = usize::try_from(place).ok() == Some(entries.len());
        let own = seal(before, &promise, entries.len(), (&at, &who, &text));
        entries.push(PromiseEntry {
            place: u32::try_from(place).unwrap_or(u32::MAX),
            entered_at: moment(&at).ok_or_else(|| RecordsError::Form(format!("moment {at}")))?,
            what: serde_json::from_str(&text)
                .map_err(|error| RecordsError::Form(format!("entry of {promise}: {error}")))?,
            who,
            is_intact: is_next && own == kept,
            seal: kept,
        });
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
