//! Which table: one of several on a sheet, or in a document.

use city::Fault;
use city::dataset::{Format, FormatKind};

use super::blocks::{below, cut};
use super::fault;
use super::range::Range;
use super::sheet::Sheet;
use crate::origin::Input;
use crate::text::trim;

/// The table that `format` asks for, out of the sheets of a workbook or the tables of a document.
pub(super) fn choose(
    input: &Input,
    format: &Format,
    sheets: Vec<Sheet>,
) -> Result<Sheet, Vec<Fault>> {
    if format.kind == FormatKind::Hwpx {
        return of_document(input, format.table.as_deref(), sheets);
    }
    let sheet = sheets
        .into_iter()
        .find(|sheet| format.sheet.is_some() || !sheet.rows.is_empty())
        .ok_or_else(|| fault(input, "the workbook has no cells"))?;
    match &format.table {
        None => Ok(sheet),
        Some(table) => of_sheet(input, table, &sheet),
    }
}

/// The table of a document: by its number, its caption or the heading before it; the only one of more
/// than one row and column where none is asked for.
fn of_document(
    input: &Input,
    table: Option<&str>,
    sheets: Vec<Sheet>,
) -> Result<Sheet, Vec<Fault>> {
    let names: Vec<String> = sheets.iter().map(described).collect();
    let count = sheets.len();
    let found: Vec<(usize, Sheet)> = match table {
        None => sheets
            .into_iter()
            .enumerate()
            .filter(|(_, sheet)| is_table(sheet))
            .collect(),
        Some(table) => match trim(table).parse::<usize>() {
            Ok(number) => {
                let at = number.wrapping_sub(1);
                sheets
                    .into_iter()
                    .enumerate()
                    .filter(|(each, _)| *each == at)
                    .collect()
            }
            Err(_not_a_number) => headed(sheets, table),
        },
    };
    let several = found.len();
    match (found.into_iter().next(), table) {
        (Some((_, sheet)), _) if several == 1 => Ok(sheet),
        (Some(_), asked) => {
            let what = asked.map_or_else(
                || format!("the document has {several} tables"),
                |asked| format!("{several} tables of the document stand below `{asked}`"),
            );
            Err(vec![
                Fault::at(&input.name, what)
                    .expected(names.join("; "))
                    .remedy("name one with `table`: its number, or its caption or heading"),
            ])
        }
        (None, None) => Err(vec![Fault::at(
            &input.name,
            "the document has no table of more than one row",
        )]),
        (None, Some(asked)) => Err(vec![
            Fault::at(
                &input.name,
                format!("the document has no table `{asked}` among its {count}"),
            )
            .expected(names.join("; "))
            .remedy("correct `table` in the manifest, or ask for the document again"),
        ]),
    }
}

/// Tables whose caption or heading says this: exactly, or where none does, among other words.
fn headed(sheets: Vec<Sheet>, heading: &str) -> Vec<(usize, Sheet)> {
    let wanted = pressed(heading);
    let says = |sheet: &Sheet, fits: &dyn Fn(&str) -> bool| {
        sheet.headings.iter().any(|line| fits(&pressed(line)))
    };
    let exact = sheets
        .iter()
        .any(|sheet| says(sheet, &|line| line == wanted));
    sheets
        .into_iter()
        .enumerate()
        .filter(|(_, sheet)| {
            sheet.rows.len() > 1
                && says(sheet, &|line| {
                    if exact {
                        line == wanted
                    } else {
                        line.contains(&wanted)
                    }
                })
        })
        .collect()
}

/// Whether a document's table holds rows of data: one row or column is a frame around text.
pub(crate) fn is_table(sheet: &Sheet) -> bool {
    sheet.rows.len() > 1 && sheet.rows.iter().any(|row| row.len() > 1)
}

/// A table as a person would find it.
pub(crate) fn described(sheet: &Sheet) -> String {
    let mut headings = sheet.headings.iter();
    let heading = headings.find(|line| !line.contains("단위"));
    heading.map_or_else(
        || sheet.name.clone(),
        |heading| format!("{} ({heading})", sheet.name),
    )
}

/// A text without any spaces.
fn pressed(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_whitespace()).collect()
}

/// The table of a sheet: by a range of cells, or by the heading above it.
pub(crate) fn of_sheet(input: &Input, table: &str, sheet: &Sheet) -> Result<Sheet, Vec<Fault>> {
    let at = |what: String| Fault::at(&input.name, what).part(&sheet.name);
    if let Some(range) = Range::read(table) {
        return range.cut(sheet).ok_or_else(|| {
            vec![
                at(format!("the range `{table}` has no filled cell"))
                    .remedy("correct `table` in the manifest, or name the heading above the table"),
            ]
        });
    }
    let found = headings(sheet, table);
    let number = |row: &usize| sheet.first_row + u64::try_from(*row).unwrap_or_default();
    match found.as_slice() {
        [(row, column)] => {
            let block = below(sheet, *row, *column).ok_or_else(|| {
                vec![
                    at(format!("there is no table below `{table}`"))
                        .line(number(row))
                        .remedy("correct `table` in the manifest, or ask for the file again"),
                ]
            })?;
            Ok(cut(sheet, block))
        }
        [] => Err(vec![
            at(format!("no cell says `{table}`")).remedy(
                "correct `table` in the manifest: the heading above the table, or a range such as `B4:H30`",
            ),
        ]),
        several => {
            let rows: Vec<String> = several.iter().map(|(row, _)| number(row).to_string()).collect();
            let what = format!("{} cells say `{table}` (rows {})", several.len(), rows.join(", "));
            Err(vec![at(what).remedy("name more of the heading, or a range such as `B4:H30`")])
        }
    }
}

/// Cells that say this: exactly, or where none does, among other words.
pub(crate) fn headings(sheet: &Sheet, heading: &str) -> Vec<(usize, usize)> {
    let wanted = pressed(heading);
    let saying = |fits: &dyn Fn(&str) -> bool| -> Vec<(usize, usize)> {
        let rows = sheet.rows.iter().enumerate();
        rows.flat_map(|(row, cells)| {
            cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| cell.as_ref().is_some_and(|cell| fits(&pressed(cell))))
                .map(move |(column, _)| (row, column))
                .collect::<Vec<_>>()
        })
        .collect()
    };
    let exact = saying(&|cell| cell == wanted);
    if exact.is_empty() {
        saying(&|cell| cell.contains(&wanted))
    } else {
        exact
    }
}
