//! Works that dig up roads: a stream of permits that goes on for ever, so that each day's register and what is closed at
//! any moment are of the same works.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, TimeDelta};

use crate::dice::Dice;
use crate::network::Event;
use crate::world::{Place, World};

/// Permits of so many days: the register of a day holds those that begin in that time.
pub(crate) const PERMITS: u64 = 260;
const DAYS: i64 = BEHIND + AHEAD + 1;
/// Days before and after its own whose permits a register holds.
const BEHIND: i64 = 120;
const AHEAD: i64 = 20;
/// No works last longer.
const LONGEST: i64 = 45;
/// Every so many works close a lane while they dig.
const CLOSES: i64 = 2;

/// A permit to dig.
pub(crate) struct Permit {
    /// Its number in the register.
    pub(crate) number: String,
    pub(crate) place: Place,
    pub(crate) starts: NaiveDate,
    pub(crate) ends: NaiveDate,
    pub(crate) purpose: &'static str,
    /// Metres along the road.
    pub(crate) length: i64,
    /// Metres below it.
    pub(crate) depth: f64,
    pub(crate) contractor: &'static str,
    pub(crate) is_urgent: bool,
}

/// The first permit that begins on a day or later.
fn first_on(day: NaiveDate) -> i64 {
    let permits = i64::try_from(PERMITS).unwrap_or_default();
    let day = i64::from(day.num_days_from_ce());
    (day * permits + DAYS - 1).div_euclid(DAYS)
}

fn starts(at: i64) -> NaiveDate {
    let permits = i64::try_from(PERMITS).unwrap_or(1);
    let day = i32::try_from((at * DAYS).div_euclid(permits)).unwrap_or_default();
    NaiveDate::from_num_days_from_ce_opt(day).unwrap_or_default()
}

fn permit(world: &World, at: i64) -> Permit {
    let mut dice = Dice::new(world.seed, &format!("permit {at}"));
    let starts = starts(at);
    let new_year = NaiveDate::from_ymd_opt(starts.year(), 1, 1).unwrap_or(starts);
    Permit {
        number: format!("굴착-{}-{:04}", starts.year(), at - first_on(new_year) + 1),
        place: world.place(&mut dice),
        starts,
        ends: starts + TimeDelta::days(dice.between(3, LONGEST)),
        purpose: dice.pick::<&str>(&["상수도", "하수도", "가스", "전기", "통신"]),
        length: dice.between(5, 900),
        depth: dice.real(0.6, 3.5),
        contractor: dice.pick::<&str>(&["한길", "새터", "다움", "누리", "바른"]),
        is_urgent: dice.chance(0.06),
    }
}

/// Permits that begin from one day to another, in their order.
fn between(
    world: &World,
    first: NaiveDate,
    last: NaiveDate,
) -> impl Iterator<Item = (i64, Permit)> {
    let all = first_on(first)..first_on(last + TimeDelta::days(1));
    all.map(|at| (at, permit(world, at)))
}

/// The register of a day.
pub(crate) fn register(world: &World, today: NaiveDate) -> Vec<Permit> {
    let first = today - TimeDelta::days(BEHIND);
    let all = between(world, first, today + TimeDelta::days(AHEAD));
    all.map(|(_, permit)| permit).collect()
}

/// Lanes that are closed for works which begin from one day to another.
pub(crate) fn closures(world: &World, first: NaiveDate, last: NaiveDate) -> Vec<Event> {
    let closing = between(world, first, last).filter(|(at, _)| at % CLOSES == 0);
    let closed = closing.filter_map(|(_, own)| {
        let road = world
            .roads
            .iter()
            .position(|road| road.name == own.place.road)?;
        Some(Event {
            number: own.number.replace("굴착", "통제"),
            kind: "공사통제",
            title: format!(
                "{}: {} 공사({})로 한 개 차로를 통제합니다",
                own.place.road, own.purpose, own.number
            ),
            road,
            at: own.place.at,
            starts: own.starts.and_hms_opt(9, 0, 0)?,
            ends: own.ends.and_hms_opt(18, 0, 0)?,
        })
    });
    closed.collect()
}

/// Lanes that are closed at a moment for works which began before `until`.
pub(crate) fn closed_at(world: &World, moment: NaiveDateTime, until: NaiveDate) -> Vec<Event> {
    let first = moment.date() - TimeDelta::days(LONGEST);
    let mut all = closures(world, first, until.pred_opt().unwrap_or(until));
    all.retain(|own| own.starts <= moment && moment < own.ends);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_register_holds_what_the_day_before_held_and_what_is_new() {
        let world = World::new(4);
        let day = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        let numbers = |day: NaiveDate| -> BTreeSet<String> {
            let all = register(&world, day);
            assert_eq!(all.len() as u64, PERMITS, "{day}");
            assert!(all.iter().all(|own| {
                own.starts >= day - TimeDelta::days(BEHIND)
                    && own.starts <= day + TimeDelta::days(AHEAD)
            }));
            all.into_iter().map(|own| own.number).collect()
        };
        for back in 0..400 {
            let day = day - TimeDelta::days(back);
            let (own, next) = (numbers(day), numbers(day.succ_opt().unwrap()));
            assert_eq!(own.len() as u64, PERMITS, "a number stands for one permit");
            assert!(next.difference(&own).count() <= 2);
        }
    }
}
