//! A table of text cells as sheets and documents have it, with its merged cells.

use crate::decode::COLUMNS_MAX;

/// Rows that are made equally wide: a header and what stands above it lie among them.
const EVEN_ROWS: usize = 1000;
/// Cells that merged ranges may fill: a hostile file could have a million ranges over one another.
const FILLED_MAX: usize = 1 << 22;

/// A sheet, or a table in a document, as text cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Rows of cells, each up to its last filled cell; the first row of the list is row `first_row` of the sheet.
    pub rows: Vec<Vec<Option<String>>>,
    /// Number of the first row, from 1.
    pub first_row: u64,
    /// Number of the first column, from 1.
    pub first_column: u64,
    /// Merged ranges: first row, first column, last row, last column, from 0 in `rows`.
    pub merges: Vec<(usize, usize, usize, usize)>,
    /// In a document: its caption, and the lines before it, the nearest first.
    pub headings: Vec<String>,
}

/// A filled cell: row and column from 0, and what it says.
pub(super) type Filled = (u32, u32, String);

impl Sheet {
    /// A sheet of its filled cells, in any order, and merged ranges as they lie in the whole sheet.
    pub(super) fn of(
        name: String,
        mut cells: Vec<Filled>,
        merges: &[(usize, usize, usize, usize)],
    ) -> Self {
        // A sheet's rows come in order, unless a program wrote them otherwise.
        cells.sort_by_key(|(row, column, _)| (*row, *column));
        let top = cells.first().map_or(0, |(row, ..)| *row as usize);
        let left = cells
            .iter()
            .map(|(_, column, _)| *column as usize)
            .min()
            .unwrap_or_default();
        let merges = merges
            .iter()
            .filter_map(|merge| {
                Some((
                    merge.0.checked_sub(top)?,
                    merge.1.checked_sub(left)?,
                    merge.2.checked_sub(top)?,
                    merge.3.checked_sub(left)?,
                ))
            })
            .collect();
        let number = |at: usize| u64::try_from(at).unwrap_or_default() + 1;
        Self {
            name,
            rows: rows(cells, top, left),
            first_row: number(top),
            first_column: number(left),
            merges,
            headings: Vec::new(),
        }
    }

    /// Writes a merged range's value into all of its cells, for the rows before `rows`.
    pub fn fill_merges(&mut self, rows: usize) {
        let mut left_to_fill = FILLED_MAX;
        for (top, left, bottom, right) in &self.merges {
            let value = self
                .rows
                .get(*top)
                .and_then(|row| row.get(*left))
                .cloned()
                .flatten();
            let height = bottom.saturating_sub(*top) + 1;
            let width = right.saturating_sub(*left) + 1;
            for row in self.rows.iter_mut().take(rows).skip(*top).take(height) {
                for cell in row.iter_mut().skip(*left).take(width) {
                    if left_to_fill == 0 {
                        return;
                    }
                    left_to_fill -= 1;
                    cell.clone_from(&value);
                }
            }
        }
    }

    /// Filled cells.
    pub fn filled(&self) -> usize {
        self.rows.iter().flatten().flatten().count()
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
    even(&mut rows);
    rows
}

/// Makes the first rows equally wide.
pub(super) fn even(rows: &mut [Vec<Option<String>>]) {
    let first = rows.len().min(EVEN_ROWS);
    let widest = rows.iter().take(first).map(Vec::len).max();
    // A stray cell far to the right makes no thousand rows as wide: such a table is refused anyway.
    let wide = widest.unwrap_or_default().min(COLUMNS_MAX + 1);
    for row in rows.iter_mut().take(first) {
        row.resize(row.len().max(wide), None);
    }
}
