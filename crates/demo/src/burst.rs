//! A water main that breaks: once a fortnight, for three days, in one neighbourhood. A third of what the city is told
//! on these days is about it.

use chrono::{Datelike as _, NaiveDate, TimeDelta};

use crate::dice::Dice;
use crate::world::World;

/// Days between two of them.
const PERIOD: i32 = 14;
/// Days that one lasts.
const LASTS: i32 = 3;
/// Where in the period it begins.
const PHASE: i32 = 4;
/// One complaint of so many is about it.
pub const EVERY: u64 = 3;
/// Topic and title of the complaints.
pub const COMPLAINT: (&str, &str) = ("도로", "상수도관이 터져 도로에 물이 찼습니다");

/// How many days ago the newest began that has begun on a day.
fn since(day: NaiveDate) -> i32 {
    (day.num_days_from_ce() - PHASE).rem_euclid(PERIOD)
}

/// First day of the newest that has begun on a day.
pub fn began(day: NaiveDate) -> NaiveDate {
    day - TimeDelta::days(i64::from(since(day)))
}

/// The neighbourhood it is in on a day, if it is there.
pub fn on(world: &World, day: NaiveDate) -> Option<usize> {
    if since(day) >= LASTS {
        return None;
    }
    let mut dice = Dice::new(world.seed, &format!("burst of {}", began(day)));
    let last = i64::try_from(world.dongs.len()).unwrap_or(1) - 1;
    usize::try_from(dice.between(0, last)).ok()
}
