//! Reviews of the access log: what was found, what people said of it, and what the officer made of that. What is written
//! stays as it was; how things stand follows from the events.

use chrono::{DateTime, NaiveDate, Utc};
use city::{Outlying, ReviewRules};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use crate::clock::{moment, stamp};
use crate::log::review::Outlier;
use crate::store::{RecordsError, Store};

/// A review of a stretch of days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reviewed {
    /// Its number.
    pub id: i64,
    /// The first day.
    pub since: NaiveDate,
    /// The day after the last.
    pub until: NaiveDate,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Entries that were looked at.
    pub entries: u64,
    /// The rules as they were.
    pub rules: ReviewRules,
    /// The day until which people have to explain.
    pub answer_by: NaiveDate,
    /// What stood out.
    pub questions: Vec<Question>,
    /// When it was closed, and by whom.
    pub closed: Option<Said>,
}

impl Reviewed {
    /// What has no outcome yet.
    pub fn open(&self) -> impl Iterator<Item = &Question> {
        let questions = self.questions.iter();
        questions.filter(|question| question.outcome.is_none())
    }
}

/// Something that stood out, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Question {
    /// Its number.
    pub id: i64,
    /// The review it is of.
    pub review: i64,
    /// What stood out.
    pub outlier: Outlier,
    /// What the person said, oldest first.
    pub explained: Vec<Said>,
    /// What the officer made of it; the last counts.
    pub outcome: Option<(Outcome, Said)>,
}

/// Words of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Said {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// What.
    pub words: String,
}

/// What an officer makes of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was in order.
    Accepted,
    /// The person was told how to do it.
    Instructed,
    /// It was reported to whoever decides about it.
    Reported,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Instructed, Self::Reported];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Instructed => "instructed",
            Self::Reported => "reported",
        }
    }

    /// The outcome of a word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// Why something is not written down.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such review or question.
    #[error("there is no such review or question")]
    Absent,
    /// The review is closed.
    #[error("the review is closed: nothing is added to it")]
    Closed,
    /// Some questions have no outcome.
    #[error("{0} questions have no outcome yet: record one of each, then close the review")]
    Open(usize),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] RecordsError),
}

impl From<sqlx::Error> for ReviewError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A review to be kept.
#[derive(Clone, Debug)]
pub struct Found {
    /// The first day and the day after the last.
    pub days: (NaiveDate, NaiveDate),
    /// Entries that were looked at.
    pub entries: u64,
    /// The rules.
    pub rules: ReviewRules,
    /// The day until which people have to explain.
    pub answer_by: NaiveDate,
    /// What stood out.
    pub outliers: Vec<Outlier>,
}

/// All reviews.
#[derive(Clone, Debug)]
pub struct Reviews {
    store: Store,
}

const CLOSED: &str = "closed";
const EXPLAINED: &str = "explained";

impl Reviews {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps a review. Of the same days there is one: `None` when it is there already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep(&self, found: &Found) -> Result<Option<i64>, RecordsError> {
        let rules = serde_json::to_string(&found.rules)
            .map_err(|error| RecordsError::Form(format!("rules of a review: {error}")))?;
        let mut write = self.store.write().await?;
        let id: Option<i64> = sqlx::query_scalar(
            "INSERT INTO access_reviews (since, until, made_at, entries, rules, answer_by) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (since, until) DO NOTHING RETURNING id",
        )
        .bind(found.days.0.to_string())
        .bind(found.days.1.to_string())
        .bind(stamp(self.store.clock.now()))
        .bind(i64::try_from(found.entries).unwrap_or(i64::MAX))
        .bind(rules)
        .bind(found.answer_by.to_string())
        .fetch_optional(&mut *write)
        .await?;
        let Some(id) = id else {
            return Ok(None);
        };
        for outlier in &found.outliers {
            keep(&mut write, id, outlier).await?;
        }
        write.commit().await?;
        Ok(Some(id))
    }

    /// All reviews, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self) -> Result<Vec<Reviewed>, RecordsError> {
        let ids: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM access_reviews ORDER BY since DESC, id DESC")
                .fetch_all(&self.store.readers)
                .await?;
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            all.extend(self.one(id).await?);
        }
        Ok(all)
    }

    /// Whether there is a review of these days.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, days: (NaiveDate, NaiveDate)) -> Result<Option<i64>, RecordsError> {
        let id =
            sqlx::query_scalar("SELECT id FROM access_reviews WHERE since = ?1 AND until = ?2")
                .bind(days.0.to_string())
                .bind(days.1.to_string())
                .fetch_optional(&self.store.readers)
                .await?;
        Ok(id)
    }

    /// The day on which the newest ends.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reviewed_until(&self) -> Result<Option<NaiveDate>, RecordsError> {
        let day: Option<String> = sqlx::query_scalar("SELECT max(until) FROM access_reviews")
            .fetch_one(&self.store.readers)
            .await?;
        day.map(|text| day_of(&text)).transpose()
    }

    /// One review.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn one(&self, id: i64) -> Result<Option<Reviewed>, RecordsError> {
        let row = sqlx::query("SELECT * FROM access_reviews WHERE id = ?1")
            .bind(id)
            .fetch_optional(&self.store.readers)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let outliers = sqlx::query("SELECT * FROM access_outliers WHERE review = ?1 ORDER BY id")
            .bind(id)
            .fetch_all(&self.store.readers)
            .await?;
        let mut questions = outliers
            .iter()
            .map(question)
            .collect::<Result<Vec<_>, _>>()?;
        let events =
            sqlx::query("SELECT * FROM access_review_events WHERE review = ?1 ORDER BY id")
                .bind(id)
                .fetch_all(&self.store.readers)
                .await?;
        let mut closed = None;
        for event in &events {
            let outlier: Option<i64> = event.try_get("outlier")?;
            let act: String = event.try_get("act")?;
            let said = said(event)?;
            let own = questions
                .iter_mut()
                .find(|question| Some(question.id) == outlier);
            match (own, act.as_str(), Outcome::read(&act)) {
                (None, CLOSED, _) => closed = Some(said),
                (Some(own), EXPLAINED, _) => own.explained.push(said),
                (Some(own), _, Some(outcome)) => own.outcome = Some((outcome, said)),
                _ => return Err(RecordsError::Form(format!("event {act} of a review"))),
            }
        }
        let entries: i64 = row.try_get("entries")?;
        let rules: String = row.try_get("rules")?;
        Ok(Some(Reviewed {
            id,
            since: day(&row, "since")?,
            until: day(&row, "until")?,
            made_at: at(&row, "made_at")?,
            entries: u64::try_from(entries).unwrap_or_default(),
            rules: serde_json::from_str(&rules)
                .map_err(|error| RecordsError::Form(format!("rules of a review: {error}")))?,
            answer_by: day(&row, "answer_by")?,
            questions,
            closed,
        }))
    }

    /// What a person is asked and has not been told an outcome of, in reviews that are not closed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn asked_of(&self, who: &str) -> Result<Vec<(Reviewed, Question)>, RecordsError> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT DISTINCT review FROM access_outliers WHERE who = ?1 AND review NOT IN \
             (SELECT review FROM access_review_events WHERE act = 'closed') ORDER BY review DESC",
        )
        .bind(who)
        .fetch_all(&self.store.readers)
        .await?;
        let mut asked = Vec::new();
        for id in ids {
            let Some(review) = self.one(id).await? else {
                continue;
            };
            let own = review.questions.iter();
            let own: Vec<Question> = own
                .filter(|question| question.outlier.who == who)
                .cloned()
                .collect();
            asked.extend(own.into_iter().map(|question| (review.clone(), question)));
        }
        Ok(asked)
    }

    /// Keeps what a person says of what stood out of theirs.
    ///
    /// # Errors
    /// When there is no such question of theirs, the review is closed, or the store fails.
    pub async fn explain(
        &self,
        (review, question): (i64, i64),
        who: &str,
        words: &str,
    ) -> Result<(), ReviewError> {
        let asked: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM access_outliers WHERE id = ?1 AND review = ?2 AND who = ?3",
        )
        .bind(question)
        .bind(review)
        .bind(who)
        .fetch_optional(&self.store.readers)
        .await?;
        asked.ok_or(ReviewError::Absent)?;
        self.add((review, Some(question)), who, EXPLAINED, words)
            .await
    }

    /// Keeps what the officer makes of it.
    ///
    /// # Errors
    /// When there is no such question, the review is closed, or the store fails.
    pub async fn conclude(
        &self,
        (review, question): (i64, i64),
        who: &str,
        (outcome, words): (Outcome, &str),
    ) -> Result<(), ReviewError> {
        let asked: Option<i64> =
            sqlx::query_scalar("SELECT id FROM access_outliers WHERE id = ?1 AND review = ?2")
                .bind(question)
                .bind(review)
                .fetch_optional(&self.store.readers)
                .await?;
        asked.ok_or(ReviewError::Absent)?;
        self.add((review, Some(question)), who, outcome.word(), words)
            .await
    }

    /// Closes a review of which every question has an outcome.
    ///
    /// # Errors
    /// When some have none, it is closed already, there is none, or the store fails.
    pub async fn close(&self, review: i64, who: &str, words: &str) -> Result<(), ReviewError> {
        let found = self.one(review).await?.ok_or(ReviewError::Absent)?;
        match found.open().count() {
            0 => self.add((review, None), who, CLOSED, words).await,
            open => Err(ReviewError::Open(open)),
        }
    }

    async fn add(
        &self,
        (review, question): (i64, Option<i64>),
        who: &str,
        act: &str,
        words: &str,
    ) -> Result<(), ReviewError> {
        let mut write = self.store.write().await?;
        let closed: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM access_review_events WHERE review = ?1 AND act = 'closed'",
        )
        .bind(review)
        .fetch_optional(&mut *write)
        .await?;
        if closed.is_some() {
            return Err(ReviewError::Closed);
        }
        sqlx::query(
            "INSERT INTO access_review_events (review, outlier, at, who, act, words) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(review)
        .bind(question)
        .bind(stamp(self.store.clock.now()))
        .bind(who)
        .bind(act)
        .bind(words)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }
}

async fn keep(
    write: &mut Transaction<'static, Sqlite>,
    review: i64,
    outlier: &Outlier,
) -> Result<(), RecordsError> {
    let entries: Vec<String> = outlier.entries.iter().map(ToString::to_string).collect();
    sqlx::query(
        "INSERT INTO access_outliers (review, who, kind, subject, count, usual, entries) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(review)
    .bind(&outlier.who)
    .bind(outlier.kind.word())
    .bind(&outlier.of)
    .bind(i64::try_from(outlier.count).unwrap_or(i64::MAX))
    .bind(i64::try_from(outlier.usual).unwrap_or(i64::MAX))
    .bind(entries.join(" "))
    .execute(&mut **write)
    .await?;
    Ok(())
}

fn question(row: &SqliteRow) -> Result<Question, RecordsError> {
    let word: String = row.try_get("kind")?;
    let kind = Outlying::ALL.into_iter().find(|kind| kind.word() == word);
    let entries: String = row.try_get("entries")?;
    let number = |name: &str| -> Result<u64, RecordsError> {
        let number: i64 = row.try_get(name)?;
        Ok(u64::try_from(number).unwrap_or_default())
    };
    Ok(Question {
        id: row.try_get("id")?,
        review: row.try_get("review")?,
        outlier: Outlier {
            who: row.try_get("who")?,
            kind: kind.ok_or_else(|| RecordsError::Form(format!("what stands out {word}")))?,
            of: row.try_get("subject")?,
            count: number("count")?,
            usual: number("usual")?,
            entries: entries
                .split(' ')
                .filter_map(|seq| seq.parse().ok())
                .collect(),
        },
        explained: Vec::new(),
        outcome: None,
    })
}

fn said(row: &SqliteRow) -> Result<Said, RecordsError> {
    Ok(Said {
        at: at(row, "at")?,
        who: row.try_get("who")?,
        words: row.try_get("words")?,
    })
}

fn at(row: &SqliteRow, name: &str) -> Result<DateTime<Utc>, RecordsError> {
    let text: String = row.try_get(name)?;
    moment(&text).ok_or_else(|| RecordsError::Form(format!("moment {text}")))
}

fn day(row: &SqliteRow, name: &str) -> Result<NaiveDate, RecordsError> {
    let text: String = row.try_get(name)?;
    day_of(&text)
}

fn day_of(text: &str) -> Result<NaiveDate, RecordsError> {
    text.parse()
        .map_err(|error| RecordsError::Form(format!("day {text}: {error}")))
}
