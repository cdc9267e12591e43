//! What is known of an account besides what the city's folder says: the hash of its password, and whether it is blocked.

use chrono::{DateTime, Utc};

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// The hash of a password, with the way it was made. It never shows itself in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash as its maker writes it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text of it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What is known of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credential {
    /// Its name.
    pub account: String,
    /// Its password's hash, once it has one.
    pub password: Option<PasswordHash>,
    /// Since when.
    pub password_at: Option<DateTime<Utc>>,
    /// Since when it may not sign in.
    pub blocked_at: Option<DateTime<Utc>>,
    /// By whose word.
    pub blocked_by: Option<String>,
    /// When somebody last signed in.
    pub signed_in_at: Option<DateTime<Utc>>,
}

type Row = (
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);
const COLUMNS: &str = "account, password, password_at, blocked_at, blocked_by, signed_in_at";

fn of_row(
    (account, password, password_at, blocked_at, blocked_by, signed_in_at): Row,
) -> Credential {
    let time = |text: Option<String>| text.as_deref().and_then(moment);
    Credential {
        account,
        password: password.map(PasswordHash),
        password_at: time(password_at),
        // A moment that cannot be read still blocks.
        blocked_at: blocked_at.map(|text| moment(&text).unwrap_or_default()),
        blocked_by,
        signed_in_at: time(signed_in_at),
    }
}

/// What is known of accounts.
#[derive(Clone, Debug)]
pub struct Credentials {
    store: Store,
}

impl Credentials {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// What is known of an account; nothing, where nothing was ever kept.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, account: &str) -> Result<Option<Credential>, RecordsError> {
        let query = format!("SELECT {COLUMNS} FROM credentials WHERE account = ?1");
        let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(account)
            .fetch_optional(&self.store.readers)
            .await?;
        Ok(row.map(of_row))
    }

    /// All that is known.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self) -> Result<Vec<Credential>, RecordsError> {
        let query = format!("SELECT {COLUMNS} FROM credentials ORDER BY account");
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .fetch_all(&self.store.readers)
            .await?;
        Ok(rows.into_iter().map(of_row).collect())
    }

    /// Keeps the hash of a new password.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_password(
        &self,
        account: &str,
        password: &PasswordHash,
    ) -> Result<(), RecordsError> {
        let now = stamp(self.store.clock.now());
        let text = "INSERT INTO credentials (account, password, password_at) VALUES (?1, ?2, ?3) ON CONFLICT (account) DO UPDATE SET password = excluded.password, password_at = excluded.password_at";
        let mut write = self.store.write().await?;
        sqlx::query(text)
            .bind(account)
            .bind(password.reveal())
            .bind(now)
            .execute(&mut *write)
            .await?;
        Ok(write.commit().await?)
    }

    /// From now on the account may not sign in, and its sessions and keys open nothing. Whether that is new.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn block(&self, account: &str, by: &str) -> Result<bool, RecordsError> {
        let now = stamp(self.store.clock.now());
        let text = "INSERT INTO credentials (account, blocked_at, blocked_by) VALUES (?1, ?2, ?3) ON CONFLICT (account) DO UPDATE SET blocked_at = excluded.blocked_at, blocked_by = excluded.blocked_by WHERE blocked_at IS NULL";
        let mut write = self.store.write().await?;
        let done = sqlx::query(text)
            .bind(account)
            .bind(now)
            .bind(by)
            .execute(&mut *write)
            .await?;
        // What was open before would be open again when the block ends.
        sqlx::query("DELETE FROM sessions WHERE account = ?1")
            .bind(account)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// The account may sign in again. Whether that is new.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn unblock(&self, account: &str) -> Result<bool, RecordsError> {
        let text = "UPDATE credentials SET blocked_at = NULL, blocked_by = NULL WHERE account = ?1 AND blocked_at IS NOT NULL";
        let mut write = self.store.write().await?;
        let done = sqlx::query(text).bind(account).execute(&mut *write).await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Somebody signed in now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn signed_in(&self, account: &str) -> Result<(), RecordsError> {
        let now = stamp(self.store.clock.now());
        let text = "INSERT INTO credentials (account, signed_in_at) VALUES (?1, ?2) ON CONFLICT (account) DO UPDATE SET signed_in_at = excluded.signed_in_at";
        let mut write = self.store.write().await?;
        sqlx::query(text)
            .bind(account)
            .bind(now)
            .execute(&mut *write)
            .await?;
        Ok(write.commit().await?)
    }
}
