//! Works on one road, near in space and time, that could be one; and what that would save.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta};
use geo_types::LineString;

use super::along::stretches;
use super::permit::{Permit, Road};
use super::roads::{Roads, intervals};
use crate::shape::{bounds, distance};

/// Most works that are joined to one: more would be a new road.
const TOGETHER_MAX: usize = 12;

/// How near works are that could be one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Most days between the end of one and the start of the next.
    pub days: u32,
    /// Most metres between one and another.
    pub metres: f64,
}

/// Works that could be one.
#[derive(Clone, Debug, PartialEq)]
pub struct Joinable {
    /// The road.
    pub road: String,
    /// Counts of the permits, the earliest first.
    pub permits: Vec<usize>,
    /// Days on which the road is closed as the permits are now.
    pub days_apart: u32,
    /// Days on which it would be closed if the works were one: as long as the longest of them.
    pub days_together: u32,
    /// Metres that are resurfaced as the permits are now, one after the other; nothing where shapes have no length.
    pub resurfaced_apart: Option<f64>,
    /// Metres that would be resurfaced if they were one: what lies under several is done once.
    pub resurfaced_together: Option<f64>,
}

impl Joinable {
    /// Days of closure that joining saves.
    pub fn days_saved(&self) -> u32 {
        self.days_apart.saturating_sub(self.days_together)
    }

    /// Metres of resurfacing that joining saves.
    pub fn metres_saved(&self) -> Option<f64> {
        Some((self.resurfaced_apart? - self.resurfaced_together?).max(0.0))
    }
}

/// Works that have not begun by `today` and could be one, where something is saved. Works that may not wait are left
/// alone.
pub fn joinable(permits: &[Permit], roads: &[Road], near: Near, today: NaiveDate) -> Vec<Joinable> {
    let mut by_road: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, permit) in permits.iter().enumerate() {
        if let Some(road) = &permit.road
            && !permit.emergency
            && permit.starts > today
        {
            by_road.entry(road).or_default().push(at);
        }
    }
    let named = Roads::new(roads);
    let mut found = Vec::new();
    for (road, mut counts) in by_road {
        counts.sort_by_key(|at| permits.get(*at).map(|permit| (permit.starts, *at)));
        let lines = named.lines(road);
        for group in groups(permits, &counts, near) {
            let joined = joined(permits, road, group, &lines);
            if joined.days_saved() > 0 || joined.metres_saved().is_some_and(|saved| saved >= 1.0) {
                found.push(joined);
            }
        }
    }
    found.sort_by(|a, b| {
        b.days_saved()
            .cmp(&a.days_saved())
            .then_with(|| a.permits.cmp(&b.permits))
    });
    found
}

/// Works of one road, in the order they start, in groups: each is near one of its group in space, and starts soon after
/// the group's last day. A permit is in one group at most.
fn groups(permits: &[Permit], counts: &[usize], near: Near) -> Vec<Vec<usize>> {
    let patience = TimeDelta::days(i64::from(near.days));
    let mut open: Vec<(NaiveDate, Vec<usize>)> = Vec::new();
    let mut done = Vec::new();
    for &at in counts {
        let Some(permit) = permits.get(at) else {
            continue;
        };
        // What no later works can join any more is put away: a road of many works stays quick.
        let (kept, over): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|(end, _)| permit.starts - *end <= patience);
        open = kept;
        done.extend(over.into_iter().map(|(_, group)| group));
        let home = open.iter_mut().find(|(_, group)| {
            group.len() < TOGETHER_MAX
                && group.iter().any(|other| {
                    permits.get(*other).is_some_and(|other| {
                        !permit.is_same(other) && within(permit, other, near.metres)
                    })
                })
        });
        match home {
            Some((end, group)) => {
                *end = (*end).max(permit.ends);
                group.push(at);
            }
            None => open.push((permit.ends, vec![at])),
        }
    }
    done.extend(open.into_iter().map(|(_, group)| group));
    done.retain(|group| group.len() > 1);
    done
}

/// Whether two shapes are at most so far apart; their boxes say no sooner.
fn within(one: &Permit, other: &Permit, metres: f64) -> bool {
    let (Some(a), Some(b)) = (bounds(&one.shape), bounds(&other.shape)) else {
        return false;
    };
    let gap = |low: f64, high: f64| (low - high).max(0.0);
    let x = gap(a.min().x, b.max().x).max(gap(b.min().x, a.max().x));
    let y = gap(a.min().y, b.max().y).max(gap(b.min().y, a.max().y));
    x <= metres
        && y <= metres
        && distance(&one.shape, &other.shape).is_some_and(|apart| apart <= metres)
}

fn joined(
    permits: &[Permit],
    road: &str,
    group: Vec<usize>,
    lines: &[&LineString<f64>],
) -> Joinable {
    let own: Vec<&Permit> = group.iter().filter_map(|at| permits.get(*at)).collect();
    let days = |permit: &Permit| {
        let first = permit.starts.num_days_from_ce();
        (first, permit.ends.num_days_from_ce() + 1)
    };
    let periods: Vec<(f64, f64)> = own
        .iter()
        .map(|permit| {
            let (from, to) = days(permit);
            (f64::from(from), f64::from(to))
        })
        .collect();
    let longest = periods
        .iter()
        .map(|(from, to)| to - from)
        .fold(0.0, f64::max);
    let covered: Vec<Vec<(f64, f64)>> = own
        .iter()
        .map(|own| intervals(lines, &stretches(lines, &own.shape)))
        .collect();
    // Works are measured only where each of them has a length.
    let apart: Vec<f64> = covered.iter().map(|own| union(own)).collect();
    let has_lengths = apart.iter().all(|metres| *metres > 0.0);
    Joinable {
        road: road.to_owned(),
        permits: group,
        days_apart: whole(union(&periods)),
        days_together: whole(longest),
        resurfaced_apart: has_lengths.then(|| apart.iter().sum()),
        resurfaced_together: has_lengths.then(|| union(&covered.concat())),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "days between two dates, not negative"
)]
fn whole(days: f64) -> u32 {
    days.round() as u32
}

/// Length of what intervals cover together.
pub(crate) fn union(intervals: &[(f64, f64)]) -> f64 {
    let mut sorted = intervals.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut total, mut reached) = (0.0, f64::NEG_INFINITY);
    for (from, to) in sorted {
        total += (to - from.max(reached)).max(0.0);
        reached = reached.max(to);
    }
    total
}
