//! Sheets of workbooks and tables of documents as rows; Excel workbooks, XLSX and XLS.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use calamine::{Cell, Data, DataRef, DataType, Reader, Sheets, Xls, XlsOptions, Xlsx};
use city::Fault;
use city::dataset::{Format, FormatKind};

use super::sheet::{Filled, Sheet};
use super::{Row, Rows, fault, hwpx, ods, package, table};
use crate::origin::Input;
use crate::text::header;

/// Code page of UTF-16.
const UTF_16: u16 = 1200;
/// Beginning of a workbook's stream since Excel 97: a record of kind 0x0809, 16 bytes long, version 6, globals.
const BIFF8: &[u8] = b"\x09\x08\x10\x00\x00\x06\x05\x00";

/// Reads the sheets of a workbook, the one named or all, or the tables of a document.
///
/// # Errors
/// When the file is no such file, is a bomb, or has no such sheet.
pub fn sheets(
    input: &Input,
    kind: FormatKind,
    only: Option<&str>,
) -> Result<Vec<Sheet>, Vec<Fault>> {
    match kind {
        FormatKind::Hwpx => hwpx::tables(input),
        FormatKind::Ods => {
            let mut sheets = ods::sheets(input, |name| only.is_none_or(|only| only == name))?;
            let names: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
            refuse_unknown(input, &names, only)?;
            sheets.retain(|sheet| only.is_none_or(|only| only == sheet.name));
            Ok(sheets)
        }
        _ => excel(input, kind, only),
    }
}

fn refuse_unknown(input: &Input, names: &[String], only: Option<&str>) -> Result<(), Vec<Fault>> {
    match only {
        Some(name) if !names.iter().any(|known| known == name) => Err(vec![
            Fault::at(&input.name, format!("the workbook has no sheet `{name}`"))
                .expected(format!("one of {}", names.join(", "))),
        ]),
        _ => Ok(()),
    }
}

fn excel(input: &Input, kind: FormatKind, only: Option<&str>) -> Result<Vec<Sheet>, Vec<Fault>> {
    if kind == FormatKind::Xlsx {
        package::refuse_bomb(input)?;
    }
    let mut file = File::open(&input.path)
        .map_err(|error| fault(input, format!("cannot be read: {error}")))?;
    let broken = |error: calamine::Error| {
        vec![
            Fault::at(&input.name, format!("is not a sound workbook: {error}"))
                .remedy("open it in a spreadsheet program and save it again as .xlsx"),
        ]
    };
    let mut options = XlsOptions::default();
    if kind == FormatKind::Xls && is_biff8(&mut file).unwrap_or_default() {
        options.force_codepage = Some(UTF_16);
    }
    let reader = BufReader::new(file);
    let mut book = match kind {
        FormatKind::Xls => Sheets::Xls(
            Xls::new_with_options(reader, options).map_err(|error| broken(error.into()))?,
        ),
        _ => Sheets::Xlsx(Xlsx::new(reader).map_err(|error| broken(error.into()))?),
    };
    let names = book.sheet_names();
    refuse_unknown(input, &names, only)?;
    let mut sheets = Vec::new();
    for name in names
        .into_iter()
        .filter(|name| only.is_none_or(|only| only == name))
    {
        let cells = cells(&mut book, &name).map_err(broken)?;
        let merges = merges(&name, &mut book);
        sheets.push(Sheet::of(name, cells, &merges));
    }
    Ok(sheets)
}

/// Whether an old workbook is of Excel 97 or later, by the record its stream begins with. Its texts
/// are UTF-16 then, whatever code page the file names: Java programs write 1252 into Korean files.
fn is_biff8(file: &mut File) -> std::io::Result<bool> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(memchr::memmem::find(&bytes, BIFF8).is_some())
}

/// The filled cells of a sheet, row by row. They are never asked for as one rectangle: a single stray
/// cell in a sheet's last row and column would make one of seventeen thousand million cells.
fn cells(book: &mut Sheets<BufReader<File>>, name: &str) -> Result<Vec<Filled>, calamine::Error> {
    let mut found: Vec<Filled> = Vec::new();
    if let Sheets::Xlsx(book) = book {
        let mut cells = match book.worksheet_cells_reader(name) {
            // A sheet that is a chart has no cells.
            Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(found),
            cells => cells?,
        };
        while let Some(cell) = cells.next_cell()? {
            found.extend(filled(&cell));
        }
    } else {
        let range = book.worksheet_range(name)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, cell) in range.used_cells() {
            let at = |first: u32, step: usize| first + u32::try_from(step).unwrap_or_default();
            found.extend(text(cell).map(|text| (at(top, row), at(left, column), text)));
        }
    }
    Ok(found)
}

fn filled(cell: &Cell<DataRef<'_>>) -> Option<Filled> {
    let (row, column) = cell.get_position();
    let said = text(&Data::from(cell.get_value().clone()))?;
    Some((row, column, said))
}

fn merges(name: &str, book: &mut Sheets<BufReader<File>>) -> Vec<(usize, usize, usize, usize)> {
    let dimensions = match book {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
        _ => Vec::new(),
    };
    dimensions
        .iter()
        .map(|merge| {
            (
                merge.start.0 as usize,
                merge.start.1 as usize,
                merge.end.0 as usize,
                merge.end.1 as usize,
            )
        })
        .collect()
}

/// A cell as text: numbers without loss, dates in ISO form.
fn text(cell: &Data) -> Option<String> {
    match cell {
        Data::Empty => None,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            Some(text.clone())
        }
        Data::Int(number) => Some(number.to_string()),
        Data::Float(number) => Some(number.to_string()),
        Data::Bool(yes) => Some(if *yes { "TRUE" } else { "FALSE" }.to_owned()),
        Data::DateTime(moment) => match cell.as_datetime() {
            Some(found) if moment.as_f64() < 1.0 => Some(found.format("%H:%M:%S").to_string()),
            Some(found) if found.time() == chrono::NaiveTime::MIN => {
                Some(found.format("%Y-%m-%d").to_string())
            }
            Some(found) => Some(found.format("%Y-%m-%d %H:%M:%S").to_string()),
            None => Some(moment.as_f64().to_string()),
        },
        // A formula that failed (#N/A) is no value and no empty cell: it stays visible.
        Data::Error(error) => Some(error.to_string()),
    }
}

pub(super) struct WorkbookRows {
    names: Vec<String>,
    rows: std::vec::IntoIter<(u64, Vec<Option<String>>)>,
}

pub(super) fn open(input: &Input, format: &Format) -> Result<WorkbookRows, Vec<Fault>> {
    let sheets = sheets(input, format.kind, format.sheet.as_deref())?;
    let mut sheet = table::choose(input, format, sheets)?;
    let skip = usize::try_from(format.skip_rows).unwrap_or_default();
    let header_rows = usize::try_from(format.header_rows).unwrap_or(1);
    let begin = skip + header_rows;
    if sheet.rows.len() < begin {
        let what = format!("the sheet `{}` ends before its header", sheet.name);
        return Err(vec![
            Fault::at(&input.name, what)
                .part(&sheet.name)
                .remedy("check `skip-rows` and `header-rows`"),
        ]);
    }
    sheet.fill_merges(begin);
    let head: Vec<Vec<String>> = sheet
        .rows
        .get(skip..begin)
        .unwrap_or_default()
        .iter()
        .map(|row| {
            row.iter()
                .map(|cell| cell.clone().unwrap_or_default())
                .collect()
        })
        .collect();
    let width = sheet.rows.iter().map(Vec::len).max().unwrap_or_default();
    let names = if header_rows == 0 {
        header::numbered(width)
    } else {
        header::flatten_header(&head)
    };
    let end = sheet
        .rows
        .len()
        .saturating_sub(usize::try_from(format.footer_rows).unwrap_or_default());
    let first = sheet.first_row;
    let rows: Vec<(u64, Vec<Option<String>>)> = sheet
        .rows
        .into_iter()
        .enumerate()
        .take(end)
        .skip(begin)
        .filter(|(_, row)| {
            row.iter()
                .flatten()
                .any(|cell| !crate::text::trim(cell).is_empty())
        })
        .map(|(at, row)| (first + u64::try_from(at).unwrap_or_default(), row))
        .collect();
    Ok(WorkbookRows {
        names,
        rows: rows.into_iter(),
    })
}

impl Rows for WorkbookRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        let rows: Vec<Row> = self
            .rows
            .by_ref()
            .take(limit)
            .map(|(number, cells)| Row {
                number,
                cells,
                geometry: None,
                odd: None,
            })
            .collect();
        Ok((!rows.is_empty()).then_some(rows))
    }
}
