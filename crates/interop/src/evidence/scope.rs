//! Of which year and of whom.

use chrono::{Datelike as _, NaiveDate};
use city::{City, DepartmentId};
use thiserror::Error;

/// The first year that is asked about: no city's records are older.
const FIRST: i32 = 2000;

/// Of which year and of whom a pack is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The year, by the days of Korea.
    pub year: i32,
    /// One department alone; the whole city when absent.
    pub department: Option<DepartmentId>,
    /// The last day that counts: the year's last, or today.
    pub until: NaiveDate,
}

/// Why there is no such pack.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScopeError {
    /// No year, or none that has begun.
    #[error("{asked}: expected a year from {FIRST} to {last}")]
    Year {
        /// What was asked for.
        asked: String,
        /// The year it is.
        last: i32,
    },
    /// No such department.
    #[error("no department is called `{asked}`; the city has {known}")]
    Department {
        /// What was asked for.
        asked: String,
        /// Those there are.
        known: String,
    },
}

impl Scope {
    /// The scope that words ask for.
    ///
    /// # Errors
    /// When the year has not begun, or there is no such department.
    pub fn read(
        city: &City,
        year: &str,
        department: Option<&str>,
        today: NaiveDate,
    ) -> Result<Self, ScopeError> {
        let asked = year.parse().ok();
        let year = asked
            .filter(|own| (FIRST..=today.year()).contains(own) && year.len() == 4)
            .ok_or_else(|| ScopeError::Year {
                asked: year.to_owned(),
                last: today.year(),
            })?;
        let department = match department.filter(|own| !own.is_empty()) {
            None => None,
            Some(asked) => Some(find(city, asked)?),
        };
        let last = NaiveDate::from_ymd_opt(year, 12, 31);
        Ok(Self {
            year,
            department,
            until: last.map_or(today, |last| last.min(today)),
        })
    }

    /// Whether a day counts.
    pub fn has(&self, day: NaiveDate) -> bool {
        day.year() == self.year && day <= self.until
    }
}

/// A department by its id or Korean title.
fn find(city: &City, asked: &str) -> Result<DepartmentId, ScopeError> {
    let all = &city.manifest.departments;
    let own = all
        .iter()
        .find(|own| own.id.as_str() == asked)
        .or_else(|| all.iter().find(|own| own.title == asked));
    own.map(|own| own.id.clone())
        .ok_or_else(|| ScopeError::Department {
            asked: asked.to_owned(),
            known: all
                .iter()
                .map(|own| own.id.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        })
}
