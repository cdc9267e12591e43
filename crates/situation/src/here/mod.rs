//! What is going on at a place, in sentences that a call desk reads aloud.
//!
//! A part that could not be read is absent, and the sentences say so: unknown is not none.

mod spoken;
#[cfg(test)]
mod tests;

pub use spoken::{outside, spoken};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::Serialize;

/// What is going on at a place.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Here {
    /// The place, by its name, as an address or in degrees.
    pub place: String,
    /// Whether it is only near what it is called by: it was picked on a map.
    pub is_near: bool,
    /// How far around it was looked, in metres.
    pub metres: f64,
    /// The day.
    pub today: Option<NaiveDate>,
    /// Works that are under way, the nearest first.
    pub works: Option<Vec<Near>>,
    /// Works that will begin.
    pub planned: Option<Vec<Near>>,
    /// Roads that are closed; absent where the city declares none, or they may not be seen.
    pub closures: Option<Vec<Closed>>,
    /// Closures of which nobody can say where in the city they are.
    pub unplaced_closures: u64,
    /// Complaints of the last days, by topic, the most frequent first.
    pub complaints: Option<Vec<(String, u64)>>,
    /// What the call is about: one of their topics.
    pub topic: Option<String>,
    /// How many days of complaints were looked at.
    pub complaint_days: u32,
    /// Complaints that say they were received more than a day from now: a clock is ahead. They are not counted.
    pub complaints_ahead: u64,
    /// Who answers for what.
    pub contacts: Vec<Contact>,
}

/// Works or a closure near a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Near {
    /// Number of the permit, or the closure in words.
    pub title: String,
    /// The road.
    pub road: Option<String>,
    /// For what.
    pub purpose: Option<String>,
    /// First day.
    pub starts: NaiveDate,
    /// Last day.
    pub ends: NaiveDate,
    /// How far away, in metres.
    pub metres: f64,
    /// Who digs.
    pub contractor: Option<String>,
}

/// A day, or a moment of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum When {
    /// A day as a whole.
    Day(NaiveDate),
    /// A moment of the city's clock.
    Moment(NaiveDateTime),
}

impl When {
    /// The day.
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Moment(at) => at.date(),
        }
    }

    /// Its first moment.
    pub fn begins(self) -> NaiveDateTime {
        match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN),
            Self::Moment(at) => at,
        }
    }

    /// The moment at which it is over: a day as a whole is so with the next.
    pub fn is_over(self) -> NaiveDateTime {
        match self {
            Self::Day(day) => day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN),
            Self::Moment(at) => at,
        }
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Moment(at) => at.format("%Y-%m-%d %H:%M").fmt(f),
        }
    }
}

/// A closed road near a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Closed {
    /// The closure in words.
    pub title: String,
    /// The road.
    pub road: Option<String>,
    /// Since when.
    pub starts: When,
    /// Until when; nothing where nobody has said it.
    pub ends: Option<When>,
    /// How far away, in metres; nothing where it is somewhere on a road that is near.
    pub metres: Option<f64>,
}

/// Who answers for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// For what: a topic of complaints, or nothing for the works.
    pub topic: Option<String>,
    /// The department.
    pub department: String,
    /// Its English title.
    pub department_en: String,
    /// Its telephone number.
    pub phone: Option<String>,
}
