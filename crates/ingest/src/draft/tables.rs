//! Which of a workbook's sheets, and which of the tables on it or in a document.

use city::Fault;
use city::dataset::{Format, FormatKind};

use super::{Notes, meaning};
use crate::formats::blocks::{self, Block};
use crate::formats::range::range;
use crate::formats::sheet::Sheet;
use crate::formats::table;
use crate::formats::{fault, workbook};
use crate::origin::Input;
use crate::text::trim;
use crate::types::number;

/// Rows above a table in which its heading may stand.
const HEADING_ROWS: usize = 4;
/// A heading is not longer.
const HEADING_CHARS_MAX: usize = 60;
/// Rows looked at to tell a header from data.
const LOOK_ROWS: usize = 50;

/// The table to draft, and the lines that stand before it without being rows of it; says which it is in
/// `format`, and which others there are in `notes`.
pub(super) fn choose(
    input: &Input,
    format: &mut Format,
    notes: &mut Notes,
) -> Result<(Sheet, Vec<String>), Vec<Fault>> {
    let sheets = workbook::sheets(input, format.kind, None)?;
    if format.kind == FormatKind::Hwpx {
        return of_document(input, sheets, format, notes);
    }
    let sheet = largest_sheet(input, sheets, format, notes)?;
    of_sheet(input, sheet, format, notes)
}

/// The table of a document with most cells.
fn of_document(
    input: &Input,
    mut tables: Vec<Sheet>,
    format: &mut Format,
    notes: &mut Notes,
) -> Result<(Sheet, Vec<String>), Vec<Fault>> {
    let known = table::is_table;
    let Some(at) = (0..tables.len())
        .filter(|at| tables.get(*at).is_some_and(known))
        .max_by_key(|at| (tables.get(*at).map_or(0, Sheet::filled), usize::MAX - at))
    else {
        return Err(fault(
            input,
            "the document has no table of rows and columns",
        ));
    };
    let others: Vec<String> = tables
        .iter()
        .enumerate()
        .filter(|(other, table)| *other != at && known(table))
        .map(|(_, table)| table::described(table))
        .collect();
    if !others.is_empty() {
        let heading = tables.get(at).and_then(|chosen| {
            let mut lines = chosen.headings.iter().filter(|line| is_heading(line));
            lines.find(|line| {
                let same = |table: &&Sheet| table.headings.contains(line);
                tables.iter().filter(same).count() == 1
            })
        });
        format.table = Some(heading.cloned().unwrap_or_else(|| (at + 1).to_string()));
    }
    let chosen = tables.swap_remove(at);
    if !others.is_empty() {
        notes.say(format!(
            "{} of the document has most cells and is taken (`table`); {} would need drafts of their own",
            table::described(&chosen),
            others.join(", ")
        ));
    }
    let before = chosen.headings.clone();
    Ok((chosen, before))
}

/// The sheet with most cells.
fn largest_sheet(
    input: &Input,
    mut sheets: Vec<Sheet>,
    format: &mut Format,
    notes: &mut Notes,
) -> Result<Sheet, Vec<Fault>> {
    let Some(at) = (0..sheets.len())
        .max_by_key(|at| (sheets.get(*at).map_or(0, Sheet::filled), usize::MAX - at))
    else {
        return Err(fault(input, "the workbook has no sheet"));
    };
    let others: Vec<String> = sheets
        .iter()
        .enumerate()
        .filter(|(other, sheet)| *other != at && sheet.filled() > 0)
        .map(|(_, sheet)| format!("`{}`", sheet.name))
        .collect();
    let sheet = sheets.swap_remove(at);
    if sheet.rows.is_empty() {
        return Err(fault(input, "the workbook has no cells"));
    }
    if !others.is_empty() {
        notes.say(format!(
            "the sheet `{}` has most cells and is taken; {} would need drafts of their own",
            sheet.name,
            others.join(", ")
        ));
    }
    if at > 0 || !others.is_empty() {
        format.sheet = Some(sheet.name.clone());
    }
    Ok(sheet)
}

/// A table on a sheet.
#[derive(Clone, Copy)]
struct Found {
    block: Block,
    /// A blank row stands in it.
    is_broken: bool,
}

/// The largest table of a sheet that has several; the whole sheet otherwise.
fn of_sheet(
    input: &Input,
    sheet: Sheet,
    format: &mut Format,
    notes: &mut Notes,
) -> Result<(Sheet, Vec<String>), Vec<Fault>> {
    let found = several(&sheet);
    let largest = found
        .iter()
        .enumerate()
        .max_by_key(|(at, found)| (blocks::cells(&sheet, found.block), usize::MAX - at));
    let Some((at, largest)) = largest.filter(|_| found.len() > 1) else {
        return Ok((sheet, Vec::new()));
    };
    let names: Vec<String> = (0..found.len())
        .filter_map(|at| name(input, &sheet, &found, at))
        .collect();
    let chosen = names.get(at).cloned().unwrap_or_default();
    let others: Vec<String> = names
        .iter()
        .filter(|name| **name != chosen)
        .map(|name| format!("`{name}`"))
        .collect();
    notes.say(format!(
        "the sheet has {} tables; `{chosen}` has most cells and is taken (`table`); {} would need drafts of their own",
        found.len(),
        others.join(", ")
    ));
    let before = lines_before(&sheet, &found, largest.block);
    let table = table::of_sheet(input, &chosen, &sheet)?;
    format.table = Some(chosen);
    Ok((table, before))
}

/// The tables of a sheet: blocks that begin with a header. One that does not goes on with the one above it.
fn several(sheet: &Sheet) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for block in blocks::blocks(sheet) {
        let above = found.iter_mut().rev().find(|above| {
            let above = above.block;
            above.bottom < block.top && above.left <= block.left && above.right >= block.right
        });
        if has_header(sheet, block) {
            found.push(Found {
                block,
                is_broken: false,
            });
        } else if let Some(above) = above {
            above.block.bottom = block.bottom;
            above.is_broken = true;
        }
    }
    found
}

/// Whether a block begins with names of columns: words over figures, or words that name columns.
fn has_header(sheet: &Sheet, block: Block) -> bool {
    let rows: Vec<Vec<&str>> = sheet
        .rows
        .iter()
        .take(block.bottom + 1)
        .skip(block.top)
        .take(LOOK_ROWS)
        .map(|row| {
            let cells = (block.left..=block.right).map(|at| row.get(at));
            cells
                .map(|cell| trim(cell.and_then(Option::as_deref).unwrap_or_default()))
                .collect()
        })
        .collect();
    let filled = |row: &Vec<&str>| row.iter().filter(|cell| !cell.is_empty()).count();
    let widest = rows.iter().map(filled).max().unwrap_or_default();
    let Some(first) = rows
        .iter()
        .position(|row| filled(row) >= widest.div_ceil(2).max(2))
    else {
        return false;
    };
    let (Some(header), Some(below)) = (rows.get(first), rows.get(first + 1..)) else {
        return false;
    };
    let is_figure = |cell: &&str| number::float(cell).is_some();
    let is_year = |cell: &str| {
        let digits = cell.strip_suffix('년').unwrap_or(cell);
        digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
    };
    if header.iter().any(|cell| is_figure(cell) && !is_year(cell)) {
        return false;
    }
    let words = header
        .iter()
        .filter(|cell| meaning::is_header_word(cell))
        .count();
    let over_figures = (0..header.len()).any(|column| {
        let cells = || {
            below
                .iter()
                .filter_map(|row| row.get(column))
                .filter(|cell| !cell.is_empty())
        };
        let (all, figures) = (
            cells().count(),
            cells().filter(|cell| is_figure(cell)).count(),
        );
        let is_named = header.get(column).is_some_and(|cell| !cell.is_empty());
        is_named && all > 0 && figures * 5 >= all * 4
    });
    !below.is_empty() && (words >= 2 || over_figures)
}

/// How the manifest says which table: by its heading where one stands above it and says so alone, by its
/// cells otherwise.
fn name(input: &Input, sheet: &Sheet, all: &[Found], at: usize) -> Option<String> {
    let found = all.get(at)?;
    let cells = blocks::cells(sheet, found.block);
    let lines = lines_before(sheet, all, found.block);
    let heading = lines.into_iter().find(|line| {
        !found.is_broken
            && is_heading(line)
            && table::headings(sheet, line).len() == 1
            && table::of_sheet(input, line, sheet)
                .is_ok_and(|cut| cut.filled() + HEADING_ROWS > cells)
    });
    Some(heading.unwrap_or_else(|| range(sheet, found.block, !found.is_broken)))
}

/// Lines of one cell that stand right above a block or at its top, the nearest first.
fn lines_before(sheet: &Sheet, all: &[Found], block: Block) -> Vec<String> {
    let columns = |row: usize| {
        let cells = sheet.rows.get(row).map(Vec::as_slice).unwrap_or_default();
        let cells = cells.iter().take(block.right + 1).skip(block.left);
        cells
            .flatten()
            .map(|cell| trim(cell))
            .filter(|cell| !cell.is_empty())
    };
    let line = |row: usize| {
        let mut filled = columns(row);
        filled.next().filter(|_| filled.next().is_none())
    };
    let is_others = |row: usize| {
        all.iter().any(|other| {
            let other = other.block;
            other != block
                && (other.top..=other.bottom).contains(&row)
                && other.left <= block.right
                && other.right >= block.left
        })
    };
    let top = block.top;
    let inside = (top..top + HEADING_ROWS)
        .take_while(|row| line(*row).is_some())
        .count();
    (top.saturating_sub(HEADING_ROWS)..top + inside)
        .rev()
        .take_while(|row| !is_others(*row) && columns(*row).count() < 2)
        .filter_map(|row| line(row).map(str::to_owned))
        .collect()
}

/// Whether a line can be what a table is known by: later files bring other years and dates.
fn is_heading(line: &str) -> bool {
    !line.is_empty()
        && line.chars().count() <= HEADING_CHARS_MAX
        && !line.contains("단위")
        && !line.contains("기준")
        && !line.contains(|sign: char| sign.is_ascii_digit() && line.contains(['년', '.', '-']))
        && line.parse::<f64>().is_err()
        && line.chars().any(char::is_alphabetic)
}
