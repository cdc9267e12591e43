//! Excel workbooks, XLSX and XLS.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use calamine::{Cell, Data, DataRef, DataType, Reader, Sheets, Xls, XlsOptions, Xlsx};
use city::Fault;
use city::dataset::{Format, FormatKind};

use super::{Row, Rows, fault};
use crate::origin::Input;
use crate::text::header;

/// A workbook that unpacks to more than this is refused.
const UNPACKED_BYTES_MAX: u64 = 1 << 30;
/// A part that unpacks to more than so many times its size is a bomb, once it is large.
const RATIO_MAX: u64 = 250;
/// Sizes below this are harmless whatever their ratio.
const HARMLESS_BYTES: u64 = 64 << 20;

/// Rows of a sheet that are made equally wide: a header and what stands above it lie among them.
const EVEN_ROWS: usize = 1000;

/// Code page of UTF-16.
const UTF_16: u16 = 1200;
/// Beginning of a workbook's stream since Excel 97: a record of kind 0x0809, 16 bytes long, version 6, globals.
const BIFF8: &[u8] = b"\x09\x08\x10\x00\x00\x06\x05\x00";

/// A sheet as text cells, merged cells listed.
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Rows of cells, each up to its last filled cell; the first row of the list is row `first_row` of the sheet.
    pub rows: Vec<Vec<Option<String>>>,
    /// Number of the first row, from 1.
    pub first_row: u64,
    /// Merged ranges: first row, first column, last row, last column, from 0 in `rows`.
    pub merges: Vec<(usize, usize, usize, usize)>,
}

/// Reads sheets of a workbook: the one named, or all.
///
/// # Errors
/// When the file is no workbook, is a bomb, or has no such sheet.
pub fn sheets(
    input: &Input,
    kind: FormatKind,
    only: Option<&str>,
) -> Result<Vec<Sheet>, Vec<Fault>> {
    if kind == FormatKind::Xlsx {
        refuse_bomb(input)?;
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
    if let Some(name) = only
        && !names.iter().any(|known| known == name)
    {
        return Err(vec![
            Fault::at(&input.name, format!("the workbook has no sheet `{name}`"))
                .expected(format!("one of {}", names.join(", "))),
        ]);
    }
    let mut sheets = Vec::new();
    for name in names
        .into_iter()
        .filter(|name| only.is_none_or(|only| only == name))
    {
        let cells = cells(&mut book, &name).map_err(broken)?;
        sheets.push(sheet(name, cells, &mut book));
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

/// A filled cell: row and column from 0, and what it says.
type Filled = (u32, u32, String);

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
    // A sheet's rows come in order, unless a program wrote them otherwise.
    found.sort_by_key(|(row, column, _)| (*row, *column));
    Ok(found)
}

fn filled(cell: &Cell<DataRef<'_>>) -> Option<Filled> {
    let (row, column) = cell.get_position();
    let said = text(&Data::from(cell.get_value().clone()))?;
    Some((row, column, said))
}

fn sheet(name: String, cells: Vec<Filled>, book: &mut Sheets<BufReader<File>>) -> Sheet {
    let top = cells.first().map_or(0, |(row, ..)| *row as usize);
    let left = cells
        .iter()
        .map(|(_, column, _)| *column as usize)
        .min()
        .unwrap_or_default();
    let dimensions = match book {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(&name).unwrap_or_default(),
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(&name).unwrap_or_default(),
        _ => Vec::new(),
    };
    let merges = dimensions
        .iter()
        .filter_map(|merge| {
            let row = |row: u32| (row as usize).checked_sub(top);
            let column = |column: u32| (column as usize).checked_sub(left);
            Some((
                row(merge.start.0)?,
                column(merge.start.1)?,
                row(merge.end.0)?,
                column(merge.end.1)?,
            ))
        })
        .collect();
    Sheet {
        name,
        rows: rows(cells, top, left),
        first_row: u64::try_from(top).unwrap_or_default() + 1,
        merges,
    }
}

/// Cells as rows. The first rows are as wide as the widest of them, so that merged cells of a header can
/// be filled; below, a row ends with its last filled cell.
fn rows(cells: Vec<Filled>, top: usize, left: usize) -> Vec<Vec<Option<String>>> {
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    for (row, column, text) in cells {
        let (row, column) = (row as usize - top, column as usize - left);
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        if let Some(cells) = rows.get_mut(row) {
            cells.resize(cells.len().max(column + 1), None);
            if let Some(cell) = cells.get_mut(column) {
                *cell = Some(text);
            }
        }
    }
    let even = rows.len().min(EVEN_ROWS);
    let widest = rows.iter().take(even).map(Vec::len).max();
    for row in rows.iter_mut().take(even) {
        row.resize(widest.unwrap_or_default(), None);
    }
    rows
}

impl Sheet {
    /// Writes a merged range's value into all of its cells, for the rows before `rows`.
    pub fn fill_merges(&mut self, rows: usize) {
        for (top, left, bottom, right) in &self.merges {
            let value = self
                .rows
                .get(*top)
                .and_then(|row| row.get(*left))
                .cloned()
                .flatten();
            for row in self
                .rows
                .iter_mut()
                .take(rows)
                .skip(*top)
                .take(bottom - top + 1)
            {
                for cell in row.iter_mut().skip(*left).take(right - left + 1) {
                    cell.clone_from(&value);
                }
            }
        }
    }
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

/// Unpacks every part into nothing, counting: what the archive says of its sizes may be a lie.
fn refuse_bomb(input: &Input) -> Result<(), Vec<Fault>> {
    let file = File::open(&input.path)
        .map_err(|error| fault(input, format!("cannot be read: {error}")))?;
    let broken = |error: &dyn std::fmt::Display| {
        vec![
            Fault::at(&input.name, format!("is not a sound .xlsx file: {error}"))
                .remedy("the file may be cut off: ask for it again"),
        ]
    };
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    let mut all = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| broken(&error))?;
        let (packed, name) = (
            part.compressed_size().max(1),
            part.name()
                .map(std::borrow::Cow::into_owned)
                .unwrap_or_default(),
        );
        let mut counted = part.take(UNPACKED_BYTES_MAX + 1);
        let size =
            std::io::copy(&mut counted, &mut std::io::sink()).map_err(|error| broken(&error))?;
        all += size;
        if all > UNPACKED_BYTES_MAX || (size > HARMLESS_BYTES && size / packed > RATIO_MAX) {
            let what = format!(
                "the workbook unpacks to more than it may ({} MiB in all, {} times its size)",
                all >> 20,
                size / packed
            );
            return Err(vec![
                Fault::at(&input.name, what)
                    .part(name)
                    .remedy("this is no ordinary workbook; ask for the data as CSV"),
            ]);
        }
    }
    Ok(())
}

pub(super) struct WorkbookRows {
    names: Vec<String>,
    rows: std::vec::IntoIter<(u64, Vec<Option<String>>)>,
}

pub(super) fn open(input: &Input, format: &Format) -> Result<WorkbookRows, Vec<Fault>> {
    let mut sheet = sheets(input, format.kind, format.sheet.as_deref())?
        .into_iter()
        .find(|sheet| format.sheet.is_some() || !sheet.rows.is_empty())
        .ok_or_else(|| fault(input, "the workbook has no cells"))?;
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
