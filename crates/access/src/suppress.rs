//! Small cells of a table of counts with its totals: which of them must not be shown, and which others neither, so
//! that nobody can work them out.
//!
//! A table and its totals are one net: each cell joins its row to its column, each total joins a row (or a column) to
//! the sum of all. Of the cells that are not shown, one can be worked out exactly if it lies on no ring of others that
//! are not shown; on a ring of cells that are at least 1, each can be one more or one less while every total that is
//! shown stays what it is. So rings are closed until every hidden cell lies on one. A ring always exists: a cell, the
//! total of its row, the sum of all and the total of its column make one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Which counts of a table are not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suppressed {
    /// Cells by row and column.
    pub cells: BTreeSet<(usize, usize)>,
    /// Totals of rows.
    pub rows: BTreeSet<usize>,
    /// Totals of columns.
    pub columns: BTreeSet<usize>,
    /// The sum of all.
    pub total: bool,
}

/// A cell of the table with its totals: a row and a column, where one past the last is that of the totals.
type Cell = (usize, usize);

/// Which counts of a table must not be shown where those from 1 to below `threshold` are small: they themselves, and
/// as few others as is easily found. Rows that are shorter than others end in zeros.
pub fn suppress(table: &[Vec<u64>], threshold: u64) -> Suppressed {
    let net = Net::of(table);
    let mut hidden: BTreeSet<Cell> = net
        .counts
        .iter()
        .filter(|(_, count)| (1..threshold).contains(*count))
        .map(|(cell, _)| *cell)
        .collect();
    while let Some(open) = hidden
        .iter()
        .copied()
        .find(|cell| !net.is_on_ring(*cell, &hidden))
    {
        let ring = net.ring(open, &hidden);
        let before = hidden.len();
        hidden.extend(ring);
        if hidden.len() == before {
            // No ring: nothing is left but to show nothing.
            hidden.extend(net.counts.keys());
            break;
        }
    }
    let mut suppressed = Suppressed::default();
    for (row, column) in hidden {
        match (row < net.rows, column < net.columns) {
            (true, true) => _ = suppressed.cells.insert((row, column)),
            (true, false) => _ = suppressed.rows.insert(row),
            (false, true) => _ = suppressed.columns.insert(column),
            (false, false) => suppressed.total = true,
        }
    }
    suppressed
}

/// The table with its totals: counts that are at least 1. Nobody needs to be kept from working out a zero.
struct Net {
    rows: usize,
    columns: usize,
    counts: BTreeMap<Cell, u64>,
}

/// A row or a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Row(usize),
    Column(usize),
}

impl Net {
    fn of(table: &[Vec<u64>]) -> Self {
        let rows = table.len();
        let columns = table.iter().map(Vec::len).max().unwrap_or_default();
        let mut counts: BTreeMap<Cell, u64> = BTreeMap::new();
        for (row, counted) in table.iter().enumerate() {
            for (column, count) in counted.iter().enumerate().filter(|(_, count)| **count > 0) {
                for cell in [
                    (row, column),
                    (row, columns),
                    (rows, column),
                    (rows, columns),
                ] {
                    let sum = counts.entry(cell).or_default();
                    *sum = sum.saturating_add(*count);
                }
            }
        }
        Self {
            rows,
            columns,
            counts,
        }
    }

    /// The cells of a line.
    fn along(&self, line: Line) -> impl Iterator<Item = Cell> {
        let end = match line {
            Line::Row(_) => self.columns,
            Line::Column(_) => self.rows,
        };
        (0..=end).map(move |at| match line {
            Line::Row(row) => (row, at),
            Line::Column(column) => (at, column),
        })
    }

    fn is_on_ring(&self, cell: Cell, hidden: &BTreeSet<Cell>) -> bool {
        self.path(cell, |other| hidden.contains(&other).then_some(0))
            .is_some()
    }

    /// The cheapest ring through a cell: hidden cells cost nothing, others what they count.
    fn ring(&self, cell: Cell, hidden: &BTreeSet<Cell>) -> Vec<Cell> {
        let cost = |other: Cell| {
            let count = self.counts.get(&other)?;
            Some(if hidden.contains(&other) { 0 } else { *count })
        };
        self.path(cell, cost).unwrap_or_default()
    }

    /// The cheapest way from a cell's row to its column that is not the cell itself. `cost` is that of a cell that may
    /// be passed.
    fn path(&self, cell: Cell, cost: impl Fn(Cell) -> Option<u64>) -> Option<Vec<Cell>> {
        let (from, to) = (Line::Row(cell.0), Line::Column(cell.1));
        let mut came: BTreeMap<Line, (Line, Cell)> = BTreeMap::new();
        let mut best: BTreeMap<Line, (u64, usize)> = BTreeMap::from([(from, (0, 0))]);
        let mut next = BinaryHeap::from([Reverse((0_u64, 0_usize, from))]);
        while let Some(Reverse((paid, steps, line))) = next.pop() {
            if line == to {
                break;
            }
            for other in self.along(line).filter(|other| *other != cell) {
                let Some(price) = cost(other) else {
                    continue;
                };
                let reached = match line {
                    Line::Row(_) => Line::Column(other.1),
                    Line::Column(_) => Line::Row(other.0),
                };
                let offer = (paid.saturating_add(price), steps + 1);
                if best.get(&reached).is_none_or(|known| offer < *known) {
                    best.insert(reached, offer);
                    came.insert(reached, (line, other));
                    next.push(Reverse((offer.0, offer.1, reached)));
                }
            }
        }
        let mut ring = Vec::new();
        let mut line = to;
        while line != from {
            let (before, through) = came.get(&line)?;
            ring.push(*through);
            line = *before;
        }
        Some(ring)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(table: &[&[u64]], threshold: u64) -> String {
        let table: Vec<Vec<u64>> = table.iter().map(|row| row.to_vec()).collect();
        let hidden = suppress(&table, threshold);
        let mut rows: Vec<String> = Vec::new();
        for (row, counts) in table.iter().enumerate() {
            let cells = counts.iter().enumerate().map(|(column, count)| {
                if hidden.cells.contains(&(row, column)) {
                    "*".to_owned()
                } else {
                    count.to_string()
                }
            });
            let mark = if hidden.rows.contains(&row) {
                "|*"
            } else {
                "|"
            };
            rows.push(cells.collect::<Vec<_>>().join(" ") + mark);
        }
        let columns: Vec<usize> = hidden.columns.iter().copied().collect();
        format!("{} {columns:?} {}", rows.join("/"), hidden.total)
    }

    #[test]
    fn small_cells_take_the_smallest_others_with_them() {
        assert_eq!(told(&[&[20, 30], &[40, 50]], 5), "20 30|/40 50| [] false");
        assert_eq!(told(&[&[3, 30], &[40, 50]], 5), "* *|/* *| [] false");
        assert_eq!(
            told(&[&[3, 30, 9], &[40, 50, 60], &[7, 80, 90]], 5),
            "* 30 *|/40 50 60|/* 80 *| [] false"
        );
        assert_eq!(
            told(&[&[0, 30], &[40, 50]], 5),
            "0 30|/40 50| [] false",
            "a zero is shown"
        );
        assert_eq!(told(&[&[2]], 5), "*|* [0] true", "one cell is all there is");
        assert_eq!(told(&[&[2, 0], &[0, 90]], 5), "* 0|*/0 90| [0] true");
        assert_eq!(told(&[], 5), " [] false");
    }

    /// Whether a hidden cell could as well be another number: every shown number stays, and no count falls below zero.
    fn can_differ(table: &[Vec<u64>], hidden: &Suppressed, cell: (usize, usize)) -> bool {
        let cells: Vec<(usize, usize)> = hidden.cells.iter().copied().collect();
        let columns = table[0].len();
        let total = |of: &mut dyn Iterator<Item = u64>| of.sum::<u64>();
        (0..3_u32.pow(u32::try_from(cells.len()).unwrap())).any(|mut code| {
            let mut change = vec![vec![0_i64; columns]; table.len()];
            for (row, column) in &cells {
                change[*row][*column] = i64::from(code % 3) - 1;
                code /= 3;
            }
            let fits = |delta: i64, was: u64, is_hidden: bool| {
                (is_hidden || delta == 0) && i64::try_from(was).unwrap() + delta >= 0
            };
            let rows_fit = table.iter().enumerate().all(|(row, counts)| {
                let delta = change[row].iter().sum();
                counts
                    .iter()
                    .zip(&change[row])
                    .all(|(was, delta)| fits(*delta, *was, true))
                    && fits(
                        delta,
                        total(&mut counts.iter().copied()),
                        hidden.rows.contains(&row),
                    )
            });
            let columns_fit = (0..columns).all(|column| {
                let delta = change.iter().map(|row| row[column]).sum();
                let was = total(&mut table.iter().map(|row| row[column]));
                fits(delta, was, hidden.columns.contains(&column))
            });
            let delta = change.iter().flatten().sum();
            let was = total(&mut table.iter().flatten().copied());
            change[cell.0][cell.1] != 0 && rows_fit && columns_fit && fits(delta, was, hidden.total)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_hidden_cell_can_be_worked_out(
            table in prop::collection::vec(prop::collection::vec(prop_oneof![0_u64..4, 0_u64..30], 3), 1..4),
            threshold in 2_u64..7,
        ) {
            let hidden = suppress(&table, threshold);
            for (row, counts) in table.iter().enumerate() {
                for (column, count) in counts.iter().enumerate() {
                    let is_hidden = hidden.cells.contains(&(row, column));
                    prop_assert!(is_hidden || !(1..threshold).contains(count), "a small cell is shown");
                    prop_assert!(!is_hidden || can_differ(&table, &hidden, (row, column)));
                }
            }
        }
    }
}
