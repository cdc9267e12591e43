//! Keys of programs. Only their hashes are kept.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};
use crate::tokens::Token;

/// A use is written down only so long after the last one that was.
const USED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A key of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceKey {
    /// What it is called where people see it: opens nothing.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// The account whose rights it has part of.
    pub owner: String,
    /// Which part, as JSON.
    pub scope: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Since when it opens nothing.
    pub revoked_at: Option<DateTime<Utc>>,
    /// By whose word.
    pub revoked_by: Option<String>,
    /// About when it was last used.
    pub used_at: Option<DateTime<Utc>>,
}

/// A key that is to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// The account whose rights it has part of.
    pub owner: String,
    /// Which part, as JSON.
    pub scope: String,
    /// Who makes it.
    pub made_by: String,
    /// For how long it is good.
    pub valid_for: TimeDelta,
}

type Row = (
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
);
const COLUMNS: &str = "k.id, k.name, k.owner, k.scope, k.made_by, k.made_at, k.expires_at, k.revoked_at, k.revoked_by, k.used_at";

fn of_row(row: Row) -> Result<ServiceKey, RecordsError> {
    let (id, name, owner, scope, made_by, made, expires, revoked, revoked_by, used) = row;
    let time = |text: &str| {
        moment(text).ok_or_else(|| RecordsError::Form(format!("a key's moment {text}")))
    };
    Ok(ServiceKey {
        made_at: time(&made)?,
        expires_at: time(&expires)?,
        revoked_at: revoked.as_deref().map(time).transpose()?,
        used_at: used.as_deref().map(time).transpose()?,
        id,
        name,
        owner,
        scope,
        made_by,
        revoked_by,
    })
}

/// Keys of programs.
#[derive(Clone, Debug)]
pub struct Keys {
    store: Store,
}

impl Keys {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes a key; the word that opens is told here and never again.
    ///
    /// # Errors
    /// When the store or the system's random generator fails.
    pub async fn issue(&self, new: NewKey) -> Result<(Token, ServiceKey), RecordsError> {
        let token = Token::random()?;
        let now = self.store.clock.now();
        let id = Token::random()?;
        let key = ServiceKey {
            id: id.reveal().chars().take(12).collect(),
            name: new.name,
            owner: new.owner,
            scope: new.scope,
            made_by: new.made_by,
            made_at: now,
            expires_at: now + new.valid_for,
            revoked_at: None,
            revoked_by: None,
            used_at: None,
        };
        let mut write = self.store.write().await?;
        sqlx::query("INSERT INTO service_keys (id, hash, name, owner, scope, made_by, made_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
            .bind(&key.id)
            .bind(token.hash())
            .bind(&key.name)
            .bind(&key.owner)
            .bind(&key.scope)
            .bind(&key.made_by)
            .bind(stamp(key.made_at))
            .bind(stamp(key.expires_at))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok((token, key))
    }

    /// The key a word is, unless it has ended, was revoked, or its owner is blocked.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(&self, token: &Token) -> Result<Option<ServiceKey>, RecordsError> {
        let query = format!(
            "SELECT {COLUMNS} FROM service_keys k LEFT JOIN credentials c ON c.account = k.owner WHERE k.hash = ?1 AND k.revoked_at IS NULL AND c.blocked_at IS NULL"
        );
        let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(token.hash())
            .fetch_optional(&self.store.readers)
            .await?;
        let Some(mut key) = row.map(of_row).transpose()? else {
            return Ok(None);
        };
        let now = self.store.clock.now();
        if key.expires_at <= now {
            return Ok(None);
        }
        if key.used_at.is_none_or(|used| now - used >= USED_EVERY) {
            key.used_at = Some(now);
            let mut write = self.store.write().await?;
            sqlx::query("UPDATE service_keys SET used_at = ?2 WHERE id = ?1")
                .bind(&key.id)
                .bind(stamp(now))
                .execute(&mut *write)
                .await?;
            write.commit().await?;
        }
        Ok(Some(key))
    }

    /// All keys, the newest first; those that ended too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self) -> Result<Vec<ServiceKey>, RecordsError> {
        let query = format!("SELECT {COLUMNS} FROM service_keys k ORDER BY k.made_at DESC, k.id");
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .fetch_all(&self.store.readers)
            .await?;
        rows.into_iter().map(of_row).collect()
    }

    /// The key opens nothing any more. The key, if there was one that did.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revoke(&self, id: &str, by: &str) -> Result<Option<ServiceKey>, RecordsError> {
        let now = stamp(self.store.clock.now());
        let query = format!(
            "UPDATE service_keys AS k SET revoked_at = ?2, revoked_by = ?3 WHERE id = ?1 AND revoked_at IS NULL RETURNING {}",
            COLUMNS.replace("k.", "")
        );
        let mut write = self.store.write().await?;
        let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(id)
            .bind(now)
            .bind(by)
            .fetch_optional(&mut *write)
            .await?;
        write.commit().await?;
        row.map(of_row).transpose()
    }
}
