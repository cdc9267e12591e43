//! Periods of whole days.

use chrono::{Days, Months, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::Step;

/// From a day to a day, both in it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Period {
    /// The first day.
    #[schemars(with = "String")]
    pub from: NaiveDate,
    /// The last day.
    #[schemars(with = "String")]
    pub to: NaiveDate,
}

impl Period {
    /// `2020`, `2020-01`, `2020-01-31`, or two of them: `2020-01..2020-03`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (Self::parse(from.trim())?, Self::parse(to.trim())?);
            return (from.from <= to.to).then_some(Self {
                from: from.from,
                to: to.to,
            });
        }
        let text = text.trim();
        let is_plain = text
            .bytes()
            .all(|sign| sign.is_ascii_digit() || sign == b'-');
        let day = |text: &str| text.parse::<NaiveDate>().ok().filter(|_| is_plain);
        match text.len() {
            4 => Some(Self::of(day(&format!("{text}-01-01"))?, Step::Year)),
            7 => Some(Self::of(day(&format!("{text}-01"))?, Step::Month)),
            10 => Some(Self::of(day(text)?, Step::Day)),
            _ => None,
        }
    }

    /// The step that begins on a day; of hours, the day.
    pub fn of(from: NaiveDate, step: Step) -> Self {
        let next = match step {
            Step::Hour | Step::Day => from.checked_add_days(Days::new(1)),
            Step::Month => from.checked_add_months(Months::new(1)),
            Step::Year => from.checked_add_months(Months::new(12)),
        };
        let to = next.and_then(|next| next.pred_opt()).unwrap_or(from);
        Self { from, to }
    }

    /// The first day after it.
    pub fn end(&self) -> Option<NaiveDate> {
        self.to.succ_opt()
    }

    /// The period of the same length right before it: whole months where it is of whole months.
    pub fn before(&self) -> Option<Self> {
        let to = self.from.pred_opt()?;
        let from = match self.months() {
            Some(months) => self.from.checked_sub_months(Months::new(months))?,
            None => self.from.checked_sub_days(Days::new(self.days()))?,
        };
        Some(Self { from, to })
    }

    /// The same days a year before.
    pub fn last_year(&self) -> Option<Self> {
        let year = Months::new(12);
        let from = self.from.checked_sub_months(year)?;
        let to = match self.months() {
            // The last day of a month stays one, in leap years too.
            Some(_) => self.end()?.checked_sub_months(year)?.pred_opt()?,
            None => self.to.checked_sub_months(year)?,
        };
        Some(Self { from, to })
    }

    /// As much of it, from its beginning, as another period has: whole months where that is of whole months. Never more
    /// than it has.
    pub fn as_much(&self, other: &Self) -> Option<Self> {
        let end = match other.months() {
            Some(months) => self.from.checked_add_months(Months::new(months))?,
            None => self.from.checked_add_days(Days::new(other.days()))?,
        };
        Some(Self {
            from: self.from,
            to: end.pred_opt()?.min(self.to),
        })
    }

    /// How many days it has.
    pub fn days(&self) -> u64 {
        let days = self.to.signed_duration_since(self.from).num_days();
        u64::try_from(days).unwrap_or_default().saturating_add(1)
    }

    /// How many months it has, where they are whole ones.
    fn months(self) -> Option<u32> {
        use chrono::Datelike as _;
        let end = self.end()?;
        let months = (end.year() - self.from.year()) * 12 + i32::try_from(end.month()).ok()?
            - i32::try_from(self.from.month()).ok()?;
        (self.from.day() == 1 && end.day() == 1)
            .then(|| u32::try_from(months).ok())
            .flatten()
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let year = Self::of(self.from, Step::Year);
        let month = Self::of(self.from, Step::Month);
        if self.from == self.to {
            write!(out, "{}", self.from)
        } else if *self == year && self.months() == Some(12) {
            write!(out, "{}", self.from.format("%Y"))
        } else if *self == month && self.months() == Some(1) {
            write!(out, "{}", self.from.format("%Y-%m"))
        } else {
            write!(out, "{}..{}", self.from, self.to)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Period;

    #[test]
    fn as_much_of_a_period_as_another_has() {
        for (period, other, expected) in [
            (
                "2026-10",
                "2026-11-01..2026-11-26",
                "2026-10-01..2026-10-26",
            ),
            ("2025", "2026-01..2026-10", "2025-01-01..2025-10-31"),
            ("2026-02", "2026-03-01..2026-03-30", "2026-02"),
        ] {
            let of = |text: &str| Period::parse(text).unwrap();
            assert_eq!(
                of(period).as_much(&of(other)),
                Some(of(expected)),
                "{period}"
            );
        }
    }

    #[test]
    fn a_period_is_read_shown_and_moved() {
        for (text, shown, before, last_year) in [
            ("2024", "2024", "2023", "2023"),
            ("2024-02", "2024-02", "2024-01", "2023-02"),
            ("2024-02-29", "2024-02-29", "2024-02-28", "2023-02-28"),
            (
                "2024-01..2024-03",
                "2024-01-01..2024-03-31",
                "2023-10-01..2023-12-31",
                "2023-01-01..2023-03-31",
            ),
            (
                "2024-03-02..2024-03-08",
                "2024-03-02..2024-03-08",
                "2024-02-24..2024-03-01",
                "2023-03-02..2023-03-08",
            ),
            ("2024-01..2024-12", "2024", "2023", "2023"),
        ] {
            let period = Period::parse(text).unwrap();
            assert_eq!(period.to_string(), shown);
            assert_eq!(period.before().unwrap().to_string(), before, "{text}");
            assert_eq!(period.last_year().unwrap().to_string(), last_year, "{text}");
            assert_eq!(Period::parse(&period.to_string()), Some(period));
        }
        for wrong in [
            "",
            "24",
            "2024-13",
            "2024-02-30",
            "2024-03..2024-01",
            "+024",
            "2024-1-1",
        ] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }
}
