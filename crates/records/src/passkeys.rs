//! Passkeys: public keys of people, and what must be compared at their next use.

use chrono::{DateTime, Utc};

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// A passkey as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its own id, in base64url.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// What its owner calls it.
    pub name: String,
    /// How it is reached, as the library encodes it.
    pub transports: u8,
    /// What never changes: the public key and how it was made.
    pub fixed: Vec<u8>,
    /// What changes with each use: the counter and whether it is backed up.
    pub moving: Vec<u8>,
    /// Made.
    pub made_at: DateTime<Utc>,
    /// Last used.
    pub used_at: Option<DateTime<Utc>>,
}

type Row = (
    String,
    String,
    String,
    u8,
    Vec<u8>,
    Vec<u8>,
    String,
    Option<String>,
);

const COLUMNS: &str = "id, account, name, transports, fixed, moving, made_at, used_at";

impl Passkey {
    fn of(row: Row) -> Result<Self, RecordsError> {
        let (id, account, name, transports, fixed, moving, made_at, used_at) = row;
        let at = |text: &str| {
            moment(text).ok_or_else(|| RecordsError::Form(format!("`{text}` is no moment")))
        };
        Ok(Self {
            id,
            account,
            name,
            transports,
            fixed,
            moving,
            made_at: at(&made_at)?,
            used_at: used_at.as_deref().map(at).transpose()?,
        })
    }
}

/// Passkeys.
#[derive(Clone, Debug)]
pub struct Passkeys {
    store: Store,
}

impl Passkeys {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// The word that an account's passkeys know it by; `drawn` becomes it where there is none yet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn handle(&self, account: &str, drawn: &str) -> Result<String, RecordsError> {
        let mut write = self.store.write().await?;
        sqlx::query("INSERT INTO passkey_people (account, handle) VALUES (?1, ?2) ON CONFLICT (account) DO NOTHING")
            .bind(account)
            .bind(drawn)
            .execute(&mut *write)
            .await?;
        let handle = sqlx::query_scalar("SELECT handle FROM passkey_people WHERE account = ?1")
            .bind(account)
            .fetch_one(&mut *write)
            .await?;
        write.commit().await?;
        Ok(handle)
    }

    /// Keeps a new one. False where its id is known already, or the account has `most`: then nothing is kept.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn add(&self, passkey: &Passkey, most: u32) -> Result<bool, RecordsError> {
        let mut write = self.store.write().await?;
        let done = sqlx::query(
            "INSERT INTO passkeys (id, account, name, transports, fixed, moving, made_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE (SELECT count(*) FROM passkeys WHERE account = ?2) < ?8
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(&passkey.id)
        .bind(&passkey.account)
        .bind(&passkey.name)
        .bind(passkey.transports)
        .bind(&passkey.fixed)
        .bind(&passkey.moving)
        .bind(stamp(passkey.made_at))
        .bind(most)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// An account's, the first made first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, account: &str) -> Result<Vec<Passkey>, RecordsError> {
        let sql = format!("SELECT {COLUMNS} FROM passkeys WHERE account = ?1 ORDER BY made_at, id");
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(account)
            .fetch_all(&self.store.readers)
            .await?;
        rows.into_iter().map(Passkey::of).collect()
    }

    /// The one of an id whose owner's word is `handle`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(&self, id: &str, handle: &str) -> Result<Option<Passkey>, RecordsError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM passkeys WHERE id = ?1 AND account = (SELECT account FROM passkey_people WHERE handle = ?2)"
        );
        let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(id)
            .bind(handle)
            .fetch_optional(&self.store.readers)
            .await?;
        row.map(Passkey::of).transpose()
    }

    /// Notes a use: what changed from `before` to `after`. False where it changed meanwhile, or is gone: then it was
    /// used twice at once, and one of the two is not its owner's.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn used(&self, id: &str, before: &[u8], after: &[u8]) -> Result<bool, RecordsError> {
        let now = stamp(self.store.clock.now());
        let mut write = self.store.write().await?;
        let done = sqlx::query(
            "UPDATE passkeys SET moving = ?3, used_at = ?4 WHERE id = ?1 AND moving = ?2",
        )
        .bind(id)
        .bind(before)
        .bind(after)
        .bind(now)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes one of an account away; tells whether there was one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove(&self, account: &str, id: &str) -> Result<bool, RecordsError> {
        let mut write = self.store.write().await?;
        let done = sqlx::query("DELETE FROM passkeys WHERE id = ?1 AND account = ?2")
            .bind(id)
            .bind(account)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Passkey;
    use crate::{Clock as _, FixedClock, Records};

    #[tokio::test]
    async fn passkeys_are_their_owners_and_change_only_from_what_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(chrono::DateTime::UNIX_EPOCH));
        let records = Records::open(
            &folder.path().join("r.db"),
            Arc::<FixedClock>::clone(&clock),
        )
        .await
        .unwrap();
        let passkeys = records.passkeys();
        assert_eq!(passkeys.handle("kim", "h1").await.unwrap(), "h1");
        assert_eq!(
            passkeys.handle("kim", "h2").await.unwrap(),
            "h1",
            "it lasts"
        );
        passkeys.handle("lee", "h3").await.unwrap();
        let own = |id: &str| Passkey {
            id: id.to_owned(),
            account: "kim".to_owned(),
            name: "휴대전화".to_owned(),
            transports: 1,
            fixed: vec![1],
            moving: vec![0],
            made_at: clock.now(),
            used_at: None,
        };
        assert!(passkeys.add(&own("a"), 2).await.unwrap());
        assert!(!passkeys.add(&own("a"), 2).await.unwrap(), "known");
        assert!(passkeys.add(&own("b"), 2).await.unwrap());
        assert!(!passkeys.add(&own("c"), 2).await.unwrap(), "too many");
        assert_eq!(passkeys.find("a", "h1").await.unwrap(), Some(own("a")));
        assert_eq!(passkeys.find("a", "h3").await.unwrap(), None, "another's");
        assert!(passkeys.used("a", &[0], &[1]).await.unwrap());
        assert!(
            !passkeys.used("a", &[0], &[1]).await.unwrap(),
            "used twice at once"
        );
        assert!(!passkeys.remove("lee", "a").await.unwrap());
        assert!(passkeys.remove("kim", "a").await.unwrap());
        assert_eq!(passkeys.of("kim").await.unwrap(), [own("b")]);
    }
}
