//! Words of departments that nothing has changed: each restarts the clock of a dataset.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use city::DatasetId;
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// Somebody said that nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confirmation {
    /// Of what.
    pub dataset: DatasetId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// In the person's words, where there are some.
    pub why: String,
}

/// Words of departments that nothing has changed.
#[derive(Clone, Debug)]
pub struct Confirmations {
    store: Store,
}

impl Confirmations {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps that somebody said so now; when this returns it is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn add(
        &self,
        dataset: &DatasetId,
        who: &str,
        why: &str,
    ) -> Result<Confirmation, RecordsError> {
        let confirmation = Confirmation {
            dataset: dataset.clone(),
            at: self.store.clock.now(),
            who: who.to_owned(),
            why: why.to_owned(),
        };
        let mut write = self.store.write().await?;
        sqlx::query("INSERT INTO confirmations (dataset, at, who, why) VALUES (?1, ?2, ?3, ?4)")
            .bind(dataset.as_str())
            .bind(stamp(confirmation.at))
            .bind(who)
            .bind(why)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(confirmation)
    }

    /// The newest of each dataset that has one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn newest(&self) -> Result<BTreeMap<DatasetId, Confirmation>, RecordsError> {
        let rows = sqlx::query("SELECT dataset, at, who, why FROM confirmations ORDER BY at, id")
            .fetch_all(&self.store.readers)
            .await?;
        // The later ones take the place of those before.
        rows.iter()
            .map(|row| read(row).map(|confirmation| (confirmation.dataset.clone(), confirmation)))
            .collect()
    }

    /// All of one dataset, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, dataset: &DatasetId) -> Result<Vec<Confirmation>, RecordsError> {
        let rows = sqlx::query(
            "SELECT dataset, at, who, why FROM confirmations WHERE dataset = ?1 ORDER BY at DESC, id DESC",
        )
        .bind(dataset.as_str())
        .fetch_all(&self.store.readers)
        .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &SqliteRow) -> Result<Confirmation, RecordsError> {
    let at: String = row.try_get("at")?;
    Ok(Confirmation {
        dataset: DatasetId::new(row.try_get::<String, _>("dataset")?),
        at: moment(&at).ok_or_else(|| RecordsError::Form(format!("moment {at}")))?,
        who: row.try_get("who")?,
        why: row.try_get("why")?,
    })
}
