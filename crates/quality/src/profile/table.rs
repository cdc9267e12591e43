//! The rows that are compared with one another.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema};
use arrow::error::ArrowError;
use city::profile::{Example, PLACE, RowOf};
use city::{Column, Dataset, PrivacyClass};

use super::sample::Sample;
use crate::unique::shown;

/// Examples of a finding.
pub(super) const EXAMPLES: usize = 5;
/// Letters of a value that are shown.
const LETTERS: usize = 80;

/// Texts in the one form that is compared here, shapes left out.
pub(super) fn plain(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (field, array) in rows.schema().fields().iter().zip(rows.columns()) {
        let array: ArrayRef = match array.data_type() {
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => continue,
            DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
                cast(array, &DataType::Utf8)?
            }
            _ => Arc::clone(array),
        };
        fields.push(Field::new(field.name(), array.data_type().clone(), true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

/// Rows with what is declared of their columns.
pub(super) struct Table<'d> {
    pub(super) dataset: &'d Dataset,
    batch: Option<RecordBatch>,
    breaks: Vec<usize>,
    places: Vec<Option<(f64, f64)>>,
}

impl<'d> Table<'d> {
    pub(super) fn new(dataset: &'d Dataset, sample: Sample) -> Result<Self, ArrowError> {
        let mut table = Self {
            dataset,
            batch: None,
            breaks: Vec::new(),
            places: Vec::new(),
        };
        if let Some((batch, breaks)) = sample.finish()? {
            table.batch = Some(batch);
            table.breaks = breaks;
            table.places = table.read_places().unwrap_or_default();
        }
        Ok(table)
    }

    /// Rows.
    pub(super) fn rows(&self) -> usize {
        self.batch.as_ref().map_or(0, RecordBatch::num_rows)
    }

    /// Rows, as a count.
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.rows()).unwrap_or_default()
    }

    /// Whether a row is the next after the one before it.
    pub(super) fn follows(&self, row: usize) -> bool {
        row > 0 && self.breaks.binary_search(&row).is_err()
    }

    pub(super) fn array(&self, name: &str) -> Option<&ArrayRef> {
        self.batch.as_ref()?.column_by_name(name)
    }

    pub(super) fn texts(&self, name: &str) -> Option<&StringArray> {
        self.array(name)?.as_string_opt::<i32>()
    }

    /// A text of a row that has one.
    pub(super) fn text(texts: &StringArray, row: usize) -> Option<&str> {
        (row < texts.len() && texts.is_valid(row)).then(|| texts.value(row))
    }

    /// A column of numbers.
    pub(super) fn numbers(&self, name: &str) -> Option<Vec<Option<f64>>> {
        let array = self.array(name)?;
        let is_number = matches!(
            array.data_type(),
            DataType::Int64 | DataType::Float64 | DataType::Decimal128(..)
        );
        let floats = cast(array, &DataType::Float64).ok().filter(|_| is_number)?;
        let floats = floats.as_primitive_opt::<Float64Type>()?;
        Some(
            floats
                .iter()
                .map(|value| value.filter(|value| value.is_finite()))
                .collect(),
        )
    }

    fn read_places(&self) -> Option<Vec<Option<(f64, f64)>>> {
        let (x, y) = (self.numbers(PLACE[0])?, self.numbers(PLACE[1])?);
        Some(x.into_iter().zip(y).map(|(x, y)| Some((x?, y?))).collect())
    }

    /// Longitude and latitude of each row; empty where the dataset has no places.
    pub(super) fn places(&self) -> &[Option<(f64, f64)>] {
        &self.places
    }

    pub(super) fn place(&self, row: usize) -> Option<(f64, f64)> {
        self.places.get(row).copied().flatten()
    }

    /// Whether values of a column may be told; of places only if all columns they are made of may.
    pub(super) fn shows(&self, name: &str) -> bool {
        let is_plain = |column: &Column| column.privacy == PrivacyClass::None;
        if let Some(column) = self.dataset.column(name) {
            return is_plain(column);
        }
        let place = self.dataset.place.as_ref();
        let named = place.into_iter().flat_map(|place| [&place.x, &place.y]);
        named
            .flatten()
            .filter_map(|name| self.dataset.column(name))
            .all(is_plain)
    }

    /// An example: the values of these columns in the first of the rows, and where all of the rows are.
    pub(super) fn example(&self, columns: &[&str], rows: &[usize]) -> Example {
        let first = rows.first().copied();
        let values = columns
            .iter()
            .filter(|_| columns.iter().all(|name| self.shows(name)));
        Example {
            values: values
                .filter_map(|name| Some(short(&shown(self.array(name)?, first?)?)))
                .collect(),
            rows: rows
                .iter()
                .take(EXAMPLES)
                .map(|row| self.origin(*row))
                .collect(),
        }
    }

    /// Each row with its own value: for two spellings of one thing.
    pub(super) fn pair(&self, column: &str, rows: &[usize]) -> Example {
        let values = rows.iter().filter(|_| self.shows(column));
        Example {
            values: values
                .filter_map(|row| Some(short(&shown(self.array(column)?, *row)?)))
                .collect(),
            rows: rows.iter().map(|row| self.origin(*row)).collect(),
        }
    }

    fn origin(&self, row: usize) -> RowOf {
        let file = self
            .texts("_file")
            .and_then(|files| Self::text(files, row))
            .map(|file| file.rsplit('/').next().unwrap_or(file).to_owned());
        let number = self
            .array("_row")
            .and_then(|array| array.as_primitive_opt::<Int64Type>())
            .filter(|array| row < array.len() && array.is_valid(row))
            .map(|array| array.value(row));
        RowOf {
            file: file.unwrap_or_default(),
            row: number.unwrap_or_default(),
        }
    }
}

fn short(text: &str) -> String {
    let is_cut = text.chars().nth(LETTERS).is_some();
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut short: String = text.chars().take(LETTERS).map(plain).collect();
    if is_cut {
        short.push('…');
    }
    short
}
