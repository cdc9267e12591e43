//! Attempts to sign in that failed, counted by account, by address and by browser. They outlive a restart.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// How long to wait after so many failures.
pub type Pause = fn(u32) -> TimeDelta;

/// A count begins anew when nothing failed for so long.
const FORGOTTEN: TimeDelta = TimeDelta::hours(24);
/// Subjects counted at once: the longest ago failed is forgotten first. Names that nobody has are counted like those of
/// accounts, so that nobody learns which there are; they must not fill the disk.
const SUBJECTS: i64 = 50_000;

/// Attempts that failed.
#[derive(Clone, Debug)]
pub struct Attempts {
    store: Store,
}

impl Attempts {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Until when a subject has to wait, if it has to.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn locked(&self, subject: &str) -> Result<Option<DateTime<Utc>>, RecordsError> {
        let until: Option<String> =
            sqlx::query_scalar("SELECT locked_until FROM attempts WHERE subject = ?1")
                .bind(subject)
                .fetch_optional(&self.store.readers)
                .await?;
        let now = self.store.clock.now();
        let until = until.as_deref().and_then(moment);
        Ok(until.filter(|until| *until > now))
    }

    /// An attempt of some subjects failed: each is counted, and waits as long as `pause` says for its count.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn fail(&self, subjects: &[(&str, Pause)]) -> Result<(), RecordsError> {
        let now = self.store.clock.now();
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM attempts WHERE failed_at <= ?1")
            .bind(stamp(now - FORGOTTEN))
            .execute(&mut *write)
            .await?;
        for (subject, pause) in subjects {
            let failures: Option<u32> =
                sqlx::query_scalar("SELECT failures FROM attempts WHERE subject = ?1")
                    .bind(subject)
                    .fetch_optional(&mut *write)
                    .await?;
            let failures = failures.unwrap_or_default().saturating_add(1);
            sqlx::query("INSERT INTO attempts (subject, failures, failed_at, locked_until) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, failed_at = excluded.failed_at, locked_until = excluded.locked_until")
                .bind(subject)
                .bind(failures)
                .bind(stamp(now))
                .bind(stamp(now + pause(failures)))
                .execute(&mut *write)
                .await?;
        }
        sqlx::query("DELETE FROM attempts WHERE subject IN (SELECT subject FROM attempts ORDER BY failed_at DESC LIMIT -1 OFFSET ?1)")
            .bind(SUBJECTS)
            .execute(&mut *write)
            .await?;
        Ok(write.commit().await?)
    }

    /// How often a subject failed since its count began.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn failures(&self, subject: &str) -> Result<u32, RecordsError> {
        let failures: Option<u32> =
            sqlx::query_scalar("SELECT failures FROM attempts WHERE subject = ?1")
                .bind(subject)
                .fetch_optional(&self.store.readers)
                .await?;
        Ok(failures.unwrap_or_default())
    }

    /// A subject's count begins anew.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget(&self, subject: &str) -> Result<(), RecordsError> {
        if self.failures(subject).await? == 0 {
            return Ok(());
        }
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM attempts WHERE subject = ?1")
            .bind(subject)
            .execute(&mut *write)
            .await?;
        Ok(write.commit().await?)
    }
}
