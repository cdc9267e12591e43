//! Who is signed in, and with which browser: sessions, and browsers that signed in before.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};
use crate::tokens::Token;

/// A request is written down only so long after the last one that was: each would be a write to the disk.
const SEEN_EVERY: TimeDelta = TimeDelta::seconds(30);
/// A browser is forgotten so long after it last signed in.
const BROWSER: TimeDelta = TimeDelta::days(180);

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What it is called where its owner sees it: opens nothing.
    pub id: String,
    /// Whose.
    pub account: String,
    /// How the person signed in: `password`, `link`, `invitation`, `openid`, `passkey`.
    pub how: String,
    /// What an identity provider said of the person, as JSON; nothing for accounts of the city's folder.
    pub claims: Option<String>,
    /// From which network address.
    pub address: Option<String>,
    /// With which browser, by its own word.
    pub browser: Option<String>,
    /// When it began.
    pub begun_at: DateTime<Utc>,
    /// About when it was last used.
    pub seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub ends_at: DateTime<Utc>,
}

/// A session that is to begin.
#[derive(Clone, Debug, Default)]
pub struct NewSession {
    /// Whose.
    pub account: String,
    /// How the person signed in.
    pub how: String,
    /// What an identity provider said of the person, as JSON.
    pub claims: Option<String>,
    /// From which network address.
    pub address: Option<String>,
    /// With which browser, by its own word.
    pub browser: Option<String>,
}

type Row = (
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    String,
    String,
);
const COLUMNS: &str =
    "s.id, s.account, s.how, s.claims, s.address, s.browser, s.begun_at, s.seen_at, s.ends_at";

fn of_row(row: Row) -> Result<Session, RecordsError> {
    let (id, account, how, claims, address, browser, begun, seen, ends) = row;
    let time = |text: &str| {
        moment(text).ok_or_else(|| RecordsError::Form(format!("a session's moment {text}")))
    };
    Ok(Session {
        begun_at: time(&begun)?,
        seen_at: time(&seen)?,
        ends_at: time(&ends)?,
        id,
        account,
        how,
        claims,
        address,
        browser,
    })
}

/// Sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Store,
}

impl Sessions {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Begins a session that ends after `absolute` at the latest. The word that opens it is in no other place.
    ///
    /// # Errors
    /// When the store or the system's random generator fails.
    pub async fn begin(
        &self,
        new: NewSession,
        absolute: TimeDelta,
    ) -> Result<(Token, Session), RecordsError> {
        let token = Token::random()?;
        let now = self.store.clock.now();
        let session = Session {
            id: uuid::Uuid::now_v7().simple().to_string(),
            account: new.account,
            how: new.how,
            claims: new.claims,
            address: new.address,
            browser: new.browser,
            begun_at: now,
            seen_at: now,
            ends_at: now + absolute,
        };
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM sessions WHERE ends_at <= ?1")
            .bind(stamp(now))
            .execute(&mut *write)
            .await?;
        sqlx::query("INSERT INTO sessions (id, hash, account, how, claims, address, browser, begun_at, seen_at, ends_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
            .bind(&session.id)
            .bind(token.hash())
            .bind(&session.account)
            .bind(&session.how)
            .bind(&session.claims)
            .bind(&session.address)
            .bind(&session.browser)
            .bind(stamp(session.begun_at))
            .bind(stamp(session.seen_at))
            .bind(stamp(session.ends_at))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok((token, session))
    }

    /// The session a word opens, unless it has ended, was idle for `idle`, or its account is blocked.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(
        &self,
        token: &Token,
        idle: TimeDelta,
    ) -> Result<Option<Session>, RecordsError> {
        let query = format!(
            "SELECT {COLUMNS} FROM sessions s LEFT JOIN credentials c ON c.account = s.account WHERE s.hash = ?1 AND c.blocked_at IS NULL"
        );
        let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(token.hash())
            .fetch_optional(&self.store.readers)
            .await?;
        let Some(mut session) = row.map(of_row).transpose()? else {
            return Ok(None);
        };
        let now = self.store.clock.now();
        if session.ends_at <= now || session.seen_at + idle <= now {
            return Ok(None);
        }
        if now - session.seen_at >= SEEN_EVERY.min(idle / 4) {
            session.seen_at = now;
            let mut write = self.store.write().await?;
            sqlx::query("UPDATE sessions SET seen_at = ?2 WHERE id = ?1")
                .bind(&session.id)
                .bind(stamp(now))
                .execute(&mut *write)
                .await?;
            write.commit().await?;
        }
        Ok(Some(session))
    }

    /// Sessions of an account that were not idle for `idle`, the last used first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, account: &str, idle: TimeDelta) -> Result<Vec<Session>, RecordsError> {
        let query = format!(
            "SELECT {COLUMNS} FROM sessions s WHERE s.account = ?1 AND s.ends_at > ?2 AND s.seen_at > ?3 ORDER BY s.seen_at DESC, s.id"
        );
        let now = self.store.clock.now();
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(account)
            .bind(stamp(now))
            .bind(stamp(now - idle))
            .fetch_all(&self.store.readers)
            .await?;
        rows.into_iter().map(of_row).collect()
    }

    /// Ends the session a word opens; its account, if there was one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end(&self, token: &Token) -> Result<Option<String>, RecordsError> {
        let mut write = self.store.write().await?;
        let account = sqlx::query_scalar("DELETE FROM sessions WHERE hash = ?1 RETURNING account")
            .bind(token.hash())
            .fetch_optional(&mut *write)
            .await?;
        write.commit().await?;
        Ok(account)
    }

    /// Ends one session of an account, by its id. Whether there was one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_one(&self, account: &str, id: &str) -> Result<bool, RecordsError> {
        let mut write = self.store.write().await?;
        let done = sqlx::query("DELETE FROM sessions WHERE account = ?1 AND id = ?2")
            .bind(account)
            .bind(id)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends all sessions of an account; how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_all(&self, account: &str) -> Result<u64, RecordsError> {
        let mut write = self.store.write().await?;
        let done = sqlx::query("DELETE FROM sessions WHERE account = ?1")
            .bind(account)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected())
    }

    /// Remembers that a browser signed in to an account; the word it shows the next time.
    ///
    /// # Errors
    /// When the store or the system's random generator fails.
    pub async fn know_browser(&self, account: &str) -> Result<Token, RecordsError> {
        let token = Token::random()?;
        let now = self.store.clock.now();
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM known_browsers WHERE used_at <= ?1")
            .bind(stamp(now - BROWSER))
            .execute(&mut *write)
            .await?;
        sqlx::query("INSERT INTO known_browsers (hash, account, used_at) VALUES (?1, ?2, ?3)")
            .bind(token.hash())
            .bind(account)
            .bind(stamp(now))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(token)
    }

    /// Whether a browser signed in to this account before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn knows_browser(&self, account: &str, shown: &Token) -> Result<bool, RecordsError> {
        let since = stamp(self.store.clock.now() - BROWSER);
        let found: Option<(i64,)> = sqlx::query_as(
            "SELECT 1 FROM known_browsers WHERE hash = ?1 AND account = ?2 AND used_at > ?3",
        )
        .bind(shown.hash())
        .bind(account)
        .bind(since)
        .fetch_optional(&self.store.readers)
        .await?;
        Ok(found.is_some())
    }

    /// Forgets a browser: whoever guesses with it is no better known than others.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_browser(&self, shown: &Token) -> Result<(), RecordsError> {
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM known_browsers WHERE hash = ?1")
            .bind(shown.hash())
            .execute(&mut *write)
            .await?;
        Ok(write.commit().await?)
    }

    /// Forgets all browsers of an account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_browsers(&self, account: &str) -> Result<(), RecordsError> {
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM known_browsers WHERE account = ?1")
            .bind(account)
            .execute(&mut *write)
            .await?;
        Ok(write.commit().await?)
    }
}
