//! A written table of counts, as somebody reads it who wants to know what is not shown.
//!
//! Every total is an equation between counts. What is not shown is an unknown that is at least 1, for a zero is always
//! shown. An unknown is told when the equations leave it one value: by linear algebra, exactly, or because of how small
//! it can be. The table is complete: each pair of groups has a row, and groups have their totals.

use std::collections::BTreeMap;

use city::{GateCheck, GateWhat};

use super::check;

/// The sign for a count that is not shown.
pub const HIDDEN: &str = "*";
/// More equations, or more unknowns in them, are not worked out, and the table does not leave.
const EQUATIONS_MAX: usize = 400;
const UNKNOWNS_MAX: usize = 5_000;
/// No count is greater; so many of them add up to a number still.
const COUNT_MAX: i64 = 1 << 47;
/// Rounds in which what is known of one unknown narrows others.
const ROUNDS: usize = 200;

/// What a table of counts looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Columns of groups: one or two, the first of the file. The count is behind them.
    pub by: usize,
    /// Columns of sums behind the count.
    pub sums: usize,
    /// Counts from 1 to below this are small.
    pub threshold: u64,
    /// The word that stands for all groups.
    pub total: String,
}

/// A count as it stands in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Count(i64),
    Hidden,
}

/// A table of counts that is being read.
#[derive(Debug)]
pub struct Grid {
    counted: Counted,
    rows: BTreeMap<String, usize>,
    columns: BTreeMap<String, usize>,
    cells: BTreeMap<(usize, usize), Shown>,
    /// What is wrong with its form: in Korean and in English.
    odd: Option<(String, String)>,
    line: u64,
}

/// Place of the totals: behind every group.
const ALL: usize = usize::MAX;

impl Grid {
    /// An empty one.
    pub fn new(counted: &Counted) -> Self {
        Self {
            counted: counted.clone(),
            rows: BTreeMap::new(),
            columns: BTreeMap::new(),
            cells: BTreeMap::new(),
            odd: None,
            line: 0,
        }
    }

    fn is_odd(&mut self, ko: &str, en: &str) {
        let line = self.line;
        self.odd
            .get_or_insert_with(|| (format!("{line}번째 행: {ko}"), format!("row {line}: {en}")));
    }

    /// Takes a row of the file.
    pub fn take(&mut self, row: &[String]) {
        self.line += 1;
        let (by, sums) = (self.counted.by, self.counted.sums);
        let Some((groups, numbers)) = row.split_at_checked(by) else {
            return self.is_odd("칸이 모자랍니다", "too few cells");
        };
        let Some((count, added)) = numbers
            .split_first()
            .filter(|(_, added)| added.len() == sums)
        else {
            return self.is_odd("칸의 수가 다릅니다", "another number of cells");
        };
        let shown = match (count.as_str(), count.parse::<i64>()) {
            (HIDDEN, _) => Shown::Hidden,
            (_, Ok(count)) if count >= 0 => Shown::Count(count),
            _ => return self.is_odd("건수가 수가 아닙니다", "the count is no number"),
        };
        if let Shown::Count(count) = shown
            && count > 0
            && u64::try_from(count).unwrap_or_default() < self.counted.threshold
        {
            self.is_odd("작은 건수가 그대로 보입니다", "a small count is shown");
        }
        // What a count hides its sums would tell.
        let is_hidden = shown == Shown::Hidden;
        if added.iter().any(|sum| (sum == HIDDEN) != is_hidden) {
            self.is_odd(
                "건수와 합계 가운데 하나만 가려져 있습니다",
                "of a count and its sums only one is hidden",
            );
        }
        let at = |groups: &mut BTreeMap<String, usize>, word: Option<&String>, total: &str| {
            let word = word.map_or("", String::as_str);
            if word == total {
                return ALL;
            }
            let next = groups.len();
            *groups.entry(word.to_owned()).or_insert(next)
        };
        let total = self.counted.total.clone();
        let place = (
            at(&mut self.rows, groups.first(), &total),
            at(&mut self.columns, groups.get(1), &total),
        );
        if self.cells.insert(place, shown).is_some() {
            self.is_odd("같은 묶음이 두 번 나옵니다", "a group stands twice");
        }
    }

    /// The equations: the places that add up, and the place of their total.
    fn equations(&self) -> Vec<Vec<((usize, usize), i64)>> {
        let rows: Vec<usize> = (0..self.rows.len()).chain([ALL]).collect();
        let is_flat = self.counted.by == 1;
        let columns: Vec<usize> = if is_flat {
            vec![0]
        } else {
            (0..self.columns.len()).chain([ALL]).collect()
        };
        let sign = |at: usize| if at == ALL { -1 } else { 1 };
        let mut equations = Vec::new();
        for &column in &columns {
            let terms = rows.iter().map(|&row| ((row, column), sign(row)));
            equations.push(terms.collect());
        }
        if !is_flat {
            for &row in &rows {
                let terms = columns.iter().map(|&column| ((row, column), sign(column)));
                equations.push(terms.collect());
            }
        }
        equations
    }

    /// Whether nothing small is shown, and nothing hidden can be worked out.
    pub fn check(mut self) -> GateCheck {
        let hidden: Vec<(usize, usize)> = self
            .cells
            .iter()
            .filter(|(_, shown)| **shown == Shown::Hidden)
            .map(|(place, _)| *place)
            .collect();
        let equations = self.equations();
        let system = System::of(&equations, &self.cells, &hidden);
        match system {
            None => self.is_odd(
                "묶음이 빠졌거나 합계가 맞지 않습니다",
                "a group is missing, or a total does not add up",
            ),
            Some(system) if system.is_too_large() => self.is_odd(
                "묶음이 너무 많아 가린 값을 셈해 볼 수 없습니다. 묶음을 줄이십시오",
                "there are too many groups to work out what is hidden; count by fewer",
            ),
            Some(system) => {
                if let Some(told) = system.told() {
                    self.line = 0;
                    let count = told.to_string();
                    self.odd.get_or_insert_with(|| {
                        (
                            format!("가린 건수 {count}개를 합계에서 셈해 낼 수 있습니다"),
                            format!("{count} hidden counts can be worked out from the totals"),
                        )
                    });
                }
            }
        }
        let threshold = self.counted.threshold;
        match self.odd {
            Some((ko, en)) => check(GateWhat::Suppression, false, ko, en),
            None => check(
                GateWhat::Suppression,
                true,
                format!(
                    "{threshold}건보다 작은 건수는 없거나 가려져 있고, 가린 건수 {}개는 합계에서 셈해 낼 수 없습니다.",
                    hidden.len()
                ),
                format!(
                    "no count below {threshold} is shown, and none of the {} hidden ones can be worked out from totals",
                    hidden.len()
                ),
            ),
        }
    }
}

/// Equations over what is hidden: each a row of coefficients, and what they add up to.
#[derive(Debug)]
struct System {
    rows: Vec<(Vec<i64>, i64)>,
    unknowns: usize,
}

impl System {
    /// Nothing where a place is missing, or an equation without unknowns is wrong.
    fn of(
        equations: &[Vec<((usize, usize), i64)>],
        cells: &BTreeMap<(usize, usize), Shown>,
        hidden: &[(usize, usize)],
    ) -> Option<Self> {
        let unknowns = hidden.len();
        let places: BTreeMap<&(usize, usize), usize> = hidden.iter().zip(0..).collect();
        let mut rows = Vec::new();
        for equation in equations {
            let (mut row, mut sum) = (BTreeMap::new(), 0_i64);
            for (place, sign) in equation {
                match cells.get(place)? {
                    Shown::Count(count) => sum -= sign * count,
                    Shown::Hidden => _ = row.insert(*places.get(place)?, *sign),
                }
            }
            if row.is_empty() {
                if sum != 0 {
                    return None;
                }
            } else if unknowns <= UNKNOWNS_MAX {
                let at = |at: usize| row.get(&at).copied().unwrap_or_default();
                rows.push(((0..unknowns).map(at).collect(), sum));
            }
        }
        Some(Self { rows, unknowns })
    }

    fn is_too_large(&self) -> bool {
        self.unknowns > UNKNOWNS_MAX || self.rows.len() > EQUATIONS_MAX
    }

    /// How many unknowns have one value only, if any has.
    fn told(&self) -> Option<usize> {
        let exact = self.solved();
        let narrow = self.narrowed();
        let told = exact
            .iter()
            .zip(&narrow)
            .filter(|(one, other)| **one || **other);
        Some(told.count()).filter(|count| *count > 0)
    }

    /// Unknowns that linear algebra gives: those that stand alone once the equations are solved. Coefficients stay -1, 0
    /// and 1, as they do in tables with totals, so that nothing is rounded.
    fn solved(&self) -> Vec<bool> {
        let mut rows: Vec<Vec<i64>> = self.rows.iter().map(|(row, _)| row.clone()).collect();
        let mut top = 0;
        for column in 0..self.unknowns {
            let coefficient = |row: &[i64]| row.get(column).copied().unwrap_or_default();
            let found =
                (top..rows.len()).find(|at| rows.get(*at).is_some_and(|row| coefficient(row) != 0));
            let Some(found) = found else {
                continue;
            };
            rows.swap(top, found);
            let Some(mut pivot) = rows.get(top).cloned() else {
                continue;
            };
            if coefficient(&pivot) < 0 {
                for value in &mut pivot {
                    *value = -*value;
                }
            }
            for (at, row) in rows.iter_mut().enumerate() {
                let factor = coefficient(row);
                if at == top {
                    row.clone_from(&pivot);
                } else if factor != 0 {
                    let pairs = row.iter_mut().zip(&pivot);
                    pairs.for_each(|(value, own)| *value -= factor * own);
                }
            }
            top += 1;
        }
        let mut told = vec![false; self.unknowns];
        for row in rows {
            let mut stand = row.iter().enumerate().filter(|(_, value)| **value != 0);
            if let (Some((at, _)), None) = (stand.next(), stand.next())
                && let Some(told) = told.get_mut(at)
            {
                *told = true;
            }
        }
        told
    }

    /// Unknowns that have one value left because every one of them is at least 1.
    fn narrowed(&self) -> Vec<bool> {
        let mut bounds: Vec<(i64, i64)> = vec![(1, COUNT_MAX); self.unknowns];
        for _ in 0..ROUNDS {
            let before = bounds.clone();
            for (row, sum) in &self.rows {
                narrow(row, *sum, &mut bounds);
            }
            if bounds == before {
                break;
            }
        }
        bounds.iter().map(|(low, high)| low == high).collect()
    }
}

/// What one equation says of each of its unknowns, given what is known of the others.
fn narrow(row: &[i64], sum: i64, bounds: &mut [(i64, i64)]) {
    let ends = |sign: i64, (low, high): (i64, i64)| {
        if sign > 0 { (low, high) } else { (-high, -low) }
    };
    let (mut low, mut high) = (0_i64, 0_i64);
    for (sign, bound) in row
        .iter()
        .zip(bounds.iter())
        .filter(|(sign, _)| **sign != 0)
    {
        let (from, to) = ends(*sign, *bound);
        (low, high) = (low.saturating_add(from), high.saturating_add(to));
    }
    for (sign, bound) in row
        .iter()
        .zip(bounds.iter_mut())
        .filter(|(sign, _)| **sign != 0)
    {
        let (from, to) = ends(*sign, *bound);
        let least = sum.saturating_sub(high.saturating_sub(to));
        let most = sum.saturating_sub(low.saturating_sub(from));
        let (least, most) = ends(*sign, (least, most));
        *bound = (bound.0.max(least), bound.1.min(most));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted() -> Counted {
        Counted {
            by: 2,
            sums: 0,
            threshold: 5,
            total: "합계".to_owned(),
        }
    }

    /// A written table: rows of cells, the last row and column being totals.
    fn holds(table: &[&[&str]]) -> bool {
        let mut grid = Grid::new(&counted());
        let group = |at: usize, last: usize| {
            if at == last {
                "합계".to_owned()
            } else {
                format!("g{at}")
            }
        };
        for (row, cells) in table.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (group(row, table.len() - 1), group(column, cells.len() - 1));
                grid.take(&[row, column, (*cell).to_owned()]);
            }
        }
        grid.check().holds
    }

    #[test]
    fn what_totals_tell_is_told() {
        assert!(holds(&[
            &["20", "30", "50"],
            &["40", "50", "90"],
            &["60", "80", "140"]
        ]));
        assert!(!holds(&[
            &["*", "30", "33"],
            &["40", "50", "90"],
            &["43", "80", "123"]
        ]));
        assert!(
            !holds(&[&["*", "*", "33"], &["40", "50", "90"], &["43", "80", "123"]]),
            "by columns"
        );
        assert!(holds(&[
            &["*", "*", "33"],
            &["*", "*", "90"],
            &["43", "80", "123"]
        ]));
        assert!(
            !holds(&[
                &["3", "30", "33"],
                &["40", "50", "90"],
                &["43", "80", "123"]
            ]),
            "small"
        );
        assert!(
            !holds(&[
                &["20", "30", "50"],
                &["40", "50", "90"],
                &["60", "80", "141"]
            ]),
            "sums"
        );
        assert!(
            !holds(&[&["*", "*", "2"], &["*", "*", "90"], &["41", "51", "92"]]),
            "two ones, as 2 is shown"
        );
    }

    #[test]
    fn hidden_counts_that_can_only_be_ones_are_told() {
        // The first row's two are hidden and its total of 2 is, too; the other totals tell that.
        let table: &[&[&str]] = &[&["*", "*", "*"], &["*", "*", "90"], &["41", "51", "92"]];
        assert!(!holds(table));
    }

    #[test]
    fn a_missing_group_is_told() {
        let mut grid = Grid::new(&counted());
        for (row, column, count) in [("a", "x", "9"), ("a", "합계", "9"), ("합계", "합계", "9")]
        {
            grid.take(&[row.to_owned(), column.to_owned(), count.to_owned()]);
        }
        assert!(!grid.check().holds);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        /// Against every way to fill what is hidden with small numbers: the gate never passes what is told.
        #[test]
        fn nothing_that_has_one_value_passes(
            counts in prop::collection::vec(prop::collection::vec(0_i64..9, 3), 3),
            mask in prop::collection::vec(any::<bool>(), 9),
        ) {
            let mut cells = BTreeMap::new();
            let (mut grid, names) = (Grid::new(&counted()), ["a", "b", "c"]);
            let put = |grid: &mut Grid, row: &str, column: &str, count: i64, hide: bool| {
                let shown = if hide { HIDDEN.to_owned() } else { count.to_string() };
                grid.take(&[row.to_owned(), column.to_owned(), shown]);
            };
            for (r, row) in counts.iter().enumerate() {
                for (c, count) in row.iter().enumerate() {
                    let hide = *count > 0 && (*count < 5 || mask[r * 3 + c]);
                    cells.insert((r, c), (*count, hide));
                    put(&mut grid, names[r], names[c], *count, hide);
                }
            }
            let small = |total: i64| (1..5).contains(&total);
            for r in 0..3 {
                let total: i64 = counts[r].iter().sum();
                prop_assume!(!small(total));
                put(&mut grid, names[r], "합계", total, false);
                let total: i64 = counts.iter().map(|row| row[r]).sum();
                prop_assume!(!small(total));
                put(&mut grid, "합계", names[r], total, false);
            }
            put(&mut grid, "합계", "합계", counts.iter().flatten().sum(), false);
            let hidden: Vec<(usize, usize)> = cells.iter().filter(|(_, (_, hide))| *hide).map(|(at, _)| *at).collect();
            prop_assume!(hidden.len() <= 6);
            if grid.check().holds {
                // Each hidden one has another value in some filling that keeps every total.
                let mut seen: Vec<std::collections::BTreeSet<i64>> = vec![Default::default(); hidden.len()];
                let most = 15_i64;
                let mut fill = vec![1_i64; hidden.len()];
                'all: loop {
                    let value = |r: usize, c: usize| hidden.iter().position(|at| *at == (r, c)).map_or(counts[r][c], |at| fill[at]);
                    let fits = (0..3).all(|k| {
                        (0..3).map(|c| value(k, c)).sum::<i64>() == counts[k].iter().sum::<i64>()
                            && (0..3).map(|r| value(r, k)).sum::<i64>() == counts.iter().map(|row| row[k]).sum::<i64>()
                    });
                    if fits {
                        seen.iter_mut().zip(&fill).for_each(|(seen, value)| _ = seen.insert(*value));
                    }
                    let mut at = 0;
                    loop {
                        if at == fill.len() {
                            break 'all;
                        }
                        fill[at] += 1;
                        if fill[at] <= most {
                            break;
                        }
                        fill[at] = 1;
                        at += 1;
                    }
                }
                for values in seen {
                    prop_assert!(values.len() > 1);
                }
            }
        }
    }
}
