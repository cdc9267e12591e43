//! Alerts: whether a figure has passed its limit, and whether it is back.

use access::{AskError, At, Reader};
use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use city::alert::Alert;
use city::calendar::korean_time;
use city::measure::Step;
use city::{City, Measure};

use crate::figure::{Figure, figure};
use crate::parts::{Point, series};

/// What is to be done about an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The figure has passed the limit: it begins.
    Begin,
    /// The figure is back at its quiet side: it is over.
    End,
    /// As it was.
    Stay,
}

/// Whether an alert begins or ends at `seen`. Between the limit and where it clears, it stays as it was.
pub fn turn(alert: &Alert, is_on: bool, seen: f64) -> Turn {
    let (is_past, is_back) = if let Some(limit) = alert.above {
        (seen > limit, seen <= alert.clear.unwrap_or(limit))
    } else if let Some(limit) = alert.below {
        (seen < limit, seen >= alert.clear.unwrap_or(limit))
    } else if let Some(limit) = alert.change {
        let size = seen.abs();
        (size > limit, size <= alert.clear.unwrap_or(limit))
    } else {
        (false, true)
    };
    match is_on {
        false if is_past => Turn::Begin,
        true if is_back => Turn::End,
        _ => Turn::Stay,
    }
}

/// What an alert looks at: the figure, or by how many percent the last finished step differs from the one before.
/// Nothing where that cannot be said: a figure that is unknown, stale, suppressed or forbidden begins and ends nothing.
/// Whoever is told may not be who may see single persons: few rows of persons are no figure here, whatever `reader` sees.
///
/// # Errors
/// When the machine fails or the measure's expression cannot be planned.
pub async fn seen(
    reader: &Reader,
    alert: &Alert,
    measure: &Measure,
    now: DateTime<Utc>,
) -> Result<Option<f64>, AskError> {
    let measure = &told_to_all(reader.city(), measure);
    if alert.change.is_none() {
        return Ok(match figure(reader, measure, &At::Latest, now).await? {
            Figure::Known { value, .. } => Some(value),
            _ => None,
        });
    }
    let Some(step) = measure.time.as_ref().map(|axis| axis.step) else {
        return Ok(None);
    };
    match series(reader, measure, &At::Latest).await {
        Ok(Some(series)) => Ok(change(&series.points, step, now)),
        Ok(None) | Err(AskError::Denied(_) | AskError::NotLoaded(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The measure as it may be told to whoever may not see the persons behind it.
fn told_to_all(city: &City, measure: &Measure) -> Measure {
    let below = measure.denominator.as_ref();
    let also = measure.query.iter().flat_map(|query| &query.from);
    let also = also.chain(below.and_then(|below| below.dataset.as_ref()));
    let is_of_persons = also
        .chain([&measure.dataset])
        .filter_map(|id| city.datasets.get(id))
        .any(city::Dataset::holds_persons);
    let few = city.manifest.privacy.small_cells;
    Measure {
        least_rows: if is_of_persons {
            Some(measure.least_rows.map_or(few, |own| own.max(few)))
        } else {
            measure.least_rows
        },
        ..measure.clone()
    }
}

/// Percent by which the last finished step differs from the step right before it. Nothing where one of them is
/// unknown, or the one before is zero: no percentage leads from nothing to something.
fn change(points: &[Point], step: Step, now: DateTime<Utc>) -> Option<f64> {
    let now = korean_time(now);
    let mut finished = points.iter().rev().filter_map(|point| {
        let begin = begin(&point.at)?;
        (next(begin, step)? <= now).then_some((begin, point.value))
    });
    let (last_at, last) = finished.next()?;
    let (before_at, before) = finished.next()?;
    if next(before_at, step)? != last_at {
        return None;
    }
    let (last, before) = (last?, before?);
    (before != 0.0).then(|| (last - before) / before.abs() * 100.0)
}

/// The begin of a step from its text: a day, or a moment.
fn begin(text: &str) -> Option<NaiveDateTime> {
    let text = text.replace('T', " ");
    let text = text.get(..19).unwrap_or(&text);
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .ok()
        .or_else(|| text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0))
}

/// The begin of the step after.
fn next(begin: NaiveDateTime, step: Step) -> Option<NaiveDateTime> {
    match step {
        Step::Hour => begin.checked_add_signed(TimeDelta::hours(1)),
        Step::Day => begin.checked_add_signed(TimeDelta::days(1)),
        Step::Month => begin.checked_add_months(Months::new(1)),
        Step::Year => begin.with_year(begin.year().checked_add(1)?),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn alert(limit: &str) -> Alert {
        toml_alert(&format!(
            "id = \"high\"\nmeasure = \"pm10\"\ndepartment = \"air\"\nsay = \"살펴 주십시오.\"\n{limit}"
        ))
    }

    fn toml_alert(text: &str) -> Alert {
        let board = format!(
            "id = \"b\"\ntitle = \"b\"\ndescription = \"b\"\npanels = []\n[[alerts]]\n{text}"
        );
        let (board, faults) = city::read::board_text(std::path::Path::new("boards/b.toml"), &board);
        assert!(faults.is_empty(), "{faults:?}");
        board.unwrap().alerts.remove(0)
    }

    /// What happens to an alert that sees these figures one after the other.
    fn turns(alert: &Alert, figures: &[f64]) -> Vec<Turn> {
        let mut is_on = false;
        let mut turns = Vec::new();
        for seen in figures {
            let turn = turn(alert, is_on, *seen);
            is_on = match turn {
                Turn::Begin => true,
                Turn::End => false,
                Turn::Stay => is_on,
            };
            turns.push(turn);
        }
        turns
    }

    #[test]
    fn a_figure_that_wavers_between_limit_and_clear_is_told_once() {
        use Turn::{Begin, End, Stay};
        let high = alert("above = 80\nclear = 70");
        assert_eq!(
            turns(&high, &[80.0, 81.0, 75.0, 82.0, 70.0, 75.0, 81.0]),
            [Stay, Begin, Stay, Stay, End, Stay, Begin]
        );
        let low = alert("below = 10\nclear = 12");
        assert_eq!(
            turns(&low, &[10.0, 9.0, 11.0, 8.0, 12.0, 11.0]),
            [Stay, Begin, Stay, Stay, End, Stay]
        );
        let jump = alert("change = 30\nclear = 10");
        assert_eq!(
            turns(&jump, &[30.0, -31.0, 20.0, -10.0]),
            [Stay, Begin, Stay, End]
        );
    }

    proptest! {
        /// Begin and end take turns, whatever the figures.
        #[test]
        fn what_begins_ends_before_it_begins_again(
            figures in prop::collection::vec(-100.0..100.0_f64, 0..60),
            limit in -50.0..50.0_f64,
            room in 0.0..40.0_f64,
        ) {
            for alert in [
                alert(&format!("above = {limit:?}\nclear = {:?}", limit - room)),
                alert(&format!("below = {limit:?}\nclear = {:?}", limit + room)),
            ] {
                let told: Vec<Turn> = turns(&alert, &figures)
                    .into_iter()
                    .filter(|turn| *turn != Turn::Stay)
                    .collect();
                for pair in told.windows(2) {
                    prop_assert_ne!(pair[0], pair[1]);
                }
                prop_assert_ne!(told.first(), Some(&Turn::End));
            }
        }
    }

    #[test]
    fn a_change_is_between_the_last_two_finished_steps() {
        let now = "2026-11-26T03:00:00Z".parse().unwrap();
        let points = |texts: &[(&str, Option<f64>)]| -> Vec<Point> {
            texts
                .iter()
                .map(|(at, value)| Point {
                    at: (*at).to_owned(),
                    value: *value,
                })
                .collect()
        };
        let days = points(&[
            ("2026-11-24T00:00:00", Some(100.0)),
            ("2026-11-25T00:00:00", Some(140.0)),
            // Today has only begun.
            ("2026-11-26T00:00:00", Some(3.0)),
        ]);
        assert_eq!(change(&days, Step::Day, now), Some(40.0));
        let months = points(&[("2026-09-01", Some(-50.0)), ("2026-10-01", Some(-75.0))]);
        assert_eq!(change(&months, Step::Month, now), Some(-50.0));
        // A step in between is missing, one is unknown, the one before is nothing.
        let gap = points(&[("2026-11-22", Some(1.0)), ("2026-11-25", Some(2.0))]);
        assert_eq!(change(&gap, Step::Day, now), None);
        let unknown = points(&[("2026-11-24", None), ("2026-11-25", Some(2.0))]);
        assert_eq!(change(&unknown, Step::Day, now), None);
        let zero = points(&[("2026-11-24", Some(0.0)), ("2026-11-25", Some(2.0))]);
        assert_eq!(change(&zero, Step::Day, now), None);
        assert_eq!(change(&days[..1], Step::Day, now), None);
    }
}
