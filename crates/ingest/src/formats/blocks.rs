//! The parts of a sheet that blank rows and columns keep apart.

use super::sheet::{Sheet, even};
use crate::text::trim;

/// A part of a sheet, from 0 in its rows, its last row and column included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) top: usize,
    pub(crate) left: usize,
    pub(crate) bottom: usize,
    pub(crate) right: usize,
}

/// A merged range: first row, first column, last row, last column.
type Merge = (usize, usize, usize, usize);

/// Which rows of a part of a sheet are blank. What a merged cell with a value covers is not blank.
pub(super) struct Blanks {
    first: usize,
    rows: Vec<bool>,
}

impl Blanks {
    /// Looks at the columns of `part`, of which `merges` are the merged ranges.
    pub(super) fn of(sheet: &Sheet, part: Block, merges: &[Merge]) -> Self {
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

    pub(super) fn is_blank(&self, row: usize) -> bool {
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

pub(super) fn whole(sheet: &Sheet) -> Block {
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
pub(super) fn below(sheet: &Sheet, row: usize, column: usize) -> Option<Block> {
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
