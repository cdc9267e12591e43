//! `[access-log]` must be something that can be kept, and `[privacy]` something that hides.

use super::Text;
use crate::CityManifest;
use crate::fault::Fault;

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
}
