//! Rows of a dataset, cell by cell, by what `situation.toml` calls the columns.

use std::sync::Arc;

use access::{Answer, AskError, At, Reader, Rows};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, TimeUnit, TimestampMicrosecondType};
use chrono::{NaiveDate, NaiveDateTime};
use city::DatasetId;

/// Most rows that are judged at once; who asks is told when there are more.
pub const ROWS_MAX: u64 = 500_000;

/// Columns of a dataset under names of our own.
#[derive(Clone, Debug)]
pub struct Columns {
    dataset: DatasetId,
    wanted: Vec<(&'static str, String)>,
}

impl Columns {
    /// Of a dataset.
    pub fn of(dataset: &DatasetId) -> Self {
        Self {
            dataset: dataset.clone(),
            wanted: Vec::new(),
        }
    }

    /// With a column that must be seen.
    #[must_use]
    pub fn must(mut self, own: &'static str, name: &str) -> Self {
        self.wanted.push((own, name.to_owned()));
        self
    }

    /// With a column that is used where the city names it and this reader may see it.
    #[must_use]
    pub fn may(self, reader: &Reader, own: &'static str, name: Option<&String>) -> Self {
        let seen = name.filter(|name| {
            let dataset = reader.dataset(self.dataset.as_str());
            dataset.is_ok_and(|dataset| dataset.column(name).is_some())
        });
        match seen {
            Some(name) => self.must(own, name),
            None => self,
        }
    }

    /// With the place of the dataset, where this reader may see it.
    #[must_use]
    pub fn place(self, reader: &Reader) -> Self {
        let dataset = reader.dataset(self.dataset.as_str());
        if dataset.is_ok_and(|dataset| dataset.place.is_some())
            && reader.shows_place(self.dataset.as_str())
        {
            self.must("longitude", "longitude")
                .must("latitude", "latitude")
        } else {
            self
        }
    }

    /// The question.
    pub fn question(&self, at: At) -> Rows {
        let mut columns: Vec<String> = Vec::new();
        for (_, name) in &self.wanted {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        Rows {
            dataset: self.dataset.clone(),
            at,
            columns,
            limit: Some(ROWS_MAX),
            ..Rows::default()
        }
    }

    /// Asks for the rows.
    ///
    /// # Errors
    /// When they may not be seen or cannot be read.
    pub async fn ask(&self, reader: &Reader, question: &Rows) -> Result<Cells, AskError> {
        let answer = reader.rows(question).await?;
        let names: Vec<String> = answer
            .schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let place = |name: &String| names.iter().position(|known| known == name);
        let wanted = self.wanted.iter();
        let at = wanted.filter_map(|(own, name)| Some((*own, place(name)?)));
        Ok(Cells {
            at: at.collect(),
            batches: answer.collect().await?,
        })
    }
}

/// Rows.
#[derive(Debug)]
pub struct Cells {
    at: Vec<(&'static str, usize)>,
    batches: Vec<RecordBatch>,
}

/// One batch of them, each column in one form whatever form it is kept in.
#[derive(Debug)]
pub struct Part {
    columns: Vec<(&'static str, ArrayRef)>,
    /// How many rows.
    pub rows: usize,
}

impl Cells {
    /// Rows of any answer, by the names of its columns.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn of(answer: Answer, names: &[&'static str]) -> Result<Self, AskError> {
        let fields = answer.schema.fields().clone();
        let place = |name: &str| fields.iter().position(|field| field.name() == name);
        let at = names.iter().filter_map(|name| Some((*name, place(name)?)));
        Ok(Self {
            at: at.collect(),
            batches: answer.collect().await?,
        })
    }

    /// How many rows.
    pub fn rows(&self) -> u64 {
        self.batches
            .iter()
            .map(|batch| u64::try_from(batch.num_rows()).unwrap_or_default())
            .sum()
    }

    /// The rows, part by part.
    pub fn parts(&self) -> impl Iterator<Item = Part> {
        self.batches.iter().map(|batch| Part {
            columns: self
                .at
                .iter()
                .filter_map(|(own, at)| Some((*own, plain(batch.columns().get(*at)?))))
                .collect(),
            rows: batch.num_rows(),
        })
    }
}

/// Text, numbers, days, moments and bytes in one form each.
fn plain(array: &ArrayRef) -> ArrayRef {
    let form = match array.data_type() {
        DataType::Date32 | DataType::Binary | DataType::Float64 | DataType::Utf8 => {
            return Arc::clone(array);
        }
        DataType::LargeBinary | DataType::BinaryView => DataType::Binary,
        DataType::Timestamp(..) => DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::Boolean => return yes_or_no(array),
        kind if kind.is_numeric() => DataType::Float64,
        _ => DataType::Utf8,
    };
    cast(array, &form).unwrap_or_else(|_| Arc::clone(array))
}

/// A boolean's values are `Y` and `N`, as manifests write them.
fn yes_or_no(array: &ArrayRef) -> ArrayRef {
    let word = |own: Option<bool>| own.map(|own| if own { "Y" } else { "N" });
    let words: StringArray = array.as_boolean().iter().map(word).collect();
    Arc::new(words)
}

impl Part {
    fn array(&self, own: &str, row: usize) -> Option<&ArrayRef> {
        let (_, array) = self.columns.iter().find(|(name, _)| *name == own)?;
        array.is_valid(row).then_some(array)
    }

    /// A cell as text.
    pub fn text(&self, own: &str, row: usize) -> Option<String> {
        let array = self.array(own, row)?;
        if let Some(text) = array.as_string_opt::<i32>() {
            return Some(text.value(row).to_owned());
        }
        let text = cast(&array.slice(row, 1), &DataType::Utf8).ok()?;
        let text = text.as_string_opt::<i32>()?;
        text.is_valid(0).then(|| text.value(0).to_owned())
    }

    /// A cell as a number.
    pub fn number(&self, own: &str, row: usize) -> Option<f64> {
        let array = self.array(own, row)?.as_primitive_opt::<Float64Type>()?;
        Some(array.value(row)).filter(|number| number.is_finite())
    }

    /// A cell as a day.
    pub fn day(&self, own: &str, row: usize) -> Option<NaiveDate> {
        let array = self.array(own, row)?;
        if let Some(days) = array.as_primitive_opt::<Date32Type>() {
            return Date32Type::to_naive_date_opt(days.value(row));
        }
        self.moment(own, row).map(|moment| moment.date())
    }

    /// A cell as a moment of the city's clock.
    pub fn moment(&self, own: &str, row: usize) -> Option<NaiveDateTime> {
        let array = self.array(own, row)?;
        let moments = array.as_primitive_opt::<TimestampMicrosecondType>();
        if let Some(moments) = moments {
            let at = chrono::DateTime::from_timestamp_micros(moments.value(row))?;
            return Some(at.naive_utc());
        }
        let days = array.as_primitive_opt::<Date32Type>()?;
        Date32Type::to_naive_date_opt(days.value(row))?.and_hms_opt(0, 0, 0)
    }

    /// A cell as bytes.
    pub fn bytes(&self, own: &str, row: usize) -> Option<&[u8]> {
        let array = self.array(own, row)?.as_binary_opt::<i32>()?;
        Some(array.value(row))
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::BooleanArray;

    use super::*;

    #[test]
    fn a_boolean_says_y_and_n_as_manifests_do() {
        let flags: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]));
        let part = Part {
            columns: vec![("emergency", plain(&flags))],
            rows: 3,
        };
        let told: Vec<Option<String>> = (0..3).map(|row| part.text("emergency", row)).collect();
        assert_eq!(told, [Some("Y".to_owned()), Some("N".to_owned()), None]);
    }
}
