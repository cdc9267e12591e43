//! Sensors that cannot be believed: shown as what they are, and never mended.

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

use super::index::Hour;
use super::scale::Pollutant;

/// So many equal values in a row are no air.
const STUCK_HOURS: usize = 24;
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
    let Some(last) = hours.last() else {
        return doubts;
    };
    let of_clock = clock(last.at, now, newest, CLOCKS);
    doubts.extend(of_clock.map(|kind| Doubt {
        pollutant: None,
        kind,
    }));
    for pollutant in Pollutant::ALL {
        let values: Vec<f64> = hours.iter().filter_map(|hour| hour.of(pollutant)).collect();
        let stuck = stuck(&values).filter(|(_, hours)| *hours >= STUCK_HOURS);
        let stuck = stuck.map(|(value, hours)| DoubtKind::Stuck { value, hours });
        let found = [stuck, jump(&values, pollutant.step() * JUMP_STEPS)];
        doubts.extend(found.into_iter().flatten().map(|kind| Doubt {
            pollutant: Some(pollutant),
            kind,
        }));
    }
    doubts
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
