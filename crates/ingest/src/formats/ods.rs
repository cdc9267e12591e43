//! `OpenDocument` spreadsheets. Rows and cells that say they are repeated are counted, not copied, unless they
//! hold something: a sheet's last row is usually "this, a million times".

use city::Fault;
use quick_xml::events::BytesStart;

use super::package::{Package, Step, attribute, count};
use super::sheet::{Filled, Sheet};
use crate::origin::Input;
use crate::text::trim;

/// Rows and columns that spreadsheet programs have.
const ROWS_MAX: usize = 1 << 20;
const COLUMNS_MAX: usize = 1 << 14;
/// Memory that copies of repeated cells may take.
const COPIES_BYTES_MAX: usize = 64 << 20;
/// What a cell takes beside its text.
const CELL_BYTES: usize = 48;
/// Spaces written as one element.
const SPACES_MAX: usize = 256;
/// What is inside a cell or a sheet without being its text: comments, shapes, phonetic guides.
const ASIDE: [&str; 8] = [
    "annotation",
    "shapes",
    "forms",
    "frame",
    "custom-shape",
    "ruby-text",
    "note",
    "tracked-changes",
];

/// Reads the sheets of a spreadsheet, in its order: those whose names `wanted` accepts, the others without
/// their cells.
pub(super) fn sheets(
    input: &Input,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Sheet>, Vec<Fault>> {
    let mut package = Package::open(input)?;
    if !package.names().iter().any(|name| name == "content.xml") {
        return Err(vec![
            Fault::at(
                &input.name,
                "is not an OpenDocument spreadsheet: it has no `content.xml`",
            )
            .remedy("correct `kind` in the manifest, or ask for the file again"),
        ]);
    }
    let mut reading = Reading::default();
    package.walk("content.xml", |step| match step {
        Step::Open(name, tag) => {
            reading.open(name, tag, &wanted);
            Ok(())
        }
        Step::Close(name) => reading.close(name),
        Step::Text(text) => {
            reading.text(text);
            Ok(())
        }
    })?;
    Ok(reading.sheets)
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    sheets: Vec<Sheet>,
    table: Option<Table>,
    /// Elements open inside one that is left aside, itself too.
    aside: usize,
    copied: usize,
}

#[derive(Default)]
struct Table {
    name: String,
    is_wanted: bool,
    cells: Vec<Filled>,
    merges: Vec<(usize, usize, usize, usize)>,
    row: usize,
    row_times: usize,
    column: usize,
    /// Where this row's cells begin in `cells`.
    row_begin: usize,
    cell: Option<Cell>,
}

#[derive(Default)]
struct Cell {
    /// What the cell's attributes say; its text where they say nothing.
    value: Option<String>,
    text: String,
    paragraphs: usize,
    is_in_paragraph: bool,
    times: usize,
    is_covered: bool,
    columns: usize,
    rows: usize,
}

impl Reading {
    fn open(&mut self, name: &str, tag: &BytesStart<'_>, wanted: &impl Fn(&str) -> bool) {
        let is_nested = name == "table" && self.table.is_some();
        if self.aside > 0 || is_nested || ASIDE.contains(&name) {
            self.aside += 1;
            return;
        }
        if name == "table" {
            let name = attribute(tag, "table:name").unwrap_or_default();
            self.table = Some(Table {
                is_wanted: wanted(&name),
                name,
                ..Table::default()
            });
            return;
        }
        let Some(table) = &mut self.table else { return };
        match name {
            "table-row" => {
                table.row_times = count(tag, "table:number-rows-repeated", 1).max(1);
                table.column = 0;
                table.row_begin = table.cells.len();
            }
            "table-cell" | "covered-table-cell" => table.cell = Some(cell(name, tag)),
            _ => {
                if let Some(cell) = &mut table.cell {
                    cell.inside(name, tag);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        let cell = self.table.as_mut().and_then(|table| table.cell.as_mut());
        if let Some(cell) = cell
            && self.aside == 0
            && cell.is_in_paragraph
        {
            cell.push(text);
        }
    }

    fn close(&mut self, name: &str) -> Result<(), String> {
        if self.aside > 0 {
            self.aside -= 1;
            return Ok(());
        }
        let Some(table) = &mut self.table else {
            return Ok(());
        };
        match name {
            "table-cell" | "covered-table-cell" => table.close_cell(&mut self.copied),
            "table-row" => table.close_row(&mut self.copied),
            "table" => {
                let table = self.table.take().unwrap_or_default();
                let sheet = Sheet::of(table.name, table.cells, &table.merges);
                self.sheets.push(sheet);
                Ok(())
            }
            "p" | "h" => {
                if let Some(cell) = &mut table.cell {
                    cell.is_in_paragraph = false;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Table {
    fn close_cell(&mut self, copied: &mut usize) -> Result<(), String> {
        let Some(cell) = self.cell.take() else {
            return Ok(());
        };
        let column = self.column;
        self.column = column.saturating_add(cell.times);
        let said = cell.value.unwrap_or(cell.text);
        if !self.is_wanted || cell.is_covered {
            return Ok(());
        }
        if cell.columns > 1 || cell.rows > 1 {
            let bottom = (self.row + cell.rows.min(ROWS_MAX)).saturating_sub(1);
            let right = (column + cell.columns.min(COLUMNS_MAX)).saturating_sub(1);
            self.merges.push((self.row, column, bottom, right));
        }
        if trim(&said).is_empty() {
            return Ok(());
        }
        if self.row >= ROWS_MAX || self.column > COLUMNS_MAX {
            return Err(format!(
                "the sheet `{}` has a cell behind row {ROWS_MAX} or column {COLUMNS_MAX}",
                self.name
            ));
        }
        self.pay(copied, cell.times - 1, said.len())?;
        for column in column..self.column {
            let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            self.cells.push((at(self.row), at(column), said.clone()));
        }
        Ok(())
    }

    fn close_row(&mut self, copied: &mut usize) -> Result<(), String> {
        let row = self.row;
        self.row = row.saturating_add(self.row_times).min(ROWS_MAX);
        let Some(cells) = self.cells.get(self.row_begin..) else {
            return Ok(());
        };
        if cells.is_empty() || self.row_times == 1 {
            return Ok(());
        }
        let cells = cells.to_vec();
        let bytes = cells.iter().map(|(.., text)| text.len() + CELL_BYTES).sum();
        self.pay(copied, self.row_times - 1, bytes)?;
        for row in row + 1..self.row {
            let row = u32::try_from(row).unwrap_or(u32::MAX);
            let copies = cells
                .iter()
                .map(|(_, column, text)| (row, *column, text.clone()));
            self.cells.extend(copies);
        }
        Ok(())
    }

    /// Counts copies before they are made.
    fn pay(&self, copied: &mut usize, times: usize, bytes: usize) -> Result<(), String> {
        let cost = times.saturating_mul(bytes.saturating_add(CELL_BYTES));
        *copied = copied.saturating_add(cost);
        if *copied > COPIES_BYTES_MAX {
            return Err(format!(
                "the sheet `{}` repeats filled cells more often than it may (row {})",
                self.name,
                self.row + 1
            ));
        }
        Ok(())
    }
}

impl Cell {
    /// An element inside the cell begins.
    fn inside(&mut self, name: &str, tag: &BytesStart<'_>) {
        match name {
            "p" | "h" => {
                if self.paragraphs > 0 {
                    self.text.push('\n');
                }
                self.paragraphs += 1;
                self.is_in_paragraph = true;
            }
            "s" => {
                let spaces = count(tag, "text:c", 1).min(SPACES_MAX);
                self.text.extend(std::iter::repeat_n(' ', spaces));
            }
            "tab" => self.text.push(' '),
            "line-break" => self.text.push('\n'),
            _ => {}
        }
    }

    /// Text of a paragraph: the line breaks with which the XML is laid out are spaces.
    fn push(&mut self, text: &str) {
        for sign in text.chars() {
            if !matches!(sign, ' ' | '\t' | '\n' | '\r') {
                self.text.push(sign);
            } else if !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }
}

/// A cell as its attributes have it.
fn cell(name: &str, tag: &BytesStart<'_>) -> Cell {
    let said = |name: &str| attribute(tag, name);
    let value = match said("office:value-type").as_deref() {
        Some("float" | "percentage" | "currency") => said("office:value").map(plain_number),
        Some("date") => said("office:date-value").map(|text| moment(&text)),
        Some("time") => said("office:time-value").map(|text| time(&text).unwrap_or(text)),
        Some("boolean") => said("office:boolean-value").map(|text| text.to_uppercase()),
        Some("string") => said("office:string-value"),
        _ => None,
    };
    Cell {
        value,
        times: count(tag, "table:number-columns-repeated", 1).max(1),
        is_covered: name == "covered-table-cell",
        columns: count(tag, "table:number-columns-spanned", 1),
        rows: count(tag, "table:number-rows-spanned", 1),
        ..Cell::default()
    }
}

/// A number without an exponent; digits stay as they are written, so that nothing is lost.
fn plain_number(text: String) -> String {
    let is_plain = text
        .chars()
        .all(|sign| sign.is_ascii_digit() || matches!(sign, '-' | '.'));
    match text.parse::<f64>() {
        Ok(number) if !is_plain && number.is_finite() => number.to_string(),
        _ => text,
    }
}

/// `2024-01-02T00:00:00` is a day, as in every other format.
fn moment(text: &str) -> String {
    match text.split_once('T') {
        Some((day, "00:00:00")) => day.to_owned(),
        Some((day, time)) => format!("{day} {time}"),
        None => text.to_owned(),
    }
}

/// `PT09H05M00S` as a time of day.
fn time(text: &str) -> Option<String> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let whole = seconds
        .split_once([',', '.'])
        .map_or(seconds, |(whole, _)| whole);
    let part = |text: &str| text.parse::<u32>().ok();
    Some(format!(
        "{:02}:{:02}:{:02}",
        part(hours)?,
        part(minutes)?,
        part(whole)?
    ))
}
