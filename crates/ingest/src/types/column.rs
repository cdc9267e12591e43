//! One column of text cells → one Arrow array.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder,
    Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use chrono::{Datelike, NaiveDate};
use city::{Column, ColumnType, Reason, Why};

use super::moment::{Forms, Read};
use super::{data_type, number};
use crate::decode::CellFault;
use crate::text::trim;

/// Cells by row and source column.
pub trait Cells {
    /// Rows.
    fn rows(&self) -> usize;
    /// One cell; empty where the source has nothing.
    fn cell(&self, row: usize, column: usize) -> &str;
    /// The row's shape in WGS 84 as well-known binary.
    fn geometry(&self, row: usize) -> Option<&[u8]> {
        let _ = row;
        None
    }
}

/// How one declared column is read: compiled once per load.
#[derive(Clone, Debug)]
pub struct ColumnPlan {
    column: Column,
    /// Column of the source.
    source: usize,
    forms: Forms,
    null_tokens: Vec<String>,
    yes: Vec<String>,
    no: Vec<String>,
}

impl ColumnPlan {
    /// The plan for `column`, read from the source column at `source`.
    pub fn new(column: &Column, source: usize) -> Self {
        let default: &[&str] = match column.column_type {
            ColumnType::Date => &["%Y-%m-%d"],
            ColumnType::Month => &["%Y-%m"],
            ColumnType::Time => &["%H:%M", "%H:%M:%S"],
            ColumnType::Datetime => &[
                "%Y-%m-%d %H:%M:%S",
                "%Y-%m-%d %H:%M",
                "%Y-%m-%dT%H:%M:%S",
                "%Y-%m-%dT%H:%M",
                "%Y-%m-%d %H:%M:%S.%f",
                "%Y-%m-%dT%H:%M:%S.%f",
            ],
            _ => &[],
        };
        let (yes, no) = match &column.spellings {
            Some(spellings) => (spellings.yes.clone(), spellings.no.clone()),
            None => (
                vec!["Y".to_owned(), "y".to_owned()],
                vec!["N".to_owned(), "n".to_owned()],
            ),
        };
        Self {
            forms: Forms::new(&column.forms, default),
            null_tokens: column.null_tokens.clone(),
            column: column.clone(),
            source,
            yes,
            no,
        }
    }

    /// The declared column.
    pub fn column(&self) -> &Column {
        &self.column
    }

    /// Reads the column from all rows of `cells`; cells that do not fit go to `faults`.
    pub fn read(&self, cells: &impl Cells, faults: &mut Vec<CellFault>) -> ArrayRef {
        match self.column.column_type {
            ColumnType::Text | ColumnType::Code => self.text(cells),
            ColumnType::Integer if self.column.korean_units => {
                self.integers(cells, faults, |text| {
                    number::integer(text).or_else(|| {
                        number::korean(text, self.column.unit.as_deref(), 0)
                            .and_then(|value| i64::try_from(value).ok())
                    })
                })
            }
            ColumnType::Integer => self.integers(cells, faults, number::integer),
            ColumnType::Year => self.integers(cells, faults, |text| {
                number::integer(text.strip_suffix('년').unwrap_or(text))
                    .filter(|year| (1..=9999).contains(year))
            }),
            ColumnType::Number => self.numbers(cells, faults),
            ColumnType::Decimal => self.decimals(cells, faults),
            ColumnType::Boolean => self.booleans(cells, faults),
            ColumnType::Date | ColumnType::Month => self.dates(cells, faults),
            ColumnType::Time => self.times(cells, faults),
            ColumnType::Datetime => self.datetimes(cells, faults),
            ColumnType::Geometry => {
                let mut builder = BinaryBuilder::with_capacity(cells.rows(), cells.rows() * 64);
                for row in 0..cells.rows() {
                    builder.append_option(cells.geometry(row));
                }
                Arc::new(builder.finish())
            }
        }
    }

    /// The trimmed cell, if it says anything.
    fn value<'c>(&self, cells: &'c impl Cells, row: usize) -> Option<&'c str> {
        let text = trim(cells.cell(row, self.source));
        (!text.is_empty() && !(self.null_tokens.iter().any(|token| token == text))).then_some(text)
    }

    #[cold]
    fn fault(&self, row: usize, text: &str, why: Why) -> CellFault {
        CellFault {
            row: u32::try_from(row).unwrap_or(u32::MAX),
            reason: Reason {
                column: Some(self.column.name.clone()),
                value: Some(text.to_owned()),
                why,
            },
        }
    }

    fn wrong_type(&self) -> Why {
        let expected = serde_json::to_value(self.column.column_type)
            .ok()
            .and_then(|word| word.as_str().map(str::to_owned))
            .unwrap_or_default();
        Why::Type {
            expected,
            forms: self.column.forms.clone(),
        }
    }

    fn text(&self, cells: &impl Cells) -> ArrayRef {
        let rows = cells.rows();
        let mut builder = StringBuilder::with_capacity(rows, rows * 16);
        for row in 0..rows {
            builder.append_option(self.value(cells, row));
        }
        Arc::new(builder.finish())
    }

    fn integers(
        &self,
        cells: &impl Cells,
        faults: &mut Vec<CellFault>,
        read: impl Fn(&str) -> Option<i64>,
    ) -> ArrayRef {
        let mut builder = Int64Builder::with_capacity(cells.rows());
        for row in 0..cells.rows() {
            let value = self.value(cells, row).and_then(|text| {
                let value = read(text);
                if value.is_none() {
                    faults.push(self.fault(row, text, self.wrong_type()));
                }
                value
            });
            builder.append_option(value);
        }
        Arc::new(builder.finish())
    }

    fn numbers(&self, cells: &impl Cells, faults: &mut Vec<CellFault>) -> ArrayRef {
        let mut builder = Float64Builder::with_capacity(cells.rows());
        for row in 0..cells.rows() {
            let value = self.value(cells, row).and_then(|text| {
                let value = number::float(text).or_else(|| self.with_units(text));
                if value.is_none() {
                    faults.push(self.fault(row, text, self.wrong_type()));
                }
                value
            });
            builder.append_option(value);
        }
        Arc::new(builder.finish())
    }

    fn with_units(&self, text: &str) -> Option<f64> {
        if !self.column.korean_units {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a measured number is a float")]
        number::korean(text, self.column.unit.as_deref(), 6).map(|value| value as f64 / 1e6)
    }

    fn decimals(&self, cells: &impl Cells, faults: &mut Vec<CellFault>) -> ArrayRef {
        let scale = u32::from(self.column.scale.unwrap_or(2));
        let mut builder =
            Decimal128Builder::with_capacity(cells.rows()).with_data_type(data_type(&self.column));
        for row in 0..cells.rows() {
            let value = self.value(cells, row).and_then(|text| {
                let value = number::decimal(text, scale).or_else(|| {
                    if self.column.korean_units {
                        number::korean(text, self.column.unit.as_deref(), scale)
                    } else {
                        None
                    }
                });
                if value.is_none() {
                    let why = if number::float(text).is_some() {
                        Why::Overflow
                    } else {
                        self.wrong_type()
                    };
                    faults.push(self.fault(row, text, why));
                }
                value
            });
            builder.append_option(value);
        }
        Arc::new(builder.finish())
    }

    fn booleans(&self, cells: &impl Cells, faults: &mut Vec<CellFault>) -> ArrayRef {
        let mut builder = BooleanBuilder::with_capacity(cells.rows());
        for row in 0..cells.rows() {
            let value = self.value(cells, row).and_then(|text| {
                if self.yes.iter().any(|word| word == text) {
                    Some(true)
                } else if self.no.iter().any(|word| word == text) {
                    Some(false)
                } else {
                    let list: Vec<String> = self.yes.iter().chain(&self.no).cloned().collect();
                    faults.push(self.fault(row, text, Why::In { list }));
                    None
                }
            });
            builder.append_option(value);
        }
        Arc::new(builder.finish())
    }

    /// Tells a moment from a fault.
    fn moment<T>(
        &self,
        row: usize,
        text: &str,
        read: Read<T>,
        faults: &mut Vec<CellFault>,
    ) -> Option<T> {
        match read {
            Read::Moment(value) => Some(value),
            Read::NoSuch => {
                faults.push(self.fault(row, text, Why::NoSuchMoment));
                None
            }
            Read::OtherForm => {
                faults.push(self.fault(row, text, self.wrong_type()));
                None
            }
        }
    }

    fn dates(&self, cells: &impl Cells, faults: &mut Vec<CellFault>) -> ArrayRef {
        let month = self.column.column_type == ColumnType::Month;
        let mut builder = Date32Builder::with_capacity(cells.rows());
        for row in 0..cells.rows() {
            let value = self
                .value(cells, row)
                .and_then(|text| self.moment(row, text, self.forms.date(text), faults));
            builder.append_option(value.map(|date| {
                days(if month {
                    date.with_day(1).unwrap_or(date)
                } else {
                    date
                })
            }));
        }
        Arc::new(builder.finish())
    }

    fn times(&self, cells: &impl Cells, faults: &mut Vec<CellFault>) -> ArrayRef {
        let mut builder = StringBuilder::with_capacity(cells.rows(), cells.rows() * 8);
        for row in 0..cells.rows() {
            let value = self
                .value(cells, row)
                .and_then(|text| self.moment(row, text, self.forms.time(text), faults));
            builder.append_option(value.map(|seconds| {
                format!(
                    "{:02}:{:02}:{:02}",
                    seconds / 3600,
                    seconds / 60 % 60,
                    seconds % 60
                )
            }));
        }
        Arc::new(builder.finish())
    }

    fn datetimes(&self, cells: &impl Cells, faults: &mut Vec<CellFault>) -> ArrayRef {
        let mut builder = TimestampMicrosecondBuilder::with_capacity(cells.rows());
        for row in 0..cells.rows() {
            let value = self
                .value(cells, row)
                .and_then(|text| self.moment(row, text, self.forms.datetime(text), faults));
            builder.append_option(value.map(|moment| moment.and_utc().timestamp_micros()));
        }
        Arc::new(builder.finish())
    }
}

/// Days since 1970-01-01.
fn days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - 719_163
}
