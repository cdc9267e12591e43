use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use arrow::error::ArrowError;
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime};
use city::Why;
use city::check::{Bound, Range as Declared};

use super::{RowCheck, Tell, array, filled, reason};

/// A number, date or time lies between two bounds, both included.
///
/// **Why**: an air-quality value of -999 is a sensor's "no reading", not a reading.
/// **Manifest**: `checks = [{ range = { min = 0, max = 1000 } }]`, `{ range = { max = "today" } }`
pub(super) struct Range {
    column: String,
    shown: (Option<String>, Option<String>),
    numbers: (f64, f64),
    /// Microseconds since 1970 of dates and moments.
    micros: (i64, i64),
    /// Times of day as `HH:MM:SS`.
    times: (Option<String>, Option<String>),
}

impl Range {
    pub(super) fn new(column: String, range: &Declared, today: NaiveDate) -> Self {
        let shown = |bound: &Option<Bound>| {
            bound.as_ref().map(|bound| match bound {
                Bound::Number(number) => number.to_string(),
                Bound::Text(text) if text == "today" => today.to_string(),
                Bound::Text(text) => text.clone(),
            })
        };
        let number = |bound: &Option<Bound>, none: f64| match bound {
            Some(Bound::Number(number)) => *number,
            _ => none,
        };
        let text = |bound: &Option<Bound>| match bound {
            Some(Bound::Text(text)) if text == "today" => Some(today.to_string()),
            Some(Bound::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let (low, high) = (text(&range.min), text(&range.max));
        Self {
            column,
            shown: (shown(&range.min), shown(&range.max)),
            numbers: (
                number(&range.min, f64::NEG_INFINITY),
                number(&range.max, f64::INFINITY),
            ),
            // A day as the upper bound means all of that day, a month all of that month.
            micros: (
                low.as_deref()
                    .and_then(|text| micros(text, false))
                    .unwrap_or(i64::MIN),
                high.as_deref()
                    .and_then(|text| micros(text, true))
                    .unwrap_or(i64::MAX),
            ),
            times: (
                low.map(|text| full_time(&text)),
                high.map(|text| full_time(&text)),
            ),
        }
    }

    fn outside(&self, array: &ArrayRef) -> Result<Vec<usize>, ArrowError> {
        let (low, high) = self.numbers;
        // Not `value < low || value > high`: NaN lies between no bounds.
        let outside = |value: f64| !(low..=high).contains(&value);
        let moment = |value: i64| value < self.micros.0 || value > self.micros.1;
        Ok(match array.data_type() {
            #[expect(clippy::cast_precision_loss, reason = "bounds are declared as floats")]
            DataType::Int64 => pick(array.as_primitive::<Int64Type>().iter(), |value| {
                outside(value as f64)
            }),
            DataType::Float64 => pick(array.as_primitive::<Float64Type>().iter(), outside),
            DataType::Decimal128(_, scale) => {
                let unit = 10_f64.powi(i32::from(*scale));
                #[expect(clippy::cast_precision_loss, reason = "bounds are declared as floats")]
                pick(array.as_primitive::<Decimal128Type>().iter(), |value| {
                    outside(value as f64 / unit)
                })
            }
            DataType::Date32 => pick(array.as_primitive::<Date32Type>().iter(), |value| {
                moment(i64::from(value) * 86_400_000_000)
            }),
            DataType::Timestamp(_, _) => pick(
                array.as_primitive::<TimestampMicrosecondType>().iter(),
                moment,
            ),
            DataType::Utf8 => pick(array.as_string::<i32>().iter(), |text: &str| {
                self.times.0.as_deref().is_some_and(|low| text < low)
                    || self.times.1.as_deref().is_some_and(|high| text > high)
            }),
            other => {
                return Err(ArrowError::SchemaError(format!(
                    "{} has no range: {other}",
                    self.column
                )));
            }
        })
    }
}

fn pick<T>(values: impl Iterator<Item = Option<T>>, is_outside: impl Fn(T) -> bool) -> Vec<usize> {
    values
        .enumerate()
        .filter_map(|(row, value)| value.is_some_and(&is_outside).then_some(row))
        .collect()
}

fn micros(text: &str, end: bool) -> Option<i64> {
    let moment = |form: &str| NaiveDateTime::parse_from_str(text, form).ok();
    if let Some(moment) = moment("%Y-%m-%d %H:%M:%S")
        .or_else(|| moment("%Y-%m-%dT%H:%M:%S"))
        .or_else(|| moment("%Y-%m-%d %H:%M"))
    {
        return Some(moment.and_utc().timestamp_micros());
    }
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let (first, last) = if let Some(day) = day(text) {
        (day, day)
    } else {
        // A month as the upper bound means all of that month.
        let first = day(&format!("{text}-01"))?;
        (first, first.checked_add_months(Months::new(1))?.pred_opt()?)
    };
    let days = i64::from(if end { last } else { first }.num_days_from_ce()) - 719_163;
    Some(days * 86_400_000_000 + if end { 86_399_999_999 } else { 0 })
}

fn full_time(text: &str) -> String {
    if text.len() == 5 {
        format!("{text}:00")
    } else {
        text.to_owned()
    }
}

impl RowCheck for Range {
    fn name(&self) -> &'static str {
        "range"
    }

    fn column(&self) -> Option<&str> {
        Some(&self.column)
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let array = array(rows, &self.column)?;
        for row in self.outside(array)? {
            let (min, max) = self.shown.clone();
            tell(
                row,
                reason(&self.column, array, row, Why::Range { min, max }),
            );
        }
        Ok(filled(array))
    }
}
