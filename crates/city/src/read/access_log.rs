//! `[access-log]` must be something that can be kept, and `[privacy]` something that hides.

use super::Text;
use crate::CityManifest;
use crate::fault::Fault;
use crate::review::{Outlying, ReviewRules};

/// Years and hours are counted from one, and what is sensitive is not kept shorter than the rest.
pub(super) fn of_city(city: &CityManifest, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let rules = &city.access_log;
    let numbers = [
        ("keep-years", rules.keep_years, 1, "a year or more"),
        (
            "keep-sensitive-years",
            rules.keep_sensitive_years,
            rules.keep_years,
            "at least as many as keep-years",
        ),
        (
            "checkpoint-hours",
            rules.checkpoint_hours,
            1,
            "an hour or more",
        ),
    ];
    let small = city.privacy.small_cells;
    if small < 2 {
        let what = format!("counts below {small} are none, so nothing would be hidden");
        let fault = text.fault_at(&["privacy", "small-cells"], what);
        faults.push(fault.expected("2 or more, e.g. 5"));
    }
    for (key, number, least, expected) in numbers {
        if number < least {
            let what = format!("{number} is too short for the access log");
            let path = ["access-log", key];
            faults.push(text.fault_at(&path, what).expected(expected));
        }
    }
    of_review(&rules.review, text, faults);
}

/// Hours are on the clock, and numbers that stand out are not nothing.
fn of_review(rules: &ReviewRules, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let [from, to] = rules.night;
    if from > 24 || to > 24 || from == to {
        let what = format!("the night from {from} to {to} has no hours");
        let path = ["access-log", "review", "night"];
        faults.push(
            text.fault_at(&path, what)
                .expected("two hours of the day, like [22, 6]"),
        );
    }
    if rules.looks_for.is_empty() {
        let path = ["access-log", "review", "looks-for"];
        let fault = text.fault_at(&path, "a review that looks for nothing is none");
        faults.push(fault.expected(Outlying::ALL.map(Outlying::word).join(", ")));
    }
    let least = [
        ("reads-a-day", rules.reads_a_day, 1),
        ("spreads", rules.spreads, 1),
        ("people-for-a-habit", u64::from(rules.people_for_a_habit), 2),
        ("same-person", rules.same_person, 2),
        ("rows", rules.rows, 1),
        ("answer-days", u64::from(rules.answer_days), 1),
    ];
    for (key, number, least) in least {
        if number < least {
            let path = ["access-log", "review", key];
            let fault = text.fault_at(&path, format!("{number} is too few"));
            faults.push(fault.expected(format!("{least} or more")));
        }
    }
}
