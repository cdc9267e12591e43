//! What comes back from a question, read.

use std::collections::BTreeMap;

use arrow::array::{Array as _, ArrayRef, AsArray as _, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use city::Period;
use city::measure::Step;

/// One group of an answer.
pub(crate) struct Group {
    pub(crate) label: Option<String>,
    pub(crate) value: Option<f64>,
    /// Whether it is not told because so few are counted.
    pub(crate) is_hidden: bool,
}

/// Groups of one label as one.
pub(crate) fn added_up(groups: Vec<Group>) -> Vec<Group> {
    let mut all: BTreeMap<Option<String>, Option<f64>> = BTreeMap::new();
    for group in groups {
        let sum = all.entry(group.label).or_default();
        *sum = match (*sum, group.value) {
            (Some(sum), Some(value)) => Some(sum + value),
            (sum, value) => sum.or(value),
        };
    }
    let all = all.into_iter();
    all.map(|(label, value)| Group {
        label,
        value,
        is_hidden: false,
    })
    .collect()
}

/// The step a day lies in.
pub(crate) fn begin(day: chrono::NaiveDate, step: Step) -> Period {
    use chrono::Datelike as _;
    let first = match step {
        Step::Hour | Step::Day => Some(day),
        Step::Month => day.with_day(1),
        Step::Year => day.with_day(1).and_then(|day| day.with_month(1)),
    };
    Period::of(first.unwrap_or(day), step)
}

/// How many steps a period has, one at the least; hours are counted by days.
pub(crate) fn steps(period: Period, step: Step) -> u32 {
    use chrono::Datelike as _;
    let years = period.to.year() - period.from.year();
    let count = match step {
        Step::Hour | Step::Day => i64::try_from(period.days()).unwrap_or(i64::MAX),
        Step::Month => {
            i64::from(years) * 12 + i64::from(period.to.month()) - i64::from(period.from.month())
                + 1
        }
        Step::Year => i64::from(years) + 1,
    };
    u32::try_from(count).unwrap_or(u32::MAX).max(1)
}

pub(crate) fn real(batch: &RecordBatch, column: usize, row: usize) -> Option<f64> {
    let column = batch.columns().get(column)?;
    let column = column.as_primitive_opt::<Float64Type>()?;
    column.is_valid(row).then(|| column.value(row))
}

pub(crate) fn whole(batch: &RecordBatch, column: usize, row: usize) -> Option<u64> {
    let column = batch.columns().get(column)?;
    let column = column.as_primitive_opt::<Int64Type>()?;
    let number = column.is_valid(row).then(|| column.value(row))?;
    u64::try_from(number).ok()
}

/// Label, value, rows.
pub(crate) fn groups(batches: &[RecordBatch]) -> Vec<(Option<String>, Option<f64>, Option<u64>)> {
    let mut groups = Vec::new();
    for batch in batches {
        let Some(labels) = batch.columns().first() else {
            continue;
        };
        let text = texts(labels);
        for row in 0..batch.num_rows() {
            groups.push((label(&text, row), real(batch, 1, row), whole(batch, 2, row)));
        }
    }
    groups
}

/// A column as texts.
pub(crate) fn texts(labels: &ArrayRef) -> ArrayRef {
    arrow::compute::cast(labels, &DataType::Utf8).unwrap_or_else(|_| std::sync::Arc::clone(labels))
}

/// The text of a row, if it has one.
pub(crate) fn label(texts: &ArrayRef, row: usize) -> Option<String> {
    let texts = texts.as_string_opt::<i32>()?;
    texts.is_valid(row).then(|| texts.value(row).to_owned())
}
