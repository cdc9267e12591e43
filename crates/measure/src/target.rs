//! How far a figure is on its way to a target: what is reached, and the pace needed against the pace so far.

use access::{AskError, At, Reader};
use chrono::{DateTime, NaiveDate, Utc};
use city::Measure;
use city::calendar::korean_day;
use city::measure::Direction;
use city::unit::converted;
use serde::Serialize;

use crate::asked::Asked;
use crate::figure::{Figure, figure};

/// The target in the measure's unit.
pub fn value(measure: &Measure) -> Option<f64> {
    let target = measure.target.as_ref()?;
    converted(target.value, &target.unit, &measure.unit)
}

/// How far a figure is on its way. What cannot be said is left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Progress {
    /// The target in the measure's unit.
    pub target: f64,
    /// The day it should be reached by.
    pub by: Option<NaiveDate>,
    /// The figure now.
    pub now: Option<f64>,
    /// As of which day.
    pub at: Option<NaiveDate>,
    /// Where it began.
    pub start: Option<Start>,
    /// The share of the way that is done: 1 is all of it.
    pub reached: Option<f64>,
    /// Whether the target is met.
    pub met: Option<bool>,
    /// Days left.
    pub days_left: Option<i64>,
    /// The change needed a day from now on.
    pub pace_needed: Option<f64>,
    /// The change a day so far.
    pub pace_so_far: Option<f64>,
    /// The value on the due day if it goes on at the pace so far.
    pub heading_for: Option<f64>,
}

/// Where a figure began.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Start {
    /// The day.
    pub day: NaiveDate,
    /// The value.
    pub value: f64,
}

/// How far a measure is on its way to its target; nothing where it has none.
///
/// # Errors
/// As for [`figure`].
pub async fn progress(
    reader: &Reader,
    measure: &Measure,
    asked: impl Into<Asked>,
    now: DateTime<Utc>,
) -> Result<Option<Progress>, AskError> {
    let Some(target) = value(measure) else {
        return Ok(None);
    };
    let asked = asked.into();
    let told = figure(reader, measure, &asked, now).await?;
    let at = day_of(reader, &told)?;
    let start = match declared(measure) {
        Some(start) => Some(start),
        None => first(reader, measure, &asked, now).await?,
    };
    let declared = measure.target.as_ref();
    let by = declared.and_then(|target| target.by.as_ref()?.parse().ok());
    Ok(Some(Progress::of(
        measure.direction,
        target,
        by,
        told.value()
            .zip(at)
            .map(|(value, day)| Start { day, value }),
        start,
    )))
}

impl Progress {
    /// From where it began to where it is to where it should be.
    pub fn of(
        direction: Direction,
        target: f64,
        by: Option<NaiveDate>,
        now: Option<Start>,
        start: Option<Start>,
    ) -> Self {
        let start = start.filter(|start| now.is_none_or(|now| start.day < now.day));
        let days = |from: NaiveDate, to: NaiveDate| (to - from).num_days();
        let left = now.zip(by).map(|(now, by)| days(now.day, by));
        let met = now.map(|now| match direction {
            Direction::Down => now.value <= target,
            Direction::Up => now.value >= target,
            Direction::Neutral => now.value.total_cmp(&target).is_eq(),
        });
        let way = start.filter(|start| start.value.total_cmp(&target).is_ne());
        let reached = match (now, way, direction) {
            (Some(now), Some(start), _) => Some((now.value - start.value) / (target - start.value)),
            // Without a beginning, more is counted from nothing; less cannot be.
            (Some(now), None, Direction::Up) if target > 0.0 => Some(now.value / target),
            _ => None,
        };
        let share = |value: f64, days: i64| (days > 0).then(|| value / days_as(days));
        let pace_so_far = now
            .zip(start)
            .and_then(|(now, start)| share(now.value - start.value, days(start.day, now.day)));
        Self {
            target,
            by,
            now: now.map(|now| now.value),
            at: now.map(|now| now.day),
            start,
            reached,
            met,
            days_left: left,
            pace_needed: now
                .zip(left)
                .filter(|_| met == Some(false))
                .and_then(|(now, left)| share(target - now.value, left)),
            pace_so_far,
            heading_for: now
                .zip(left)
                .zip(pace_so_far)
                .filter(|((_, left), _)| *left >= 0)
                .map(|((now, left), pace)| now.value + pace * days_as(left)),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "days of a city's plans are few")]
fn days_as(days: i64) -> f64 {
    days as f64
}

fn declared(measure: &Measure) -> Option<Start> {
    let target = measure.target.as_ref()?;
    Some(Start {
        day: target.since.as_ref()?.parse().ok()?,
        value: converted(target.start?, &target.unit, &measure.unit)?,
    })
}

/// The figure of the first version there is.
async fn first(
    reader: &Reader,
    measure: &Measure,
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<Option<Start>, AskError> {
    let versions = match reader.versions(measure.dataset.as_str()) {
        Ok(versions) => versions,
        Err(AskError::Denied(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(oldest) = versions.last().filter(|_| versions.len() > 1) else {
        return Ok(None);
    };
    let asked = Asked {
        at: At::Version(oldest.number),
        ..asked.clone()
    };
    let found = figure(reader, measure, &asked, now).await?;
    Ok(found.value().map(|value| Start {
        day: korean_day(oldest.committed_at),
        value,
    }))
}

/// The day the newest of a figure's own rows were loaded.
fn day_of(reader: &Reader, figure: &Figure) -> Result<Option<NaiveDate>, AskError> {
    let Some((id, number)) = figure.versions().first() else {
        return Ok(None);
    };
    let version = reader.version(id.as_str(), &At::Version(*number))?;
    Ok(Some(korean_day(version.committed_at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str, value: f64) -> Start {
        Start {
            day: day.parse().unwrap(),
            value,
        }
    }

    #[test]
    fn the_way_to_a_target_is_measured_from_where_it_began() {
        let by = "2026-12-31".parse().ok();
        let up = Progress::of(
            Direction::Up,
            334.0,
            by,
            Some(at("2026-12-21", 300.0)),
            Some(at("2026-12-11", 290.0)),
        );
        assert_eq!(up.reached, Some(10.0 / 44.0));
        assert_eq!((up.met, up.days_left), (Some(false), Some(10)));
        assert_eq!((up.pace_needed, up.pace_so_far), (Some(3.4), Some(1.0)));
        assert_eq!(up.heading_for, Some(310.0));
        let down = Progress::of(
            Direction::Down,
            30.0,
            by,
            Some(at("2026-12-21", 28.0)),
            Some(at("2026-12-01", 50.0)),
        );
        assert_eq!((down.met, down.reached), (Some(true), Some(1.1)));
        assert_eq!(down.pace_needed, None, "what is met needs no pace");
    }

    #[test]
    fn what_is_not_known_is_left_out_and_never_zero() {
        let none = Progress::of(
            Direction::Down,
            30.0,
            None,
            Some(at("2026-12-21", 40.0)),
            None,
        );
        assert_eq!((none.reached, none.days_left), (None, None));
        assert_eq!((none.pace_needed, none.pace_so_far), (None, None));
        let late = Progress::of(
            Direction::Up,
            10.0,
            "2026-01-01".parse().ok(),
            Some(at("2026-12-21", 4.0)),
            Some(at("2025-12-21", 2.0)),
        );
        assert_eq!(late.pace_needed, None, "no pace reaches a day that is past");
        assert_eq!(late.heading_for, None);
        let unknown = Progress::of(Direction::Up, 10.0, None, None, None);
        assert_eq!(
            (unknown.met, unknown.reached, unknown.now),
            (None, None, None)
        );
    }
}
