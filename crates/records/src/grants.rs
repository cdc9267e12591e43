//! What was granted to whom, changed and taken back: kept for years, whatever the city's folder says by then.

use chrono::{DateTime, Utc};

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// One thing that was granted, changed or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Counted from one, in the order they happened.
    pub number: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: String,
    /// From which network address.
    pub address: Option<String>,
    /// The account it is about; `*` where it is about all of a role or department.
    pub account: String,
    /// What: `granted`, `taken`, `blocked`, `key-issued`, ...
    pub what: String,
    /// Of what, in words of the city's folder; never a secret.
    pub detail: String,
}

/// A grant that is to be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewGrant {
    /// Who does it.
    pub by: String,
    /// From which network address.
    pub address: Option<String>,
    /// The account it is about.
    pub account: String,
    /// What.
    pub what: String,
    /// Of what.
    pub detail: String,
}

type Row = (i64, String, String, Option<String>, String, String, String);

/// What was granted.
#[derive(Clone, Debug)]
pub struct Grants {
    store: Store,
}

impl Grants {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Records grants, and in the same transaction the value of a setting that says up to what was recorded.
    ///
    /// # Errors
    /// When the store fails; then none is recorded.
    pub async fn record(
        &self,
        new: &[NewGrant],
        setting: Option<(&str, &str)>,
    ) -> Result<(), RecordsError> {
        let now = stamp(self.store.clock.now());
        let mut write = self.store.write().await?;
        for grant in new {
            sqlx::query("INSERT INTO grants (at, by_whom, address, account, what, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                .bind(&now)
                .bind(&grant.by)
                .bind(&grant.address)
                .bind(&grant.account)
                .bind(&grant.what)
                .bind(&grant.detail)
                .execute(&mut *write)
                .await?;
        }
        if let Some((name, value)) = setting {
            sqlx::query("INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
                .bind(name)
                .bind(value)
                .execute(&mut *write)
                .await?;
        }
        Ok(write.commit().await?)
    }

    /// Grants, the newest first: of an account or of all, before a number, at most so many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn page(
        &self,
        account: Option<&str>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Grant>, RecordsError> {
        let before = before.map_or(i64::MAX, |number| i64::try_from(number).unwrap_or(i64::MAX));
        let rows: Vec<Row> = sqlx::query_as("SELECT number, at, by_whom, address, account, what, detail FROM grants WHERE number < ?1 AND (?2 IS NULL OR account = ?2) ORDER BY number DESC LIMIT ?3")
            .bind(before)
            .bind(account)
            .bind(limit)
            .fetch_all(&self.store.readers)
            .await?;
        rows.into_iter().map(of_row).collect()
    }

    /// Forgets what was recorded before a moment; how much.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget(&self, before: DateTime<Utc>) -> Result<u64, RecordsError> {
        let mut write = self.store.write().await?;
        let done = sqlx::query("DELETE FROM grants WHERE at < ?1")
            .bind(stamp(before))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected())
    }
}

fn of_row((number, at, by, address, account, what, detail): Row) -> Result<Grant, RecordsError> {
    Ok(Grant {
        number: u64::try_from(number).unwrap_or_default(),
        at: moment(&at).ok_or_else(|| RecordsError::Form(format!("a grant's moment {at}")))?,
        by,
        address,
        account,
        what,
        detail,
    })
}
