//! Small tables from text, decoded as room `ingest` would, and what is said of them.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, TimeUnit};
use chrono::NaiveDate;
use city::{Column, ColumnType, Dataset, Lang, Reason, Why};
use quality::{Area, Candidate, Judge, Known, References, Report, Verdict};

/// The city of the tests: longitude 126.9 to 127.2, latitude 36.9 to 37.2.
pub(crate) const CITY: Area = Area([126.9, 36.9, 127.2, 37.2]);

/// The day of the tests.
pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 5, 10).unwrap()
}

/// A dataset from the part of its manifest that matters: `load`, `place`, `checks`, `[[columns]]`.
pub(crate) fn dataset(part: &str) -> Dataset {
    let mut text = "id = \"t\"\ntitle = \"표\"\ndescription = \"시험\"\nfield = \"f\"\n\
        department = \"d\"\ncadence = \"daily\"\nsource = { kind = \"file\", path = \"t.csv\" }\n\
        format = { kind = \"csv\" }\n"
        .to_owned();
    for (number, piece) in part.split("[[columns]]").enumerate() {
        if number > 0 {
            text += &format!("[[columns]]\ntitle = \"열{number}\"\n");
            if !piece.contains("privacy = ") {
                text += "privacy = \"none\"\n";
            }
        }
        text += piece.trim_start();
    }
    let (dataset, faults) = city::read::dataset_text(Path::new("t.toml"), &text);
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}\n{text}", faults.join("\n"));
    dataset.unwrap()
}

/// Rows with what decoding found wrong, and the cells they came from.
pub(crate) struct Rows {
    pub(crate) batch: RecordBatch,
    pub(crate) faults: Vec<(u32, Reason)>,
    pub(crate) raw: Vec<Vec<String>>,
}

impl Rows {
    /// The rows `from..to`, as a block of them would be.
    pub(crate) fn slice(&self, from: usize, to: usize) -> Self {
        let faults = self.faults.iter().filter_map(|(row, reason)| {
            let row = *row as usize;
            (from..to)
                .contains(&row)
                .then(|| (u32::try_from(row - from).unwrap(), reason.clone()))
        });
        Self {
            batch: self.batch.slice(from, to - from),
            faults: faults.collect(),
            raw: self.raw[from..to].to_vec(),
        }
    }

    /// Judges them as the `seq`-th block.
    pub(crate) fn judge(&self, judge: &Judge, seq: u64) -> Verdict {
        let raw = |row: usize| self.raw[row].clone();
        let candidate = Candidate {
            rows: self.batch.clone(),
            faults: self.faults.clone(),
            raw: &raw,
        };
        judge.judge(seq, candidate).unwrap()
    }
}

/// Rows of text, one a line, cells between commas, typed as `dataset` says. Numbered from 1.
pub(crate) fn rows(dataset: &Dataset, lines: &[&str]) -> Rows {
    let raw: Vec<Vec<String>> = lines
        .iter()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect();
    let (mut fields, mut arrays, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for (at, column) in dataset.columns.iter().enumerate() {
        let cells: Vec<&str> = raw
            .iter()
            .map(|row| row.get(at).map_or("", String::as_str))
            .collect();
        let array = typed(column, &cells, &mut faults);
        fields.push(Field::new(&column.name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let numbers = (1..=raw.len()).map(|row| i64::try_from(row).unwrap());
    fields.push(Field::new("_file", DataType::Utf8, true));
    arrays.push(Arc::new(StringArray::from(vec!["t.csv"; raw.len()])));
    fields.push(Field::new("_row", DataType::Int64, true));
    arrays.push(Arc::new(Int64Array::from_iter_values(numbers)));
    Rows {
        batch: RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap(),
        faults,
        raw,
    }
}

/// A cell that is not of its type becomes null and a fault.
fn typed(column: &Column, cells: &[&str], faults: &mut Vec<(u32, Reason)>) -> ArrayRef {
    let to = match column.column_type {
        ColumnType::Integer | ColumnType::Year => DataType::Int64,
        ColumnType::Number => DataType::Float64,
        ColumnType::Decimal => {
            DataType::Decimal128(38, i8::try_from(column.scale.unwrap_or_default()).unwrap())
        }
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date | ColumnType::Month => DataType::Date32,
        ColumnType::Datetime => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Text | ColumnType::Code | ColumnType::Time | ColumnType::Geometry => {
            DataType::Utf8
        }
    };
    let texts: StringArray = cells
        .iter()
        .map(|cell| (!cell.is_empty()).then_some(*cell))
        .collect();
    let array = cast(&texts, &to).unwrap();
    for row in (0..cells.len()).filter(|row| array.is_null(*row) && texts.is_valid(*row)) {
        let why = Why::Type {
            expected: to.to_string(),
            forms: Vec::new(),
        };
        let reason = Reason {
            column: Some(column.name.clone()),
            value: Some(texts.value(row).to_owned()),
            why,
        };
        faults.push((u32::try_from(row).unwrap(), reason));
    }
    array
}

/// The contract of `dataset`.
pub(crate) fn contract(dataset: &Dataset, references: &References) -> Judge {
    Judge::new(dataset, references, CITY, today())
}

/// Values another dataset's column holds.
pub(crate) fn references(dataset: &str, column: &str, values: &[&str]) -> References {
    // `01@2010-01-01..2019-12-31` holds on those days only; either end may be left out.
    let mut known = Known::default();
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    for value in values {
        match value
            .split_once('@')
            .map(|(value, days)| (value, days.split_once("..").unwrap()))
        {
            Some((value, (from, to))) => known.insert_dated(value, (day(from), day(to))),
            None => known.insert(*value),
        }
    }
    References::from([((dataset.to_owned(), column.to_owned()), Arc::new(known))])
}

/// Numbers of the accepted rows.
pub(crate) fn accepted(verdict: &Verdict) -> Vec<i64> {
    let numbers = verdict.accepted.column_by_name("_row").unwrap();
    numbers.as_primitive::<Int64Type>().values().to_vec()
}

/// A verdict as text: accepted rows by number, quarantined ones with every reason.
pub(crate) fn told(verdict: &Verdict) -> String {
    let numbers: Vec<String> = accepted(verdict).iter().map(ToString::to_string).collect();
    let mut text = format!("accepted: {}\n", numbers.join(" "));
    for row in &verdict.quarantined {
        let reasons: Vec<String> = row.reasons.iter().map(reason).collect();
        text += &format!("{}: {}\n", row.row, reasons.join("; "));
    }
    text
}

fn reason(reason: &Reason) -> String {
    let column = reason.column.as_deref().unwrap_or("row");
    let value = reason.value.as_ref();
    let value = value.map_or_else(String::new, |value| format!(" `{value}`"));
    format!("{column}{value} {}", reason.why.text(Lang::En))
}

/// A report as text: errors/diagnosed of every check and dimension.
pub(crate) fn counts(report: &Report) -> String {
    let mut text = String::new();
    for check in &report.checks {
        let column = check.column.as_deref().unwrap_or("row");
        text += &format!(
            "{} of {column}: {}/{}\n",
            check.check, check.errors, check.diagnosed
        );
    }
    for dimension in &report.dimensions {
        let (errors, diagnosed) = (dimension.errors, dimension.diagnosed);
        let score = dimension
            .score
            .map_or_else(|| "no score".to_owned(), |score| format!("{score:.4}"));
        text += &format!("{}: {errors}/{diagnosed}, {score}\n", dimension.name);
    }
    let score = report
        .score
        .map_or_else(|| "none".to_owned(), |score| format!("{score:.4}"));
    text + &format!("score: {score}\n")
}
