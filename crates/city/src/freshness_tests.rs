use std::path::Path;

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Ten in the morning in Korea.
fn at(text: &str) -> DateTime<Utc> {
    (day(text).and_hms_opt(1, 0, 0).unwrap()).and_utc()
}

fn dataset(cadence: &str, more: &str) -> Dataset {
    let text = format!(
        r#"
id = "lots"
title = "주차장"
description = "시험"
field = "traffic"
department = "transport"
cadence = "{cadence}"
source = {{ kind = "file", path = "lots.csv" }}
format = {{ kind = "csv" }}
{more}
[[columns]]
name = "name"
title = "이름"
type = "text"
privacy = "none"
"#
    );
    let (dataset, faults) = crate::read::dataset_text(Path::new("lots.toml"), &text);
    assert_eq!(faults, []);
    dataset.unwrap()
}

fn calendar() -> Calendar {
    let holidays = ["2026-10-05", "2026-10-09", "2026-12-25", "2027-01-01"];
    Calendar::new(
        (day("2026-01-01"), day("2027-12-31")),
        holidays.map(|on| (day(on), String::new())),
    )
}

/// The day the delivery after one of `day` is due.
fn next(cadence: &str, more: &str, on: &str) -> String {
    let now = at(on);
    let freshness = Freshness::of(&dataset(cadence, more), &calendar(), Some(now), now);
    freshness.due_on.unwrap().to_string()
}

#[test]
fn a_delivery_is_about_the_period_before_and_the_next_is_due_after_this_ones_end() {
    // October's figures, delivered on the third of November: November's are due by the fifth working day of December.
    assert_eq!(next("monthly", "", "2026-11-03"), "2026-12-07");
    assert_eq!(next("monthly", "", "2026-10-31"), "2026-11-06");
    assert_eq!(next("daily", "", "2026-11-06"), "2026-11-09");
    assert_eq!(next("weekly", "", "2026-11-04"), "2026-11-10");
    assert_eq!(next("quarterly", "", "2026-11-04"), "2027-01-15");
    assert_eq!(next("half-yearly", "", "2026-11-04"), "2027-01-22");
    assert_eq!(next("yearly", "", "2026-11-04"), "2027-01-29");
}

#[test]
fn holidays_make_it_later() {
    assert_eq!(next("monthly", "", "2026-09-15"), "2026-10-08");
    assert_eq!(next("daily", "", "2026-12-24"), "2026-12-28");
}

#[test]
fn a_manifest_says_otherwise() {
    assert_eq!(
        next("monthly", "due = { grace-days = 0 }", "2026-10-15"),
        "2026-11-02"
    );
    assert_eq!(
        next("monthly", "due = { grace-days = 10 }", "2026-10-15"),
        "2026-11-13"
    );
    // The year's figures are out in March.
    assert_eq!(
        next(
            "yearly",
            "due = { lag-months = 2, grace-days = 0 }",
            "2026-05-01"
        ),
        "2027-03-01"
    );
    // Delivered on the last working days of the month it is about.
    let early = "due = { early-days = 3 }";
    assert_eq!(next("monthly", early, "2026-10-28"), "2026-12-07");
    assert_eq!(next("monthly", early, "2026-10-26"), "2026-11-06");
}

#[test]
fn it_is_in_time_then_near_then_late_by_working_days() {
    let monthly = dataset("monthly", "");
    let state = |now| Freshness::of(&monthly, &calendar(), Some(at("2026-10-02")), at(now)).state;
    assert_eq!(state("2026-10-30"), State::Fresh);
    assert_eq!(state("2026-11-03"), State::DueSoon { working_days: 3 });
    assert_eq!(state("2026-11-06"), State::DueSoon { working_days: 0 });
    // Nobody works on the weekend after a Friday.
    assert_eq!(state("2026-11-08"), State::DueSoon { working_days: 0 });
    assert_eq!(state("2026-11-09"), State::Overdue { working_days: 1 });
    assert_eq!(state("2026-11-16"), State::Overdue { working_days: 6 });
}

#[test]
fn reminders_come_when_it_is_near_when_it_is_late_and_every_week_of_work_again() {
    let monthly = dataset("monthly", "");
    let step = |now| Freshness::of(&monthly, &calendar(), Some(at("2026-10-02")), at(now)).step();
    assert_eq!(step("2026-10-30"), None);
    assert_eq!(step("2026-11-04"), Some(Step::Soon));
    assert_eq!(step("2026-11-09"), Some(Step::Late(0)));
    assert_eq!(step("2026-11-13"), Some(Step::Late(0)));
    assert_eq!(step("2026-11-16"), Some(Step::Late(1)));
    assert_eq!(step("2026-11-23"), Some(Step::Late(2)));
}

#[test]
fn a_sensor_is_late_after_hours_and_on_holidays_too() {
    let hourly = dataset("hourly", "");
    let renewed = at("2026-12-25");
    let state = |hours: i64| {
        let now = renewed + TimeDelta::minutes(hours * 60);
        Freshness::of(&hourly, &calendar(), Some(renewed), now).state
    };
    assert_eq!(state(3), State::Fresh);
    assert_eq!(state(4), State::Overdue { working_days: 0 });
    assert_eq!(state(96), State::Overdue { working_days: 2 });
    let by_day = dataset("hourly", "due = { grace-days = 1 }");
    let freshness = Freshness::of(&by_day, &calendar(), Some(renewed), renewed);
    assert_eq!(freshness.due_on, Some(day("2026-12-28")));
}

#[test]
fn what_never_came_or_has_no_cadence_has_no_day() {
    let now = at("2026-11-05");
    let of = |cadence, renewed| Freshness::of(&dataset(cadence, ""), &calendar(), renewed, now);
    assert_eq!(of("monthly", None).state, State::NeverLoaded);
    assert_eq!(of("irregular", Some(now)).state, State::Unclocked);
    assert_eq!(of("once", Some(now)).due_on, None);
}

const CADENCES: [&str; 7] = [
    "hourly",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "half-yearly",
    "yearly",
];

fn lateness(state: State) -> (u8, i64) {
    match state {
        State::Overdue { working_days } => (2, i64::from(working_days)),
        State::DueSoon { working_days } => (1, -i64::from(working_days)),
        _ => (0, 0),
    }
}

proptest! {
    /// The clock runs one way: later is never less late, and a later delivery is never due earlier.
    #[test]
    fn time_makes_it_later_and_a_newer_delivery_never_does(
        cadence in prop::sample::select(CADENCES.to_vec()),
        (grace, lag, early) in (0_u16..20, 0_u8..4, 0_u8..8),
        (first, apart) in (0_i64..700, 0_i64..90),
        (wait, more) in (0_i64..60_000, 0_i64..60_000),
        free in prop::collection::btree_set(0_i64..1500, 0..50),
    ) {
        let mut dataset = dataset(cadence, "");
        // As it is, and as a manifest may have it.
        if cadence == "hourly" || grace > 0 {
            dataset.due = Some(Due { grace_days: Some(grace), lag_months: lag, early_days: early });
        }
        let zero = day("2026-01-01");
        let holidays = free.iter().map(|offset| (zero + TimeDelta::days(*offset), String::new()));
        let calendar = Calendar::new((zero, zero + TimeDelta::days(1500)), holidays);
        let renewed = at("2026-01-01") + TimeDelta::days(first);
        let newer = renewed + TimeDelta::days(apart);
        let now = newer + TimeDelta::minutes(wait);
        let then = now + TimeDelta::minutes(more);
        let of = |renewed, now| Freshness::of(&dataset, &calendar, Some(renewed), now);
        prop_assert!(of(renewed, now).due_on <= of(newer, now).due_on);
        prop_assert!(lateness(of(renewed, now).state) <= lateness(of(renewed, then).state));
        prop_assert!(lateness(of(newer, now).state) <= lateness(of(renewed, now).state));
        prop_assert!(of(renewed, now).step() <= of(renewed, then).step());
        prop_assert!(calendar.is_working_day(of(newer, now).due_on.unwrap()) );
    }

    /// One more holiday never makes a delivery due earlier, nor late where it was not.
    #[test]
    fn a_holiday_never_makes_it_earlier(
        cadence in prop::sample::select(CADENCES.to_vec()),
        (grace, lag, early) in (0_u16..20, 0_u8..4, 0_u8..8),
        first in 0_i64..700,
        wait in 0_i64..400,
        free in prop::collection::btree_set(0_i64..1500, 0..50),
        another in 0_i64..1500,
    ) {
        let mut dataset = dataset(cadence, "");
        dataset.due = Some(Due { grace_days: Some(grace), lag_months: lag, early_days: early });
        let zero = day("2026-01-01");
        let with = |free: &std::collections::BTreeSet<i64>| {
            let holidays = free.iter().map(|offset| (zero + TimeDelta::days(*offset), String::new()));
            Calendar::new((zero, zero + TimeDelta::days(1500)), holidays.collect::<Vec<_>>())
        };
        let mut more = free.clone();
        more.insert(another);
        let renewed = at("2026-01-01") + TimeDelta::days(first);
        let now = renewed + TimeDelta::days(wait);
        let before = Freshness::of(&dataset, &with(&free), Some(renewed), now);
        let after = Freshness::of(&dataset, &with(&more), Some(renewed), now);
        prop_assert!(before.due_on <= after.due_on);
        prop_assert!(lateness(after.state).0.max(1) <= lateness(before.state).0.max(1));
    }
}
