//! `calendar.toml`: days that are days, once each, within the span the list is complete for.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;

use super::Text;
use super::folder::text_of;
use super::mend::UNKNOWN;
use crate::calendar::{Calendar, CalendarManifest, FILE};
use crate::fault::Fault;

/// The city's calendar; a city without one has Saturdays and Sundays.
pub(super) fn read(folder: &Path, faults: &mut Vec<Fault>) -> Calendar {
    let file = Path::new(FILE);
    if !folder.join(file).exists() {
        return Calendar::default();
    }
    match text_of(folder, file) {
        Ok(text) => {
            let (calendar, found) = super::calendar_text(file, &text);
            faults.extend(found);
            calendar.unwrap_or_default()
        }
        Err(fault) => {
            faults.push(fault);
            Calendar::default()
        }
    }
}

/// What the manifest means, and every day of it that is none.
pub(super) fn calendar(
    manifest: &CalendarManifest,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) -> Calendar {
    let from = day(&manifest.from, &["from"], text, faults);
    let until = day(&manifest.until, &["until"], text, faults);
    let mut holidays = BTreeMap::new();
    for (at, holiday) in manifest.holidays.iter().enumerate() {
        let at = at.to_string();
        let path = ["holidays", &at, "on"];
        let Some(on) = day(&holiday.on, &path, text, faults) else {
            continue;
        };
        let is_outside =
            from.is_some_and(|from| on < from) || until.is_some_and(|until| until < on);
        if is_outside {
            let what = format!("the holiday on {on} lies outside `from` to `until`");
            faults.push(text.fault_at(&path, what).expected(format!(
                "a day from {} to {}",
                manifest.from, manifest.until
            )));
        }
        if let Some(before) = holidays.insert(on, holiday.name.clone()) {
            let what = format!("the day {on} stands twice");
            let remedy = format!("keep one of the two; the other is `{before}`");
            faults.push(text.fault_at(&path, what).remedy(remedy));
        }
    }
    let (Some(from), Some(until)) = (from, until) else {
        return Calendar::default();
    };
    if until < from {
        let fault = text.fault_at(&["until"], "the calendar ends before it begins");
        faults.push(fault.expected(format!("{from} or later")));
    }
    Calendar::new((from, until), holidays)
}

fn day(
    written: &str,
    path: &[&str],
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) -> Option<NaiveDate> {
    let read = written.parse().ok().filter(|_| written.len() == 10);
    if read.is_none() && written != UNKNOWN {
        let fault = text.fault_at(path, format!("`{written}` is not a day"));
        faults.push(fault.expected("like \"2026-03-01\""));
    }
    read
}
