//! Which national standard a dataset resembles, and what differs.
//!
//! Pure: columns with a sample of their values and the city's standards in, an explained comparison
//! out. The order in which columns come changes nothing.
//!
//! | function | says |
//! | --- | --- |
//! | [`ranked`] | the standards a dataset resembles, the nearest first, with every difference |
//! | [`plan()`], [`Plan::rows`] | the conforming file: its columns in order, and its rows |
//! | [`contract()`] | the standard's checks in the dataset's words, to be judged by [`crate::Judge`] |
//! | [`letter()`] | what the department is asked to change |

mod contract;
mod differ;
mod fit;
mod letter;
mod matcher;
mod plan;
#[cfg(test)]
mod tests;

use city::{Column, ColumnType, PrivacyClass, StandardId, Why};
use serde::Serialize;

pub use contract::{Contract, Unjudged, contract};
pub use letter::{Letter, letter};
pub use matcher::{ranked, resemblance};
pub use plan::{Plan, Planned, Shown, plan};

/// A dataset's column as the matcher sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Physical name.
    pub name: String,
    /// Name in the source.
    pub source: String,
    /// Korean title.
    pub title: String,
    /// Type of the values.
    pub column_type: ColumnType,
    /// It says something about a person: no value of it is repeated.
    pub is_personal: bool,
    /// Rows of the dataset.
    pub rows: u64,
    /// Of them, with a value.
    pub filled: u64,
    /// Distinct values as text, each with how often it stands; all of them or a sample.
    pub values: Vec<(String, u64)>,
}

impl Seen {
    /// The column of a manifest, with what is known of its values.
    pub fn new(column: &Column, rows: u64, filled: u64, values: Vec<(String, u64)>) -> Self {
        Self {
            name: column.name.clone(),
            source: column.source_name().to_owned(),
            title: column.title.clone(),
            column_type: column.column_type,
            is_personal: column.privacy != PrivacyClass::None,
            rows,
            filled,
            values,
        }
    }

    /// How many cells the values stand for.
    fn sampled(&self) -> u64 {
        self.values.iter().map(|(_, count)| count).sum()
    }
}

/// A standard beside a dataset.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resemblance {
    /// The standard.
    pub standard: StandardId,
    /// 1: every column the standard asks for is there under its own name; 0: none is. Columns that
    /// many standards share (addresses, coordinates) weigh less.
    pub score: f64,
    /// The standard's columns in its order, each with the dataset's column that is it.
    pub columns: Vec<Matched>,
    /// The dataset's columns that the standard does not have, by physical name, in order of name.
    pub extra: Vec<String>,
    /// What differs, in the standard's order.
    pub differences: Vec<Difference>,
}

impl Resemblance {
    /// How many of the standard's columns the dataset has.
    pub fn matched(&self) -> usize {
        self.columns.iter().filter(|own| own.from.is_some()).count()
    }

    /// The dataset's column that is this one of the standard, by physical name.
    pub fn column(&self, standard: &str) -> Option<&str> {
        let own = self.columns.iter().find(|own| own.column == standard)?;
        own.from.as_deref()
    }
}

/// A standard's column and the dataset's that is it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// Official name.
    pub column: String,
    /// The dataset's column, by physical name.
    pub from: Option<String>,
    /// Why it is that one.
    pub how: How,
}

/// How a column was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum How {
    /// Its name is the official one, or the Open API's key.
    Exact {
        /// The name as it is written.
        written: String,
    },
    /// Its name is another or an older spelling.
    Synonym {
        /// The name as it is written.
        written: String,
    },
    /// Its values are what the standard asks for, and no other column's are.
    Content {
        /// The name as it is written.
        written: String,
        /// What the values fit: `in`, `pattern` or `range`.
        check: String,
        /// Cells that fit.
        fits: u64,
        /// Cells looked at.
        of: u64,
    },
    /// It was not found.
    None,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "difference", rename_all = "kebab-case")]
pub enum Difference {
    /// The dataset lacks a column.
    Missing {
        /// Official name.
        column: String,
        /// Each row must have a value there.
        is_required: bool,
    },
    /// A column goes by another name.
    Renamed {
        /// Official name.
        column: String,
        /// The name as it is written.
        written: String,
    },
    /// A column is of another type.
    Type {
        /// Official name.
        column: String,
        /// The type the standard asks for.
        expected: ColumnType,
        /// Its domain, where it names one.
        domain: Option<String>,
        /// The type it has.
        found: ColumnType,
    },
    /// A value is required and missing.
    Empty {
        /// Official name.
        column: String,
        /// Rows without a value.
        count: u64,
        /// Rows.
        of: u64,
    },
    /// Values that the standard does not allow.
    Values {
        /// Official name.
        column: String,
        /// Why not.
        why: Why,
        /// Cells that hold such a value.
        count: u64,
        /// Cells looked at.
        of: u64,
        /// Not all cells were looked at.
        is_sample: bool,
        /// A few such values, the most frequent first; none of a column about persons.
        examples: Vec<String>,
    },
    /// The dataset has a column that the standard lacks.
    Extra {
        /// The column's name in the source.
        column: String,
    },
}

impl Difference {
    /// The column it is about, and the check that would find it in a load, if one would.
    pub fn check(&self) -> Option<(&str, &'static str)> {
        match self {
            Self::Empty { column, .. } => Some((column, "required")),
            Self::Values { column, why, .. } => Some((column, why.check())),
            _ => None,
        }
    }
}
