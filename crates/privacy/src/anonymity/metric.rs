//! How much of the data is lost: lower is better.

use std::fmt;

use super::key::Key;
use super::problem::{Problem, whole};

/// What is made as small as possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Share of the domain a value covers, averaged over columns.
    LossMean,
    /// The same by the geometric mean.
    LossGeomean,
    /// Rows ÷ classes.
    Aecs,
    /// Rows that each row cannot be told from, summed.
    Discernibility,
    /// Bits needed to tell the original value from the generalised one, summed.
    NonuniformEntropy,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::LossMean,
        Self::LossGeomean,
        Self::Aecs,
        Self::Discernibility,
        Self::NonuniformEntropy,
    ];

    /// By its name; `loss_geomean_default` is another name of `loss_geomean`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix("_default").unwrap_or(text);
        Self::ALL.into_iter().find(|own| own.to_string() == text)
    }

    /// Whether the loss is a sum over single rows that a class's place decides.
    pub(super) fn is_loss(self) -> bool {
        matches!(self, Self::LossMean | Self::LossGeomean)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LossMean => "loss_mean",
            Self::LossGeomean => "loss_geomean",
            Self::Aecs => "aecs",
            Self::Discernibility => "discernibility",
            Self::NonuniformEntropy => "nonuniform_entropy",
        })
    }
}

/// What classes at certain levels come to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// Classes that stay.
    pub(super) kept: u64,
    /// All classes.
    pub(super) classes: u64,
    /// Squares of the sizes of classes that stay.
    pub(super) kept_squares: f64,
    /// Squares of the sizes of all classes.
    pub(super) squares: f64,
    /// Rows that are suppressed.
    pub(super) suppressed: u64,
}

/// A metric over a problem, with what levels alone decide worked out before.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    metric: Metric,
    rows: f64,
    /// Column by column, level by level: what the level alone costs.
    base: Vec<Vec<f64>>,
    /// Column by column: least and greatest cost, for losses.
    ends: Vec<(f64, f64)>,
}

impl Scale {
    pub(super) fn new(problem: &Problem, metric: Metric) -> Self {
        let rows = whole(problem.rows);
        let mut base = Vec::new();
        let mut ends = Vec::new();
        for quasi in &problem.quasi {
            let leaves = quasi.counts.first().map_or(&[][..], Vec::as_slice);
            let levels = quasi.counts.iter().zip(&quasi.shares).enumerate();
            base.push(
                levels
                    .map(|(level, (counts, shares))| match metric {
                        Metric::LossMean | Metric::LossGeomean => counts
                            .iter()
                            .zip(shares)
                            .map(|(&count, share)| whole(count) * share)
                            .sum(),
                        Metric::NonuniformEntropy => {
                            let up = quasi.tree.up.get(level).map_or(&[][..], Vec::as_slice);
                            bits(leaves, up, counts)
                        }
                        Metric::Aecs | Metric::Discernibility => 0.0,
                    })
                    .collect(),
            );
            let least = rows / whole(quasi.tree.leaves() as u64);
            ends.push((least, rows));
        }
        Self {
            metric,
            rows,
            base,
            ends,
        }
    }

    fn base(&self, column: usize, level: u8) -> f64 {
        self.base
            .get(column)
            .and_then(|base| base.get(usize::from(level)))
            .copied()
            .unwrap_or(0.0)
    }

    /// No generalisation at these levels or coarser ones costs less, whatever is suppressed.
    pub(super) fn least(&self, levels: &[u8]) -> f64 {
        match self.metric {
            Metric::Aecs | Metric::Discernibility => 0.0,
            _ => self.total(levels, |_| 0.0),
        }
    }

    /// The same, knowing the classes at these levels: putting classes together makes fewer and larger ones.
    pub(super) fn least_of(&self, sums: Sums) -> f64 {
        match self.metric {
            // A class may be suppressed, but all suppressed rows count as one.
            Metric::Aecs => self.rows / whole(sums.classes.max(1)),
            // A suppressed row costs as much as all rows, never less than its class.
            Metric::Discernibility => sums.squares,
            _ => 0.0,
        }
    }

    /// No generalisation that must suppress so many rows costs less, if that can be said.
    pub(super) fn least_suppressing(&self, suppressed: u64) -> Option<f64> {
        (self.metric == Metric::Discernibility).then(|| whole(suppressed) * self.rows)
    }

    /// What these classes cost.
    pub(super) fn score<K: Key>(
        &self,
        problem: &Problem,
        levels: &[u8],
        sums: Sums,
        suppressed: &[(K, u32)],
    ) -> f64 {
        match self.metric {
            Metric::Aecs => {
                let classes = sums.kept + u64::from(sums.suppressed > 0);
                self.rows / whole(classes.max(1))
            }
            Metric::Discernibility => sums.kept_squares + whole(sums.suppressed) * self.rows,
            Metric::LossMean | Metric::LossGeomean => {
                self.total(levels, |column| lost(problem, levels, column, suppressed))
            }
            Metric::NonuniformEntropy => self.total(levels, |column| {
                let all = whole(sums.suppressed);
                let part = |&count: &u64| whole(count) * (all / whole(count)).log2();
                let counts = counts_of(problem, column, suppressed);
                counts.iter().filter(|&&count| count > 0).map(part).sum()
            }),
        }
    }

    /// Column by column, the share of its domain that a value covers on average.
    pub(super) fn losses<K: Key>(
        &self,
        problem: &Problem,
        levels: &[u8],
        suppressed: &[(K, u32)],
    ) -> Vec<f64> {
        let one = |column: usize| {
            let extra = lost(problem, levels, column, suppressed);
            let level = levels.get(column).copied().unwrap_or(0);
            let ends = self.ends.get(column).copied().unwrap_or((0.0, 1.0));
            within(self.base(column, level) + extra, ends)
        };
        (0..levels.len()).map(one).collect()
    }

    /// Columns put together, each with what suppression adds to it.
    fn total(&self, levels: &[u8], extra: impl Fn(usize) -> f64) -> f64 {
        let columns = levels
            .iter()
            .enumerate()
            .map(|(column, &level)| self.base(column, level) + extra(column));
        if self.metric == Metric::NonuniformEntropy {
            return columns.sum();
        }
        let share = |(cost, &ends): (f64, &(f64, f64))| within(cost, ends);
        let shares = columns.zip(&self.ends).map(share);
        let count = whole(levels.len().max(1) as u64);
        if self.metric == Metric::LossMean {
            shares.sum::<f64>() / count
        } else {
            shares
                .map(|share| 1.0 + share)
                .product::<f64>()
                .powf(1.0 / count)
                - 1.0
        }
    }

    /// What one class would cost, for choosing among classes of equal size.
    pub(super) fn of_class<K: Key>(&self, problem: &Problem, levels: &[u8], key: K) -> f64 {
        if !self.metric.is_loss() {
            return 0.0;
        }
        problem
            .quasi
            .iter()
            .zip(levels)
            .map(|(quasi, &level)| quasi.share(level, key.get(quasi.field)))
            .sum()
    }
}

/// What suppression adds to a column's loss.
fn lost<K: Key>(problem: &Problem, levels: &[u8], column: usize, suppressed: &[(K, u32)]) -> f64 {
    let shares = problem.quasi.get(column).and_then(|quasi| {
        let level = levels.get(column).copied().unwrap_or(0);
        quasi.shares.get(usize::from(level))
    });
    let counts = counts_of(problem, column, suppressed);
    let rest = |(&count, share): (&u64, &f64)| whole(count) * (1.0 - share);
    counts
        .iter()
        .zip(shares.into_iter().flatten())
        .map(rest)
        .sum()
}

/// A cost as a share of the way from the least to the greatest.
fn within(cost: f64, (least, most): (f64, f64)) -> f64 {
    if most > least {
        ((cost - least) / (most - least)).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// Suppressed rows by their value in a column: whole numbers first, so that the order of classes changes no digit.
fn counts_of<K: Key>(problem: &Problem, column: usize, suppressed: &[(K, u32)]) -> Vec<u64> {
    let Some(quasi) = problem.quasi.get(column) else {
        return Vec::new();
    };
    let mut counts = vec![0; quasi.tree.leaves()];
    for &(key, rows) in suppressed {
        if let Some(count) = counts.get_mut(key.get(quasi.field) as usize) {
            *count += u64::from(rows);
        }
    }
    counts
}

/// Σ over leaves: rows × log2(rows of the value above ÷ rows of the leaf).
fn bits(leaves: &[u64], up: &[u32], counts: &[u64]) -> f64 {
    leaves
        .iter()
        .zip(up)
        .filter(|&(&rows, _)| rows > 0)
        .map(|(&rows, &above)| {
            let all = counts.get(above as usize).copied().unwrap_or(rows);
            whole(rows) * (whole(all) / whole(rows)).log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_found_by_name() {
        for metric in Metric::ALL {
            assert_eq!(Metric::parse(&metric.to_string()), Some(metric));
        }
        assert_eq!(
            Metric::parse("loss_geomean_default"),
            Some(Metric::LossGeomean)
        );
        assert_eq!(Metric::parse("loss"), None);
    }
}
