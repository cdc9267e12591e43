//! What is usual: days that are like this one, and how many of them tell something.

use chrono::{NaiveDate, TimeDelta};

/// Fewer days tell nothing of what is usual.
pub const LEAST: f64 = 3.0;

/// The days before `today` of so many weeks that are like it: working days of a working day, the others of the others.
pub fn like_days(
    today: NaiveDate,
    weeks: u32,
    works: impl Fn(NaiveDate) -> bool,
) -> Vec<NaiveDate> {
    let days = (1..=i64::from(weeks) * 7).map(|back| today - TimeDelta::days(back));
    days.filter(|day| works(*day) == works(today)).collect()
}
