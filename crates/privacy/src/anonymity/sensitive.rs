//! The value nobody should learn: how it is spread over all rows, and how far a class is from that.

use std::cmp::Ordering;
use std::path::Path;

use super::hierarchy::Hierarchy;
use super::input::Column;
use super::problem::{to_leaves, whole};
use super::trouble::Trouble;

/// A sensitive column.
#[derive(Clone, Debug)]
pub(super) struct Sensitive {
    pub(super) names: Vec<String>,
    /// One a row.
    pub(super) codes: Vec<u32>,
    /// Share of each value among the released rows.
    pub(super) shares: Vec<f64>,
    /// The empty value, if there is one.
    pub(super) missing: Option<u32>,
    /// The values in their order.
    order: Vec<u32>,
    tree: Option<Ground>,
}

/// A tree along which likeness is measured.
#[derive(Clone, Debug)]
struct Ground {
    /// The leaf of each value.
    leaves: Vec<u32>,
    /// How many leaves.
    count: usize,
    /// From each level to the next: the value above.
    above: Vec<Vec<u32>>,
}

impl Sensitive {
    pub(super) fn new(
        column: Column,
        tree: Option<Hierarchy>,
        subset: &[bool],
    ) -> Result<Self, Trouble> {
        let mut counts = vec![0_u64; column.values.len()];
        let mut all = 0;
        let mut members = subset.iter();
        for &code in &column.codes {
            let is_in = members.next().is_none_or(|&is_in| is_in);
            if let Some(count) = counts.get_mut(code as usize)
                && is_in
            {
                *count += 1;
                all += 1;
            }
        }
        let missing = column.values.iter().position(String::is_empty);
        let missing = missing.and_then(|at| u32::try_from(at).ok());
        let mut order = ordered(&column.values, tree.as_ref());
        // What no released row has is no step of the order.
        order.retain(|&at| counts.get(at as usize).is_some_and(|&count| count > 0));
        let tree = tree.map(|tree| Ground::new(&column, &tree)).transpose()?;
        Ok(Self {
            shares: counts
                .into_iter()
                .map(|count| whole(count) / whole(all))
                .collect(),
            order,
            tree,
            missing,
            names: column.values,
            codes: column.codes,
        })
    }

    /// The share of a value among all released rows.
    pub(super) fn share(&self, value: u32) -> f64 {
        self.shares.get(value as usize).copied().unwrap_or(0.0)
    }

    /// Distance of a class's spread from that of all rows, every two values equally unlike.
    pub(super) fn equal(&self, rows: u32, counts: &[(u32, u32)]) -> f64 {
        let mut seen = 0.0;
        let mut apart = 0.0;
        for &(value, count) in counts {
            let share = self.share(value);
            seen += share;
            apart += (f64::from(count) / f64::from(rows) - share).abs();
        }
        // What the class lacks is as far away as it is common.
        f64::midpoint(apart, (1.0 - seen).max(0.0))
    }

    /// The same, values further apart in their order being less alike.
    pub(super) fn ordered(&self, rows: u32, counts: &[(u32, u32)]) -> f64 {
        let own = self.spread(rows, counts);
        let (mut sum, mut distance) = (0.0_f64, 0.0_f64);
        for &value in &self.order {
            sum += own.get(value as usize).copied().unwrap_or(0.0) - self.share(value);
            distance += f64::abs(sum);
        }
        let steps = self.order.len().saturating_sub(1);
        if steps == 0 {
            0.0
        } else {
            distance / whole(steps as u64)
        }
    }

    /// The same, values being as unlike as they are far apart in their tree.
    pub(super) fn hierarchical(&self, rows: u32, counts: &[(u32, u32)]) -> f64 {
        let Some(tree) = &self.tree else {
            return f64::INFINITY;
        };
        let mut extra = vec![0.0; tree.count];
        let own = self.spread(rows, counts);
        for ((&leaf, own), share) in tree.leaves.iter().zip(&own).zip(&self.shares) {
            if let Some(place) = extra.get_mut(leaf as usize) {
                *place += own - share;
            }
        }
        let height = whole(tree.above.len() as u64);
        let mut cost = 0.0;
        let mut step = 0.0;
        for above in &tree.above {
            step += 1.0;
            let count = above.iter().max().map_or(0, |&last| last as usize + 1);
            let mut sums = vec![(0.0, 0.0); count];
            for (&up, &extra) in above.iter().zip(&extra) {
                if let Some((more, less)) = sums.get_mut(up as usize) {
                    if extra > 0.0 {
                        *more += extra;
                    } else {
                        *less -= extra;
                    }
                }
            }
            cost += sums
                .iter()
                .map(|&(more, less)| f64::min(more, less))
                .sum::<f64>()
                * step
                / height;
            extra = sums.into_iter().map(|(more, less)| more - less).collect();
        }
        cost
    }

    fn spread(&self, rows: u32, counts: &[(u32, u32)]) -> Vec<f64> {
        let mut own = vec![0.0; self.shares.len()];
        for &(value, count) in counts {
            if let Some(place) = own.get_mut(value as usize) {
                *place = f64::from(count) / f64::from(rows);
            }
        }
        own
    }
}

impl Ground {
    fn new(column: &Column, tree: &Hierarchy) -> Result<Self, Trouble> {
        let file = Path::new("the data");
        Ok(Self {
            leaves: to_leaves(file, column, tree).map_err(Trouble::Input)?,
            count: tree.leaves(),
            above: (1..tree.levels())
                .map(|level| tree.lift(level - 1, level))
                .collect(),
        })
    }
}

/// The order of values: as numbers if all are, else as in their hierarchy, else as text (which is right for dates).
fn ordered(values: &[String], tree: Option<&Hierarchy>) -> Vec<u32> {
    let mut order: Vec<u32> = (0..values.len())
        .filter_map(|at| u32::try_from(at).ok())
        .collect();
    let text = |at: u32| values.get(at as usize).map_or("", String::as_str);
    let numbers: Option<Vec<f64>> = values
        .iter()
        .map(|value| value.trim().parse().ok())
        .collect();
    let in_tree = |at: u32| {
        let leaves = tree.and_then(|tree| tree.names.first());
        leaves.and_then(|leaves| leaves.iter().position(|leaf| leaf == text(at)))
    };
    if let Some(numbers) = numbers {
        let number = |at: u32| numbers.get(at as usize).copied().unwrap_or(0.0);
        order.sort_by(|&a, &b| number(a).total_cmp(&number(b)));
    } else if tree.is_some() {
        order.sort_by_key(|&at| in_tree(at));
    } else {
        order.sort_by(|&a, &b| match text(a).cmp(text(b)) {
            Ordering::Equal => a.cmp(&b),
            other => other,
        });
    }
    order
}
