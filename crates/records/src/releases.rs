//! What was checked of what leaves; who asked for it, and what became of that. Everything only grows.

use chrono::{DateTime, Utc};
use city::GateRecord;
use rand::rngs::SysRng;
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};
use crate::tokens::Token;

/// Somebody asked for a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Its id; ids sort by time.
    pub id: String,
    /// The release.
    pub release: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Name or organisation.
    pub name: String,
    /// What for.
    pub purpose: String,
    /// What became of it, in order.
    pub events: Vec<RequestEvent>,
}

/// Something that became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// Who; `requester` where the file was taken.
    pub who: String,
    /// `granted`, `declined` or `delivered`.
    pub what: String,
    /// Why.
    pub why: String,
    /// Of a grant: the bytes that are given.
    pub sha256: Option<String>,
    /// Of a grant: until when.
    pub until: Option<DateTime<Utc>>,
    /// Of a grant: whether it is good once.
    pub once: Option<bool>,
}

/// How a request stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Nobody has decided.
    Open,
    /// These bytes may be taken until then.
    Granted {
        /// SHA-256 of the bytes.
        sha256: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// It was granted, and is over: taken, or too late.
    Over,
    /// It was declined.
    Declined,
}

impl Request {
    /// How it stands at a moment.
    pub fn state(&self, now: DateTime<Utc>) -> RequestState {
        let decided = self.events.iter().rfind(|event| event.what != "delivered");
        let Some(decided) = decided else {
            return RequestState::Open;
        };
        let (Some(sha256), Some(until)) = (&decided.sha256, decided.until) else {
            return RequestState::Declined;
        };
        let is_taken =
            decided.once == Some(true) && self.events.iter().any(|event| event.what == "delivered");
        if now > until || is_taken {
            return RequestState::Over;
        }
        RequestState::Granted {
            sha256: sha256.clone(),
            until,
        }
    }
}

/// What was checked of what leaves, and who asked for it.
#[derive(Clone, Debug)]
pub struct Releases {
    store: Store,
}

impl Releases {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps what the gate checked; when this returns it is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep(&self, record: &GateRecord) -> Result<(), RecordsError> {
        let text =
            serde_json::to_string(record).map_err(|error| RecordsError::Form(error.to_string()))?;
        let mut write = self.store.write().await?;
        sqlx::query(
            "INSERT INTO release_records (release, at, who, passed, sha256, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(&record.release)
        .bind(stamp(record.at))
        .bind(&record.by)
        .bind(i64::from(record.passed()))
        .bind(&record.sha256)
        .bind(text)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }

    /// The newest records of a release, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, release: &str, limit: u32) -> Result<Vec<GateRecord>, RecordsError> {
        let rows = sqlx::query(
            "SELECT record FROM release_records WHERE release = ?1 ORDER BY id DESC LIMIT ?2",
        )
        .bind(release)
        .bind(i64::from(limit))
        .fetch_all(&self.store.readers)
        .await?;
        rows.iter().map(record).collect()
    }

    /// The newest record that passed; the file that is given.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn passed(&self, release: &str) -> Result<Option<GateRecord>, RecordsError> {
        let row = sqlx::query(
            "SELECT record FROM release_records WHERE release = ?1 AND passed = 1 ORDER BY id DESC LIMIT 1",
        )
        .bind(release)
        .fetch_optional(&self.store.readers)
        .await?;
        row.as_ref().map(record).transpose()
    }

    /// The newest record of every release of which there is one, in their order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn newest(&self) -> Result<Vec<GateRecord>, RecordsError> {
        let rows = sqlx::query(
            "SELECT record FROM release_records WHERE id IN (SELECT max(id) FROM release_records GROUP BY release) ORDER BY release",
        )
        .fetch_all(&self.store.readers)
        .await?;
        rows.iter().map(record).collect()
    }

    /// Keeps that somebody asks for a release. The word shows its owner what becomes of it.
    ///
    /// # Errors
    /// When the store or the system's random generator fails.
    pub async fn ask(
        &self,
        release: &str,
        name: &str,
        purpose: &str,
    ) -> Result<(Request, Token), RecordsError> {
        let token = Token::draw(&mut SysRng)
            .map_err(|error| RecordsError::Form(format!("no random numbers: {error}")))?;
        let request = Request {
            id: Uuid::now_v7().to_string(),
            release: release.to_owned(),
            at: self.store.clock.now(),
            name: name.to_owned(),
            purpose: purpose.to_owned(),
            events: Vec::new(),
        };
        let mut write = self.store.write().await?;
        sqlx::query(
            "INSERT INTO release_requests (id, release, at, name, purpose, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(&request.id)
        .bind(&request.release)
        .bind(stamp(request.at))
        .bind(&request.name)
        .bind(&request.purpose)
        .bind(token.hash())
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok((request, token))
    }

    /// What became of a request, for whoever has its word.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn presented(&self, token: &Token) -> Result<Option<Request>, RecordsError> {
        self.one("hash", &token.hash()).await
    }

    /// A request by its id.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn request(&self, id: &str) -> Result<Option<Request>, RecordsError> {
        self.one("id", id).await
    }

    async fn one(&self, by: &'static str, value: &str) -> Result<Option<Request>, RecordsError> {
        let question = match by {
            "hash" => "SELECT id, release, at, name, purpose FROM release_requests WHERE hash = ?1",
            _ => "SELECT id, release, at, name, purpose FROM release_requests WHERE id = ?1",
        };
        let row = sqlx::query(question)
            .bind(value)
            .fetch_optional(&self.store.readers)
            .await?;
        match row {
            Some(row) => Ok(Some(self.whole(&row).await?)),
            None => Ok(None),
        }
    }

    /// The newest requests for a release, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn requests(&self, release: &str, limit: u32) -> Result<Vec<Request>, RecordsError> {
        let rows = sqlx::query(
            "SELECT id, release, at, name, purpose FROM release_requests WHERE release = ?1 ORDER BY id DESC LIMIT ?2",
        )
        .bind(release)
        .bind(i64::from(limit))
        .fetch_all(&self.store.readers)
        .await?;
        let mut requests = Vec::new();
        for row in &rows {
            requests.push(self.whole(row).await?);
        }
        Ok(requests)
    }

    async fn whole(&self, row: &SqliteRow) -> Result<Request, RecordsError> {
        let id: String = row.try_get("id")?;
        let events = sqlx::query(
            "SELECT at, who, what, why, sha256, until, once FROM release_request_events WHERE request = ?1 ORDER BY id",
        )
        .bind(&id)
        .fetch_all(&self.store.readers)
        .await?;
        Ok(Request {
            release: row.try_get("release")?,
            at: time(row, "at")?,
            name: row.try_get("name")?,
            purpose: row.try_get("purpose")?,
            events: events.iter().map(event).collect::<Result<_, _>>()?,
            id,
        })
    }

    /// Keeps what becomes of a request, unless it stands otherwise than `open` says: of two who decide at once one is
    /// told, and a link that is good once is taken once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn happened(
        &self,
        request: &Request,
        event: &RequestEvent,
    ) -> Result<bool, RecordsError> {
        let mut write = self.store.write().await?;
        let (count,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM release_request_events WHERE request = ?1")
                .bind(&request.id)
                .fetch_one(&mut *write)
                .await?;
        if usize::try_from(count).ok() != Some(request.events.len()) {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO release_request_events (request, at, who, what, why, sha256, until, once) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .bind(&request.id)
        .bind(stamp(event.at))
        .bind(&event.who)
        .bind(&event.what)
        .bind(&event.why)
        .bind(&event.sha256)
        .bind(event.until.map(stamp))
        .bind(event.once.map(i64::from))
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(true)
    }
}

fn record(row: &SqliteRow) -> Result<GateRecord, RecordsError> {
    let text: String = row.try_get("record")?;
    serde_json::from_str(&text).map_err(|error| RecordsError::Form(format!("release: {error}")))
}

fn time(row: &SqliteRow, column: &str) -> Result<DateTime<Utc>, RecordsError> {
    let at: String = row.try_get(column)?;
    moment(&at).ok_or_else(|| RecordsError::Form(format!("moment {at}")))
}

fn event(row: &SqliteRow) -> Result<RequestEvent, RecordsError> {
    let until: Option<String> = row.try_get("until")?;
    Ok(RequestEvent {
        at: time(row, "at")?,
        who: row.try_get("who")?,
        what: row.try_get("what")?,
        why: row.try_get("why")?,
        sha256: row.try_get("sha256")?,
        until: until.as_deref().and_then(moment),
        once: row.try_get::<Option<i64>, _>("once")?.map(|once| once != 0),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;

    use super::*;
    use crate::clock::FixedClock;
    use crate::store::Records;

    fn grant(at: DateTime<Utc>, once: bool) -> RequestEvent {
        RequestEvent {
            at,
            who: "officer".to_owned(),
            what: "granted".to_owned(),
            why: "목적이 맞습니다".to_owned(),
            sha256: Some("ab".to_owned()),
            until: Some(at + TimeDelta::days(7)),
            once: Some(once),
        }
    }

    #[tokio::test]
    async fn a_link_that_is_good_once_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let now = DateTime::UNIX_EPOCH;
        let clock = Arc::new(FixedClock::new(now));
        let file = folder.path().join("records.db");
        let records = Records::open(&file, clock).await.unwrap();
        let releases = records.releases();
        let (request, word) = releases.ask("study", "대학교", "연구").await.unwrap();
        assert_eq!(request.state(now), RequestState::Open);
        assert!(
            releases
                .happened(&request, &grant(now, true))
                .await
                .unwrap()
        );
        assert!(
            !releases
                .happened(&request, &grant(now, true))
                .await
                .unwrap()
        );
        let granted = releases.presented(&word).await.unwrap().unwrap();
        assert!(matches!(granted.state(now), RequestState::Granted { .. }));
        assert_eq!(granted.state(now + TimeDelta::days(8)), RequestState::Over);
        let taken = RequestEvent {
            what: "delivered".to_owned(),
            sha256: None,
            until: None,
            once: None,
            ..grant(now, true)
        };
        assert!(releases.happened(&granted, &taken).await.unwrap());
        assert!(!releases.happened(&granted, &taken).await.unwrap());
        let over = releases.request(&request.id).await.unwrap().unwrap();
        assert_eq!(over.state(now), RequestState::Over);
        let other = Token::presented("00");
        assert_eq!(releases.presented(&other).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_was_checked_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(DateTime::UNIX_EPOCH));
        let file = folder.path().join("records.db");
        let records = Records::open(&file, clock).await.unwrap();
        let releases = records.releases();
        let one: GateRecord = serde_json::from_value(serde_json::json!({
            "release": "parking", "kind": "open", "at": "2026-12-01T00:00:00Z", "by": "local",
            "versions": [["parking", 1]], "columns": ["name"], "rows": 2, "sha256": "ab", "bytes": 9,
            "plan-sha256": "cd", "checks": [{"what": "rows", "holds": true, "ko": "2행", "en": "2 rows"}],
        }))
        .unwrap();
        let mut refused = one.clone();
        refused.checks[0].holds = false;
        releases.keep(&one).await.unwrap();
        releases.keep(&refused).await.unwrap();
        assert_eq!(
            releases.of("parking", 9).await.unwrap(),
            [refused.clone(), one.clone()]
        );
        assert_eq!(releases.newest().await.unwrap(), [refused]);
        assert_eq!(releases.passed("parking").await.unwrap(), Some(one));
        let mut write = releases.store.write().await.unwrap();
        for statement in [
            "UPDATE release_records SET passed = 1",
            "DELETE FROM release_records",
        ] {
            assert!(sqlx::query(statement).execute(&mut *write).await.is_err());
        }
    }
}
