use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{Months, NaiveDate};
use city::check::RefersTo as Declared;
use city::{ColumnType, Dataset, Why};

use super::{RowCheck, Tell, array, filled, reason};
use crate::known::Known;

/// A value of another dataset's column, in its current version; with `as-of`, one that held on the
/// row's own date. A row without that date is looked up on any.
///
/// **Why**: a row of a dong that does not exist joins to nothing, and a row of 2019 knows only the
/// dong of 2019.
/// **Manifest**: `checks = [{ refers-to = { dataset = "dong", column = "code" } }]`,
/// `{ refers-to = { dataset = "dong", column = "code", as-of = "surveyed_on" } }`
pub(super) struct RefersTo {
    column: String,
    target: Declared,
    known: Arc<Known>,
    /// Type of the column of the row's own date.
    as_of: Option<ColumnType>,
}

impl RefersTo {
    pub(super) fn new(
        column: String,
        target: &Declared,
        known: Arc<Known>,
        dataset: &Dataset,
    ) -> Self {
        let as_of = target.as_of.as_deref();
        Self {
            column,
            as_of: as_of.and_then(|name| Some(dataset.column(name)?.column_type)),
            target: target.clone(),
            known,
        }
    }

    fn why(&self, on: Option<String>) -> Why {
        Why::RefersTo {
            dataset: self.target.dataset.to_string(),
            column: self.target.column.clone(),
            on,
        }
    }

    /// Why a value fails, if it does.
    fn fault(&self, text: &str, days: Option<&Dates>, row: usize) -> Option<Why> {
        if !self.known.contains(text) {
            return Some(self.why(None));
        }
        let days = days?;
        let (from, to) = days.of(row)?;
        (!self.known.holds(text, from, to)).then(|| self.why(Some(days.shown(from))))
    }
}

impl RowCheck for RefersTo {
    fn name(&self) -> &'static str {
        "refers-to"
    }

    fn column(&self) -> Option<&str> {
        Some(&self.column)
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let array = array(rows, &self.column)?;
        let days = match (&self.target.as_of, self.as_of) {
            (Some(name), Some(kind)) => Some(Dates::new(super::array(rows, name)?, kind)?),
            _ => None,
        };
        if let Some(texts) = array.as_string_opt::<i32>() {
            for (row, text) in texts.iter().enumerate() {
                if let Some(why) = text.and_then(|text| self.fault(text, days.as_ref(), row)) {
                    tell(row, reason(&self.column, array, row, why));
                }
            }
        } else {
            let texts = ArrayFormatter::try_new(array, &FormatOptions::default())?;
            for row in (0..array.len()).filter(|row| array.is_valid(*row)) {
                let text = texts.value(row).to_string();
                if let Some(why) = self.fault(&text, days.as_ref(), row) {
                    tell(row, reason(&self.column, array, row, why));
                }
            }
        }
        Ok(filled(array))
    }
}

/// The rows' own dates: a day, or all days of a month or year.
struct Dates {
    kind: ColumnType,
    array: ArrayRef,
}

impl Dates {
    fn new(array: &ArrayRef, kind: ColumnType) -> Result<Self, ArrowError> {
        let array = match kind {
            ColumnType::Year => Arc::clone(array),
            _ => cast(array, &DataType::Date32)?,
        };
        Ok(Self { kind, array })
    }

    /// First and last of the row's days.
    fn of(&self, row: usize) -> Option<(NaiveDate, NaiveDate)> {
        if self.array.is_null(row) {
            return None;
        }
        if self.kind == ColumnType::Year {
            let year = self.array.as_primitive_opt::<Int64Type>()?.value(row);
            let year = i32::try_from(year).ok()?;
            return NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
        }
        let days = self.array.as_primitive_opt::<Date32Type>()?.value(row);
        let day = NaiveDate::from_num_days_from_ce_opt(days.checked_add(719_163)?)?;
        match self.kind {
            ColumnType::Month => {
                let next = day.checked_add_months(Months::new(1))?;
                Some((day, next.pred_opt()?))
            }
            _ => Some((day, day)),
        }
    }

    fn shown(&self, from: NaiveDate) -> String {
        match self.kind {
            ColumnType::Year => from.format("%Y").to_string(),
            ColumnType::Month => from.format("%Y-%m").to_string(),
            _ => from.to_string(),
        }
    }
}
