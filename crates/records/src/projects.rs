//! What happened in pseudonymisation projects: a list a project that only grows, and is forgotten only when the law
//! allows it.

use chrono::{DateTime, NaiveDate, Utc};
use city::ProjectId;
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// One thing that happened in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectEvent {
    /// The project.
    pub project: ProjectId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// What, as JSON: the words are those of whoever carries projects out.
    pub event: String,
}

/// What happened in pseudonymisation projects.
#[derive(Clone, Debug)]
pub struct Projects {
    store: Store,
}

impl Projects {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Puts an event behind the `known` events of its project; when this returns it is on disk. False where the project
    /// has others meanwhile: look again before you act.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn append(&self, event: &ProjectEvent, known: usize) -> Result<bool, RecordsError> {
        let mut write = self.store.write().await?;
        let (count,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM project_events WHERE project = ?1")
                .bind(event.project.as_str())
                .fetch_one(&mut *write)
                .await?;
        if usize::try_from(count).ok() != Some(known) {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO project_events (project, place, at, who, event) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(event.project.as_str())
        .bind(count)
        .bind(stamp(event.at))
        .bind(&event.who)
        .bind(&event.event)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(true)
    }

    /// All that happened in a project, in order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, project: &ProjectId) -> Result<Vec<ProjectEvent>, RecordsError> {
        let rows = sqlx::query(
            "SELECT project, at, who, event FROM project_events WHERE project = ?1 ORDER BY place",
        )
        .bind(project.as_str())
        .fetch_all(&self.store.readers)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Every project of which something happened.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self) -> Result<Vec<ProjectId>, RecordsError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT DISTINCT project FROM project_events ORDER BY project")
                .fetch_all(&self.store.readers)
                .await?;
        Ok(rows.into_iter().map(|(id,)| ProjectId::new(id)).collect())
    }

    /// Forgets a project whose records were to be kept until `kept_until`. Before that day is over nothing is forgotten,
    /// and the answer is false.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget(
        &self,
        project: &ProjectId,
        kept_until: NaiveDate,
    ) -> Result<bool, RecordsError> {
        if city::calendar::korean_day(self.store.clock.now()) <= kept_until {
            return Ok(false);
        }
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM project_events WHERE project = ?1")
            .bind(project.as_str())
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(true)
    }
}

fn read(row: &SqliteRow) -> Result<ProjectEvent, RecordsError> {
    let at: String = row.try_get("at")?;
    Ok(ProjectEvent {
        project: ProjectId::new(row.try_get::<String, _>("project")?),
        at: moment(&at).ok_or_else(|| RecordsError::Form(format!("moment {at}")))?,
        who: row.try_get("who")?,
        event: row.try_get("event")?,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::FixedClock;
    use crate::store::Records;

    fn event(text: &str) -> ProjectEvent {
        ProjectEvent {
            project: "study".into(),
            at: DateTime::UNIX_EPOCH,
            who: "data".to_owned(),
            event: text.to_owned(),
        }
    }

    #[tokio::test]
    async fn of_two_who_act_at_once_one_looks_again_and_nothing_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(DateTime::UNIX_EPOCH));
        let file = folder.path().join("records.db");
        let records = Records::open(&file, clock).await.unwrap();
        let projects = records.projects();
        assert!(projects.append(&event("1"), 0).await.unwrap());
        assert!(!projects.append(&event("other"), 0).await.unwrap());
        assert!(projects.append(&event("2"), 1).await.unwrap());
        let all = projects.of(&"study".into()).await.unwrap();
        let texts: Vec<&str> = all.iter().map(|event| event.event.as_str()).collect();
        assert_eq!(texts, ["1", "2"]);
        let mut write = projects.store.write().await.unwrap();
        let changed = sqlx::query("UPDATE project_events SET who = 'x'")
            .execute(&mut *write)
            .await;
        assert!(changed.unwrap_err().to_string().contains("not changed"));
    }

    #[tokio::test]
    async fn records_are_forgotten_only_behind_their_day() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new("2029-12-01T03:00:00Z".parse().unwrap()));
        let file = folder.path().join("records.db");
        let records = Records::open(&file, Arc::clone(&clock) as _).await.unwrap();
        let (projects, id) = (records.projects(), ProjectId::from("study"));
        projects.append(&event("1"), 0).await.unwrap();
        let kept_until = NaiveDate::from_ymd_opt(2029, 12, 1).unwrap();
        assert!(!projects.forget(&id, kept_until).await.unwrap());
        assert_eq!(projects.of(&id).await.unwrap().len(), 1);
        clock.advance(chrono::TimeDelta::days(1));
        assert!(projects.forget(&id, kept_until).await.unwrap());
        assert!(projects.all().await.unwrap().is_empty());
    }
}
