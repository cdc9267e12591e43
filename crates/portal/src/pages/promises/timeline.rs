//! Promises on a time line: from the begin of their period, or the day they were published, to the day they are due.

use chrono::{Datelike as _, NaiveDate};
use city::When;
use city::promise::Promise;
use measure::promise::Standing;

use super::said::{standing_title, tone};
use super::{Tick, TimeBar, Timeline};
use crate::show;
use crate::site::Visit;

/// Promises that are drawn; the table has all.
const DRAWN: usize = 100;
/// Years that are written below.
const TICKS: i32 = 6;
/// The least width that is seen, in percent.
const LEAST: f64 = 1.0;

/// The time line; nothing where no promise has a date.
pub(super) fn timeline(
    visit: &Visit,
    promises: &[(&Promise, Standing)],
    today: NaiveDate,
) -> Option<Timeline> {
    let dated: Vec<(&Promise, Standing, NaiveDate, NaiveDate)> = promises
        .iter()
        .filter_map(|(promise, standing)| {
            let (from, to) = span(promise)?;
            Some((*promise, *standing, from, to))
        })
        .take(DRAWN)
        .collect();
    let first = dated.iter().map(|(.., from, _)| from.year()).min()?;
    let last = dated.iter().map(|(.., to)| to.year()).max()?;
    let scale = Scale::new(first, last)?;
    let bar = |(promise, standing, from, to): &(&Promise, Standing, NaiveDate, NaiveDate)| {
        let x = scale.at(*from);
        let width = (scale.at(*to) - x).max(LEAST);
        let due = promise.due.as_ref().map_or("", When::as_str);
        TimeBar {
            title: promise.title(visit.lang).to_owned(),
            x: format!("{:.2}", x.min(100.0 - LEAST)),
            width: format!("{width:.2}"),
            tone: tone(*standing),
            value: format!("{due} {}", standing_title(visit, *standing))
                .trim()
                .to_owned(),
        }
    };
    let bars: Vec<TimeBar> = dated.iter().map(bar).collect();
    let left = promises.len() - bars.len();
    let count = |count: usize| show::count_of(u64::try_from(count).unwrap_or_default());
    let values = [
        ("first", first.to_string()),
        ("last", last.to_string()),
        ("count", count(bars.len())),
    ];
    Some(Timeline {
        summary: visit.say("promises.timeline", &values),
        ticks: scale.ticks(),
        today: scale
            .holds(today)
            .then(|| format!("{:.2}", scale.at(today))),
        note: (left > 0).then(|| visit.say("promises.not_drawn", &[("count", count(left))])),
        bars,
    })
}

/// From when to when a promise runs, as far as it says it.
fn span(promise: &Promise) -> Option<(NaiveDate, NaiveDate)> {
    let period = &promise.period;
    let ends = [promise.due.as_ref(), period.to.as_ref()];
    let end = ends.into_iter().flatten().find_map(When::last_day);
    let begins = [period.from.as_ref(), promise.source.date.as_ref()];
    let begin = begins.into_iter().flatten().find_map(When::first_day);
    match (begin, end) {
        (Some(begin), Some(end)) => Some((begin.min(end), end)),
        (Some(begin), None) => Some((begin, begin)),
        // Of a time without begin only the last year is known.
        (None, Some(end)) => Some((NaiveDate::from_ymd_opt(end.year(), 1, 1)?, end)),
        (None, None) => None,
    }
}

/// Whole years from the left to the right.
struct Scale {
    first: i32,
    last: i32,
    begin: NaiveDate,
    days: f64,
}

impl Scale {
    fn new(first: i32, last: i32) -> Option<Self> {
        let begin = NaiveDate::from_ymd_opt(first, 1, 1)?;
        let end = NaiveDate::from_ymd_opt(last.checked_add(1)?, 1, 1)?;
        Some(Self {
            first,
            last,
            begin,
            days: days(end - begin)?,
        })
    }

    fn at(&self, day: NaiveDate) -> f64 {
        let passed = days(day - self.begin).unwrap_or_default();
        (passed / self.days * 100.0).clamp(0.0, 100.0)
    }

    fn holds(&self, day: NaiveDate) -> bool {
        (self.first..=self.last).contains(&day.year())
    }

    /// Some whole years, evenly.
    fn ticks(&self) -> Vec<Tick> {
        let step = ((self.last - self.first) / TICKS + 1).max(1);
        let years = (self.first..=self.last).step_by(usize::try_from(step).unwrap_or(1));
        years
            .filter_map(|year| {
                Some(Tick {
                    x: format!("{:.2}", self.at(NaiveDate::from_ymd_opt(year, 1, 1)?)),
                    year: year.to_string(),
                })
            })
            .collect()
    }
}

fn days(delta: chrono::TimeDelta) -> Option<f64> {
    i32::try_from(delta.num_days()).ok().map(f64::from)
}
