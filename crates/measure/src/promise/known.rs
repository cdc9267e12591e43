//! What is known of a promise: values on days, and states as they were entered.

use chrono::{DateTime, NaiveDate, Utc};
use city::promise::{Claim, Status};
use serde::Serialize;

/// A value on a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The day.
    pub on: NaiveDate,
    /// The value.
    pub value: f64,
}

impl Point {
    /// A value on a day; nothing where it is no number.
    pub fn new(on: NaiveDate, value: f64) -> Option<Self> {
        value.is_finite().then_some(Self { on, value })
    }
}

/// How a state came into the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A person entered it.
    Person,
    /// The file said it later than the ledger first saw the file.
    File,
    /// It stood in the file when the ledger first saw it: nobody knows when it was written.
    TakenOver,
}

/// A state as it was entered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Told {
    /// The state, and the day it tells of.
    #[serde(flatten)]
    pub status: Status,
    /// When it was entered, by the clock.
    pub entered_at: DateTime<Utc>,
    /// The day of that, in Korea.
    pub entered_on: NaiveDate,
    /// Who entered it: an account, or the file.
    pub who: String,
    /// How it came in.
    pub way: Way,
    /// The file does not say it any more.
    pub is_gone: bool,
    /// The seal over it is that of its words.
    pub is_intact: bool,
    /// Its place among all entries of the promise.
    pub place: u32,
}

impl Told {
    /// The later of two states is the one of the later day; of one day, the one entered later.
    pub(crate) fn order(&self) -> (Option<NaiveDate>, u32) {
        (self.status.on.last_day(), self.place)
    }

    /// Whether it tells of a day that has not come.
    pub(crate) fn is_ahead(&self, today: NaiveDate) -> bool {
        self.status.on.first_day().is_some_and(|day| day > today)
    }

    /// Days between the day it tells of and the day it was entered; none where it is no day of the calendar.
    pub fn days_late(&self) -> Option<i64> {
        let last = self.status.on.last_day()?;
        Some((self.entered_on - last).num_days().max(0))
    }
}

/// A claim as it was seen in the file.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Claimed {
    /// What the file claimed.
    pub claim: Claim,
    /// The day it was first seen, in Korea.
    pub entered_on: NaiveDate,
}

/// What is known of a promise.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Known {
    /// Values of its measure on days, oldest first.
    pub points: Vec<Point>,
    /// States, in the order in which they were entered.
    pub told: Vec<Told>,
    /// Claims of its file, in the order in which they were seen.
    pub claims: Vec<Claimed>,
}
