//! Tickets, sessions and keys: a random word that stands for a person. Only its hash is kept.

use chrono::TimeDelta;
use rand::TryRng;
use sha2::{Digest, Sha256};

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// A secret word of 256 random bits. It shows itself only through [`Token::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token from a generator fit for secrets.
    ///
    /// # Errors
    /// When the generator fails.
    pub fn draw<R: TryRng>(generator: &mut R) -> Result<Self, R::Error> {
        let mut bytes = [0_u8; 32];
        generator.try_fill_bytes(&mut bytes)?;
        Ok(Self(hex(&bytes)))
    }

    /// A token as somebody presents it.
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The word itself, to hand to its owner once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Signs in once.
    Ticket,
    /// A signed-in browser.
    Session,
    /// A program.
    Key,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Session => "session",
            Self::Key => "key",
        }
    }
}

/// Tickets, sessions and keys.
#[derive(Clone, Debug)]
pub struct Tokens {
    store: Store,
}

impl Tokens {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes a token that stands for `person` for some time.
    ///
    /// # Errors
    /// When the store or the system's random generator fails.
    pub async fn issue(
        &self,
        kind: Kind,
        person: &str,
        valid_for: TimeDelta,
    ) -> Result<Token, RecordsError> {
        let token = Token::draw(&mut rand::rngs::SysRng)
            .map_err(|error| RecordsError::Form(format!("no random numbers: {error}")))?;
        let now = self.store.clock.now();
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM tokens WHERE expires_at <= ?1")
            .bind(stamp(now))
            .execute(&mut *write)
            .await?;
        sqlx::query("INSERT INTO tokens (hash, kind, person, expires_at) VALUES (?1, ?2, ?3, ?4)")
            .bind(token.hash())
            .bind(kind.word())
            .bind(person)
            .bind(stamp(now + valid_for))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(token)
    }

    /// The person a session or key stands for, if it is known and has not run out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn person(&self, kind: Kind, token: &Token) -> Result<Option<String>, RecordsError> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT person, expires_at FROM tokens WHERE hash = ?1 AND kind = ?2")
                .bind(token.hash())
                .bind(kind.word())
                .fetch_optional(&self.store.readers)
                .await?;
        Ok(row.and_then(|(person, until)| {
            moment(&until)
                .is_some_and(|until| until > self.store.clock.now())
                .then_some(person)
        }))
    }

    /// Ends a token and tells whom it stood for; of two who present it at once, one gets the answer.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end(&self, kind: Kind, token: &Token) -> Result<Option<String>, RecordsError> {
        let mut write = self.store.write().await?;
        let row: Option<(String, String)> = sqlx::query_as(
            "DELETE FROM tokens WHERE hash = ?1 AND kind = ?2 RETURNING person, expires_at",
        )
        .bind(token.hash())
        .bind(kind.word())
        .fetch_optional(&mut *write)
        .await?;
        write.commit().await?;
        Ok(row.and_then(|(person, until)| {
            moment(&until)
                .is_some_and(|until| until > self.store.clock.now())
                .then_some(person)
        }))
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
