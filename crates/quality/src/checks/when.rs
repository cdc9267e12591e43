use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use arrow::error::ArrowError;
use city::check::{Must, When as Declared};
use city::{Reason, Why};

use super::{RowCheck, Tell, array, reason};

/// Where a column has one of some values, others must be so.
///
/// **Why**: a car park without a fee that charges 500 won misleads whoever looks for one.
/// **Manifest**: `checks = [{ when = { column = "fee", in = ["무료"], columns = ["base_fee"], must = "zero-or-empty" } }]`
pub(super) struct When {
    declared: Declared,
    values: HashSet<String>,
}

impl When {
    pub(super) fn new(declared: &Declared) -> Self {
        Self {
            values: declared.values.iter().cloned().collect(),
            declared: declared.clone(),
        }
    }

    fn why(&self) -> Why {
        Why::When {
            column: self.declared.column.clone(),
            values: self.declared.values.clone(),
            columns: self.declared.columns.clone(),
            must: self.declared.must.word().to_owned(),
        }
    }

    /// Rows where the column has one of the values.
    fn rows(&self, array: &ArrayRef) -> Vec<usize> {
        let has = |text: &str| self.values.contains(text);
        if let Some(texts) = array.as_string_opt::<i32>() {
            let rows = texts.iter().enumerate();
            return rows
                .filter_map(|(row, text)| text.is_some_and(has).then_some(row))
                .collect();
        }
        if let Some(answers) = array.as_boolean_opt() {
            let rows = answers.iter().enumerate();
            let is = |is: bool| has(if is { "Y" } else { "N" });
            return rows
                .filter_map(|(row, answer)| answer.is_some_and(is).then_some(row))
                .collect();
        }
        (0..array.len())
            .filter(|row| crate::unique::shown(array, *row).is_some_and(|text| has(&text)))
            .collect()
    }
}

/// Whether what must hold does, of one cell.
fn holds(must: Must, array: &ArrayRef, numbers: Option<&Float64Array>, row: usize) -> bool {
    let number = numbers.filter(|numbers| numbers.is_valid(row));
    match must {
        Must::Filled => array.is_valid(row),
        Must::Empty => array.is_null(row),
        Must::ZeroOrEmpty => {
            number.is_none_or(|numbers| numbers.value(row).abs() < f64::MIN_POSITIVE)
        }
        Must::Positive => number.is_some_and(|numbers| numbers.value(row) > 0.0),
        // Unknown is not zero.
        Must::AnyPositive => number.is_none_or(|numbers| numbers.value(row) > 0.0),
    }
}

impl RowCheck for When {
    fn name(&self) -> &'static str {
        "when"
    }

    fn column(&self) -> Option<&str> {
        Some(&self.declared.column)
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let must = self.declared.must;
        let concerned = self.rows(array(rows, &self.declared.column)?);
        let mut cells = Vec::new();
        for name in &self.declared.columns {
            let array = array(rows, name)?;
            let numbers = if must.is_of_numbers() {
                let numbers = cast(array, &DataType::Float64)?;
                Some(numbers.as_primitive::<Float64Type>().clone())
            } else {
                None
            };
            cells.push((name, array, numbers));
        }
        if must == Must::AnyPositive {
            for row in &concerned {
                let any = |(_, array, numbers): &(&String, &ArrayRef, Option<Float64Array>)| {
                    holds(must, array, numbers.as_ref(), *row)
                };
                if !cells.iter().any(any) {
                    let why = self.why();
                    tell(
                        *row,
                        Reason {
                            column: None,
                            value: None,
                            why,
                        },
                    );
                }
            }
            return Ok(u64::try_from(concerned.len()).unwrap_or_default());
        }
        for (name, array, numbers) in &cells {
            for row in &concerned {
                if !holds(must, array, numbers.as_ref(), *row) {
                    tell(*row, reason(name, array, *row, self.why()));
                }
            }
        }
        Ok(u64::try_from(concerned.len() * cells.len()).unwrap_or_default())
    }
}
