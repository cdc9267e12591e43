//! XLSX: text as text, numbers as numbers, days as days; further sheets where one is full.

use std::path::PathBuf;

use access::Answer;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use axum::body::Body;
use chrono::DateTime;
use city::Dataset;
use futures::StreamExt as _;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::bytes::{file, folder};
use super::values::Texts;
use crate::problem::Problem;

/// Rows of a sheet below its header.
const SHEET_ROWS: u32 = 1_048_575;
/// Letters of a cell.
const CELL_LETTERS: usize = 32_767;
/// Stands for a longer text: nothing is cut silently.
const TOO_LONG: &str = "(32,767자를 넘어 엑셀에 담지 못합니다. CSV나 GeoJSON으로 받으십시오)";
/// Numbers are kept as floating point: beyond 15 digits they become text.
const EXACT: u64 = 999_999_999_999_999;

pub(super) async fn body(dataset: &Dataset, mut answer: Answer) -> Result<Body, Problem> {
    let folder = folder()?;
    let path = folder.path().join("rows.xlsx");
    let titles: Vec<String> = answer
        .titles
        .iter()
        .map(|title| {
            title
                .unit
                .as_ref()
                .map_or_else(|| title.ko.clone(), |unit| format!("{} ({unit})", title.ko))
        })
        .collect();
    let name = sheet_name(&dataset.title);
    let (sender, receiver) = std::sync::mpsc::sync_channel::<RecordBatch>(4);
    let target = path.clone();
    let writing = tokio::task::spawn_blocking(move || write(&target, &name, &titles, receiver));
    let mut sender = Some(sender);
    while let Some(batch) = answer.next().await {
        let batch = batch?;
        let Some(to) = sender.take() else { break };
        let sent = tokio::task::spawn_blocking(move || to.send(batch).map(|()| to))
            .await
            .map_err(|error| Problem::broken(&error))?;
        // A writer that is gone has failed: its error is told below.
        sender = sent.ok();
    }
    drop(sender);
    writing
        .await
        .map_err(|error| Problem::broken(&error))?
        .map_err(|error| Problem::broken(&error))?;
    file(&path, folder).await
}

fn sheet_name(title: &str) -> String {
    let plain: String = title
        .chars()
        .map(|letter| {
            if matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') {
                ' '
            } else {
                letter
            }
        })
        .collect();
    plain.trim().chars().take(25).collect()
}

fn write(
    path: &PathBuf,
    name: &str,
    titles: &[String],
    batches: std::sync::mpsc::Receiver<RecordBatch>,
) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    let formats = Formats {
        head: Format::new().set_bold(),
        day: Format::new().set_num_format("yyyy-mm-dd"),
        moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
    };
    let (mut number, mut row) = (1, 0);
    sheet(&mut book, name, titles, &formats)?;
    for batch in batches {
        let columns: Vec<Column<'_>> = batch.columns().iter().map(Column::new).collect();
        for at in 0..batch.num_rows() {
            if row == SHEET_ROWS {
                number += 1;
                row = 0;
                sheet(&mut book, &format!("{name} {number}"), titles, &formats)?;
            }
            row += 1;
            let sheet = book.worksheet_from_index(number - 1)?;
            for (column, index) in columns.iter().zip(0_u16..) {
                column.write(sheet, row, index, at, &formats)?;
            }
        }
    }
    book.save(path)
}

struct Formats {
    head: Format,
    day: Format,
    moment: Format,
}

fn sheet(
    book: &mut Workbook,
    name: &str,
    titles: &[String],
    formats: &Formats,
) -> Result<(), XlsxError> {
    // Rows are written to disk as they come: memory does not grow with them.
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (title, column) in titles.iter().zip(0_u16..) {
        sheet.write_string_with_format(0, column, title, &formats.head)?;
    }
    Ok(())
}

struct Column<'a> {
    array: &'a ArrayRef,
    texts: Option<Texts<'a>>,
}

impl<'a> Column<'a> {
    fn new(array: &'a ArrayRef) -> Self {
        Self {
            array,
            texts: Texts::new(array).ok(),
        }
    }

    fn write(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        at: usize,
        formats: &Formats,
    ) -> Result<(), XlsxError> {
        if self.array.is_null(at) {
            return Ok(());
        }
        match self.array.data_type() {
            DataType::Int64 => {
                let value = self.array.as_primitive::<Int64Type>().value(at);
                if value.unsigned_abs() > EXACT {
                    return sheet
                        .write_string(row, column, value.to_string())
                        .map(|_| ());
                }
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "larger ones are written as text"
                )]
                sheet.write_number(row, column, value as f64)?;
            }
            DataType::Float64 => {
                sheet.write_number(
                    row,
                    column,
                    self.array.as_primitive::<Float64Type>().value(at),
                )?;
            }
            DataType::Decimal128(..) => {
                let text = self.text(at);
                match text.parse::<f64>() {
                    Ok(value) if text.bytes().filter(u8::is_ascii_digit).count() <= 15 => {
                        sheet.write_number(row, column, value)?
                    }
                    _ => sheet.write_string(row, column, text)?,
                };
            }
            DataType::Date32 => {
                let days = i64::from(self.array.as_primitive::<Date32Type>().value(at));
                self.moment(sheet, row, column, at, days * 86_400, &formats.day)?;
            }
            DataType::Timestamp(..) => {
                let micros = self
                    .array
                    .as_primitive_opt::<TimestampMicrosecondType>()
                    .map(|array| array.value(at))
                    .unwrap_or_default();
                self.moment(
                    sheet,
                    row,
                    column,
                    at,
                    micros.div_euclid(1_000_000),
                    &formats.moment,
                )?;
            }
            _ => {
                let text = self.text(at);
                sheet.write_string(
                    row,
                    column,
                    if text.chars().count() > CELL_LETTERS {
                        TOO_LONG.to_owned()
                    } else {
                        text
                    },
                )?;
            }
        }
        Ok(())
    }

    /// A day or moment; before 1900 a spreadsheet has none, and it becomes text.
    fn moment(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        at: usize,
        seconds: i64,
        format: &Format,
    ) -> Result<(), XlsxError> {
        let known = DateTime::from_timestamp(seconds, 0)
            .filter(|_| seconds >= -2_208_988_800)
            .and_then(|moment| {
                ExcelDateTime::parse_from_str(&moment.format("%Y-%m-%dT%H:%M:%S").to_string()).ok()
            });
        match known {
            Some(moment) => sheet
                .write_datetime_with_format(row, column, &moment, format)
                .map(|_| ()),
            None => sheet.write_string(row, column, self.text(at)).map(|_| ()),
        }
    }

    fn text(&self, at: usize) -> String {
        let mut text = String::new();
        if let Some(texts) = &self.texts {
            // A value that cannot be written stays an empty cell.
            let _empty = texts.write(at, &mut text);
        }
        text
    }
}
