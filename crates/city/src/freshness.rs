//! When a department's next delivery is due, and how late it is: counted from the last delivery that
//! brought something new, in working days, by the days of Korea. Pure: the moments are arguments.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Dataset;
use crate::calendar::{Calendar, korean_day};
use crate::dataset::{Cadence, Source};

/// Hours after an hour's end within which an hourly source must have said something.
const HOURS_LATE: i64 = 2;

/// When a delivery is due, where the custom of its cadence is not right: so many months and then so many working
/// days after the end of the period (day, week, month, ...) it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Due {
    /// Working days after the period's end. When absent: daily 1, weekly 2, monthly 5, quarterly 10, half-yearly 15,
    /// yearly 20. An hourly dataset without it is counted by the hour, holidays too.
    #[serde(default)]
    pub grace_days: Option<u16>,
    /// Months between the period's end and the day the working days are counted from: for figures that are out later.
    #[serde(default)]
    pub lag_months: u8,
    /// A delivery so many working days before the period's end is already the one about that period.
    #[serde(default)]
    pub early_days: u8,
}

/// Where a dataset stands against its cadence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Nothing has ever arrived.
    NeverLoaded,
    /// Its cadence has no clock (irregular, once), or it is derived from others, which have theirs.
    Unclocked,
    /// In time.
    Fresh,
    /// In time, and the day is near.
    DueSoon {
        /// Working days that are left, the last one counted.
        working_days: u32,
    },
    /// The day has passed.
    Overdue {
        /// Working days since; 0 is a source that speaks by the hour and was late today.
        working_days: u32,
    },
}

/// The state, and the day it is counted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Freshness {
    /// Last day on which the next delivery is in time.
    pub due_on: Option<NaiveDate>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

/// A step that a department is reminded at, once each: the day is near; it has passed; and every five working days
/// again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The day is near.
    Soon,
    /// The day has passed, so many weeks of work ago.
    Late(u32),
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Soon => f.write_str("soon"),
            Self::Late(weeks) => write!(f, "late-{weeks}"),
        }
    }
}

impl Freshness {
    /// Where a dataset stands now. `renewed` is when something new arrived last, or a person said that nothing has
    /// changed since.
    pub fn of(
        dataset: &Dataset,
        calendar: &Calendar,
        renewed: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Self {
        let without_day = |state| Self {
            due_on: None,
            state,
        };
        let due = dataset.due.clone().unwrap_or_default();
        let is_derived = matches!(dataset.source, Source::Derived(_));
        let Some(renewed) = renewed else {
            return without_day(State::NeverLoaded);
        };
        if is_derived || matches!(dataset.cadence, Cadence::Irregular | Cadence::Once) {
            return without_day(State::Unclocked);
        }
        if dataset.cadence == Cadence::Hourly && due.grace_days.is_none() {
            return by_the_hour(calendar, renewed, now);
        }
        let due_on = due_on(dataset.cadence, &due, calendar, korean_day(renewed));
        let today = korean_day(now);
        let late = calendar.working_days_between(due_on, today);
        let left = calendar.working_days_between(today, due_on);
        let state = if late > 0 {
            State::Overdue { working_days: late }
        } else if left <= near(dataset.cadence) && near(dataset.cadence) > 0 {
            State::DueSoon { working_days: left }
        } else {
            State::Fresh
        };
        Self {
            due_on: Some(due_on),
            state,
        }
    }

    /// Whether the day has passed.
    pub fn is_overdue(&self) -> bool {
        matches!(self.state, State::Overdue { .. })
    }

    /// The step at which its department is reminded now.
    pub fn step(&self) -> Option<Step> {
        match self.state {
            State::DueSoon { .. } => Some(Step::Soon),
            State::Overdue { working_days } => Some(Step::Late(working_days.saturating_sub(1) / 5)),
            _ => None,
        }
    }
}

/// Sensors do not rest: the hour after the last word, and two more.
fn by_the_hour(calendar: &Calendar, renewed: DateTime<Utc>, now: DateTime<Utc>) -> Freshness {
    let due_at = renewed + TimeDelta::hours(1 + HOURS_LATE);
    let due_on = korean_day(due_at);
    let state = if now > due_at {
        State::Overdue {
            working_days: calendar.working_days_between(due_on, korean_day(now)),
        }
    } else {
        State::Fresh
    };
    Freshness {
        due_on: Some(due_on),
        state,
    }
}

/// The last day on which the delivery after one that came on `day` is in time.
pub fn due_on(cadence: Cadence, due: &Due, calendar: &Calendar, day: NaiveDate) -> NaiveDate {
    let mut end = period_end(cadence, day);
    let early = u32::from(due.early_days);
    // One that comes a little before the end is about this period: the next one is due.
    if early > 0
        && calendar.working_days_between(day, end) < early
        && let Some(next) = end.succ_opt()
    {
        end = period_end(cadence, next);
    }
    let counted_from = later_by(end, due.lag_months);
    let grace = due.grace_days.unwrap_or_else(|| grace(cadence));
    calendar.add_working_days(counted_from, u32::from(grace))
}

/// Working days after a period's end that are custom.
fn grace(cadence: Cadence) -> u16 {
    match cadence {
        Cadence::Hourly | Cadence::Daily => 1,
        Cadence::Weekly => 2,
        Cadence::Monthly => 5,
        Cadence::Quarterly => 10,
        Cadence::HalfYearly => 15,
        Cadence::Yearly | Cadence::Irregular | Cadence::Once => 20,
    }
}

/// Working days from which on a day is near. What comes every day is never near: it would always be.
fn near(cadence: Cadence) -> u32 {
    match cadence {
        Cadence::Hourly | Cadence::Daily | Cadence::Irregular | Cadence::Once => 0,
        Cadence::Weekly => 1,
        Cadence::Monthly => 3,
        Cadence::Quarterly | Cadence::HalfYearly => 5,
        Cadence::Yearly => 10,
    }
}

/// The last day of the period a day lies in. Weeks end on Sunday.
fn period_end(cadence: Cadence, day: NaiveDate) -> NaiveDate {
    let months = match cadence {
        Cadence::Hourly | Cadence::Daily | Cadence::Irregular | Cadence::Once => return day,
        Cadence::Weekly => {
            let ahead = 6 - u64::from(day.weekday().num_days_from_monday());
            return day.checked_add_days(Days::new(ahead)).unwrap_or(day);
        }
        Cadence::Monthly => 1,
        Cadence::Quarterly => 3,
        Cadence::HalfYearly => 6,
        Cadence::Yearly => 12,
    };
    let ahead = months - 1 - day.month0() % months;
    month_end(day.checked_add_months(Months::new(ahead)).unwrap_or(day))
}

fn month_end(day: NaiveDate) -> NaiveDate {
    let first = day.with_day(1).unwrap_or(day);
    first
        .checked_add_months(Months::new(1))
        .and_then(|next| next.pred_opt())
        .unwrap_or(day)
}

/// So many months later; the end of a month stays one.
fn later_by(end: NaiveDate, months: u8) -> NaiveDate {
    if months == 0 {
        return end;
    }
    let later = end.checked_add_months(Months::new(u32::from(months)));
    later.map_or(end, |later| {
        if month_end(end) == end {
            month_end(later)
        } else {
            later
        }
    })
}

#[cfg(test)]
#[path = "freshness_tests.rs"]
mod tests;
