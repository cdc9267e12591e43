//! The conforming file: the standard's columns in its order, filled from the dataset's.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::ColumnType;
use city::standard::{Standard, Standards};
use serde::Serialize;

use super::Resemblance;

/// What the conforming file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Its columns, in the standard's order.
    pub columns: Vec<Planned>,
}

/// One column of the conforming file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// Official name: the header.
    pub name: String,
    /// Name in the Open API.
    pub key: Option<String>,
    /// The dataset's column, by physical name; without one the column stays empty.
    pub from: Option<String>,
    /// How its values are written.
    pub shown: Shown,
}

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// As they are.
    AsIs,
    /// `Y` and `N`.
    YesNo,
    /// `HH:MM`.
    Minute,
    /// `YYYY-MM`.
    Month,
}

/// The columns of the conforming file. Columns that may be missing and are missing are left out.
pub fn plan(standards: &Standards, standard: &Standard, resemblance: &Resemblance) -> Plan {
    let columns = standard.columns.iter().filter_map(|column| {
        let from = resemblance.column(&column.name).map(str::to_owned);
        if from.is_none() && column.optional {
            return None;
        }
        let shown = match standards.column_type(column) {
            Some(ColumnType::Boolean) => Shown::YesNo,
            Some(ColumnType::Time) if has_minutes_only(standards, standard, &column.name) => {
                Shown::Minute
            }
            Some(ColumnType::Month) => Shown::Month,
            _ => Shown::AsIs,
        };
        Some(Planned {
            name: column.name.clone(),
            key: column.key.clone(),
            from,
            shown,
        })
    });
    Plan {
        columns: columns.collect(),
    }
}

/// Whether a time of this column is written without seconds.
fn has_minutes_only(standards: &Standards, standard: &Standard, name: &str) -> bool {
    let domain = standard.column(name).and_then(|own| standards.domain(own));
    let shown = domain.and_then(|own| own.shown);
    shown.is_none_or(|shown| shown.matches(':').count() == 1)
}

impl Plan {
    /// The dataset's columns it takes, by physical name, each once.
    pub fn sources(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .columns
            .iter()
            .filter_map(|own| own.from.clone())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Rows of the dataset as rows of the conforming file: text under official names. No row is
    /// left out and no value is mended.
    ///
    /// # Errors
    /// When the batch lacks a column or holds one that cannot be written as text.
    pub fn rows(&self, rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let (mut fields, mut arrays) = (Vec::new(), Vec::<ArrayRef>::new());
        for own in &self.columns {
            let array = match &own.from {
                Some(name) => {
                    let array = rows.column_by_name(name);
                    let array = array
                        .ok_or_else(|| ArrowError::SchemaError(format!("no column {name}")))?;
                    written(array, own.shown)?
                }
                None => StringArray::new_null(rows.num_rows()),
            };
            fields.push(Field::new(&own.name, DataType::Utf8, true));
            arrays.push(Arc::new(array));
        }
        let count = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &count)
    }
}

fn written(array: &ArrayRef, shown: Shown) -> Result<StringArray, ArrowError> {
    let mut out = StringBuilder::new();
    let answers = array.as_boolean_opt().filter(|_| shown == Shown::YesNo);
    let texts = ArrayFormatter::try_new(array, &FormatOptions::default())?;
    let mut text = String::new();
    for row in 0..array.len() {
        if array.is_null(row) {
            out.append_null();
            continue;
        }
        if let Some(answers) = answers {
            out.append_value(if answers.value(row) { "Y" } else { "N" });
            continue;
        }
        text.clear();
        write!(text, "{}", texts.value(row))
            .map_err(|_error| ArrowError::CastError("a value cannot be written".to_owned()))?;
        let is_date = array.data_type() == &DataType::Date32;
        let kept = match shown {
            // A time is stored as HH:MM:SS. Seconds that are there are not thrown away.
            Shown::Minute => text.strip_suffix(":00").filter(|own| own.len() == 5),
            // A month is stored as its first day; a whole date would lose its day.
            Shown::Month if is_date => text.strip_suffix("-01"),
            _ => None,
        };
        out.append_value(kept.unwrap_or(&text));
    }
    Ok(out.finish())
}
