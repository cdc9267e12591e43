//! 제어 라운딩: every value goes to the multiple below or above it, so that the totals do too.
//!
//! Values are edges between a node for each row total and one for each column total; a slack edge at every node
//! makes its sum a multiple of the base, and a last one does so for the grand total. Whenever an edge is no
//! multiple, its nodes have another such edge (their sums are multiples), so edges that are none lead around in
//! a circle. The graph has two sides: a circle has an even number of edges, and adding to every other edge what is
//! taken from those between changes no sum. That is done until an edge becomes a multiple, up or down by chance so
//! that no value is moved on average (Cox 1987). Each step settles an edge and none leaves its interval, so it ends, with every
//! value, every row total, every column total and the grand total at a multiple of the base right below or above
//! where it was. All of it is whole numbers: no total is off by how a machine holds it.

use std::collections::HashMap;

use city::recipe::RoundControlled;

use super::super::decimal::Decimal;
use super::super::failed::Unfit;
use super::super::random::Stream;
use super::round::{base, is_drawn, told};
use super::total::numbers;
use super::{Columns, Misfit, Whole};

/// Rounds a column so that totals hold.
pub(super) struct Controlled<'t> {
    rule: &'t RoundControlled,
    to: Decimal,
    stream: Stream,
}

impl<'t> Controlled<'t> {
    pub(super) fn new(rule: &'t RoundControlled, stream: Stream) -> Result<Self, Unfit> {
        Ok(Self {
            rule,
            to: base(rule.to)?,
            stream,
        })
    }
}

impl Columns for Controlled<'_> {
    fn replace(&mut self, column: &mut Whole<'_>) -> Result<(), Vec<Misfit>> {
        let places: Vec<usize> = column.groups(None).into_iter().flatten().collect();
        let found = numbers(column, &places)?;
        let finest = found.iter().map(|number| number.digits()).max();
        let digits = finest.unwrap_or_default().max(self.to.digits());
        let base = self.to.units_at(digits);
        let mut rows = Names::new(column, self.rule.rows.as_deref());
        let mut columns = Names::new(column, self.rule.columns.as_deref());
        let cells = places
            .iter()
            .zip(&found)
            .map(|(at, number)| Cell {
                row: rows.of(*at),
                column: columns.of(*at),
                units: number.units_at(digits),
            })
            .collect::<Vec<_>>();
        let rounded = rounded(&cells, base, &mut self.stream);
        for (at, units) in places.iter().zip(rounded) {
            column.set(*at, told(units, digits, self.to));
        }
        Ok(())
    }
}

/// Numbers for the values of another column.
struct Names {
    of_row: Vec<usize>,
}

impl Names {
    fn new(column: &Whole<'_>, by: Option<&str>) -> Self {
        let Some(other) = by.and_then(|name| column.others.get(name)) else {
            return Self { of_row: Vec::new() };
        };
        let mut known: HashMap<&str, usize> = HashMap::new();
        let of_row = other.iter().map(|value| {
            let next = known.len();
            *known.entry(value).or_insert(next)
        });
        Self {
            of_row: of_row.collect(),
        }
    }

    fn of(&mut self, row: usize) -> usize {
        self.of_row.get(row).copied().unwrap_or_default()
    }
}

/// A value of the table.
#[derive(Clone, Copy, Debug)]
struct Cell {
    row: usize,
    column: usize,
    units: i128,
}

/// An edge of the graph: how far above a multiple it is.
#[derive(Clone, Copy, Debug)]
struct Edge {
    left: usize,
    right: usize,
    rest: i128,
}

/// The cells as multiples of `base`.
fn rounded(cells: &[Cell], base: i128, stream: &mut Stream) -> Vec<i128> {
    let rows = cells.iter().map(|cell| cell.row + 1).max().unwrap_or(0);
    let columns = cells.iter().map(|cell| cell.column + 1).max().unwrap_or(0);
    let (mut of_row, mut of_column, mut total) = (vec![0; rows], vec![0; columns], 0);
    let mut edges = Vec::with_capacity(cells.len() + rows + columns + 1);
    for cell in cells {
        let rest = cell.units.rem_euclid(base);
        let add = |sum: &mut i128| *sum = (*sum + rest) % base;
        of_row.get_mut(cell.row).map(add);
        of_column.get_mut(cell.column).map(add);
        total = (total + rest) % base;
        edges.push(Edge {
            left: cell.row,
            right: cell.column,
            rest,
        });
    }
    // The slack of rows goes to a column of its own, that of columns to a row of its own.
    edges.extend(of_row.iter().enumerate().map(|(left, sum)| Edge {
        left,
        right: columns,
        rest: (base - sum) % base,
    }));
    edges.extend(of_column.iter().enumerate().map(|(right, sum)| Edge {
        left: rows,
        right,
        rest: (base - sum) % base,
    }));
    edges.push(Edge {
        left: rows,
        right: columns,
        rest: total,
    });
    let mut graph = Graph::new(edges, rows + 1, base);
    graph.settle(stream);
    let of_cells = graph.edges.iter().zip(cells);
    of_cells
        .map(|(edge, cell)| cell.units.div_euclid(base) * base + edge.rest)
        .collect()
}

/// Edges between two sides of nodes, and those at each node that are no multiple yet.
struct Graph {
    edges: Vec<Edge>,
    /// Nodes on the left; those on the right follow them.
    lefts: usize,
    base: i128,
    open: Vec<Vec<usize>>,
}

impl Graph {
    fn new(edges: Vec<Edge>, lefts: usize, base: i128) -> Self {
        let nodes = edges.iter().map(|edge| lefts + edge.right + 1).max();
        let mut open = vec![Vec::new(); nodes.unwrap_or_default().max(lefts)];
        for (at, edge) in edges.iter().enumerate() {
            if edge.rest != 0 {
                for node in [edge.left, lefts + edge.right] {
                    if let Some(list) = open.get_mut(node) {
                        list.push(at);
                    }
                }
            }
        }
        Self {
            edges,
            lefts,
            base,
            open,
        }
    }

    fn is_open(&self, edge: usize) -> bool {
        self.edges
            .get(edge)
            .is_some_and(|edge| edge.rest != 0 && edge.rest != self.base)
    }

    /// The node at the other end.
    fn across(&self, edge: usize, node: usize) -> usize {
        self.edges.get(edge).map_or(node, |edge| {
            if edge.left == node {
                self.lefts + edge.right
            } else {
                edge.left
            }
        })
    }

    /// An open edge at a node, other than `not`.
    fn next(&mut self, node: usize, not: Option<usize>) -> Option<usize> {
        let mut at = self.open.get(node)?.len();
        while let Some(before) = at.checked_sub(1) {
            at = before;
            let edge = self.open.get(node)?.get(at).copied()?;
            if !self.is_open(edge) {
                // Settled meanwhile: looked at once more and never again.
                self.open.get_mut(node)?.swap_remove(at);
            } else if Some(edge) != not {
                return Some(edge);
            }
        }
        None
    }

    /// Walks along open edges until a node comes again, turns the circle, and goes on from there.
    fn settle(&mut self, stream: &mut Stream) {
        let mut seen: HashMap<usize, usize> = HashMap::new();
        for start in 0..self.open.len() {
            let (mut path, mut node): (Vec<usize>, usize) = (Vec::new(), start);
            seen.clear();
            seen.insert(start, 0);
            while let Some(edge) = self.next(node, path.last().copied()) {
                path.push(edge);
                node = self.across(edge, node);
                let Some(from) = seen.get(&node).copied() else {
                    seen.insert(node, path.len());
                    continue;
                };
                self.turn(path.get(from..).unwrap_or_default(), stream);
                // The circle is broken: the way to it stays.
                let mut at = node;
                for edge in path.split_off(from).into_iter().rev() {
                    at = self.across(edge, at);
                    if at != node {
                        seen.remove(&at);
                    }
                }
            }
        }
    }

    /// Moves a circle of edges up and down in turn until one is a multiple.
    fn turn(&mut self, circle: &[usize], stream: &mut Stream) {
        let (mut up, mut down) = (self.base, self.base);
        for (at, edge) in circle.iter().enumerate() {
            let rest = self.edges.get(*edge).map_or(0, |edge| edge.rest);
            let (rise, fall) = (self.base - rest, rest);
            let (with, against) = if at % 2 == 0 {
                (rise, fall)
            } else {
                (fall, rise)
            };
            (up, down) = (up.min(with), down.min(against));
        }
        // As likely as the other way is far: no edge moves on average.
        let step = if is_drawn(stream, down, up + down) {
            up
        } else {
            -down
        };
        for (at, edge) in circle.iter().enumerate() {
            if let Some(edge) = self.edges.get_mut(*edge) {
                edge.rest += if at % 2 == 0 { step } else { -step };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::testing::column;
    use super::*;

    fn near(total: i128, rounded: i128, base: i128) -> bool {
        rounded % base == 0 && (rounded - total).abs() < base
    }

    proptest! {
        #[test]
        fn every_value_and_every_total_is_a_multiple_right_beside(
            cells in prop::collection::vec((0_usize..6, 0_usize..5, -40_i128..400), 0..60),
            base in 1_i128..30,
            seed: u8,
        ) {
            let cells: Vec<Cell> = cells.into_iter().map(|(row, column, units)| Cell { row, column, units }).collect();
            let found = rounded(&cells, base, &mut Stream::new(&[seed; 32]));
            prop_assert_eq!(found.len(), cells.len());
            let mut sums: BTreeMap<(u8, usize), (i128, i128)> = BTreeMap::new();
            for (cell, rounded) in cells.iter().zip(&found) {
                prop_assert!(near(cell.units, *rounded, base), "{:?} {}", cell, rounded);
                for key in [(0, cell.row), (1, cell.column), (2, 0)] {
                    let sum = sums.entry(key).or_default();
                    *sum = (sum.0 + cell.units, sum.1 + rounded);
                }
            }
            for (key, (total, rounded)) in sums {
                prop_assert!(near(total, rounded, base), "{:?}: {} {}", key, total, rounded);
            }
        }
    }

    #[test]
    fn a_large_table_is_settled_soon() {
        let cells: Vec<Cell> = (0..200_000)
            .map(|at| Cell {
                row: at % 1_000,
                column: at / 1_000,
                units: i128::try_from(at * 7919 % 997).unwrap(),
            })
            .collect();
        let found = rounded(&cells, 10, &mut Stream::new(&[1; 32]));
        let sum = |units: &mut dyn Iterator<Item = i128>| units.sum::<i128>();
        let before = sum(&mut cells.iter().map(|cell| cell.units));
        assert!(near(before, sum(&mut found.into_iter()), 10));
    }

    #[test]
    fn no_value_moves_on_average() {
        let cells: Vec<Cell> = [(0, 0, 3), (0, 1, 4), (1, 0, 9), (1, 1, 1)]
            .map(|(row, column, units)| Cell { row, column, units })
            .to_vec();
        let mut stream = Stream::new(&[4; 32]);
        let mut sums = [0_i128; 4];
        for _ in 0..4_000 {
            for (sum, value) in sums.iter_mut().zip(rounded(&cells, 10, &mut stream)) {
                *sum += value;
            }
        }
        for (sum, cell) in sums.iter().zip(&cells) {
            let off = (*sum - cell.units * 4_000).abs();
            // Seven standard deviations of a sum of 4,000 draws of 0 or 10.
            assert!(off < 7 * 5 * 64, "{sums:?}");
        }
    }

    #[test]
    fn totals_of_two_columns_hold_in_a_table() {
        let rule = RoundControlled {
            to: 5.0,
            rows: Some("dong".into()),
            columns: Some("year".into()),
        };
        let mut technique = Controlled::new(&rule, Stream::new(&[3; 32])).unwrap();
        let others: &[(&str, &[&str])] = &[
            ("dong", &["가", "가", "나", "나", "나"]),
            ("year", &["2025", "2026", "2025", "2026", "2026"]),
        ];
        let values = ["12", "8", "4", "", "11.5"];
        let found = column(&mut technique, &values, others).unwrap().0;
        let number = |at: usize| found[at].parse::<i32>().unwrap();
        assert_eq!(
            number(0) + number(1),
            20,
            "the total of 가 was a multiple already"
        );
        assert_eq!(found[3], "");
        assert!([15, 20].contains(&(number(2) + number(4))));
    }
}
