//! The road network as links between nodes, and how fast it is on them.
//!
//! Speeds are a function of the seed and the moment: whoever asks for a moment twice gets the same. What is in the way
//! on a road slows its links.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};

use crate::dice::Dice;
use crate::works::closed_at;
use crate::world::{Point, World};

/// Links and nodes have ten digits; these are of no city that is.
const LINK: u64 = 4_899_100_100;
const NODE: u64 = 4_899_000_100;
/// A sensor that repeats one value, one that is silent on every second day, one whose clock is ahead.
const STUCK: usize = 30;
const SILENT: usize = 90;
const AHEAD: usize = 150;
/// By how much it is ahead.
const AHEAD_BY: TimeDelta = TimeDelta::minutes(25);

/// What a lane that is closed for works leaves of the speed on its road.
const CLOSED: f64 = 0.75;

/// A link: one direction of a stretch of road.
pub(crate) struct Link {
    /// Ten digits.
    pub(crate) id: String,
    /// The nodes it begins and ends at.
    pub(crate) nodes: [String; 2],
    /// The road, by its place among the world's.
    pub(crate) road: usize,
    /// From where to where.
    pub(crate) line: [Point; 2],
    /// Length in metres.
    pub(crate) metres: f64,
}

/// What is in the way on a road for a while.
pub(crate) struct Event {
    pub(crate) number: String,
    pub(crate) kind: &'static str,
    pub(crate) title: String,
    /// The road, by its place among the world's.
    pub(crate) road: usize,
    pub(crate) at: Point,
    pub(crate) starts: NaiveDateTime,
    pub(crate) ends: NaiveDateTime,
}

/// Lanes, speed limit and class of a kind of road.
pub(crate) fn class_of(kind: &str) -> (u32, u32, &'static str) {
    match kind {
        "대로" => (3, 60, "주간선"),
        "로" => (2, 50, "보조간선"),
        _ => (1, 30, "집산"),
    }
}

/// All links: each stretch of road between two crossings, there and back.
pub(crate) fn links(world: &World) -> Vec<Link> {
    let mut nodes: Vec<(i64, i64)> = Vec::new();
    let mut node = |point: Point| {
        // Where roads cross, each says it to the last digit but one.
        let key = (tenth_metre(point.0), tenth_metre(point.1));
        let at = nodes.iter().position(|own| *own == key).unwrap_or_else(|| {
            nodes.push(key);
            nodes.len() - 1
        });
        format!("{:010}", NODE + at as u64)
    };
    let mut links = Vec::new();
    for (road, own) in world.roads.iter().enumerate() {
        for (from, to) in own.line.iter().zip(own.line.iter().skip(1)) {
            // Streets meet an avenue half-way between its corners.
            let half = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
            let parts = if own.kind == "대로" {
                vec![[*from, half], [half, *to]]
            } else {
                vec![[*from, *to]]
            };
            for [a, b] in parts {
                let ((ax, ay), (bx, by)) = (world.belt(a), world.belt(b));
                let metres = (ax - bx).hypot(ay - by);
                for line in [[a, b], [b, a]] {
                    links.push(Link {
                        id: format!("{:010}", LINK + links.len() as u64),
                        nodes: line.map(&mut node),
                        road,
                        line,
                        metres,
                    });
                }
            }
        }
    }
    links
}

#[expect(clippy::cast_possible_truncation, reason = "degrees of a city")]
fn tenth_metre(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}

/// What is in the way on a day.
pub(crate) fn events(world: &World, day: NaiveDate) -> Vec<Event> {
    let mut dice = Dice::new(world.seed, &format!("events {day}"));
    let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
    (0..5)
        .map(|number| {
            let road = usize::try_from(dice.between(0, last(world.roads.len(), 1)));
            let road = road.unwrap_or_default();
            let own = &world.roads[road];
            let stretch = dice.between(0, last(own.line.len(), 2));
            let stretch = usize::try_from(stretch).unwrap_or_default();
            let (from, to) = (own.line[stretch], own.line[stretch + 1]);
            let along = dice.real(0.2, 0.8);
            let begins = dice.between(6 * 60, 20 * 60);
            let (kind, words, lasts) = match number {
                // One that is there nearly the whole day.
                0 => ("행사", "행사로 한 개 차로를 통제합니다", 12 * 60),
                1 | 2 => (
                    "사고",
                    "추돌 사고로 한 개 차로를 통제합니다",
                    dice.between(30, 120),
                ),
                3 => ("고장차량", "고장 난 차량이 있습니다", dice.between(20, 60)),
                _ => (
                    "낙하물",
                    "떨어진 짐을 치우고 있습니다",
                    dice.between(10, 40),
                ),
            };
            let starts = midnight + TimeDelta::minutes(if number == 0 { 9 * 60 } else { begins });
            Event {
                number: format!("EV{}-{:02}", day.format("%y%m%d"), number + 1),
                kind,
                title: format!("{}: {words}", own.name),
                road,
                at: (
                    from.0 + (to.0 - from.0) * along,
                    from.1 + (to.1 - from.1) * along,
                ),
                starts,
                ends: starts + TimeDelta::minutes(lasts),
            }
        })
        .collect()
}

/// How busy an hour is, from 0 to 1.
fn busy(moment: NaiveDateTime) -> f64 {
    let is_weekend = moment.weekday().number_from_monday() > 5;
    let busy: f64 = match moment.hour() {
        7..=8 | 18 => 1.0,
        9 | 17 | 19 => 0.8,
        10..=16 | 20 => 0.5,
        6 | 21..=22 => 0.3,
        _ => 0.05,
    };
    if is_weekend { busy * 0.6 } else { busy }
}

/// What the links say at a moment: id, when, km/h.
pub(crate) fn speeds(
    world: &World,
    links: &[Link],
    moment: NaiveDateTime,
) -> Vec<(String, NaiveDateTime, f64)> {
    let day = moment.date();
    let slot = moment.hour() / 2;
    let mut of_slot = Dice::new(world.seed, &format!("jams {day} {slot}"));
    // On some roads it is a bad morning.
    let jams: Vec<bool> = world.roads.iter().map(|_| of_slot.chance(0.06)).collect();
    let events = events(world, day);
    let is_there = |event: &&Event| event.starts <= moment && moment < event.ends;
    let events: Vec<usize> = events
        .iter()
        .filter(is_there)
        .map(|event| event.road)
        .collect();
    let until = day.succ_opt().unwrap_or(day);
    let closed: Vec<usize> = closed_at(world, moment, until)
        .iter()
        .map(|event| event.road)
        .collect();
    let mut noise = Dice::new(world.seed, &format!("speeds {moment}"));
    let mut habits = Dice::new(world.seed, "habits of links");
    let mut all = Vec::with_capacity(links.len());
    for (at, link) in links.iter().enumerate() {
        let (_, limit, _) = class_of(world.roads[link.road].kind);
        let habit = habits.real(0.8, 1.05);
        let mut speed = f64::from(limit) * habit * (1.0 - 0.55 * busy(moment));
        speed *= noise.real(0.9, 1.1);
        if jams[link.road] {
            speed *= 0.5;
        }
        if events.contains(&link.road) {
            speed *= 0.6;
        }
        if closed.contains(&link.road) {
            speed *= CLOSED;
        }
        let (when, speed) = match at {
            STUCK => (moment, 38.0),
            SILENT if day.num_days_from_ce() % 2 == 0 => continue,
            AHEAD => (moment + AHEAD_BY, speed),
            _ => (moment, speed),
        };
        all.push((link.id.clone(), when, speed.max(3.0)));
    }
    all
}

/// The place so many before the end of `length` things.
fn last(length: usize, before: i64) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX) - before
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_node_is_reached_from_every_other_and_back() {
        let world = World::new(1);
        let links = links(&world);
        assert_eq!(links.len(), 360);
        let ids: BTreeSet<&str> = links.iter().map(|link| link.id.as_str()).collect();
        assert_eq!(ids.len(), 360);
        let mut reached: BTreeSet<&str> = BTreeSet::from([links[0].nodes[0].as_str()]);
        for _ in 0..links.len() {
            let next: Vec<&str> = links
                .iter()
                .filter(|link| reached.contains(link.nodes[0].as_str()))
                .map(|link| link.nodes[1].as_str())
                .collect();
            reached.extend(next);
        }
        let all: BTreeSet<&str> = links.iter().map(|link| link.nodes[1].as_str()).collect();
        assert_eq!(reached, all);
        assert!(links.iter().all(|link| link.metres > 500.0));
    }

    #[test]
    fn a_moment_has_the_same_speeds_whenever_it_is_asked_for_and_mornings_are_slow() {
        let world = World::new(3);
        let links = links(&world);
        let mean = |text: &str| {
            let moment: NaiveDateTime = text.parse().unwrap();
            let own = speeds(&world, &links, moment);
            assert!(own == speeds(&world, &links, moment));
            let all = u32::try_from(own.len()).unwrap();
            own.iter().map(|(_, _, speed)| speed).sum::<f64>() / f64::from(all)
        };
        assert!(mean("2026-11-25T08:00:00") < mean("2026-11-25T03:00:00") * 0.75);
    }

    #[test]
    fn a_lane_that_is_closed_for_works_slows_its_road() {
        let world = World::new(3);
        let links = links(&world);
        let moment: NaiveDateTime = "2026-11-25T11:00:00".parse().unwrap();
        let closed = closed_at(&world, moment, moment.date());
        assert!((5..40).contains(&closed.len()), "{}", closed.len());
        let days = |end: i64, count: i64| (0..count).map(move |back| end - back);
        // Over many days chance is as good on the one as on the other; a closed road is slower than on days without.
        let mean = |road: usize, is_closed: bool| {
            let mut all = Vec::new();
            for back in days(120, 120) {
                let at = moment - TimeDelta::days(back);
                let now = closed_at(&world, at, at.date().succ_opt().unwrap());
                if now.iter().any(|own| own.road == road) != is_closed {
                    continue;
                }
                let of_road = speeds(&world, &links, at);
                let own = of_road.iter().filter(|(id, ..)| {
                    let link = links.iter().find(|link| link.id == *id).unwrap();
                    link.road == road
                });
                all.extend(own.map(|(_, _, speed)| *speed));
            }
            all.iter().sum::<f64>() / f64::from(u32::try_from(all.len()).unwrap())
        };
        let road = closed[0].road;
        let (slow, usual) = (mean(road, true), mean(road, false));
        assert!(slow < usual * 0.9, "{slow} {usual}");
    }
}
