//! Which datasets are late, by department: the clock of each, for pages, programs and the command line.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{AskError, Reader};
use chrono::{DateTime, Utc};
use city::freshness::State;
use city::{City, Dataset, DatasetId, Freshness};
use records::{Confirmation, Records, RecordsError};
use serde::Serialize;

use crate::state::AppState;

/// The clocks of all datasets at one moment.
#[derive(Clone, Debug)]
pub struct Clocks {
    confirmed: BTreeMap<DatasetId, Confirmation>,
    now: DateTime<Utc>,
}

/// The clock of one dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When something new arrived last.
    pub renewed: Option<DateTime<Utc>>,
    /// Who said since then that nothing has changed.
    pub confirmed: Option<Confirmation>,
    /// Where it stands.
    pub freshness: Freshness,
}

impl Clocks {
    /// Reads what departments confirmed; the moment is that of the records' clock.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn read(records: &Records) -> Result<Self, RecordsError> {
        Ok(Self {
            confirmed: records.confirmations().newest().await?,
            now: records.clock().now(),
        })
    }

    /// What the clocks depend on besides the deliveries: the minute, and what departments confirmed.
    pub(crate) fn stamp(&self) -> String {
        let newest = self.confirmed.values().map(|word| word.at).max();
        let minute = self.now.timestamp().div_euclid(60);
        format!("{minute} {} {newest:?}", self.confirmed.len())
    }

    /// The moment.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The clock of a dataset.
    ///
    /// # Errors
    /// When it may not be seen, or its log cannot be read.
    pub fn of(&self, reader: &Reader, id: &str) -> Result<Clock, AskError> {
        let renewed = reader.renewed(id)?;
        let confirmed = self
            .confirmed
            .get(id)
            .filter(|word| renewed.is_some_and(|renewed| renewed < word.at));
        let since = confirmed.map(|word| word.at).or(renewed);
        Ok(Clock {
            renewed,
            confirmed: confirmed.cloned(),
            freshness: reader.freshness(id, since, self.now)?,
        })
    }
}

/// A dataset with its clock.
pub type Entry<'r> = (&'r Arc<Dataset>, Clock);

/// The datasets of all departments or of one, in the city's order of departments, the latest first.
///
/// # Errors
/// When a log cannot be read.
pub fn list<'r>(
    reader: &'r Reader,
    clocks: &Clocks,
    city: &City,
    department: Option<&str>,
) -> Result<Vec<Entry<'r>>, AskError> {
    let mut entries = reader
        .datasets()
        .filter(|dataset| department.is_none_or(|wanted| dataset.department.as_str() == wanted))
        .map(|dataset| Ok((dataset, clocks.of(reader, &dataset.id)?)))
        .collect::<Result<Vec<_>, AskError>>()?;
    // The places of departments are looked up once: a city of ten thousand datasets compares very often.
    let places: BTreeMap<&str, usize> = city
        .manifest
        .departments
        .iter()
        .enumerate()
        .map(|(place, department)| (department.id.as_str(), place))
        .collect();
    entries.sort_by_cached_key(|(dataset, clock)| {
        (
            places.get(dataset.department.as_str()).copied(),
            std::cmp::Reverse(urgency(&clock.freshness)),
            dataset.id.clone(),
        )
    });
    Ok(entries)
}

/// The datasets of all departments, as [`list`] has them, counted once a minute for all who ask, and after each change.
///
/// # Errors
/// When a log or the records cannot be read.
pub async fn kept(
    state: &AppState,
    reader: Reader,
) -> Result<Arc<Vec<(Arc<Dataset>, Clock)>>, AskError> {
    let clocks = Clocks::read(&state.records).await?;
    let (of, city) = (clocks.stamp(), Arc::clone(&state.city));
    let count = move |reader: &Reader| {
        let all = list(reader, &clocks, &city, None)?.into_iter();
        let all = all.map(|(dataset, clock)| (Arc::clone(dataset), clock));
        Ok::<_, AskError>(all.collect())
    };
    state.overviews.get(reader, "clocks", of, count).await
}

/// What is late before what never came, that before what is near; the longer late the earlier.
fn urgency(freshness: &Freshness) -> (u8, i64) {
    match freshness.state {
        State::Overdue { working_days } => (4, i64::from(working_days)),
        State::NeverLoaded => (3, 0),
        State::DueSoon { working_days } => (2, -i64::from(working_days)),
        State::Fresh => (1, 0),
        State::Unclocked => (0, 0),
    }
}

/// Whether a person has something to do about it.
pub fn is_open(freshness: &Freshness) -> bool {
    urgency(freshness).0 >= 2
}

/// A line of the list, for programs.
#[derive(Debug, Serialize)]
pub struct Line<'l> {
    dataset: &'l DatasetId,
    title: &'l str,
    department: &'l str,
    cadence: city::dataset::Cadence,
    #[serde(flatten)]
    freshness: Freshness,
    renewed_at: Option<DateTime<Utc>>,
    confirmed: Option<&'l Confirmation>,
}

impl<'l> Line<'l> {
    /// The line of a dataset.
    pub fn new(dataset: &'l Dataset, clock: &'l Clock) -> Self {
        Self {
            dataset: &dataset.id,
            title: &dataset.title,
            department: &dataset.department,
            cadence: dataset.cadence,
            freshness: clock.freshness,
            renewed_at: clock.renewed,
            confirmed: clock.confirmed.as_ref(),
        }
    }
}
