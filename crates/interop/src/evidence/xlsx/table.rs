//! Sheets of rows: heads, widths, cells by kind, further sheets where one is full.

use chrono::NaiveDate;
use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// Rows of a sheet below its head.
const SHEET_ROWS: u32 = 1_048_575;
/// Letters of a cell.
const CELL_LETTERS: usize = 32_767;
/// Stands for a longer text.
const TOO_LONG: &str = "(32,767자를 넘어 엑셀에 담지 못합니다. JSON으로 받으십시오)";
/// Greatest whole number that a spreadsheet keeps exactly.
const EXACT: u64 = 999_999_999_999_999;

/// One cell.
pub(super) enum Cell {
    Text(String),
    Count(u64),
    /// A share of two counts.
    Share(u64, u64),
    Day(NaiveDate),
    Nothing,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(own: Option<T>) -> Self {
        own.map_or(Self::Nothing, Into::into)
    }
}

pub(super) struct Formats {
    pub(super) title: Format,
    pub(super) label: Format,
    head: Format,
    pub(super) text: Format,
    count: Format,
    share: Format,
    day: Format,
}

impl Formats {
    pub(super) fn new() -> Self {
        let cell = || Format::new().set_align(FormatAlign::Top);
        Self {
            title: Format::new().set_bold().set_font_size(16),
            label: cell().set_bold(),
            head: Format::new()
                .set_bold()
                .set_background_color(0x00EE_F2F7)
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            text: cell().set_text_wrap(),
            count: cell().set_num_format("#,##0"),
            share: cell().set_num_format("0.0000%"),
            day: cell().set_num_format("yyyy-mm-dd"),
        }
    }
}

/// A column: its head and its width in letters.
pub(super) type Head = (&'static str, f64);

/// A sheet of rows, and further ones where it is full.
pub(super) fn table(
    book: &mut Workbook,
    formats: &Formats,
    name: &str,
    heads: &[Head],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), XlsxError> {
    let mut sheets = 1;
    let mut sheet = begin(book, formats, name, heads)?;
    let mut row = 0;
    for cells in rows {
        if row == SHEET_ROWS {
            sheets += 1;
            row = 0;
            sheet = begin(book, formats, &format!("{name} {sheets}"), heads)?;
        }
        row += 1;
        for (cell, column) in cells.iter().zip(0_u16..) {
            write(sheet, (row, column), cell, formats)?;
        }
    }
    Ok(())
}

fn begin<'b>(
    book: &'b mut Workbook,
    formats: &Formats,
    name: &str,
    heads: &[Head],
) -> Result<&'b mut Worksheet, XlsxError> {
    // Rows go to disk as they come: memory does not grow with them.
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    for ((title, width), column) in heads.iter().zip(0_u16..) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, *title, &formats.head)?;
    }
    Ok(sheet)
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Nothing | Cell::Share(_, 0) => {}
        Cell::Text(said) => text(sheet, (row, column), said, &formats.text)?,
        Cell::Count(count) if *count > EXACT => {
            text(sheet, (row, column), &count.to_string(), &formats.text)?;
        }
        Cell::Count(count) => {
            sheet.write_number_with_format(row, column, number(*count), &formats.count)?;
        }
        Cell::Share(numerator, denominator) => {
            let share = number(*numerator) / number(*denominator);
            sheet.write_number_with_format(row, column, share, &formats.share)?;
        }
        Cell::Day(day) => {
            let day = ExcelDateTime::parse_from_str(&day.to_string())?;
            sheet.write_datetime_with_format(row, column, &day, &formats.day)?;
        }
    }
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "larger ones are written as text; a share needs no more digits"
)]
fn number(count: u64) -> f64 {
    count as f64
}

/// A text, whatever it begins with.
pub(super) fn text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    said: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let said = if said.chars().count() > CELL_LETTERS {
        TOO_LONG
    } else {
        said
    };
    if !said.is_empty() {
        sheet.write_string_with_format(row, column, said, format)?;
    }
    Ok(())
}
