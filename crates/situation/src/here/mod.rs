//! What is going on at a place, in sentences that a call desk reads aloud.
//!
//! A part that could not be read is absent, and the sentences say so: unknown is not none.

mod spoken;
#[cfg(test)]
mod tests;

pub use spoken::spoken;

use chrono::NaiveDate;
use serde::Serialize;

/// What is going on at a place.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Here {
    /// The place, as an address or in degrees.
    pub place: String,
    /// How far around it was looked, in metres.
    pub metres: f64,
    /// The day.
    pub today: Option<NaiveDate>,
    /// Works that are under way, the nearest first.
    pub works: Option<Vec<Near>>,
    /// Works that will begin.
    pub planned: Option<Vec<Near>>,
    /// Roads that are closed; absent where the city declares none, or they may not be seen.
    pub closures: Option<Vec<Near>>,
    /// Complaints of the last days, by topic, the most frequent first.
    pub complaints: Option<Vec<(String, u64)>>,
    /// How many days of complaints were looked at.
    pub complaint_days: u32,
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

/// Who answers for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// For what: a topic of complaints, or nothing for the works.
    pub topic: Option<String>,
    /// The department.
    pub department: String,
    /// Its telephone number.
    pub phone: Option<String>,
}
