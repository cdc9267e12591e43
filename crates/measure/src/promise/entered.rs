//! States that were entered late, behind a later one, or edited in the file; claims that did not stay.

use chrono::NaiveDate;

use super::One;
use super::finding::Found;
use super::known::{Told, Way};

/// A state is entered in time within so many days: a month.
pub(crate) const IN_TIME_DAYS: i64 = 31;

/// What the days of entry tell.
pub(super) fn look(own: &One<'_, '_>, found: &mut Vec<Found>) {
    let Some(known) = own.known() else {
        return;
    };
    let mut newest: Option<(NaiveDate, &Told)> = None;
    for told in &known.told {
        if !told.is_intact {
            found.push(Found::EntryTampered {
                on: told.status.on.clone(),
            });
        }
        if told.is_ahead(own.ledger.today) {
            found.push(Found::StateAhead {
                on: told.status.on.clone(),
            });
        }
        if told.is_gone {
            found.push(Found::HistoryEdited {
                on: told.status.on.clone(),
                text: told.status.text.clone(),
                entered: told.entered_on,
            });
        }
        // What was taken over with the file has no day of its own: nobody knows when it was written.
        if told.way != Way::TakenOver {
            late(told, newest, found);
        }
        if let Some(last) = told.status.on.last_day()
            && newest.is_none_or(|(day, _)| last > day)
        {
            newest = Some((last, told));
        }
    }
    for pair in known.claims.windows(2) {
        if let [was, becomes] = pair {
            found.push(Found::ClaimChanged {
                on: becomes.entered_on,
                was: was.claim.clone(),
                becomes: becomes.claim.clone(),
            });
        }
    }
}

fn late(told: &Told, newest: Option<(NaiveDate, &Told)>, found: &mut Vec<Found>) {
    if let (Some((day, before)), Some(last)) = (newest, told.status.on.last_day())
        && last < day
    {
        found.push(Found::EnteredBehind {
            on: told.status.on.clone(),
            behind: before.status.on.clone(),
            entered: told.entered_on,
        });
    }
    if let Some(days) = told.days_late().filter(|days| *days > IN_TIME_DAYS) {
        found.push(Found::EnteredLate {
            on: told.status.on.clone(),
            entered: told.entered_on,
            days,
        });
    }
}
