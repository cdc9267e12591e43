//! Where the header stands, how many rows it takes, where the data begin and end.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;

use city::Fault;
use city::dataset::{Encoding, Format, FormatKind};

use super::{Notes, meaning, tables};
use crate::formats::sheet::Sheet;
use crate::formats::{archive, fault};
use crate::origin::Input;
use crate::text::csv::{Dialect, Records};
use crate::text::{encoding, trim};
use crate::types::number;

/// Bytes looked at to tell the encoding.
const ENCODING_BYTES: u64 = 64 << 20;
/// Bytes split into rows to find the header.
const PREVIEW_BYTES: usize = 1 << 20;
/// Rows looked at.
const PREVIEW_ROWS: usize = 200;
/// A header stands within so many rows.
const ABOVE_MAX: usize = 20;
/// Rows a header may take.
const HEADER_MAX: usize = 4;
/// Rows at the end among which notes are looked for.
const TAIL_ROWS: usize = 20;
/// What a note below a table begins with.
const FOOTNOTES: [&str; 9] = [
    "※", "*", "주)", "주 )", "주:", "주1)", "출처", "자료", "주석",
];
/// What a note begins with and no row of data does, wherever it stands.
const NOTE_MARKS: [&str; 12] = [
    "※", "*", "주)", "주 )", "주:", "주 :", "주1)", "자료:", "자료 :", "출처:", "출처 :", "주석",
];

/// The first rows of a table, and what is known of their numbers.
struct Grid {
    rows: Vec<Vec<String>>,
    /// Lines (or sheet rows) above each row, from 0.
    above: Vec<u32>,
    /// Merged ranges in `rows`: top, left, bottom, right.
    merges: Vec<(usize, usize, usize, usize)>,
    /// What stands before the table without being a row of it.
    before: Vec<String>,
}

/// Fills in what `format` leaves open, for kinds that have header rows.
pub(super) fn find(
    input: &Input,
    format: &mut Format,
    notes: &mut Notes,
) -> Result<(), Vec<Fault>> {
    if format.inner.is_some() {
        let unpacked = archive::unpack(input, format)?;
        return layout(&unpacked.input, format, notes);
    }
    layout(input, format, notes)
}

fn layout(input: &Input, format: &mut Format, notes: &mut Notes) -> Result<(), Vec<Fault>> {
    match format.kind {
        FormatKind::Csv => text_layout(input, format, notes),
        FormatKind::Xlsx | FormatKind::Xls | FormatKind::Ods | FormatKind::Hwpx => {
            sheet_layout(input, format, notes)
        }
        _ => Ok(()),
    }
}

fn text_layout(input: &Input, format: &mut Format, notes: &mut Notes) -> Result<(), Vec<Fault>> {
    let mut bytes = Vec::new();
    File::open(&input.path)
        .and_then(|file| file.take(ENCODING_BYTES).read_to_end(&mut bytes))
        .map_err(|error| fault(input, format!("cannot be read: {error}")))?;
    let found = encoding::detect(&bytes, None);
    format.encoding = Some(found.encoding);
    let mark = if found.mark > 0 {
        " with a byte-order mark"
    } else {
        ""
    };
    notes.tell(format!(
        "encoding: {}{mark}",
        encoding::name(found.encoding)
    ));
    let (text, cut) = preview(&bytes, found);
    let dialect = Dialect::of(text.as_bytes(), b',');
    let sign = char::from(dialect.line_end);
    let lines: Vec<&str> = text.split(sign).take(50).collect();
    let delimiter = Dialect::guess_delimiter(&lines);
    if delimiter != b',' {
        format.delimiter = Some(char::from(delimiter));
    }
    if dialect.line_end == b'\r' {
        notes.tell("lines end with a carriage return alone".to_owned());
    }
    // A width no record has puts every record among the odd ones, cells apart.
    let dialect = Dialect {
        delimiter,
        ..dialect
    };
    let mut records = Records::split(text, 1, usize::MAX >> 8, dialect).odd;
    if cut {
        records.pop();
    }
    let tail: Vec<Vec<String>> = if cut {
        Vec::new()
    } else {
        records
            .iter()
            .rev()
            .take(TAIL_ROWS)
            .map(|(_, cells)| cells.clone())
            .collect()
    };
    records.truncate(PREVIEW_ROWS);
    let grid = Grid {
        above: records
            .iter()
            .map(|(line, _)| u32::try_from(line - 1).unwrap_or_default())
            .collect(),
        rows: records
            .into_iter()
            .map(|(_, cells)| trimmed(cells))
            .collect(),
        merges: Vec::new(),
        before: Vec::new(),
    };
    if grid.rows.is_empty() {
        return Err(fault(input, "the file has no rows"));
    }
    settle(&grid, format, notes);
    footer(tail.into_iter().map(trimmed), &grid, format, notes);
    Ok(())
}

/// The beginning as text, and whether the file goes on.
fn preview(bytes: &[u8], found: encoding::Found) -> (String, bool) {
    if found.encoding == Encoding::Utf16 {
        let text = encoding::whole(bytes, None).unwrap_or_default();
        let end = (0..=PREVIEW_BYTES.min(text.len()))
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or_default();
        return (
            text.get(..end).unwrap_or_default().to_owned(),
            end < text.len(),
        );
    }
    let body = bytes.get(found.mark..).unwrap_or_default();
    let head = body.get(..PREVIEW_BYTES).unwrap_or(body);
    (
        encoding::decode_lossy(head, found.encoding),
        head.len() < body.len(),
    )
}

fn sheet_layout(input: &Input, format: &mut Format, notes: &mut Notes) -> Result<(), Vec<Fault>> {
    let (sheet, before) = tables::choose(input, format, notes)?;
    let cells = |row: &Vec<Option<String>>| {
        trimmed(
            row.iter()
                .map(|cell| cell.clone().unwrap_or_default())
                .collect(),
        )
    };
    let grid = Grid {
        rows: sheet.rows.iter().take(PREVIEW_ROWS).map(cells).collect(),
        above: (0..).take(sheet.rows.len().min(PREVIEW_ROWS)).collect(),
        merges: sheet.merges.clone(),
        before,
    };
    settle(&grid, format, notes);
    fill_down(&sheet, &grid, format, notes);
    let tail = sheet.rows.iter().rev().take(TAIL_ROWS).map(cells);
    footer(tail, &grid, format, notes);
    Ok(())
}

/// Columns whose merged cells span rows of data repeat the value above.
fn fill_down(sheet: &Sheet, grid: &Grid, format: &mut Format, notes: &mut Notes) {
    let begin = usize::try_from(format.skip_rows + format.header_rows).unwrap_or_default();
    let names = names(grid, format);
    let mut columns: Vec<usize> = sheet
        .merges
        .iter()
        .filter(|(top, left, bottom, right)| *top >= begin && bottom > top && left == right)
        .map(|(_, left, _, _)| *left)
        .collect();
    columns.sort_unstable();
    columns.dedup();
    format.fill_down = columns
        .iter()
        .filter_map(|at| names.get(*at).cloned())
        .collect();
    if !format.fill_down.is_empty() {
        notes.say(format!(
            "merged cells span rows in {}: each row gets the value above it (`fill-down`)",
            format.fill_down.join(", ")
        ));
    }
}

/// The header's names as reading the file will give them.
fn names(grid: &Grid, format: &Format) -> Vec<String> {
    let skip = grid
        .above
        .iter()
        .position(|above| *above >= format.skip_rows)
        .unwrap_or_default();
    let count = usize::try_from(format.header_rows).unwrap_or_default();
    if count == 0 {
        return crate::text::header::numbered(width(&grid.rows));
    }
    let mut rows: Vec<Vec<String>> = grid.rows.iter().skip(skip).take(count).cloned().collect();
    for (top, left, bottom, right) in &grid.merges {
        let value = grid
            .rows
            .get(*top)
            .and_then(|row| row.get(*left))
            .cloned()
            .unwrap_or_default();
        for (at, row) in rows.iter_mut().enumerate() {
            if (*top..=*bottom).contains(&(at + skip)) {
                for cell in row.iter_mut().take(right + 1).skip(*left) {
                    cell.clone_from(&value);
                }
            }
        }
    }
    crate::text::header::flatten_header(&rows)
}

fn trimmed(cells: Vec<String>) -> Vec<String> {
    cells
        .into_iter()
        .map(|cell| trim(&cell).to_owned())
        .collect()
}

fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.is_empty()).count()
}

/// The number of cells most rows have.
fn width(rows: &[Vec<String>]) -> usize {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for row in rows {
        *counts.entry(row.len()).or_default() += 1;
    }
    let mut counts: Vec<(usize, usize)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(width, count)| (*count, *width));
    counts.last().map_or(1, |(width, _)| *width)
}

/// Finds the header's first row, its height, and whether there is one at all.
fn settle(grid: &Grid, format: &mut Format, notes: &mut Notes) {
    let width = width(&grid.rows);
    let mut typical: Vec<usize> = grid.rows.iter().map(|row| filled(row)).collect();
    typical.sort_unstable();
    let typical = typical.get(typical.len() / 2).copied().unwrap_or(1).max(1);
    let least = if width == 1 {
        1
    } else {
        typical.div_ceil(2).max(2)
    };
    let first = grid
        .rows
        .iter()
        .take(ABOVE_MAX)
        .position(|row| filled(row) >= least && (width == 1 || row.len() > 1))
        .unwrap_or_default();
    let first = merged_from(grid, first);
    format.skip_rows = grid.above.get(first).copied().unwrap_or_default();
    let above: Vec<String> = grid
        .rows
        .iter()
        .take(first)
        .map(|row| {
            let filled: Vec<&str> = row
                .iter()
                .filter(|cell| !cell.is_empty())
                .map(String::as_str)
                .collect();
            filled.join(" ")
        })
        .collect();
    if first > 0 {
        notes.tell(format!("above the header: {}", above.join(" / ")));
    }
    unit_above(above.iter().rev().chain(&grid.before), notes);
    let verdict = header_score(grid, first);
    if verdict < 0 {
        format.header_rows = 0;
        notes.say(
            "the first row looks like data, so the columns have no names: give them titles that say what they hold".to_owned(),
        );
        return;
    }
    if verdict == 0 {
        notes.say(
            "nothing tells whether the first row is a header or data; it is taken as the header"
                .to_owned(),
        );
    }
    let height = height(grid, first);
    format.header_rows = u32::try_from(height).unwrap_or(1);
    if height > 1 {
        notes.tell(format!(
            "the header takes {height} rows; their parts are joined with `_`"
        ));
    }
}

/// The row in which a cell begins that is merged down into this one: few cells may stand beside it, each
/// merged over many columns, but the header begins there.
fn merged_from(grid: &Grid, first: usize) -> usize {
    let tops = grid
        .merges
        .iter()
        .filter(|(top, _, bottom, _)| *top < first && *bottom >= first && bottom - top < HEADER_MAX)
        .map(|(top, ..)| *top);
    tops.min().unwrap_or(first)
}

/// The unit that a line above the table says for all of it: `(단위: 천원)`.
fn unit_above<'l>(mut lines: impl Iterator<Item = &'l String>, notes: &mut Notes) {
    let Some(units) = lines.find_map(|line| meaning::units_said(line)) else {
        return;
    };
    match units.as_slice() {
        [unit] => {
            notes.say(format!(
                "the line above the table says the unit `{unit}`: columns of numbers that name no other have it"
            ));
            notes.unit = Some(unit.clone());
        }
        several => notes.say(format!(
            "the line above the table says the units {}: give each column its own",
            several.join(", ")
        )),
    }
}

/// Above 0: the row names columns; below 0: it is data.
fn header_score(grid: &Grid, at: usize) -> i32 {
    let Some(row) = grid.rows.get(at) else {
        return 0;
    };
    let years = row.iter().filter(|cell| is_year(cell)).count();
    let mut score = 0;
    for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        let below: Vec<&str> = grid
            .rows
            .iter()
            .skip(at + HEADER_MAX)
            .filter_map(|row| row.get(column))
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
            .collect();
        let figures = below.iter().filter(|cell| is_figure(cell)).count();
        let mostly_figures = !below.is_empty() && figures * 5 >= below.len() * 4;
        score += if meaning::is_header_word(cell) {
            3
        } else if years >= 3 && is_year(cell) {
            i32::from(!below.iter().all(|cell| is_year(cell)))
        } else if mostly_figures {
            if is_figure(cell) { -2 } else { 2 }
        } else if is_figure(cell) || below.contains(&cell.as_str()) {
            -2
        } else {
            0
        };
    }
    score
}

/// A cell that a person would call a figure: digits, with what stands in dates, numbers and phones.
fn is_figure(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    digits > 0
        && (number::float(cell).is_some()
            || cell.chars().all(|sign| {
                sign.is_ascii_digit()
                    || matches!(
                        sign,
                        '-' | '.' | ',' | '/' | ':' | ' ' | '%' | '+' | '~' | '(' | ')'
                    )
            }))
}

fn is_year(cell: &str) -> bool {
    let digits = cell.strip_suffix('년').unwrap_or(cell);
    digits.len() == 4
        && digits
            .parse::<u32>()
            .is_ok_and(|year| (1900..=2100).contains(&year))
}

/// Rows the header takes.
fn height(grid: &Grid, first: usize) -> usize {
    let mut height = 1;
    // Cells merged downwards from the first row end where the header ends.
    for (top, _, bottom, _) in &grid.merges {
        if *top == first {
            height = height.max(bottom - top + 1);
        }
    }
    while height < HEADER_MAX && goes_on(grid, first, height) {
        height += 1;
    }
    height.min(HEADER_MAX)
}

/// Whether the row below a header of `height` rows still belongs to it: words stand over figures,
/// and a cell above is empty or spans several columns.
fn goes_on(grid: &Grid, first: usize, height: usize) -> bool {
    let (Some(above), Some(row)) = (
        grid.rows.get(first + height - 1),
        grid.rows.get(first + height),
    ) else {
        return false;
    };
    let spans = grid.merges.iter().any(|(top, left, bottom, right)| {
        *bottom == first + height - 1 && *top >= first && right > left
    });
    if filled(row) > 0
        && row
            .iter()
            .all(|cell| cell.is_empty() || meaning::is_bare_unit(cell))
    {
        return true;
    }
    let fills = row
        .iter()
        .zip(above)
        .any(|(cell, above)| !cell.is_empty() && above.is_empty());
    if !(spans || fills) || row.iter().any(|cell| is_figure(cell)) {
        return false;
    }
    let over_figures = row
        .iter()
        .enumerate()
        .filter(|(column, cell)| {
            let mut below = grid
                .rows
                .iter()
                .skip(first + height + 1)
                .filter_map(|row| row.get(*column))
                .filter(|cell| !cell.is_empty())
                .peekable();
            !cell.is_empty() && below.peek().is_some() && below.all(|cell| is_figure(cell))
        })
        .count();
    over_figures * 3 >= filled(row).max(1)
}

/// Counts the notes at the end.
fn footer(
    tail: impl Iterator<Item = Vec<String>>,
    grid: &Grid,
    format: &mut Format,
    notes: &mut Notes,
) {
    let narrow = width(&grid.rows) < 3;
    let rows: Vec<Vec<String>> = tail
        .take_while(|row| {
            let first = row.iter().find(|cell| !cell.is_empty());
            filled(row) <= 1
                && !narrow
                && first.is_none_or(|cell| {
                    FOOTNOTES.iter().any(|sign| cell.starts_with(sign)) || cell.chars().count() > 40
                })
        })
        .collect();
    let marks = marks(&rows);
    if format.kind != FormatKind::Csv && !marks.is_empty() {
        notes.say(format!(
            "rows below the data that begin with {} are notes, however many there are (`notes-starting`)",
            marks.join(", ")
        ));
        format.notes_starting = marks;
    } else if rows.iter().any(|row| filled(row) > 0) {
        format.footer_rows = u32::try_from(rows.len()).unwrap_or_default();
        notes.say(format!(
            "{} rows below the data are notes (`footer-rows`)",
            rows.len()
        ));
    }
}

/// The marks with which notes begin, from the last row up; none where the first note has no mark, for the
/// rows before the first marked one would be data then.
fn marks(rows: &[Vec<String>]) -> Vec<String> {
    let mark = |row: &Vec<String>| {
        let first = row.iter().find(|cell| !cell.is_empty())?;
        NOTE_MARKS.iter().find(|mark| first.starts_with(**mark))
    };
    let mut notes = rows.iter().rev().filter(|row| filled(row) > 0).peekable();
    if notes.peek().is_none_or(|first| mark(first).is_none()) {
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    for mark in notes.filter_map(mark) {
        if !found.iter().any(|known| known == mark) {
            found.push((*mark).to_owned());
        }
    }
    found
}
