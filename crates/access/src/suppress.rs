//! Small cells of a table of counts: which of them must not be shown, and which others neither, so that nobody can
//! work them out.
//!
//! Whoever asks for a table by two columns can ask for the counts by each of them alone, and for the count of all. So
//! what is hidden is decided the same way for every question: the sum of all by itself; the counts by one column
//! against the sum of all; the cells of two columns against the counts by each of them, as far as those are shown.
//!
//! A zero is shown, so whoever sees a hidden cell knows that it counts at least one. A hidden cell cannot be worked
//! out if some other number could stand in it: one more or one less, with others that are hidden changed against it so
//! that every number that is shown stays what it is, and no hidden one falls to zero. In a table such changes go round
//! a ring of hidden cells, up and down by turns, where the total of a row or a column changes with its cells. So rings
//! are closed until every hidden cell lies on one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Which counts of a table are not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suppressed {
    /// Cells by row and column.
    pub cells: BTreeSet<(usize, usize)>,
    /// Totals of rows: what the question for the rows alone hides.
    pub rows: BTreeSet<usize>,
    /// Totals of columns: what the question for the columns alone hides.
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
    let total = net.count((net.rows, net.columns));
    let rows: Vec<u64> = (0..net.rows)
        .map(|row| net.count((row, net.columns)))
        .collect();
    let columns: Vec<u64> = (0..net.columns)
        .map(|column| net.count((net.rows, column)))
        .collect();
    let total = is_small(total, threshold);
    let rows = suppress_line(&rows, threshold);
    let columns = suppress_line(&columns, threshold);
    let mut hidden: BTreeSet<Cell> = net
        .inner()
        .filter(|(_, count)| is_small(*count, threshold))
        .map(|(cell, _)| cell)
        .collect();
    hidden.extend(rows.iter().map(|row| (*row, net.columns)));
    hidden.extend(columns.iter().map(|column| (net.rows, *column)));
    if total {
        hidden.insert((net.rows, net.columns));
    }
    // What lies on a ring stays on it, however many more are hidden: each cell is looked at once.
    let mut open: Vec<Cell> = hidden.iter().copied().rev().collect();
    while let Some(cell) = open.pop() {
        if !net.is_inner(cell) || net.ring(cell, &hidden, false).is_some() {
            continue;
        }
        let Some(ring) = net.ring(cell, &hidden, true) else {
            // No ring: nothing is left but to show none of them.
            hidden.extend(net.inner().map(|(cell, _)| cell));
            break;
        };
        open.extend(ring.into_iter().filter(|cell| hidden.insert(*cell)));
    }
    Suppressed {
        cells: hidden
            .into_iter()
            .filter(|cell| net.is_inner(*cell))
            .collect(),
        rows,
        columns,
        total,
    }
}

/// Which counts of a line must not be shown where their sum may be.
pub fn suppress_line(counts: &[u64], threshold: u64) -> BTreeSet<usize> {
    let at = |keep: &dyn Fn(u64) -> bool| {
        let all = counts.iter().enumerate();
        all.filter(|(_, count)| keep(**count))
            .map(|(at, count)| (*count, at))
            .collect::<BTreeSet<_>>()
    };
    let mut hidden = at(&|count| is_small(count, threshold));
    let varies = |hidden: &BTreeSet<(u64, usize)>| {
        hidden.len() > 1 && hidden.iter().any(|(count, _)| *count > 1)
    };
    // With one other that has something to give, each of them can be another number; a lone one needs two.
    if !hidden.is_empty() && !varies(&hidden) {
        let others = at(&|count| count > 1 && !is_small(count, threshold));
        hidden.extend(others.into_iter().next());
    }
    hidden.into_iter().map(|(_, at)| at).collect()
}

fn is_small(count: u64, threshold: u64) -> bool {
    (1..threshold).contains(&count)
}

/// The table with its totals: counts that are at least 1.
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

    fn count(&self, cell: Cell) -> u64 {
        self.counts.get(&cell).copied().unwrap_or_default()
    }

    fn is_inner(&self, cell: Cell) -> bool {
        cell.0 < self.rows && cell.1 < self.columns
    }

    /// Whether a cell is the total of a row or a column, which changes with its cells and not against them.
    fn is_total(&self, cell: Cell) -> bool {
        (cell.0 < self.rows) != (cell.1 < self.columns)
    }

    /// Counts that are no totals.
    fn inner(&self) -> impl Iterator<Item = (Cell, u64)> {
        let all = self.counts.iter().map(|(cell, count)| (*cell, *count));
        all.filter(|(cell, _)| self.is_inner(*cell))
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

    /// The cheapest ring through a cell along which counts can change: hidden cells cost nothing; others of the table
    /// what they count, where `more` may be hidden.
    fn ring(&self, cell: Cell, hidden: &BTreeSet<Cell>, more: bool) -> Option<Vec<Cell>> {
        let own = self.count(cell);
        let rings = [true, false].into_iter().filter_map(|grows| {
            if !grows && own < 2 {
                return None;
            }
            self.path(cell, |other, against| {
                let count = self.count(other);
                // Against the cell: a count falls where the cell grows, but for totals, which go the other way.
                let falls = (against == grows) != self.is_total(other);
                let price = match (hidden.contains(&other), more && self.is_inner(other)) {
                    (true, _) => 0,
                    (false, true) => count,
                    (false, false) => return None,
                };
                (count > u64::from(falls)).then_some(price)
            })
        });
        rings
            .min_by_key(|(price, _)| *price)
            .map(|(_, cells)| cells)
    }

    /// The cheapest way from a cell's row to its column that is not the cell itself. `cost` is that of a cell that may
    /// be passed, and is told whether it changes against the cell: in a row it does, in a column it changes back.
    fn path(
        &self,
        cell: Cell,
        cost: impl Fn(Cell, bool) -> Option<u64>,
    ) -> Option<(u64, Vec<Cell>)> {
        let (from, to) = (Line::Row(cell.0), Line::Column(cell.1));
        let mut came: BTreeMap<Line, (Line, Cell)> = BTreeMap::new();
        let mut best: BTreeMap<Line, (u64, usize)> = BTreeMap::from([(from, (0, 0))]);
        let mut next = BinaryHeap::from([Reverse((0_u64, 0_usize, from))]);
        while let Some(Reverse((paid, steps, line))) = next.pop() {
            if line == to {
                break;
            }
            for other in self.along(line).filter(|other| *other != cell) {
                let (reached, against) = match line {
                    Line::Row(_) => (Line::Column(other.1), true),
                    Line::Column(_) => (Line::Row(other.0), false),
                };
                let Some(price) = cost(other, against) else {
                    continue;
                };
                let offer = (paid.saturating_add(price), steps + 1);
                if best.get(&reached).is_none_or(|known| offer < *known) {
                    best.insert(reached, offer);
                    came.insert(reached, (line, other));
                    next.push(Reverse((offer.0, offer.1, reached)));
                }
            }
        }
        let price = best.get(&to)?.0;
        let mut ring = Vec::new();
        let mut line = to;
        while line != from {
            let (before, through) = came.get(&line)?;
            ring.push(*through);
            line = *before;
        }
        Some((price, ring))
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
        assert_eq!(
            told(&[&[2, 0], &[0, 90]], 5),
            "* 0|*/0 *|* [0, 1] false",
            "of two lines both are hidden"
        );
        assert_eq!(told(&[], 5), " [] false");
    }

    #[test]
    fn two_that_count_one_each_are_not_told_by_their_sum() {
        assert_eq!(suppress_line(&[1, 1, 20, 30], 5), [0, 1, 2].into());
        assert_eq!(suppress_line(&[1, 4, 20, 30], 5), [0, 1].into());
        assert_eq!(suppress_line(&[4, 20, 30], 5), [0, 1].into());
        assert_eq!(suppress_line(&[0, 20, 30], 5), [].into());
        // Each of the pair in the first row needs somebody of the row who can give one.
        assert_eq!(
            told(&[&[1, 1, 20], &[30, 40, 50], &[60, 70, 80]], 5),
            "* * *|/* * *|/60 70 80| [] false"
        );
    }

    /// Whether a hidden cell could as well be another number: every shown number stays, and none that is hidden falls
    /// to zero, since a zero would be shown.
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
                delta == 0 || (is_hidden && i64::try_from(was).unwrap() + delta >= 1)
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
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn no_hidden_cell_can_be_worked_out(
            table in prop::collection::vec(prop::collection::vec(prop_oneof![0_u64..4, 0_u64..30], 3), 1..4),
            threshold in 2_u64..7,
        ) {
            let hidden = suppress(&table, threshold);
            let cells = table.iter().flatten().filter(|count| **count > 0).count();
            for (row, counts) in table.iter().enumerate() {
                for (column, count) in counts.iter().enumerate() {
                    let is_hidden = hidden.cells.contains(&(row, column));
                    prop_assert!(is_hidden || !is_small(*count, threshold), "a small cell is shown");
                    // Where nothing is shown, how many cells there are can tell what they are.
                    let shows = hidden.cells.len() < cells;
                    prop_assert!(!is_hidden || !shows || can_differ(&table, &hidden, (row, column)));
                }
            }
        }

        #[test]
        fn no_hidden_count_of_a_line_can_be_worked_out(
            counts in prop::collection::vec(prop_oneof![0_u64..4, 0_u64..30], 1..6),
            threshold in 2_u64..7,
        ) {
            let hidden = suppress_line(&counts, threshold);
            let shows = counts.iter().enumerate().any(|(at, count)| *count > 0 && !hidden.contains(&at));
            for (at, count) in counts.iter().enumerate() {
                let is_hidden = hidden.contains(&at);
                prop_assert!(is_hidden || !is_small(*count, threshold), "a small count is shown");
                let differs = hidden.iter().any(|other| *other != at && (*count > 1 || counts[*other] > 1));
                prop_assert!(!is_hidden || !shows || differs);
            }
        }
    }
}
