//! The pace so far against the pace needed, and against the pace that was announced.

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use city::When;
use city::promise::{Kind, PromisedFigure, Reach};

use super::One;
use super::finding::{Found, PaceRange, Value};
use super::known::Point;

/// Mean days of a year.
const YEAR: f64 = 365.2425;
/// Further than so many years nobody plans.
const FAR: f64 = 1_000.0;

/// What follows of the values that are known of a promise.
pub(super) fn look(own: &One<'_, '_>, found: &mut Vec<Found>) {
    let Some((figure, target)) = target(own) else {
        return;
    };
    let way = Way { figure, target };
    let points = own.points();
    if let Some(first) = points.iter().find(|point| own.is_reached_by(point.value)) {
        found.push(Found::Reached {
            value: way.value(first.value),
            on: first.on,
        });
        return;
    }
    announced(own, &way, points.last(), found);
    let Some(newest) = points.last() else {
        return;
    };
    let (Some(due), Some(written)) = (own.due(), own.promise.due.as_ref()) else {
        return;
    };
    if due < own.ledger.today {
        let until = points.iter().rev().find(|point| point.on <= due);
        found.push(Found::NotReachedByDue {
            value: until.unwrap_or(newest).value,
            target: way.value(target),
            due: written.clone(),
        });
        return;
    }
    // Money is spent and saved when it comes to that, and at no pace.
    if matches!(own.promise.kind, Kind::Cost | Kind::Saving) {
        return;
    }
    let so_far = way.so_far(own, &points);
    let left = way.left(newest.value);
    let needed = years(own.ledger.today, due)
        .filter(|years| *years > 0.0)
        .map(|years| left / years);
    let Some(needed) = needed else {
        return;
    };
    let is_enough = so_far.map(|so_far| so_far >= needed);
    found.push(Found::Pace {
        now: newest.value,
        on: newest.on,
        target: way.value(target),
        due,
        needed_per_year: needed,
        so_far_per_year: so_far,
        is_enough,
    });
    let Some(so_far) = so_far else {
        return;
    };
    let finish = day_after(newest.on, left / so_far);
    if finish.is_none_or(|finish| finish > due) {
        let year = finish.map(|finish| finish.year());
        found.push(Found::PaceContradictsDue {
            per_year: [so_far, so_far],
            announced: false,
            due: written.clone(),
            first_year: year,
            last_year: year,
        });
    }
}

fn target<'l>(own: &One<'_, 'l>) -> Option<(&'l PromisedFigure, f64)> {
    let figure = own.promise.figure.as_ref()?;
    Some((figure, figure.value?))
}

/// The way to a figure, from below or from above: forward is always more.
struct Way<'w> {
    figure: &'w PromisedFigure,
    target: f64,
}

impl Way<'_> {
    fn forward(&self, difference: f64) -> f64 {
        match self.figure.reach {
            Reach::AtLeast => difference,
            Reach::AtMost => -difference,
        }
    }

    /// How far it is from a value to the target.
    fn left(&self, value: f64) -> f64 {
        self.forward(self.target - value)
    }

    fn value(&self, value: f64) -> Value {
        Value {
            value,
            unit: self.figure.unit.clone(),
        }
    }

    /// The pace a year until the newest value: since the begin that was announced, else since the first value.
    fn so_far(&self, own: &One<'_, '_>, points: &[Point]) -> Option<f64> {
        let newest = points.last()?;
        let from = own.promise.period.from.as_ref();
        let begin = from.or(own.promise.source.date.as_ref());
        let announced = begin
            .and_then(When::first_day)
            .zip(self.figure.start)
            .and_then(|(on, value)| Point::new(on, value));
        let first = announced.or_else(|| points.first().copied())?;
        let years = years(first.on, newest.on).filter(|years| *years > 0.0)?;
        Some(self.forward(newest.value - first.value) / years)
    }
}

/// The pace that was announced: when it reaches the end, and whether that is in time.
fn announced(own: &One<'_, '_>, way: &Way<'_>, newest: Option<&Point>, found: &mut Vec<Found>) {
    let Some(pace) = &own.promise.pace else {
        return;
    };
    let begin = || {
        let from = own.promise.period.from.as_ref()?.first_day()?;
        Point::new(from, way.figure.start?)
    };
    let Some(base) = newest.copied().or_else(begin) else {
        return;
    };
    let (least, most) = (pace.least, pace.most.unwrap_or(pace.least));
    let left = way.left(base.value);
    let (first, last) = (
        day_after(base.on, left / most),
        day_after(base.on, left / least),
    );
    if let (Some(first), Some(last)) = (first, last) {
        found.push(Found::FinishAtAnnouncedPace {
            remaining: way.value(left),
            pace: PaceRange {
                per_year: [least, most],
                first_year: first.year(),
                last_year: last.year(),
            },
        });
    }
    if let (Some(due), Some(written)) = (own.due(), own.promise.due.as_ref())
        && first.is_none_or(|first| first > due)
    {
        found.push(Found::PaceContradictsDue {
            per_year: [least, most],
            announced: true,
            due: written.clone(),
            first_year: first.map(|day| day.year()),
            last_year: last.map(|day| day.year()),
        });
    }
}

/// Years from one day to another.
fn years(from: NaiveDate, to: NaiveDate) -> Option<f64> {
    let days = i32::try_from((to - from).num_days()).ok()?;
    Some(f64::from(days) / YEAR)
}

/// The day so many years after another; nothing where it never comes.
fn day_after(day: NaiveDate, years: f64) -> Option<NaiveDate> {
    if !(0.0..=FAR).contains(&years) {
        return None;
    }
    let seconds = std::time::Duration::from_secs_f64(years * YEAR * 86_400.0);
    let days = TimeDelta::from_std(seconds).ok()?.num_days();
    day.checked_add_signed(TimeDelta::days(days))
}
