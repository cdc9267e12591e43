//! How the platform answered, hour by hour, and in which minutes it was there.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use sqlx::Row as _;

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// Steps of a [`Spans`]: the last holds what took longer than 18 seconds.
const STEPS: usize = 128;
/// The upper end of the first step, in milliseconds.
const FIRST_MS: f64 = 0.1;
/// How much longer each step is than the one before.
const GROWTH: f64 = 1.1;

/// How long answers took: counts in steps that grow by a tenth, so that hours can be added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spans {
    counts: Vec<u64>,
}

impl Default for Spans {
    fn default() -> Self {
        Self {
            counts: vec![0; STEPS],
        }
    }
}

impl Spans {
    /// Counts one answer that took so many milliseconds.
    pub fn add(&mut self, ms: f64) {
        let step = (ms / FIRST_MS).max(1.0).log(GROWTH).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and cut to the steps there are"
        )]
        let step = (step as usize).min(STEPS - 1);
        if let Some(count) = self.counts.get_mut(step) {
            *count += 1;
        }
    }

    /// Answers counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Milliseconds within which a share of the answers came: the upper end of the step, at most a tenth too much.
    /// Nothing where nothing was counted.
    pub fn within(&self, share: f64) -> Option<f64> {
        let total = self.total();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of answers, and a rank among them"
        )]
        let rank = ((total as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        let step = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(FIRST_MS * GROWTH.powi(i32::try_from(step).unwrap_or(i32::MAX)))
    }

    fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// `step:count` of the steps that have any.
    fn text(&self) -> String {
        let some = self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0);
        let words: Vec<String> = some
            .map(|(step, count)| format!("{step}:{count}"))
            .collect();
        words.join(" ")
    }

    fn read(text: &str) -> Result<Self, RecordsError> {
        let mut spans = Self::default();
        for word in text.split_whitespace() {
            let found = word.split_once(':').and_then(|(step, count)| {
                Some((step.parse::<usize>().ok()?, count.parse::<u64>().ok()?))
            });
            let slot = found.and_then(|(step, count)| Some((spans.counts.get_mut(step)?, count)));
            let Some((slot, count)) = slot else {
                return Err(RecordsError::Form(format!("answers by time `{word}`")));
            };
            *slot += count;
        }
        Ok(spans)
    }
}

/// Answers of one kind in one hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// How long they took.
    pub spans: Spans,
    /// Those that were the platform's fault (status 500 and above).
    pub failed: u64,
}

/// One hour of one kind of address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceHour {
    /// Its begin.
    pub hour: DateTime<Utc>,
    /// Kind of address.
    pub kind: String,
    /// What was answered.
    pub answers: Answers,
    /// Minutes of the hour in which the platform was there.
    pub minutes_up: u32,
    /// Minutes of the hour since the first in which it ever was, until now.
    pub minutes_all: u32,
}

/// How the platform answered.
#[derive(Clone, Debug)]
pub struct Service {
    store: Store,
}

impl Service {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Notes that the platform is there this minute, and adds answers to this hour's.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn add(&self, answers: &BTreeMap<String, Answers>) -> Result<(), RecordsError> {
        let now = self.store.clock.now();
        let floor = |to| now.duration_trunc(to).unwrap_or(now);
        let hour = stamp(floor(TimeDelta::hours(1)));
        let mut write = self.store.write().await?;
        sqlx::query("INSERT INTO service_minutes (minute) VALUES (?1) ON CONFLICT DO NOTHING")
            .bind(stamp(floor(TimeDelta::minutes(1))))
            .execute(&mut *write)
            .await?;
        for (kind, more) in answers {
            let before: Option<(i64, String)> = sqlx::query_as(
                "SELECT failed, steps FROM service_hours WHERE hour = ?1 AND kind = ?2",
            )
            .bind(&hour)
            .bind(kind)
            .fetch_optional(&mut *write)
            .await?;
            let mut sum = more.clone();
            if let Some((failed, steps)) = before {
                sum.spans.merge(&Spans::read(&steps)?);
                sum.failed += u64::try_from(failed).unwrap_or_default();
            }
            sqlx::query("INSERT INTO service_hours (hour, kind, failed, steps) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (hour, kind) DO UPDATE SET failed = excluded.failed, steps = excluded.steps")
                .bind(&hour)
                .bind(kind)
                .bind(i64::try_from(sum.failed).unwrap_or(i64::MAX))
                .bind(sum.spans.text())
                .execute(&mut *write)
                .await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// Hours from a moment on, oldest first. An hour in which nobody asked anything, or the platform was not there, has
    /// one line of the kind `page`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn since(&self, first: DateTime<Utc>) -> Result<Vec<ServiceHour>, RecordsError> {
        let minutes: Vec<(String, i64)> = sqlx::query_as(
            "SELECT substr(minute, 1, 13) AS hour, count(*) FROM service_minutes WHERE minute >= ?1 GROUP BY 1",
        )
        .bind(stamp(first))
        .fetch_all(&self.store.readers)
        .await?;
        let mut found: BTreeMap<(String, String), Answers> = BTreeMap::new();
        let rows =
            sqlx::query("SELECT hour, kind, failed, steps FROM service_hours WHERE hour >= ?1")
                .bind(stamp(first))
                .fetch_all(&self.store.readers)
                .await?;
        for row in &rows {
            let hour: String = row.try_get("hour")?;
            let failed: i64 = row.try_get("failed")?;
            let answers = Answers {
                spans: Spans::read(&row.try_get::<String, _>("steps")?)?,
                failed: u64::try_from(failed).unwrap_or_default(),
            };
            let key = hour.get(..13).unwrap_or(&hour).to_owned();
            found.insert((key, row.try_get("kind")?), answers);
        }
        let minutes: BTreeMap<String, i64> = minutes.into_iter().collect();
        let known: Option<String> =
            sqlx::query_scalar("SELECT min(minute) FROM service_minutes WHERE minute >= ?1")
                .bind(stamp(first))
                .fetch_one(&self.store.readers)
                .await?;
        let now = self.store.clock.now();
        let Some(begun) = known.as_deref().and_then(moment) else {
            return Ok(Vec::new());
        };
        let mut hour = begun.duration_trunc(TimeDelta::hours(1)).unwrap_or(begun);
        let mut hours = Vec::new();
        while hour <= now {
            let next = hour + TimeDelta::hours(1);
            let all = next.min(now + TimeDelta::minutes(1)) - hour.max(begun);
            let text = stamp(hour);
            let key = text.get(..13).unwrap_or(&text).to_owned();
            let up = minutes.get(&key).copied().unwrap_or_default();
            let up = u32::try_from(up).unwrap_or_default();
            let mut of: BTreeMap<String, Answers> = found
                .iter()
                .filter(|((own, _), _)| *own == key)
                .map(|((_, kind), answers)| (kind.clone(), answers.clone()))
                .collect();
            of.entry("page".to_owned()).or_default();
            hours.extend(of.into_iter().map(|(kind, answers)| ServiceHour {
                hour,
                kind,
                answers,
                minutes_up: up,
                minutes_all: u32::try_from(all.num_minutes()).unwrap_or_default().max(up),
            }));
            hour = next;
        }
        Ok(hours)
    }

    /// Forgets what lies before a moment.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget(&self, before: DateTime<Utc>) -> Result<(), RecordsError> {
        let mut write = self.store.write().await?;
        for table in [
            "DELETE FROM service_hours WHERE hour < ?1",
            "DELETE FROM service_minutes WHERE minute < ?1",
        ] {
            sqlx::query(table)
                .bind(stamp(before))
                .execute(&mut *write)
                .await?;
        }
        write.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_answers_came_within_a_time_at_most_a_tenth_too_long() {
        let mut spans = Spans::default();
        assert_eq!(spans.within(0.5), None);
        for ms in 1..=1000 {
            spans.add(f64::from(ms));
        }
        for (share, exact) in [(0.5, 500.0), (0.95, 950.0), (0.99, 990.0)] {
            let within = spans.within(share).unwrap();
            assert!(
                within >= exact && within <= exact * 1.101,
                "{within} {exact}"
            );
        }
        spans.add(0.0);
        spans.add(1e12);
        assert_eq!(spans.total(), 1002);
        assert_eq!(Spans::read(&spans.text()).unwrap(), spans);
        assert!(Spans::read("999:1").is_err() && Spans::read("x").is_err());
    }
}
