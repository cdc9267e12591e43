//! Mails that wait, went out or were given up, and what each reminded of.
//!
//! A letter and the steps it reminds of are queued in one transaction, so that nothing is reminded of twice and
//! nothing is forgotten. A mail is taken before it is sent: its next try is set then, so a crash before
//! [`Mails::sent`] sends it once more, under the same id, and never loses it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use city::{DatasetId, DepartmentId};
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};
use uuid::Uuid;

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// The longest time between two tries, in minutes.
const WAIT_MOST: u32 = 6 * 60;
/// A mail that cannot be delivered for so long is given up.
const PATIENCE: TimeDelta = TimeDelta::days(5);
/// Name of the setting that holds the last day on which the departments were gone through.
const DAY: &str = "reminders.day";

/// A step of a due day of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Reminded {
    /// The dataset.
    pub dataset: DatasetId,
    /// The day it is due.
    pub due_on: NaiveDate,
    /// The step's word.
    pub step: String,
}

/// A letter to a department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The department.
    pub department: DepartmentId,
    /// Its mail address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// What it reminds of.
    pub of: Vec<Reminded>,
}

/// A letter in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Its id, the same at each try.
    pub id: Uuid,
    /// The department.
    pub department: DepartmentId,
    /// Its mail address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// The text.
    #[serde(skip)]
    pub text: String,
    /// The same as HTML.
    #[serde(skip)]
    pub html: String,
    /// How it stands.
    pub state: MailState,
    /// Times it was tried.
    pub attempts: u32,
    /// When it was written.
    pub queued_at: DateTime<Utc>,
    /// When it is tried next, while it waits.
    pub next_at: DateTime<Utc>,
    /// When it went out.
    pub sent_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub error: Option<String>,
}

/// How a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailState {
    /// It waits for its next try.
    Queued,
    /// The mail server took it.
    Sent,
    /// The mail server will not take it, or was not there for days.
    Failed,
}

impl MailState {
    const ALL: [Self; 3] = [Self::Queued, Self::Sent, Self::Failed];

    /// The state's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    fn read(word: &str) -> Result<Self, RecordsError> {
        let state = Self::ALL.into_iter().find(|state| state.word() == word);
        state.ok_or_else(|| RecordsError::Form(format!("mail state {word}")))
    }
}

/// The outbox.
#[derive(Clone, Debug)]
pub struct Mails {
    store: Store,
}

impl Mails {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// What has been reminded of, of due days from `first` on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reminded(&self, first: NaiveDate) -> Result<BTreeSet<Reminded>, RecordsError> {
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("SELECT dataset, due_on, step FROM reminded WHERE due_on >= ?1")
                .bind(first.to_string())
                .fetch_all(&self.store.readers)
                .await?;
        rows.into_iter()
            .map(|(dataset, due_on, step)| {
                Ok(Reminded {
                    dataset: DatasetId::new(dataset),
                    due_on: due_on
                        .parse()
                        .map_err(|error| RecordsError::Form(format!("day {due_on}: {error}")))?,
                    step,
                })
            })
            .collect()
    }

    /// The last day on which the departments were gone through.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn day(&self) -> Result<Option<NaiveDate>, RecordsError> {
        let day: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE name = ?1")
            .bind(DAY)
            .fetch_optional(&self.store.readers)
            .await?;
        Ok(day.and_then(|day| day.parse().ok()))
    }

    /// Puts letters in the outbox, all or none, and notes the day where one is given. Answers false, and keeps
    /// nothing, where something they remind of was reminded of meanwhile: whoever wrote them looks again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn queue(
        &self,
        letters: &[Letter],
        day: Option<NaiveDate>,
    ) -> Result<bool, RecordsError> {
        let now = self.store.clock.now();
        let mut write = self.store.write().await?;
        for letter in letters {
            if !insert(&mut write, letter, now).await? {
                write.rollback().await?;
                return Ok(false);
            }
        }
        if let Some(day) = day {
            sqlx::query("INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
                .bind(DAY)
                .bind(day.to_string())
                .execute(&mut *write)
                .await?;
        }
        write.commit().await?;
        Ok(true)
    }

    /// Takes the mail that has waited longest of those whose time has come. Of two who ask at once, one gets it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn take(&self) -> Result<Option<Mail>, RecordsError> {
        let now = self.store.clock.now();
        let mut write = self.store.write().await?;
        let row = sqlx::query(
            "SELECT * FROM mails WHERE state = 'queued' AND next_at <= ?1 ORDER BY next_at, id LIMIT 1",
        )
        .bind(stamp(now))
        .fetch_optional(&mut *write)
        .await?;
        let Some(mut mail) = row.as_ref().map(read).transpose()? else {
            return Ok(None);
        };
        mail.attempts += 1;
        mail.next_at = now + wait(mail.attempts);
        sqlx::query("UPDATE mails SET attempts = ?2, next_at = ?3 WHERE id = ?1")
            .bind(mail.id.to_string())
            .bind(i64::from(mail.attempts))
            .bind(stamp(mail.next_at))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(Some(mail))
    }

    /// The mail server took a mail.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sent(&self, mail: &Mail) -> Result<(), RecordsError> {
        let mut write = self.store.write().await?;
        sqlx::query("UPDATE mails SET state = 'sent', sent_at = ?2, error = NULL WHERE id = ?1")
            .bind(mail.id.to_string())
            .bind(stamp(self.store.clock.now()))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// A try failed. It is tried again later, unless `is_final` or it has been tried for days.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn failed(
        &self,
        mail: &Mail,
        error: &str,
        is_final: bool,
    ) -> Result<MailState, RecordsError> {
        let given_up = is_final || mail.next_at - mail.queued_at > PATIENCE;
        let state = if given_up {
            MailState::Failed
        } else {
            MailState::Queued
        };
        let mut write = self.store.write().await?;
        sqlx::query("UPDATE mails SET state = ?2, error = ?3 WHERE id = ?1 AND state = 'queued'")
            .bind(mail.id.to_string())
            .bind(state.word())
            .bind(error)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(state)
    }

    /// The newest mails, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, most: u32) -> Result<Vec<Mail>, RecordsError> {
        let rows = sqlx::query("SELECT * FROM mails ORDER BY queued_at DESC, id DESC LIMIT ?1")
            .bind(most)
            .fetch_all(&self.store.readers)
            .await?;
        rows.iter().map(read).collect()
    }
}

/// Minutes until the next try: 2, 4, 8, ... up to six hours.
fn wait(attempts: u32) -> TimeDelta {
    let minutes = 1_u32.checked_shl(attempts.min(31)).unwrap_or(WAIT_MOST);
    TimeDelta::minutes(i64::from(minutes.min(WAIT_MOST)))
}

/// Inserts a letter with its steps; false where one of them stands already.
pub(crate) async fn insert(
    write: &mut Transaction<'static, Sqlite>,
    letter: &Letter,
    now: DateTime<Utc>,
) -> Result<bool, RecordsError> {
    let id = Uuid::now_v7().to_string();
    sqlx::query("INSERT INTO mails (id, department, recipient, subject, text, html, state, attempts, queued_at, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', 0, ?7, ?7)")
        .bind(&id)
        .bind(letter.department.as_str())
        .bind(&letter.to)
        .bind(&letter.subject)
        .bind(&letter.text)
        .bind(&letter.html)
        .bind(stamp(now))
        .execute(&mut **write)
        .await?;
    for step in &letter.of {
        let done = sqlx::query("INSERT INTO reminded (dataset, due_on, step, mail) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
            .bind(step.dataset.as_str())
            .bind(step.due_on.to_string())
            .bind(&step.step)
            .bind(&id)
            .execute(&mut **write)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn read(row: &SqliteRow) -> Result<Mail, RecordsError> {
    let at = |name: &str| -> Result<DateTime<Utc>, RecordsError> {
        let text: String = row.try_get(name)?;
        moment(&text).ok_or_else(|| RecordsError::Form(format!("moment {text}")))
    };
    let id: String = row.try_get("id")?;
    let state: String = row.try_get("state")?;
    let sent_at: Option<String> = row.try_get("sent_at")?;
    let attempts: i64 = row.try_get("attempts")?;
    Ok(Mail {
        id: id
            .parse()
            .map_err(|error| RecordsError::Form(format!("mail id {id}: {error}")))?,
        department: DepartmentId::new(row.try_get::<String, _>("department")?),
        to: row.try_get("recipient")?,
        subject: row.try_get("subject")?,
        text: row.try_get("text")?,
        html: row.try_get("html")?,
        state: MailState::read(&state)?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        queued_at: at("queued_at")?,
        next_at: at("next_at")?,
        sent_at: sent_at.and_then(|text| moment(&text)),
        error: row.try_get("error")?,
    })
}

#[cfg(test)]
mod tests {
    use super::wait;

    #[test]
    fn the_wait_doubles_up_to_six_hours() {
        let minutes: Vec<i64> = [1, 2, 3, 8, 9, 40, u32::MAX]
            .map(|attempts| wait(attempts).num_minutes())
            .to_vec();
        assert_eq!(minutes, [2, 4, 8, 256, 360, 360, 360]);
    }
}
