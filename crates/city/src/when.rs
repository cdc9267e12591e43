//! Dates as announcements have them: a year, a month of it, or a day.

use std::fmt;

use chrono::{Datelike as _, Months, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The form of a date that may be a whole year or month.
pub const WHEN_PATTERN: &str = "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$";

/// A year (`2026`), a month (`2026-12`) or a day (`2026-12-31`).
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct When(#[schemars(regex(pattern = WHEN_PATTERN))] String);

impl When {
    /// Wraps `text` without checking its form; the reader of manifests checks it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The date, if `text` is one.
    pub fn read(text: &str) -> Option<Self> {
        let when = Self(text.to_owned());
        when.first_day().map(|_| when)
    }

    /// A day.
    pub fn day(day: NaiveDate) -> Self {
        Self(day.format("%Y-%m-%d").to_string())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a whole year.
    pub fn is_year(&self) -> bool {
        self.0.len() == 4
    }

    /// Its year.
    pub fn year(&self) -> Option<i32> {
        self.first_day().map(|day| day.year())
    }

    /// Its first day.
    pub fn first_day(&self) -> Option<NaiveDate> {
        let text = &self.0;
        if !text
            .bytes()
            .all(|sign| sign.is_ascii_digit() || sign == b'-')
        {
            return None;
        }
        let full = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            10 => text.clone(),
            _ => return None,
        };
        NaiveDate::parse_from_str(&full, "%Y-%m-%d").ok()
    }

    /// Its last day.
    pub fn last_day(&self) -> Option<NaiveDate> {
        let first = self.first_day()?;
        let months = match self.0.len() {
            4 => 12,
            7 => 1,
            _ => return Some(first),
        };
        first.checked_add_months(Months::new(months))?.pred_opt()
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_and_a_month_have_a_first_and_a_last_day() {
        for (text, first, last) in [
            ("2024", "2024-01-01", "2024-12-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2023-12", "2023-12-01", "2023-12-31"),
            ("2023-12-05", "2023-12-05", "2023-12-05"),
        ] {
            let when = When::read(text).unwrap();
            assert_eq!(when.first_day().unwrap().to_string(), first);
            assert_eq!(when.last_day().unwrap().to_string(), last);
        }
        for text in [
            "",
            "24",
            "2024-13",
            "2024-02-30",
            "2024년",
            "올해",
            "-2024",
            "20-4-01-01",
        ] {
            assert!(When::read(text).is_none(), "{text}");
        }
    }
}
