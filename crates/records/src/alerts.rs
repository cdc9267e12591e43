//! Alerts that are on, and those that were: when a figure passed its limit, who was told, who has taken it on.
//!
//! An alert and the letter that tells of it are kept in one transaction, so nobody is told twice and nothing is
//! forgotten; see [`crate::mails`].

use chrono::{DateTime, Utc};
use city::{AlertId, BoardId, DepartmentId, MeasureId};
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::clock::{moment, stamp};
use crate::mails::{Letter, insert};
use crate::store::{RecordsError, Store};

/// A time at which an alert was on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alarm {
    /// Its number.
    pub id: i64,
    /// The board that declares the alert.
    pub board: BoardId,
    /// The alert.
    pub alert: AlertId,
    /// What is watched.
    pub measure: MeasureId,
    /// Who is told.
    pub department: DepartmentId,
    /// When the figure was first seen past the limit.
    pub began_at: DateTime<Utc>,
    /// The figure then, or the change in percent.
    pub began_with: f64,
    /// When the department was told; nothing while its quiet hours last.
    pub told_at: Option<DateTime<Utc>>,
    /// When the figure was first seen back.
    pub ended_at: Option<DateTime<Utc>>,
    /// The figure then, or the change in percent.
    pub ended_with: Option<f64>,
    /// Who has taken it on, and in what words.
    pub taken: Option<Taken>,
}

/// Somebody has taken an alert on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What they do about it.
    pub words: String,
}

/// Alerts that are on, and those that were.
#[derive(Clone, Debug)]
pub struct Alerts {
    store: Store,
}

impl Alerts {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// An alert begins now. Nothing is kept where it is on already: two who look at once begin it once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin(
        &self,
        board: &BoardId,
        alert: &city::alert::Alert,
        with: f64,
    ) -> Result<(), RecordsError> {
        let mut write = self.store.write().await?;
        sqlx::query("INSERT INTO alerts (board, alert, measure, department, began_at, began_with) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING")
            .bind(board.as_str())
            .bind(alert.id.as_str())
            .bind(alert.measure.as_str())
            .bind(alert.department.as_str())
            .bind(stamp(self.store.clock.now()))
            .bind(with)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// An alert ends now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end(&self, id: i64, with: f64) -> Result<(), RecordsError> {
        let mut write = self.store.write().await?;
        sqlx::query(
            "UPDATE alerts SET ended_at = ?2, ended_with = ?3 WHERE id = ?1 AND ended_at IS NULL",
        )
        .bind(id)
        .bind(stamp(self.store.clock.now()))
        .bind(with)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }

    /// An alert is over because the city no longer declares it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn drop_of(&self, id: i64) -> Result<(), RecordsError> {
        let mut write = self.store.write().await?;
        sqlx::query("UPDATE alerts SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL")
            .bind(id)
            .bind(stamp(self.store.clock.now()))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// Puts a letter of some alerts in the outbox and notes that they are told, all or nothing; without a letter (no
    /// mail server, no address) they are told by the inbox alone. Answers false, and keeps nothing, where one of
    /// them was told meanwhile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tell(&self, ids: &[i64], letter: Option<&Letter>) -> Result<bool, RecordsError> {
        let now = self.store.clock.now();
        let mut write = self.store.write().await?;
        for id in ids {
            let done =
                sqlx::query("UPDATE alerts SET told_at = ?2 WHERE id = ?1 AND told_at IS NULL")
                    .bind(id)
                    .bind(stamp(now))
                    .execute(&mut *write)
                    .await?;
            if done.rows_affected() == 0 {
                write.rollback().await?;
                return Ok(false);
            }
        }
        if let Some(letter) = letter {
            insert(&mut write, letter, now).await?;
        }
        write.commit().await?;
        Ok(true)
    }

    /// Somebody takes an alert on. Answers false where somebody has already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn take(&self, id: i64, by: &str, words: &str) -> Result<bool, RecordsError> {
        let mut write = self.store.write().await?;
        let done = sqlx::query("UPDATE alerts SET taken_by = ?2, taken_at = ?3, words = ?4 WHERE id = ?1 AND taken_by IS NULL")
            .bind(id)
            .bind(by)
            .bind(stamp(self.store.clock.now()))
            .bind(words)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Those that are on, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn on(&self) -> Result<Vec<Alarm>, RecordsError> {
        let rows = sqlx::query("SELECT * FROM alerts WHERE ended_at IS NULL ORDER BY began_at, id")
            .fetch_all(&self.store.readers)
            .await?;
        rows.iter().map(read).collect()
    }

    /// Those that are over, the newest `most`, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn over(&self, most: u32) -> Result<Vec<Alarm>, RecordsError> {
        let rows = sqlx::query(
            "SELECT * FROM alerts WHERE ended_at IS NOT NULL ORDER BY began_at DESC, id DESC LIMIT ?1",
        )
        .bind(most)
        .fetch_all(&self.store.readers)
        .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &SqliteRow) -> Result<Alarm, RecordsError> {
    let at = |name: &str| -> Result<Option<DateTime<Utc>>, RecordsError> {
        let text: Option<String> = row.try_get(name)?;
        text.map(|text| moment(&text).ok_or_else(|| RecordsError::Form(format!("moment {text}"))))
            .transpose()
    };
    let by: Option<String> = row.try_get("taken_by")?;
    let words: Option<String> = row.try_get("words")?;
    Ok(Alarm {
        id: row.try_get("id")?,
        board: BoardId::new(row.try_get::<String, _>("board")?),
        alert: AlertId::new(row.try_get::<String, _>("alert")?),
        measure: MeasureId::new(row.try_get::<String, _>("measure")?),
        department: DepartmentId::new(row.try_get::<String, _>("department")?),
        began_at: at("began_at")?
            .ok_or_else(|| RecordsError::Form("an alert without a begin".to_owned()))?,
        began_with: row.try_get("began_with")?,
        told_at: at("told_at")?,
        ended_at: at("ended_at")?,
        ended_with: row.try_get("ended_with")?,
        taken: by.zip(at("taken_at")?).map(|(by, at)| Taken {
            by,
            at,
            words: words.unwrap_or_default(),
        }),
    })
}
