//! Sensors that cannot be believed: shown as what they are, and never mended.

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

use super::index::Hour;
use super::scale::Pollutant;

/// So many equal values in a row are no air, where the value is this many of its smallest steps or more ...
const STUCK_HOURS: usize = 24;
const FINE_STEPS: i64 = 20;
/// ... and at the most so many, however coarse it is told.
const STUCK_MOST: usize = 24 * 7;
/// What is below nothing is told for so many of the newest hours: the longest over which dust is judged.
const NEGATIVE_HOURS: i64 = 12;
/// A change is a jump when it is so many times the usual one ...
const JUMP_TIMES: f64 = 8.0;
/// ... and at least so many steps.
const JUMP_STEPS: f64 = 20.0;
/// Changes that must be known before one of them is unusual.
const USUAL_FROM: usize = 12;

/// From when on a clock or a feed is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clocks {
    /// A clock is ahead by more than this.
    pub(crate) ahead: TimeDelta,
    /// A sensor is behind the others by more than this.
    pub(crate) behind: TimeDelta,
    /// A feed has stopped after so long.
    pub(crate) stopped: TimeDelta,
}

/// Those of stations that measure by the hour.
const CLOCKS: Clocks = Clocks {
    ahead: TimeDelta::minutes(10),
    behind: TimeDelta::hours(1),
    stopped: TimeDelta::hours(3),
};

/// The hours that have been: those of a clock that is not ahead. `hours` are in order of time.
pub fn present(hours: &[Hour], now: NaiveDateTime) -> &[Hour] {
    let ahead = hours.partition_point(|hour| hour.at - now <= CLOCKS.ahead);
    hours.get(..ahead).unwrap_or_default()
}

/// Why a station cannot be believed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doubt {
    /// The pollutant; none where it is the station as a whole.
    pub pollutant: Option<Pollutant>,
    /// What it is.
    #[serde(flatten)]
    pub kind: DoubtKind,
}

/// What is odd.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "doubt", rename_all = "kebab-case")]
pub enum DoubtKind {
    /// One value over and over.
    Stuck {
        /// The value.
        value: f64,
        /// How often it was measured in a row.
        hours: usize,
    },
    /// It was below nothing, which no concentration is: taken as not measured.
    Negative {
        /// The newest of these values.
        value: f64,
        /// In how many of the newest hours.
        hours: usize,
    },
    /// A change that no air makes.
    Jump {
        /// The value before.
        from: f64,
        /// The value after.
        to: f64,
    },
    /// Its clock is ahead: it measured what has not been.
    Ahead {
        /// By how many minutes.
        minutes: i64,
    },
    /// It is behind the other stations.
    Behind {
        /// By how many minutes.
        minutes: i64,
    },
    /// Nothing comes any more.
    Stopped {
        /// Since when.
        since: NaiveDateTime,
    },
}

impl DoubtKind {
    /// Its word in texts.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Stuck { .. } => "stuck",
            Self::Negative { .. } => "negative",
            Self::Jump { .. } => "jump",
            Self::Ahead { .. } => "ahead",
            Self::Behind { .. } => "behind",
            Self::Stopped { .. } => "stopped",
        }
    }
}

/// What is odd of a station. `hours` are in order of time; `newest` is the last hour of any station that is not ahead.
pub fn doubts(hours: &[Hour], now: NaiveDateTime, newest: Option<NaiveDateTime>) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let past = present(hours, now);
    // A station whose clock is ahead may have stopped all the same.
    let ends = [
        past.last(),
        hours.last().filter(|_| past.len() < hours.len()),
    ];
    let of_clock = ends.into_iter().flatten();
    let of_clock = of_clock.filter_map(|last| clock(last.at, now, newest, CLOCKS));
    doubts.extend(of_clock.map(|kind| Doubt {
        pollutant: None,
        kind,
    }));
    let hours = if past.is_empty() { hours } else { past };
    for pollutant in Pollutant::ALL {
        let values: Vec<f64> = hours.iter().filter_map(|hour| hour.of(pollutant)).collect();
        let too_long = |(value, hours): &(f64, usize)| {
            *hours >= stuck_from(*value, resolution(&values, pollutant.step()))
        };
        let stuck = stuck(&values).filter(too_long);
        let stuck = stuck.map(|(value, hours)| DoubtKind::Stuck { value, hours });
        let jump = jump(&values, pollutant.step() * JUMP_STEPS);
        let found = [negative(hours, pollutant), stuck, jump];
        doubts.extend(found.into_iter().flatten().map(|kind| Doubt {
            pollutant: Some(pollutant),
            kind,
        }));
    }
    doubts
}

/// The newest value below nothing among the newest hours, and in how many of them there is one.
fn negative(hours: &[Hour], pollutant: Pollutant) -> Option<DoubtKind> {
    let last = hours.last()?.at;
    let recent = hours
        .iter()
        .rev()
        .take_while(|hour| last - hour.at < TimeDelta::hours(NEGATIVE_HOURS));
    let values: Vec<f64> = recent
        .filter_map(|hour| hour.told(pollutant))
        .filter(|value| *value < 0.0)
        .collect();
    Some(DoubtKind::Negative {
        value: *values.first()?,
        hours: values.len(),
    })
}

/// The smallest difference that these values can show: the step that is published, or ten times as much where a
/// station leaves the last digit out.
fn resolution(values: &[f64], step: f64) -> f64 {
    let coarse = step * 10.0;
    let is_whole = |value: &f64| (value / coarse - (value / coarse).round()).abs() < 1e-6;
    if values.iter().all(is_whole) {
        coarse
    } else {
        step
    }
}

/// From how many equal hours on a sensor is stuck: a value of few steps stays as it is while the air changes a good deal,
/// so that it takes the more hours the fewer steps it has.
fn stuck_from(value: f64, resolution: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a concentration in steps is small, and the cast does not wrap"
    )]
    let steps = (value / resolution).round() as i64;
    let steps = usize::try_from(steps.clamp(1, FINE_STEPS)).unwrap_or(1);
    let fine = usize::try_from(FINE_STEPS).unwrap_or(1);
    (STUCK_HOURS * fine).div_ceil(steps).min(STUCK_MOST)
}

/// What is odd of the moment of the newest value.
pub(crate) fn clock(
    last: NaiveDateTime,
    now: NaiveDateTime,
    newest: Option<NaiveDateTime>,
    clocks: Clocks,
) -> Option<DoubtKind> {
    let minutes = |span: TimeDelta| span.num_minutes();
    if last - now > clocks.ahead {
        return Some(DoubtKind::Ahead {
            minutes: minutes(last - now),
        });
    }
    if now - last > clocks.stopped {
        return Some(DoubtKind::Stopped { since: last });
    }
    let newest = newest.filter(|newest| *newest - last > clocks.behind)?;
    Some(DoubtKind::Behind {
        minutes: minutes(newest - last),
    })
}

/// The newest value, and how many of the newest are one and the same.
#[expect(
    clippy::float_cmp,
    reason = "a sensor that is stuck repeats a value to the digit"
)]
pub(crate) fn stuck(values: &[f64]) -> Option<(f64, usize)> {
    let value = *values.last()?;
    let times = values.iter().rev().take_while(|own| **own == value).count();
    Some((value, times))
}

/// The newest change is far from usual, and at least `least`.
pub(crate) fn jump(values: &[f64], least: f64) -> Option<DoubtKind> {
    let [before @ .., from, to] = values else {
        return None;
    };
    let mut changes: Vec<f64> = before
        .iter()
        .zip(before.iter().skip(1))
        .map(|(a, b)| (b - a).abs())
        .collect();
    if changes.len() < USUAL_FROM {
        return None;
    }
    changes.sort_by(f64::total_cmp);
    let usual = changes.get(changes.len() / 2)?;
    let limit = (usual * JUMP_TIMES).max(least);
    ((to - from).abs() > limit).then_some(DoubtKind::Jump {
        from: *from,
        to: *to,
    })
}
