//! The lattice of generalisations: each is a level a column, and has a number.

use super::problem::Problem;

/// All generalisations. Columns with many values come first in a number, so that a search that fixes them first works on
/// small tables soon.
#[derive(Clone, Debug)]
pub(super) struct Space {
    /// Columns in the order of their weight in a number.
    pub(super) order: Vec<usize>,
    /// By that order: how many levels.
    pub(super) levels: Vec<u8>,
    /// By that order: how much a number grows with a level.
    pub(super) strides: Vec<usize>,
    /// How many generalisations; `None` when they cannot be numbered.
    pub(super) size: Option<usize>,
}

impl Space {
    pub(super) fn new(problem: &Problem) -> Self {
        let mut order: Vec<usize> = (0..problem.quasi.len()).collect();
        let values = |&column: &usize| {
            let quasi = problem.quasi.get(column);
            let leaves = quasi.and_then(|quasi| quasi.counts.first());
            leaves.map_or(0, |counts| {
                counts.iter().filter(|&&count| count > 0).count()
            })
        };
        order.sort_by_key(|column| std::cmp::Reverse(values(column)));
        let levels: Vec<u8> = order
            .iter()
            .filter_map(|&column| problem.quasi.get(column))
            .map(super::problem::Quasi::levels)
            .collect();
        let mut strides = vec![1; levels.len()];
        let mut size = Some(1_usize);
        for (stride, &count) in strides.iter_mut().zip(&levels).rev() {
            *stride = size.unwrap_or(usize::MAX);
            size = size.and_then(|size| size.checked_mul(usize::from(count)));
        }
        Self {
            order,
            levels,
            strides,
            size,
        }
    }

    /// How many generalisations; `None` above what 64 bits count.
    pub(super) fn count(&self) -> Option<u64> {
        let levels = self.levels.iter();
        levels
            .map(|&count| u64::from(count))
            .try_fold(1, u64::checked_mul)
    }

    /// The levels of a number, in the order of the problem's columns.
    pub(super) fn levels_of(&self, id: usize) -> Vec<u8> {
        let mut levels = vec![0; self.order.len()];
        let parts = self.order.iter().zip(&self.levels).zip(&self.strides);
        for ((&column, &count), &stride) in parts {
            let level = (id / stride) % usize::from(count.max(1));
            if let Some(place) = levels.get_mut(column) {
                *place = u8::try_from(level).unwrap_or(0);
            }
        }
        levels
    }

    /// The number of levels.
    pub(super) fn id_of(&self, levels: &[u8]) -> usize {
        let parts = self.order.iter().zip(&self.strides);
        parts
            .map(|(&column, &stride)| {
                usize::from(levels.get(column).copied().unwrap_or(0)) * stride
            })
            .sum()
    }

    /// The level of a number at a place of the order, and the step to the next level.
    pub(super) fn level_at(&self, id: usize, place: usize) -> (u8, usize) {
        let stride = self.strides.get(place).copied().unwrap_or(1);
        let count = self.levels.get(place).copied().unwrap_or(1);
        let level = (id / stride) % usize::from(count.max(1));
        (u8::try_from(level).unwrap_or(0), stride)
    }
}

/// Levels as one digit each.
pub(super) fn digits(levels: &[u8]) -> String {
    let digit = |&level: &u8| char::from_digit(u32::from(level), 36).unwrap_or('?');
    levels.iter().map(digit).collect()
}
