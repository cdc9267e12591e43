//! Versions of manifests: who changed what, and when.

use chrono::{DateTime, Utc};
use sqlx::Row as _;

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// Versions of manifests. One that is kept is never changed.
#[derive(Clone, Debug)]
pub struct Manifests {
    store: Store,
}

/// A manifest as it was at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestVersion {
    /// Its number.
    pub id: i64,
    /// When the program came to know it.
    pub at: DateTime<Utc>,
    /// The account that saved it; nothing where it was written outside the program.
    pub who: Option<String>,
    /// The whole file; nothing where it is gone.
    pub body: Option<String>,
}

impl Manifests {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps a version, durably; false where the newest is the same already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep(
        &self,
        (kind, name): (&str, &str),
        who: Option<&str>,
        body: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool, RecordsError> {
        let mut write = self.store.write().await?;
        // What nobody ever knew of is not told as gone.
        let newest: Option<Option<String>> = sqlx::query_scalar("SELECT body FROM manifest_versions WHERE kind = ?1 AND name = ?2 ORDER BY id DESC LIMIT 1")
            .bind(kind)
            .bind(name)
            .fetch_optional(&mut *write)
            .await?;
        if newest.flatten().as_deref() == body {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO manifest_versions (kind, name, at, who, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(kind)
        .bind(name)
        .bind(stamp(now))
        .bind(who)
        .bind(body)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(true)
    }

    /// Versions of a manifest, the newest first, so many at most.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(
        &self,
        (kind, name): (&str, &str),
        most: u32,
    ) -> Result<Vec<ManifestVersion>, RecordsError> {
        let rows = sqlx::query("SELECT id, at, who, body FROM manifest_versions WHERE kind = ?1 AND name = ?2 ORDER BY id DESC LIMIT ?3")
            .bind(kind)
            .bind(name)
            .bind(i64::from(most))
            .fetch_all(&self.store.readers)
            .await?;
        rows.iter().map(read).collect()
    }

    /// How many versions of a manifest there are.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count(&self, (kind, name): (&str, &str)) -> Result<u64, RecordsError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM manifest_versions WHERE kind = ?1 AND name = ?2",
        )
        .bind(kind)
        .bind(name)
        .fetch_one(&self.store.readers)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Names of a kind of which a version is kept.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn names(&self, kind: &str) -> Result<Vec<String>, RecordsError> {
        let names = sqlx::query_scalar(
            "SELECT DISTINCT name FROM manifest_versions WHERE kind = ?1 ORDER BY name",
        )
        .bind(kind)
        .fetch_all(&self.store.readers)
        .await?;
        Ok(names)
    }
}

fn read(row: &sqlx::sqlite::SqliteRow) -> Result<ManifestVersion, RecordsError> {
    let id: i64 = row.try_get("id")?;
    let at: String = row.try_get("at")?;
    Ok(ManifestVersion {
        id,
        at: moment(&at).ok_or_else(|| {
            RecordsError::Form(format!("version {id} of a manifest has no moment"))
        })?,
        who: row.try_get("who")?,
        body: row.try_get("body")?,
    })
}
