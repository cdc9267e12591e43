//! `calendar.toml`: which days nobody works, as dated data; and counting in working days.
//!
//! Holidays move, are given substitutes and are added by decree, so a city writes them down with
//! where it has them from. Nothing here computes one. Saturdays and Sundays are no working days.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// Name of the file, in the city's folder.
pub const FILE: &str = "calendar.toml";
/// A calendar that ends sooner is worth a word.
const ENDS_SOON_DAYS: u64 = 60;

/// `calendar.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CalendarManifest {
    /// Where the days were taken from, and when: the gazette, the almanac of the year.
    pub source: String,
    /// First day the list is complete for: `2026-01-01`.
    pub from: String,
    /// Last day the list is complete for: `2026-12-31`.
    pub until: String,
    /// Days nobody works beside Saturdays and Sundays: holidays, substitutes, election days, the city's own.
    pub holidays: Vec<Holiday>,
}

/// A day nobody works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Holiday {
    /// The day: `2026-03-02`.
    pub on: String,
    /// Its Korean name: `삼일절 대체공휴일`.
    pub name: String,
}

/// Which days are worked. One that nobody declared knows Saturdays and Sundays alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    span: Option<(NaiveDate, NaiveDate)>,
    holidays: BTreeMap<NaiveDate, String>,
}

impl Calendar {
    /// A calendar that is complete from one day to another.
    pub fn new(
        (from, until): (NaiveDate, NaiveDate),
        holidays: impl IntoIterator<Item = (NaiveDate, String)>,
    ) -> Self {
        Self {
            span: Some((from, until)),
            holidays: holidays.into_iter().collect(),
        }
    }

    /// The first and the last day it is complete for, where the city declares one.
    pub fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        self.span
    }

    /// The name of the holiday on a day.
    pub fn holiday(&self, day: NaiveDate) -> Option<&str> {
        self.holidays.get(&day).map(String::as_str)
    }

    /// Whether people work on a day.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !is_weekend(day) && !self.holidays.contains_key(&day)
    }

    /// The first working day after a day.
    pub fn next_working_day(&self, day: NaiveDate) -> NaiveDate {
        self.add_working_days(day, 1)
    }

    /// The `count`th working day after a day; with 0 the day itself, or the next working day where it is none.
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let mut day = day;
        let mut left = count;
        if left == 0 && self.is_working_day(day) {
            return day;
        }
        left = left.max(1);
        // Ends: holidays are finite. The calendar of the machine does too, long after any city.
        while let Some(next) = day.succ_opt() {
            day = next;
            if self.is_working_day(day) {
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        day
    }

    /// How many working days there are after one day, up to and with another; none where that is not later.
    pub fn working_days_between(&self, after: NaiveDate, until: NaiveDate) -> u32 {
        let all = (until - after).num_days();
        if all <= 0 {
            return 0;
        }
        let whole_weeks = all / 7;
        let rest = (1..=all % 7).filter(|ahead| {
            let day = after + TimeDelta::days(whole_weeks * 7 + ahead);
            !is_weekend(day)
        });
        let weekdays = whole_weeks * 5 + i64::try_from(rest.count()).unwrap_or_default();
        let Some(first) = after.succ_opt() else {
            return 0;
        };
        let free = self
            .holidays
            .range(first..=until)
            .filter(|(day, _)| !is_weekend(**day));
        let free = i64::try_from(free.count()).unwrap_or(i64::MAX);
        u32::try_from(weekdays.saturating_sub(free)).unwrap_or_default()
    }

    /// What a person should know of a calendar on a day: that there is none, that it ends soon, that it does not
    /// reach this year. None of it keeps the city from working.
    pub fn warnings(&self, today: NaiveDate) -> Vec<Fault> {
        let told = |what: String| Fault::at(FILE, what).remedy("add the coming year's holidays");
        let Some((from, until)) = self.span else {
            let what = "there is no such file: only Saturdays and Sundays count as days off";
            return vec![Fault::at(FILE, what).remedy("declare the city's holidays in it")];
        };
        let soon = today.checked_add_days(Days::new(ENDS_SOON_DAYS));
        if until < today {
            vec![told(format!(
                "the calendar ended on {until}: holidays since then are not known"
            ))]
        } else if soon.is_some_and(|soon| until < soon) {
            vec![told(format!("the calendar ends soon, on {until}"))]
        } else if from > today {
            vec![told(format!("the calendar begins only on {from}"))]
        } else {
            Vec::new()
        }
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The calendar day in Korea, where the clock does not change in summer.
pub fn korean_day(at: DateTime<Utc>) -> NaiveDate {
    korean_time(at).date()
}

/// Date and time of day in Korea.
pub fn korean_time(at: DateTime<Utc>) -> chrono::NaiveDateTime {
    (at + TimeDelta::hours(9)).naive_utc()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn autumn() -> Calendar {
        let holidays = [
            ("2026-09-24", "추석"),
            ("2026-09-25", "추석"),
            ("2026-10-05", "개천절 대체공휴일"),
            ("2026-10-09", "한글날"),
        ];
        Calendar::new(
            (day("2026-01-01"), day("2026-12-31")),
            holidays.map(|(on, name)| (day(on), name.to_owned())),
        )
    }

    #[test]
    fn holidays_and_weekends_are_not_counted() {
        let calendar = autumn();
        assert_eq!(calendar.holiday(day("2026-10-09")), Some("한글날"));
        assert_eq!(
            calendar.next_working_day(day("2026-09-23")),
            day("2026-09-28")
        );
        assert_eq!(
            calendar.add_working_days(day("2026-09-30"), 5),
            day("2026-10-08")
        );
        assert_eq!(
            calendar.add_working_days(day("2026-10-09"), 0),
            day("2026-10-12")
        );
        assert_eq!(
            calendar.working_days_between(day("2026-09-30"), day("2026-10-08")),
            5
        );
        assert_eq!(
            Calendar::default().working_days_between(day("2026-10-08"), day("2026-10-11")),
            1
        );
    }

    #[test]
    fn a_calendar_that_ends_is_told_before_it_ends() {
        let calendar = autumn();
        let told = |on| {
            calendar
                .warnings(day(on))
                .first()
                .map(|fault| fault.what.clone())
        };
        assert_eq!(told("2026-06-01"), None);
        assert_eq!(
            told("2026-11-26").unwrap(),
            "the calendar ends soon, on 2026-12-31"
        );
        assert!(told("2027-01-01").unwrap().contains("ended on 2026-12-31"));
        assert!(told("2025-12-31").unwrap().contains("begins only on"));
        assert_eq!(Calendar::default().warnings(day("2026-06-01")).len(), 1);
    }

    #[test]
    fn the_day_begins_in_korea_nine_hours_before_it_begins_in_greenwich() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(korean_day(at("2026-11-05T14:59:59Z")), day("2026-11-05"));
        assert_eq!(korean_day(at("2026-11-05T15:00:00Z")), day("2026-11-06"));
    }

    proptest! {
        #[test]
        fn counting_agrees_with_looking_at_each_day(start in 0_i64..2000, length in -20_i64..900, offsets in prop::collection::btree_set(0_i64..3000, 0..60)) {
            let zero = day("2024-01-01");
            let of = |offset: i64| zero + TimeDelta::days(offset);
            let holidays = offsets.iter().map(|offset| (of(*offset), String::new()));
            let calendar = Calendar::new((zero, of(3000)), holidays);
            let (after, until) = (of(start), of(start + length));
            let looked = (1..=length).filter(|ahead| calendar.is_working_day(after + TimeDelta::days(*ahead))).count();
            prop_assert_eq!(calendar.working_days_between(after, until) as usize, looked);
        }

        #[test]
        fn adding_and_counting_are_each_others_inverse(start in 0_i64..2000, count in 1_u32..300, offsets in prop::collection::btree_set(0_i64..2500, 0..60)) {
            let zero = day("2024-01-01");
            let of = |offset: i64| zero + TimeDelta::days(offset);
            let holidays = offsets.iter().map(|offset| (of(*offset), String::new()));
            let calendar = Calendar::new((zero, of(2500)), holidays);
            let end = calendar.add_working_days(of(start), count);
            prop_assert!(calendar.is_working_day(end));
            prop_assert_eq!(calendar.working_days_between(of(start), end), count);
        }
    }
}
