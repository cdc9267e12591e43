//! What a class of rows must be like before it may be released.
//!
//! Each model says whether a class is good, and a weaker test that can only turn from no to yes when classes are put
//! together. The weaker test is what lets a search leave out finer generalisations without looking at them.

use super::problem::whole;
use super::sensitive::Sensitive;

/// A privacy model with its threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Model {
    /// Every class has at least k rows.
    K(u32),
    /// Every class has at least l different sensitive values.
    DistinctL(u32),
    /// The entropy of a class's sensitive values is at least log2 l.
    EntropyL(f64),
    /// The commonest value is rarer than c times all from the l-th commonest on together.
    RecursiveL {
        /// The factor.
        c: f64,
        /// The rank.
        l: u32,
    },
    /// A class's sensitive values are spread nearly as in all rows.
    T {
        /// How unlike two values are.
        ground: Ground,
        /// The greatest distance.
        t: f64,
    },
    /// No sensitive value is much more frequent in a class than in all rows.
    Beta {
        /// Frequent values are bound more tightly.
        is_enhanced: bool,
        /// The greatest relative gain.
        beta: f64,
    },
    /// Knowing a person's quasi-identifiers, the chance that she is in the subset lies between these.
    DeltaPresence {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// Every class of the subset has at least k rows in the whole file.
    KMap(u32),
    /// Classes ÷ rows, over the released rows, is at most this.
    AverageRisk(f64),
    /// The share of released rows that are alone in their class is at most this.
    Uniqueness(f64),
}

/// How unlike two sensitive values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// All equally.
    Equal,
    /// By their places in an order.
    Ordered,
    /// By their distance in a tree.
    Hierarchical,
}

/// A class, as models see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class<'c> {
    /// Released rows.
    pub(super) rows: u32,
    /// Rows of the whole file.
    pub(super) population: u32,
    /// Released rows of each sensitive value that there is.
    pub(super) counts: &'c [(u32, u32)],
}

/// What is equal but for the rounding of the last digits counts as equal.
pub(super) const ROUNDING: f64 = 1e-12;

impl Model {
    /// Whether it looks at the sensitive value.
    pub fn needs_sensitive(self) -> bool {
        matches!(
            self,
            Self::DistinctL(_)
                | Self::EntropyL(_)
                | Self::RecursiveL { .. }
                | Self::T { .. }
                | Self::Beta { .. }
        )
    }

    fn is_diversity(self) -> bool {
        matches!(
            self,
            Self::DistinctL(_) | Self::EntropyL(_) | Self::RecursiveL { .. }
        )
    }

    /// Whether it compares a subset with the whole file.
    pub fn needs_subset(self) -> bool {
        matches!(self, Self::DeltaPresence { .. } | Self::KMap(_))
    }

    /// Whether it needs the sensitive value's hierarchy.
    pub fn needs_tree(self) -> bool {
        matches!(
            self,
            Self::T {
                ground: Ground::Hierarchical,
                ..
            }
        )
    }

    /// Whether it looks at all classes together instead of one by one.
    pub(super) fn is_over_all(self) -> bool {
        matches!(self, Self::AverageRisk(_) | Self::Uniqueness(_))
    }

    /// Whether a class that holds a good one is always good.
    pub(super) fn is_steady(self) -> bool {
        matches!(
            self,
            Self::K(_)
                | Self::DistinctL(_)
                | Self::KMap(_)
                | Self::AverageRisk(_)
                | Self::Uniqueness(_)
        )
    }

    /// Whether a class is good. A missing sensitive value never counts as one more value.
    pub(super) fn holds(self, class: Class<'_>, sensitive: Option<&Sensitive>) -> bool {
        let over = |test: &dyn Fn(&Sensitive) -> bool| sensitive.is_some_and(test);
        let kept: Vec<(u32, u32)>;
        let class = if self.is_diversity()
            && let Some(missing) = sensitive.and_then(|sensitive| sensitive.missing)
        {
            kept = known(class, missing);
            Class {
                rows: kept.iter().map(|&(_, count)| count).sum(),
                counts: &kept,
                ..class
            }
        } else {
            class
        };
        match self {
            Self::K(k) => class.rows >= k,
            Self::DistinctL(l) => class.counts.len() >= l as usize,
            Self::EntropyL(l) => entropy(class) >= l.ln() / std::f64::consts::LN_2,
            Self::RecursiveL { c, l } => is_recursive(class, c, l),
            Self::T { ground, t } => over(&|sensitive| {
                let distance = match ground {
                    Ground::Equal => sensitive.equal(class.rows, class.counts),
                    Ground::Ordered => sensitive.ordered(class.rows, class.counts),
                    Ground::Hierarchical => sensitive.hierarchical(class.rows, class.counts),
                };
                distance <= t + ROUNDING
            }),
            Self::Beta { is_enhanced, beta } => over(&|sensitive| {
                class.counts.iter().all(|&(value, count)| {
                    let share = sensitive.share(value);
                    let gain = (f64::from(count) / f64::from(class.rows) - share) / share;
                    let most = if is_enhanced {
                        beta.min(-share.ln())
                    } else {
                        beta
                    };
                    gain <= most + ROUNDING
                })
            }),
            Self::DeltaPresence { min, max } => {
                let presence = f64::from(class.rows) / f64::from(class.population);
                min <= presence && presence <= max
            }
            Self::KMap(k) => class.population >= k,
            Self::AverageRisk(_) | Self::Uniqueness(_) => true,
        }
    }

    /// The weaker test: never turns from yes to no when a class is put together with another.
    pub(super) fn may_hold(self, class: Class<'_>, sensitive: Option<&Sensitive>) -> bool {
        let missing = sensitive.and_then(|sensitive| sensitive.missing);
        let is_missing = |&(value, _): &(u32, u32)| Some(value) == missing;
        let different = class.counts.len() - usize::from(class.counts.iter().any(is_missing));
        match self {
            // Entropy of log2 l needs l different values; a commonest value below c times the rest needs l of them.
            #[expect(
                clippy::cast_precision_loss,
                reason = "a class has few different values"
            )]
            Self::EntropyL(l) => different as f64 >= l - ROUNDING,
            Self::RecursiveL { l, .. } => different >= l as usize,
            // What a class lacks is at least as far away as it is common.
            Self::T {
                ground: Ground::Equal,
                t,
            } => sensitive.is_some_and(|sensitive| {
                let values = class.counts.iter().map(|&(value, _)| value);
                let seen: f64 = values.map(|value| sensitive.share(value)).sum();
                1.0 - seen <= t + 1e-9
            }),
            Self::T { .. } | Self::Beta { .. } | Self::DeltaPresence { .. } => true,
            steady => steady.holds(class, sensitive),
        }
    }
}

/// Sensitive values without the missing one.
fn known(class: Class<'_>, missing: u32) -> Vec<(u32, u32)> {
    let is_known = |&&(value, _): &&(u32, u32)| value != missing;
    class.counts.iter().filter(is_known).copied().collect()
}

/// Entropy of the sensitive values in bits, by log2 n − (Σ c log2 c) ÷ n.
///
/// Written this way because published results were computed this way: for a class whose values are exactly evenly spread
/// the last digit decides, and this form errs towards refusing.
fn entropy(class: Class<'_>) -> f64 {
    let log2 = |count: u32| f64::from(count).ln() / std::f64::consts::LN_2;
    let sum: f64 = class
        .counts
        .iter()
        .map(|&(_, count)| f64::from(count) * log2(count))
        .sum();
    log2(class.rows) - sum / f64::from(class.rows)
}

fn is_recursive(class: Class<'_>, c: f64, l: u32) -> bool {
    let mut counts: Vec<u32> = class.counts.iter().map(|&(_, count)| count).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let tail = counts.get(l as usize - 1..).unwrap_or_default();
    let rest: u64 = tail.iter().map(|&count| u64::from(count)).sum();
    let commonest = counts.first().copied().unwrap_or(0);
    !tail.is_empty() && f64::from(commonest) < c * whole(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_judged_by_their_counts() {
        let class = |counts| Class {
            rows: 6,
            population: 9,
            counts,
        };
        let holds =
            |model: &str, counts| Model::parse(model).unwrap()[0].holds(class(counts), None);
        let even: &[(u32, u32)] = &[(0, 3), (1, 3)];
        let skew: &[(u32, u32)] = &[(0, 5), (1, 1)];
        assert!(holds("k=6", even) && !holds("k=7", even));
        assert!(holds("distinct-l=2", even) && !holds("distinct-l=3", even));
        assert!(holds("entropy-l=1.9", even) && !holds("entropy-l=1.9", skew));
        assert!(holds("recursive-l=2,2", even) && !holds("recursive-l=2,2", skew));
        assert!(holds("k-map=9", even) && !holds("k-map=10", even));
        assert!(holds("delta-presence=0.5,0.7", even) && !holds("delta-presence=0.7,1", even));
    }
}
