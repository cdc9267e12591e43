//! Which table: one of several on a sheet, or in a document.

use city::Fault;
use city::dataset::{Format, FormatKind};

use super::fault;
use super::sheet::{Sheet, even};
use crate::origin::Input;
use crate::text::trim;

/// Blank rows that a range may have above the first filled one.
const ROWS_ABOVE_MAX: usize = 1 << 16;

/// A part of a sheet, from 0 in its rows, its last row and column included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) top: usize,
    pub(crate) left: usize,
    pub(crate) bottom: usize,
    pub(crate) right: usize,
}

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

/// A range of cells as spreadsheets write it; without a last row it ends at the first blank one.
struct Range {
    top: u64,
    left: u64,
    bottom: Option<u64>,
    right: u64,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|sign| *sign != '$').collect();
        let (from, to) = trim(&plain).split_once(':')?;
        let (left, top) = corner(from)?;
        let (right, bottom) = corner(to)?;
        let range = Self {
            top: top?,
            left,
            bottom,
            right,
        };
        (range.left <= range.right && range.bottom.is_none_or(|bottom| bottom >= range.top))
            .then_some(range)
    }

    /// The range out of a sheet; nothing when it has no filled cell.
    fn cut(&self, sheet: &Sheet) -> Option<Sheet> {
        let place = |number: u64, first: u64| {
            usize::try_from(number.saturating_sub(first)).unwrap_or(usize::MAX)
        };
        if self.right < sheet.first_column || self.bottom.is_some_and(|row| row < sheet.first_row) {
            return None;
        }
        let (left, right) = (
            place(self.left, sheet.first_column),
            place(self.right, sheet.first_column),
        );
        let part = Block {
            left,
            right,
            ..whole(sheet)
        };
        let blanks = Blanks::of(sheet, part, &sheet.merges);
        let mut top = place(self.top, sheet.first_row);
        let bottom = if let Some(row) = self.bottom {
            place(row, sheet.first_row).min(sheet.rows.len().saturating_sub(1))
        } else {
            top = (top..sheet.rows.len()).find(|row| !blanks.is_blank(*row))?;
            let end = (top..sheet.rows.len()).find(|row| blanks.is_blank(*row));
            end.unwrap_or(sheet.rows.len()) - 1
        };
        (top..=bottom).find(|row| !blanks.is_blank(*row))?;
        let mut found = cut(
            sheet,
            Block {
                top,
                left,
                bottom,
                right,
            },
        );
        // Blank rows of the range above the sheet's first filled one count as its rows.
        let above = sheet.first_row.saturating_sub(self.top.max(1));
        let above = usize::try_from(above)
            .unwrap_or_default()
            .min(ROWS_ABOVE_MAX);
        if above > 0 && self.bottom.is_some() {
            found
                .rows
                .splice(0..0, std::iter::repeat_n(Vec::new(), above));
            for merge in &mut found.merges {
                merge.0 += above;
                merge.2 += above;
            }
            found.first_row = sheet.first_row - u64::try_from(above).unwrap_or_default();
            even(&mut found.rows);
        }
        Some(found)
    }
}

/// `AB12` as column 28 and row 12; the row may be missing.
fn corner(text: &str) -> Option<(u64, Option<u64>)> {
    let text = trim(text);
    let letters = text.chars().take_while(char::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at_checked(letters)?;
    if letters.is_empty() || letters.len() > 3 || digits.len() > 7 {
        return None;
    }
    let column = letters
        .bytes()
        .map(|letter| u64::from(letter.to_ascii_uppercase() - b'A') + 1)
        .fold(0, |column, letter| column * 26 + letter);
    if digits.is_empty() {
        return Some((column, None));
    }
    let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
    let row = digits.parse().ok().filter(|row| is_number && *row > 0)?;
    Some((column, Some(row)))
}

/// A block as a range of cells; open at its end where the table may grow.
pub(crate) fn range(sheet: &Sheet, block: Block, is_open: bool) -> String {
    let column = |at: usize| letters(u64::try_from(at).unwrap_or_default() + sheet.first_column);
    let row = |at: usize| u64::try_from(at).unwrap_or_default() + sheet.first_row;
    let end = if is_open {
        String::new()
    } else {
        row(block.bottom).to_string()
    };
    format!(
        "{}{}:{}{end}",
        column(block.left),
        row(block.top),
        column(block.right)
    )
}

fn letters(mut column: u64) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        let digit = u8::try_from((column - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        column = (column - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// A merged range: first row, first column, last row, last column.
type Merge = (usize, usize, usize, usize);

/// Which rows of a part of a sheet are blank. What a merged cell with a value covers is not blank.
struct Blanks {
    first: usize,
    rows: Vec<bool>,
}

impl Blanks {
    /// Looks at the columns of `part`, of which `merges` are the merged ranges.
    fn of(sheet: &Sheet, part: Block, merges: &[Merge]) -> Self {
        let rows = sheet.rows.iter().take(part.bottom.saturating_add(1));
        let mut blank: Vec<bool> = rows
            .skip(part.top)
            .map(|row| {
                let cells = row.iter().take(part.right.saturating_add(1));
                !cells.skip(part.left).any(|cell| is_filled(cell.as_ref()))
            })
            .collect();
        let ranges = merges
            .iter()
            .filter(|(_, left, _, right)| *left <= part.right && *right >= part.left)
            .map(|(top, _, bottom, _)| (*top, *bottom));
        let covered = covered(ranges, part.top, blank.len());
        for (row, covered) in blank.iter_mut().zip(covered) {
            *row &= !covered;
        }
        Self {
            first: part.top,
            rows: blank,
        }
    }

    fn is_blank(&self, row: usize) -> bool {
        let at = row.checked_sub(self.first);
        at.and_then(|at| self.rows.get(at)).copied().unwrap_or(true)
    }

    /// Runs of rows that are not blank.
    fn bands(&self) -> Vec<(usize, usize)> {
        runs(self.rows.iter().map(|blank| !blank), self.first)
    }
}

/// Which of `count` places from `first` on lie in one of the ranges.
fn covered(ranges: impl Iterator<Item = (usize, usize)>, first: usize, count: usize) -> Vec<bool> {
    let mut steps = vec![0_i64; count + 1];
    for (from, to) in ranges.filter(|(_, to)| *to >= first) {
        let (from, to) = (from.saturating_sub(first), (to - first).saturating_add(1));
        if let Some(step) = steps.get_mut(from) {
            *step += 1;
            if let Some(step) = steps.get_mut(to) {
                *step -= 1;
            }
        }
    }
    steps
        .iter()
        .take(count)
        .scan(0, |covering, step| {
            *covering += step;
            Some(*covering > 0)
        })
        .collect()
}

/// Rows between blank ones, with the merged ranges in them. No range with a value lies in two: the rows it
/// covers are not blank.
struct Band {
    top: usize,
    bottom: usize,
    merges: Vec<Merge>,
}

fn bands(sheet: &Sheet) -> Vec<Band> {
    let filled: Vec<Merge> = sheet
        .merges
        .iter()
        .filter(|(top, left, ..)| is_filled_at(sheet, *top, *left))
        .copied()
        .collect();
    let mut found: Vec<Band> = Blanks::of(sheet, whole(sheet), &filled)
        .bands()
        .into_iter()
        .map(|(top, bottom)| Band {
            top,
            bottom,
            merges: Vec::new(),
        })
        .collect();
    for merge in filled {
        let at = found.partition_point(|band| band.bottom < merge.0);
        if let Some(band) = found.get_mut(at) {
            band.merges.push(merge);
        }
    }
    found
}

fn whole(sheet: &Sheet) -> Block {
    Block {
        top: 0,
        left: 0,
        bottom: sheet.rows.len().saturating_sub(1),
        right: usize::MAX,
    }
}

impl Band {
    /// Runs of columns that have something.
    fn columns(&self, sheet: &Sheet) -> Vec<(usize, usize)> {
        let rows = || sheet.rows.iter().take(self.bottom + 1).skip(self.top);
        let width = rows().map(Vec::len).max().unwrap_or_default();
        let ranges = self
            .merges
            .iter()
            .map(|(_, left, _, right)| (*left, *right));
        let mut filled = covered(ranges, 0, width);
        for row in rows() {
            for (mark, _) in filled
                .iter_mut()
                .zip(row)
                .filter(|(_, cell)| is_filled(cell.as_ref()))
            {
                *mark = true;
            }
        }
        runs(filled.into_iter(), 0)
    }

    /// The parts of the band in these columns.
    fn parts(&self, sheet: &Sheet, left: usize, right: usize) -> Vec<Block> {
        let part = Block {
            top: self.top,
            left,
            bottom: self.bottom,
            right,
        };
        let bands = Blanks::of(sheet, part, &self.merges).bands();
        bands
            .into_iter()
            .map(|(top, bottom)| Block {
                top,
                bottom,
                ..part
            })
            .collect()
    }
}

fn is_filled(cell: Option<&String>) -> bool {
    cell.is_some_and(|cell| !trim(cell).is_empty())
}

fn is_filled_at(sheet: &Sheet, row: usize, column: usize) -> bool {
    let cell = sheet.rows.get(row).and_then(|row| row.get(column));
    is_filled(cell.and_then(Option::as_ref))
}

/// First and last place of each run of true.
fn runs(marks: impl Iterator<Item = bool>, first: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, _) in marks.enumerate().filter(|(_, mark)| *mark) {
        let at = at + first;
        match found.last_mut() {
            Some((_, last)) if *last + 1 == at => *last = at,
            _ => found.push((at, at)),
        }
    }
    found
}

/// The table below a heading: the first block of more than one row or cell that lies below it.
fn below(sheet: &Sheet, row: usize, column: usize) -> Option<Block> {
    let merged = sheet
        .merges
        .iter()
        .find(|(top, left, ..)| (*top, *left) == (row, column));
    let last = merged.map_or((row, column), |merge| {
        (merge.2.max(row), merge.3.max(column))
    });
    // What stands in the heading's row and above it is none of the table's.
    let rest = cut(
        sheet,
        Block {
            top: last.0 + 1,
            ..whole(sheet)
        },
    );
    let block = bands(&rest).into_iter().find_map(|band| {
        // The columns below the heading, or the nearest to its right.
        let (left, right) = band
            .columns(&rest)
            .into_iter()
            .find(|(_, right)| *right >= column)
            .filter(|(left, _)| merged.is_none() || *left <= last.1)?;
        // A line with a unit or a date may stand between a heading and its table.
        let mut parts = band.parts(&rest, left, right).into_iter();
        parts.find(|part| part.bottom > part.top || cells(&rest, *part) > 1)
    })?;
    Some(Block {
        top: block.top + last.0 + 1,
        bottom: block.bottom + last.0 + 1,
        ..block
    })
}

/// Filled cells of a block.
pub(crate) fn cells(sheet: &Sheet, block: Block) -> usize {
    let rows = sheet.rows.iter().take(block.bottom + 1).skip(block.top);
    rows.flat_map(|row| {
        row.iter()
            .take(block.right.saturating_add(1))
            .skip(block.left)
    })
    .filter(|cell| is_filled(cell.as_ref()))
    .count()
}

/// The parts of a sheet that blank rows and columns keep apart, of at least two rows and two columns. Parts
/// that stand side by side at the same height are one: a blank column in a table is no border.
pub(crate) fn blocks(sheet: &Sheet) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    for band in bands(sheet) {
        let mut beside: Vec<Block> = Vec::new();
        for (left, right) in band.columns(sheet) {
            for part in band.parts(sheet, left, right) {
                match beside.last_mut() {
                    Some(before) if (before.top, before.bottom) == (part.top, part.bottom) => {
                        before.right = right;
                    }
                    _ => beside.push(part),
                }
            }
        }
        found.extend(beside);
    }
    found.retain(|block| block.bottom > block.top && block.right > block.left);
    found
}

/// A block as a sheet of its own.
pub(crate) fn cut(sheet: &Sheet, block: Block) -> Sheet {
    let width = block.right.saturating_sub(block.left).saturating_add(1);
    let mut rows: Vec<Vec<Option<String>>> = sheet
        .rows
        .iter()
        .take(block.bottom.saturating_add(1))
        .skip(block.top)
        .map(|row| row.iter().skip(block.left).take(width).cloned().collect())
        .collect();
    even(&mut rows);
    let merges = sheet
        .merges
        .iter()
        .filter_map(|(top, left, bottom, right)| {
            Some((
                top.checked_sub(block.top)?,
                left.checked_sub(block.left)?,
                (*bottom).min(block.bottom).checked_sub(block.top)?,
                (*right).min(block.right).checked_sub(block.left)?,
            ))
        })
        .collect();
    let number = |first: u64, at: usize| first + u64::try_from(at).unwrap_or_default();
    Sheet {
        name: sheet.name.clone(),
        rows,
        first_row: number(sheet.first_row, block.top),
        first_column: number(sheet.first_column, block.left),
        merges,
        headings: Vec::new(),
    }
}
