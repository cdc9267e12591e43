//! Small named values.

use crate::store::{RecordsError, Store};
use crate::tokens::Token;

/// Small named values: what the program must remember about itself.
#[derive(Clone, Debug)]
pub struct Settings {
    store: Store,
}

impl Settings {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get(&self, name: &str) -> Result<Option<String>, RecordsError> {
        let value = sqlx::query_scalar("SELECT value FROM settings WHERE name = ?1")
            .bind(name)
            .fetch_optional(&self.store.readers)
            .await?;
        Ok(value)
    }

    /// The secret word of `name`, drawn when it is first asked for.
    ///
    /// # Errors
    /// When the store or the system's random generator fails.
    pub async fn secret(&self, name: &str) -> Result<Token, RecordsError> {
        if let Some(known) = self.get(name).await? {
            return Ok(Token::presented(&known));
        }
        let drawn = Token::draw(&mut rand::rngs::SysRng)
            .map_err(|error| RecordsError::Form(format!("no random numbers: {error}")))?;
        let mut write = self.store.write().await?;
        // Two that ask at once must be told the same.
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(drawn.reveal())
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        let kept = self.get(name).await?;
        Ok(kept.map_or(drawn, |kept| Token::presented(&kept)))
    }

    /// Sets `name` to `value`, durably.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set(&self, name: &str, value: &str) -> Result<(), RecordsError> {
        let mut write = self.store.write().await?;
        sqlx::query("INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
            .bind(name)
            .bind(value)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }
}
