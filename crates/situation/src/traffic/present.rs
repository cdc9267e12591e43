//! The speed of a link as it is now, and why it is not known.

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

use crate::air::DoubtKind;
use crate::air::doubt::{Clocks, clock, jump, stuck};

/// One speed for so long is no traffic ...
const STUCK_FOR: TimeDelta = TimeDelta::hours(3);
/// ... and for so many readings.
const STUCK_TIMES: usize = 4;
/// A jump is at least so many km/h.
const JUMP_LEAST: f64 = 40.0;
/// A clock is ahead by more than this.
const AHEAD: TimeDelta = TimeDelta::minutes(10);

/// A speed at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// When.
    pub at: NaiveDateTime,
    /// km/h, above 0.
    pub speed: f64,
}

/// Whether the speed of a link is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is.
    Known,
    /// The newest is too old.
    Stale,
    /// The newest cannot be believed.
    Doubted,
    /// There is none.
    Silent,
}

impl State {
    /// Its word in texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Stale => "stale",
            Self::Doubted => "doubted",
            Self::Silent => "silent",
        }
    }
}

/// A link as it is now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Present {
    /// Whether its speed is known.
    pub state: State,
    /// The newest reading, believed or not.
    pub last: Option<Reading>,
    /// How old it is, in minutes; below 0 where its clock is ahead.
    pub age_minutes: Option<i64>,
    /// What is odd of it.
    pub doubts: Vec<DoubtKind>,
}

impl Present {
    /// A link that has sent nothing.
    pub fn silent() -> Self {
        Self {
            state: State::Silent,
            last: None,
            age_minutes: None,
            doubts: Vec::new(),
        }
    }

    /// The speed, where it is known.
    pub fn speed(&self) -> Option<f64> {
        let last = self.last.filter(|_| self.state == State::Known)?;
        Some(last.speed)
    }
}

/// A link as it is now. `readings` are in order of time, each moment once; `newest` is the newest of any link whose clock
/// is not ahead.
pub fn present(
    readings: &[Reading],
    now: NaiveDateTime,
    newest: Option<NaiveDateTime>,
    stale: TimeDelta,
) -> Present {
    let Some(last) = readings.last() else {
        return Present::silent();
    };
    let clocks = Clocks {
        ahead: AHEAD,
        behind: stale,
        stopped: stale,
    };
    let of_clock = clock(last.at, now, newest, clocks);
    let is_ahead = matches!(of_clock, Some(DoubtKind::Ahead { .. }));
    let is_stale = now - last.at > stale;
    let values: Vec<f64> = readings.iter().map(|own| own.speed).collect();
    let of_values: Vec<DoubtKind> = [held(readings, &values), jump(&values, JUMP_LEAST)]
        .into_iter()
        .flatten()
        .collect();
    let state = if is_stale {
        State::Stale
    } else if is_ahead || !of_values.is_empty() {
        State::Doubted
    } else {
        State::Known
    };
    Present {
        state,
        last: Some(*last),
        age_minutes: Some((now - last.at).num_minutes()),
        doubts: of_clock.into_iter().chain(of_values).collect(),
    }
}

/// One speed for hours.
fn held(readings: &[Reading], values: &[f64]) -> Option<DoubtKind> {
    let (value, times) = stuck(values)?;
    let first = readings.iter().rev().take(times).next_back()?;
    let span = readings.last()?.at - first.at;
    let hours = usize::try_from(span.num_hours()).ok()?;
    (times >= STUCK_TIMES && span >= STUCK_FOR).then_some(DoubtKind::Stuck { value, hours })
}
