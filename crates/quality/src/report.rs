//! What a load found: errors ÷ diagnosed by check and dimension, and a profile of the columns.
//!
//! The dimensions are those of the national evaluation of public data; the error rate is errors ÷
//! diagnosed values per rule and column, kept with both numbers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{max, min};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, NaiveDate};
use city::check::FreshWithin;
use city::{ColumnType, Dataset, PrivacyClass};
use serde::{Deserialize, Serialize};

pub use city::dimension::{DIMENSIONS, dimension_of};

/// One check of one column, counted over a load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The column, if the check looks at one.
    pub column: Option<String>,
    /// The check's word.
    pub check: String,
    /// Values that failed.
    pub errors: u64,
    /// Values looked at.
    pub diagnosed: u64,
}

/// One dimension of quality.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dimension {
    /// Its word.
    pub name: String,
    /// Values that failed.
    pub errors: u64,
    /// Values looked at; 0: no rule looks at this dimension, and it has no score.
    pub diagnosed: u64,
    /// 1 − errors ÷ diagnosed.
    pub score: Option<f64>,
}

/// What one column holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Physical name.
    pub name: String,
    /// Accepted rows.
    pub rows: u64,
    /// Of them, without a value.
    pub nulls: u64,
    /// Least value, of numbers, days and moments that say nothing about a person.
    pub min: Option<String>,
    /// Greatest value.
    pub max: Option<String>,
}

/// What a load found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Rows read.
    pub rows: u64,
    /// Mean of the dimensions that were looked at, 0 to 1; nothing if none was.
    pub score: Option<f64>,
    /// The six dimensions.
    pub dimensions: Vec<Dimension>,
    /// Every check.
    pub checks: Vec<Counted>,
    /// Every column.
    pub columns: Vec<ColumnProfile>,
}

impl Report {
    pub(crate) fn new(rows: u64, checks: Vec<Counted>, columns: Vec<ColumnProfile>) -> Self {
        let dimensions: Vec<Dimension> = DIMENSIONS
            .iter()
            .map(|name| {
                let own = checks
                    .iter()
                    .filter(|counted| dimension_of(&counted.check) == *name);
                let (errors, diagnosed) = own.fold((0, 0), |sum, counted| {
                    (sum.0 + counted.errors, sum.1 + counted.diagnosed)
                });
                Dimension {
                    name: (*name).to_owned(),
                    errors,
                    diagnosed,
                    score: share(errors, diagnosed),
                }
            })
            .collect();
        let scores: Vec<f64> = dimensions
            .iter()
            .filter_map(|dimension| dimension.score)
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "six at most")]
        let score = (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64);
        Self {
            rows,
            score,
            dimensions,
            checks,
            columns,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts as shares")]
fn share(errors: u64, diagnosed: u64) -> Option<f64> {
    (diagnosed > 0).then(|| 1.0 - errors as f64 / diagnosed as f64)
}

/// Profiles the accepted rows as they pass.
pub(crate) struct Profile {
    columns: Vec<Mutex<Running>>,
}

struct Running {
    name: String,
    typed: bool,
    shows_values: bool,
    rows: u64,
    nulls: u64,
    /// Cells with a value among all rows, quarantined ones too.
    seen: u64,
    bounds: Option<(Bound, Bound)>,
}

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Bound {
    Whole(i64),
    Number(f64),
    Day(i32),
    Moment(i64),
}

impl Bound {
    fn text(self) -> String {
        match self {
            Self::Whole(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Day(days) => day(days).map_or_else(String::new, |day| day.to_string()),
            Self::Moment(micros) => DateTime::from_timestamp_micros(micros)
                .map_or_else(String::new, |moment| moment.naive_utc().to_string()),
        }
    }
}

fn day(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days + 719_163)
}

impl Profile {
    pub(crate) fn new(dataset: &Dataset) -> Self {
        let running = |column: &city::Column| Running {
            name: column.name.clone(),
            typed: !matches!(
                column.column_type,
                ColumnType::Text | ColumnType::Code | ColumnType::Geometry
            ),
            shows_values: column.privacy == PrivacyClass::None,
            rows: 0,
            nulls: 0,
            seen: 0,
            bounds: None,
        };
        Self {
            columns: dataset
                .columns
                .iter()
                .map(|column| Mutex::new(running(column)))
                .collect(),
        }
    }

    /// Counts the filled cells of rows before they are judged.
    pub(crate) fn see(&self, rows: &RecordBatch) {
        for (running, array) in self.columns.iter().zip(rows.columns()) {
            let seen = u64::try_from(array.len() - array.null_count()).unwrap_or_default();
            running.lock().unwrap_or_else(PoisonError::into_inner).seen += seen;
        }
    }

    /// Profiles rows that were accepted.
    pub(crate) fn add(&self, rows: &RecordBatch) {
        for (running, array) in self.columns.iter().zip(rows.columns()) {
            let bounds = bounds(array);
            let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
            running.rows += u64::try_from(array.len()).unwrap_or_default();
            running.nulls += u64::try_from(array.null_count()).unwrap_or_default();
            running.bounds = match (running.bounds, bounds) {
                (Some((least, most)), Some((low, high))) => Some((
                    if low < least { low } else { least },
                    if high > most { high } else { most },
                )),
                (known, found) => known.or(found),
            };
        }
    }

    pub(crate) fn columns(&self) -> Vec<ColumnProfile> {
        let profile = |running: &Mutex<Running>| {
            let running = running.lock().unwrap_or_else(PoisonError::into_inner);
            let bounds = running.bounds.filter(|_| running.shows_values);
            ColumnProfile {
                name: running.name.clone(),
                rows: running.rows,
                nulls: running.nulls,
                min: bounds.map(|bounds| bounds.0.text()),
                max: bounds.map(|bounds| bounds.1.text()),
            }
        };
        self.columns.iter().map(profile).collect()
    }

    /// Type errors as checks: every filled cell of a typed column was diagnosed. Errors of decoding
    /// that belong to no typed column, and places, stand by their own word.
    pub(crate) fn type_checks(
        &self,
        errors: &BTreeMap<(String, &'static str), u64>,
        rows: u64,
    ) -> Vec<Counted> {
        let typed: Vec<(String, u64)> = self
            .columns
            .iter()
            .map(|running| running.lock().unwrap_or_else(PoisonError::into_inner))
            .filter(|running| running.typed)
            .map(|running| (running.name.clone(), running.seen))
            .collect();
        let seen = |column: &String| {
            let own = typed.iter().find(|(name, _)| name == column);
            own.map(|(_, seen)| *seen)
        };
        let is_of_type = |column: &String, check: &str| seen(column).is_some() && check != "place";
        let others = errors
            .iter()
            .filter(|((column, check), _)| !is_of_type(column, check))
            .map(|((column, check), count)| Counted {
                column: (!column.is_empty()).then(|| column.clone()),
                check: (*check).to_owned(),
                errors: *count,
                diagnosed: seen(column).unwrap_or(rows),
            });
        let of_type = typed.iter().map(|(name, seen)| {
            let own = errors
                .iter()
                .filter(|((column, check), _)| column == name && is_of_type(column, check));
            let errors: u64 = own.map(|(_, count)| count).sum();
            Counted {
                column: Some(name.clone()),
                check: "type".to_owned(),
                errors,
                // A cell that is not of its type arrives empty.
                diagnosed: seen + errors,
            }
        });
        of_type.chain(others).collect()
    }

    /// One diagnosis: the newest value is young enough, or not.
    pub(crate) fn freshness(&self, within: &FreshWithin, today: NaiveDate) -> Option<Counted> {
        let running = self
            .columns
            .iter()
            .map(|running| running.lock().unwrap_or_else(PoisonError::into_inner))
            .find(|running| running.name == within.column)?;
        let newest = match running.bounds?.1 {
            Bound::Day(days) => day(days)?,
            Bound::Moment(micros) => DateTime::from_timestamp_micros(micros)?.date_naive(),
            _ => return None,
        };
        let is_old = (today - newest).num_days() > i64::from(within.days);
        Some(Counted {
            column: Some(within.column.clone()),
            check: "fresh-within".to_owned(),
            errors: u64::from(is_old),
            diagnosed: 1,
        })
    }
}

fn bounds(array: &ArrayRef) -> Option<(Bound, Bound)> {
    Some(match array.data_type() {
        DataType::Int64 => {
            let array = array.as_primitive::<Int64Type>();
            (Bound::Whole(min(array)?), Bound::Whole(max(array)?))
        }
        DataType::Float64 => {
            let array = array.as_primitive::<Float64Type>();
            (Bound::Number(min(array)?), Bound::Number(max(array)?))
        }
        DataType::Date32 => {
            let array = array.as_primitive::<Date32Type>();
            (Bound::Day(min(array)?), Bound::Day(max(array)?))
        }
        DataType::Timestamp(_, _) => {
            let array = array.as_primitive::<TimestampMicrosecondType>();
            (Bound::Moment(min(array)?), Bound::Moment(max(array)?))
        }
        _ => return None,
    })
}
