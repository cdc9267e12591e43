//! How many days on which a delivery was due came round in a year, and on how many it was there.

use chrono::NaiveDate;
use city::Dataset;
use city::calendar::Calendar;
use city::dataset::{Cadence, Source};
use city::freshness::due_on;

use super::scope::Scope;

/// Days kept and days due. `renewed` are the days on which something new arrived, in order.
pub(super) fn kept(
    dataset: &Dataset,
    calendar: &Calendar,
    renewed: &[NaiveDate],
    scope: &Scope,
) -> Option<(u64, u64)> {
    if matches!(dataset.source, Source::Derived(_))
        || matches!(dataset.cadence, Cadence::Irregular | Cadence::Once)
    {
        return None;
    }
    let rule = dataset.due.clone().unwrap_or_default();
    let next = |day: NaiveDate| {
        let due = due_on(dataset.cadence, &rule, calendar, day);
        // Without grace a day is due on itself: the next one is the day after.
        if due > day { Some(due) } else { due.succ_opt() }
    };
    // Nothing was ever promised before the first delivery.
    let mut from = *renewed.first()?;
    let (mut kept, mut all) = (0, 0);
    while let Some(due) = next(from).filter(|due| *due <= scope.until) {
        let last = renewed.iter().rev().find(|day| **day <= due);
        let is_kept = last.is_some_and(|last| next(*last).is_some_and(|after| after > due));
        if scope.has(due) {
            all += 1;
            kept += u64::from(is_kept);
        }
        from = match last {
            Some(last) if is_kept => *last,
            _ => due,
        };
    }
    Some((kept, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 2026: January 1st is a Thursday; the calendar knows weekends alone.
    fn counted(cadence: &str, renewed: &[&str], until: &str) -> Option<(u64, u64)> {
        let manifest = serde_json::json!({
            "id": "a", "title": "가", "description": "가", "field": "f", "department": "d", "cadence": cadence,
            "source": {"kind": "file", "path": "a.csv"}, "format": {"kind": "csv"}, "columns": [],
        });
        let dataset: Dataset = serde_json::from_value(manifest).unwrap();
        let renewed: Vec<NaiveDate> = renewed.iter().map(|own| day(own)).collect();
        let scope = Scope {
            year: 2026,
            department: None,
            until: day(until),
        };
        kept(&dataset, &Calendar::default(), &renewed, &scope)
    }

    #[test]
    fn a_monthly_delivery_is_due_five_working_days_into_the_next_month() {
        // January's are due on February 6th, February's on March 6th.
        assert_eq!(
            counted("monthly", &["2026-01-20"], "2026-02-05"),
            Some((0, 0))
        );
        assert_eq!(
            counted("monthly", &["2026-01-20"], "2026-02-06"),
            Some((0, 1))
        );
        let both = ["2026-01-20", "2026-02-06"];
        assert_eq!(counted("monthly", &both, "2026-02-28"), Some((1, 1)));
        let late = ["2026-01-20", "2026-02-09"];
        assert_eq!(counted("monthly", &late, "2026-03-05"), Some((0, 1)));
        assert_eq!(counted("monthly", &late, "2026-03-06"), Some((0, 2)));
        let twice = ["2026-01-20", "2026-01-25", "2026-02-02", "2026-02-03"];
        assert_eq!(counted("monthly", &twice, "2026-02-28"), Some((1, 1)));
    }

    #[test]
    fn each_day_missed_counts_once() {
        // Monday the 5th; due on the 6th, 7th, 8th, 9th, then Monday the 12th.
        assert_eq!(
            counted("daily", &["2026-01-05"], "2026-01-12"),
            Some((0, 5))
        );
        let some = ["2026-01-05", "2026-01-06", "2026-01-08"];
        assert_eq!(counted("daily", &some, "2026-01-09"), Some((2, 4)));
    }

    #[test]
    fn what_was_due_before_the_year_counts_there() {
        // Due in November, December and January: the last alone is of the year.
        assert_eq!(
            counted("monthly", &["2025-10-20"], "2026-01-31"),
            Some((0, 1))
        );
    }

    #[test]
    fn what_has_no_clock_is_not_counted() {
        assert_eq!(counted("irregular", &["2026-01-05"], "2026-12-31"), None);
        assert_eq!(counted("once", &["2026-01-05"], "2026-12-31"), None);
        assert_eq!(counted("monthly", &[], "2026-12-31"), None, "never loaded");
    }
}
