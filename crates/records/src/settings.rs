//! Small named values.

use crate::store::{RecordsError, Store};

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
