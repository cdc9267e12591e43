//! Parts of parts as pieces of bars: at most so many that they can be told apart, the rest together.

use city::board::TIME;
use measure::Cross;

/// Pieces with a colour of their own.
pub const PIECES: usize = 6;
/// Colours of pieces; the last is that of all the rest.
pub const COLORS: [&str; PIECES + 1] = [
    "#0b3c86", "#8fb1ec", "#17652c", "#8fce9d", "#8a4b00", "#efc27a", "#8a949e",
];
/// Bars drawn.
pub const BARS: usize = 24;

/// Bars of pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stacks {
    /// Columns of the table that have a colour, and how many stand together as the rest.
    pub pieces: Vec<usize>,
    /// How many others there are.
    pub rest: usize,
    /// The bars.
    pub bars: Vec<Stack>,
    /// The greatest sum.
    pub longest: f64,
}

/// One bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stack {
    /// Its row of the table.
    pub row: usize,
    /// Colour, begin and length of its pieces.
    pub pieces: Vec<(usize, f64, f64)>,
    /// What the pieces that are told add up to.
    pub sum: f64,
    /// Whether a piece is not told.
    pub is_part: bool,
}

/// The bars of a table whose rows are of a dimension. Of moments the newest are drawn, of others the first.
pub fn stacks(table: &Cross, by: &str) -> Stacks {
    let mut order: Vec<(usize, f64)> = (0..table.columns.len())
        .map(|column| {
            (
                column,
                (0..table.rows.len())
                    .filter_map(|row| table.cell(row, column).value)
                    .sum(),
            )
        })
        .collect();
    let all = order.len();
    // The greatest pieces get colours, and stand in the table's order.
    if all > PIECES + 1 {
        order.sort_by(|one, other| other.1.total_cmp(&one.1));
        order.truncate(PIECES);
        order.sort_by_key(|(column, _)| *column);
    }
    let pieces: Vec<usize> = order.iter().map(|(column, _)| *column).collect();
    let from = if by == TIME {
        table.rows.len().saturating_sub(BARS)
    } else {
        0
    };
    let bars: Vec<Stack> = (from..table.rows.len())
        .take(BARS)
        .map(|row| bar(table, row, &pieces))
        .collect();
    Stacks {
        rest: all - pieces.len(),
        longest: bars.iter().map(|bar| bar.sum).fold(0.0, f64::max),
        pieces,
        bars,
    }
}

fn bar(table: &Cross, row: usize, pieces: &[usize]) -> Stack {
    let mut stack = Stack {
        row,
        ..Stack::default()
    };
    let mut rest = 0.0;
    for column in 0..table.columns.len() {
        let cell = table.cell(row, column);
        stack.is_part |= cell.suppressed;
        // A bar cannot be shorter than nothing: what is below it stands in the table only.
        let Some(value) = cell.value.filter(|value| *value > 0.0) else {
            continue;
        };
        match pieces.iter().position(|own| *own == column) {
            Some(color) => {
                stack.pieces.push((color, stack.sum, value));
                stack.sum += value;
            }
            None => rest += value,
        }
    }
    if rest > 0.0 {
        stack.pieces.push((PIECES, stack.sum, rest));
        stack.sum += rest;
    }
    stack
}

#[cfg(test)]
mod tests {
    use measure::cross::Cell;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_follow_each_other_and_add_up(values in prop::collection::vec(prop::collection::vec(0_u16..900, 12), 1..40)) {
            let cell = |value: &u16| Cell { value: Some(f64::from(*value)), ..Cell::default() };
            let table = Cross {
                rows: values.iter().zip(0..).map(|(_, at)| Some(format!("{at}"))).collect(),
                columns: (0..12).map(|at| Some(format!("{at}"))).collect(),
                cells: values.iter().map(|row| row.iter().map(cell).collect()).collect(),
            };
            let drawn = stacks(&table, "a");
            prop_assert_eq!(drawn.pieces.len() + drawn.rest, 12);
            for bar in &drawn.bars {
                let sum: f64 = values[bar.row].iter().map(|value| f64::from(*value)).sum();
                prop_assert!((bar.sum - sum).abs() < 1e-6);
                let mut end = 0.0;
                for (color, from, length) in &bar.pieces {
                    prop_assert!(*color < COLORS.len());
                    prop_assert!((from - end).abs() < 1e-6);
                    end = from + length;
                }
            }
        }
    }
}
