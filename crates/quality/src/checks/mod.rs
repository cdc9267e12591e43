//! One file a check. [`of_column`] and [`of_table`] are the tables that know them all.

mod any_of;
mod both_or_none;
mod date_order;
mod inside;
mod list;
mod max_length;
mod mentions;
mod multiple_of;
mod number_order;
mod pattern;
mod range;
mod refers_to;
mod required;
mod sum_equals;
mod when;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::error::ArrowError;
use chrono::NaiveDate;
use city::check::{Check, TableCheck};
use city::{Column, Dataset, Reason, Why};

use crate::judge::{Area, References};

/// Told of each row that fails.
pub type Tell<'t> = dyn FnMut(usize, Reason) + 't;

/// A check of rows, one by one, over whole columns.
pub trait RowCheck: Send + Sync {
    /// The check's word in manifests and reports.
    fn name(&self) -> &'static str;
    /// The one column it looks at.
    fn column(&self) -> Option<&str>;
    /// Tells of the rows that fail; answers how many values were looked at.
    ///
    /// # Errors
    /// When the batch lacks a column.
    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError>;
}

/// The compiled check of a column. (`unique` needs an order and lives in [`crate::unique`].)
pub fn of_column(
    dataset: &Dataset,
    column: &Column,
    check: &Check,
    references: &References,
    today: NaiveDate,
) -> Option<Box<dyn RowCheck>> {
    let name = column.name.clone();
    Some(match check {
        Check::Required => Box::new(required::Required { column: name }),
        Check::Unique => return None,
        Check::Range(range) => Box::new(range::Range::new(name, range, today)),
        Check::Pattern(pattern) => Box::new(pattern::Pattern::new(name, pattern)?),
        Check::In(list) => Box::new(list::In::new(name, list)),
        Check::MaxLength(max) => Box::new(max_length::MaxLength {
            column: name,
            max: *max,
            in_bytes: false,
        }),
        Check::MaxBytes(max) => Box::new(max_length::MaxLength {
            column: name,
            max: *max,
            in_bytes: true,
        }),
        Check::MultipleOf(of) => Box::new(multiple_of::MultipleOf {
            column: name,
            of: *of,
        }),
        Check::RefersTo(target) => {
            let known = references.get(&(target.dataset.to_string(), target.column.clone()));
            let known = known.cloned().unwrap_or_default();
            Box::new(refers_to::RefersTo::new(name, target, known, dataset))
        }
    })
}

/// The compiled check of a table.
pub fn of_table(dataset: &Dataset, check: &TableCheck, city: Area) -> Option<Box<dyn RowCheck>> {
    Some(match check {
        TableCheck::Inside(area) => Box::new(inside::Inside::new(dataset, *area, city)),
        TableCheck::DateOrder(columns) => Box::new(date_order::DateOrder {
            columns: columns.clone(),
        }),
        TableCheck::SumEquals(sum) => Box::new(sum_equals::SumEquals { sum: sum.clone() }),
        TableCheck::AnyOf(columns) => Box::new(any_of::AnyOf {
            columns: columns.clone(),
        }),
        TableCheck::BothOrNone(columns) => Box::new(both_or_none::BothOrNone {
            columns: columns.clone(),
        }),
        TableCheck::NumberOrder(columns) => Box::new(number_order::NumberOrder {
            columns: columns.clone(),
        }),
        TableCheck::When(when) => Box::new(when::When::new(when)),
        TableCheck::Mentions(mentions) => Box::new(mentions::Mentions {
            declared: mentions.clone(),
        }),
        TableCheck::UniqueTogether(_) | TableCheck::FreshWithin(_) => return None,
    })
}

/// A column of the batch.
fn array<'r>(rows: &'r RecordBatch, name: &str) -> Result<&'r ArrayRef, ArrowError> {
    rows.column_by_name(name)
        .ok_or_else(|| ArrowError::SchemaError(format!("no column {name}")))
}

/// Values that are there.
fn filled(array: &ArrayRef) -> u64 {
    u64::try_from(array.len() - array.null_count()).unwrap_or_default()
}

/// A reason about one cell.
fn reason(column: &str, array: &ArrayRef, row: usize, why: Why) -> Reason {
    Reason {
        column: Some(column.to_owned()),
        value: crate::unique::shown(array, row),
        why,
    }
}
