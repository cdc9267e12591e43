//! 부분총계: alike values come together in groups of at least so many, and each gives way to the group's mean.
//!
//! Among all ways to make such groups of a sorted column, the one whose values lie nearest to their means
//! is found exactly: in it no group is twice the least size or larger, and groups are neighbours (Hansen and
//! Mukherjee 2003), so a pass over the sorted values that looks back at most twice the size is enough.

use city::recipe::PartTotals;

use super::super::decimal::Decimal;
use super::total::{mean, numbers, too_small};
use super::{Columns, Misfit, Whole};

/// Replaces values by means of groups.
pub(super) struct Parts<'t>(pub(super) &'t PartTotals);

impl Columns for Parts<'_> {
    fn replace(&mut self, column: &mut Whole<'_>) -> Result<(), Vec<Misfit>> {
        let size = usize::try_from(self.0.size).unwrap_or(usize::MAX).max(1);
        for group in column.groups(self.0.by.as_deref()) {
            if group.len() < size {
                return Err(vec![(group.first().copied(), too_small(self.0.size))]);
            }
            let mut placed: Vec<(Decimal, usize)> =
                numbers(column, &group)?.into_iter().zip(group).collect();
            placed.sort_unstable();
            let sorted: Vec<Decimal> = placed.iter().map(|(number, _)| *number).collect();
            let mut from = 0;
            for to in ends(&sorted, size) {
                let together = sorted.get(from..to).unwrap_or_default();
                let figure = mean(together, self.0.digits).to_string();
                for (_, at) in placed.get(from..to).into_iter().flatten() {
                    column.set(*at, figure.clone());
                }
                from = to;
            }
        }
        Ok(())
    }
}

/// Where the groups of the best way end, in rising order.
fn ends(sorted: &[Decimal], size: usize) -> Vec<usize> {
    let count = sorted.len();
    // Distances count, and not where the values lie: near zero they are told exactly.
    let middle = sorted.get(count / 2).map_or(0.0, |number| number.as_f64());
    let (mut sum, mut square) = (0.0, 0.0);
    let (mut sums, mut squares) = (vec![sum], vec![square]);
    for number in sorted {
        let value = number.as_f64() - middle;
        sum += value;
        square += value * value;
        sums.push(sum);
        squares.push(square);
    }
    let read = |list: &[f64], at: usize| list.get(at).copied().unwrap_or(f64::INFINITY);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a column has fewer rows than 2^53"
    )]
    let cost = |from: usize, to: usize| {
        let sum = read(&sums, to) - read(&sums, from);
        read(&squares, to) - read(&squares, from) - sum * sum / (to - from) as f64
    };
    let mut best = vec![f64::INFINITY; count + 1];
    let mut before = vec![0_usize; count + 1];
    if let Some(none) = best.first_mut() {
        *none = 0.0;
    }
    for to in size..=count {
        for from in to.saturating_sub(2 * size - 1)..=to - size {
            let together = read(&best, from) + cost(from, to);
            if together < read(&best, to)
                && let (Some(best), Some(before)) = (best.get_mut(to), before.get_mut(to))
            {
                (*best, *before) = (together, from);
            }
        }
    }
    let mut ends = Vec::new();
    let mut at = count;
    while at > 0 {
        ends.push(at);
        at = before.get(at).copied().unwrap_or_default().min(at - 1);
    }
    ends.reverse();
    ends
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::testing::column;
    use super::*;

    fn mean(group: &[i32]) -> f64 {
        let count = u32::try_from(group.len()).unwrap();
        f64::from(group.iter().sum::<i32>()) / f64::from(count)
    }

    fn parts(size: u32, values: &[&str]) -> Result<Vec<String>, Vec<Misfit>> {
        let rule = PartTotals {
            size,
            by: None,
            digits: 1,
        };
        column(&mut Parts(&rule), values, &[]).map(|(values, _)| values)
    }

    #[test]
    fn alike_values_come_together() {
        let found = parts(2, &["100", "1", "2", "101", "50", "3"]).unwrap();
        assert_eq!(found, ["100.5", "1.5", "1.5", "100.5", "26.5", "26.5"]);
        assert!(parts(7, &["1", "2", "3"]).is_err());
    }

    /// Least cost over all ways to cut, one by one.
    fn least(sorted: &[i32], size: usize) -> f64 {
        if sorted.is_empty() {
            return 0.0;
        }
        (size..=sorted.len())
            .map(|to| {
                let group = &sorted[..to];
                let mean = mean(group);
                let cost: f64 = group
                    .iter()
                    .map(|value| (f64::from(*value) - mean).powi(2))
                    .sum();
                cost + least(&sorted[to..], size)
            })
            .fold(f64::INFINITY, f64::min)
    }

    proptest! {
        #[test]
        fn groups_are_large_enough_and_no_way_is_better(values in prop::collection::vec(-50_i32..50, 3..13), size in 1_usize..4) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let numbers: Vec<Decimal> = sorted.iter().map(|value| Decimal::new(i128::from(*value), 0)).collect();
            let mut from = 0;
            let mut cost = 0.0;
            for to in ends(&numbers, size) {
                prop_assert!(to - from >= size);
                let group = &sorted[from..to];
                let mean = mean(group);
                cost += group.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum::<f64>();
                from = to;
            }
            prop_assert_eq!(from, sorted.len());
            prop_assert!((cost - least(&sorted, size)).abs() < 1e-6);
        }

        #[test]
        fn every_mean_is_shared_by_enough_rows(values in prop::collection::vec(-50_i32..50, 5..60)) {
            let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let found = parts(5, &texts).unwrap();
            let mut shares: HashMap<&String, u32> = HashMap::new();
            for value in &found {
                *shares.entry(value).or_default() += 1;
            }
            prop_assert!(shares.values().all(|count| *count >= 5));
        }
    }
}
