//! What a class of rows must be like before it may be released.
//!
//! Each model says whether a class is good, and a weaker test that can only turn from no to yes when classes are put
//! together. The weaker test is what lets a search leave out finer generalisations without looking at them.

use std::fmt;

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
const ROUNDING: f64 = 1e-12;

impl Model {
    /// Reads one or more models: `k=5`, `distinct-l=3`, `recursive-l=4,3`, joined by `+` if need be. The forms with
    /// brackets, as tables of results write them, are read too: `recursive-(4;3)(occupation)`.
    ///
    /// # Errors
    /// Says what was not understood.
    pub fn parse(text: &str) -> Result<Vec<Self>, String> {
        text.split('+').map(|part| Self::one(part.trim())).collect()
    }

    fn one(text: &str) -> Result<Self, String> {
        let (name, numbers) = taken_apart(text);
        let number = |at: usize| -> Result<f64, String> {
            let word = numbers.get(at).copied().unwrap_or_default();
            let number: f64 = word
                .parse()
                .map_err(|error| format!("`{text}`: `{word}`: {error}; {FORMS}"))?;
            if number.is_finite() && number >= 0.0 {
                Ok(number)
            } else {
                Err(format!("`{text}`: {word} must be 0 or more"))
            }
        };
        let count = |at: usize| -> Result<u32, String> {
            let word = numbers.get(at).copied().unwrap_or_default();
            match word.strip_suffix(".0").unwrap_or(word).parse() {
                Ok(count) if count > 0 => Ok(count),
                _ => Err(format!(
                    "`{text}`: `{word}` is no whole number from 1; {FORMS}"
                )),
            }
        };
        let share = |at: usize| match number(at)? {
            share if share <= 1.0 => Ok(share),
            share => Err(format!("`{text}`: {share} must be between 0 and 1")),
        };
        let closeness = |ground| {
            Ok(Self::T {
                ground,
                t: share(0)?,
            })
        };
        let wanted = if matches!(name, "recursive-l" | "recursive" | "delta-presence") {
            2
        } else {
            1
        };
        if numbers.len() != wanted {
            return Err(format!("`{text}` needs {wanted} number(s); {FORMS}"));
        }
        match name {
            "k" | "k-anonymity" => Ok(Self::K(count(0)?)),
            "distinct-l" => Ok(Self::DistinctL(count(0)?)),
            "entropy-l" => match number(0)? {
                l if l >= 1.0 => Ok(Self::EntropyL(l)),
                l => Err(format!("`{text}`: {l} must be 1 or more")),
            },
            "recursive-l" | "recursive" => Ok(Self::RecursiveL {
                c: number(0)?,
                l: count(1)?,
            }),
            "t" | "equal-t" => closeness(Ground::Equal),
            "ordered-t" => closeness(Ground::Ordered),
            "hierarchical-t" => closeness(Ground::Hierarchical),
            "beta" | "enhanced-beta" => Ok(Self::Beta {
                is_enhanced: true,
                beta: number(0)?,
            }),
            "basic-beta" => Ok(Self::Beta {
                is_enhanced: false,
                beta: number(0)?,
            }),
            "delta-presence" => match (share(0)?, share(1)?) {
                (min, max) if min <= max => Ok(Self::DeltaPresence { min, max }),
                (min, max) => Err(format!("`{text}`: {min} is more than {max}")),
            },
            "k-map" => Ok(Self::KMap(count(0)?)),
            "risk" | "avg-risk" | "average-risk" => Ok(Self::AverageRisk(share(0)?)),
            "sample-uniqueness" | "uniqueness" => Ok(Self::Uniqueness(share(0)?)),
            "prosecutor-risk" => match share(0)? {
                risk if risk > 0.0 => Ok(Self::K(rows_for(risk))),
                _ => Err(format!(
                    "`{text}`: the risk of a row that is released is never 0"
                )),
            },
            _ => Err(format!("there is no model `{name}`; {FORMS}")),
        }
    }

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

/// The forms of models, for messages.
const FORMS: &str = "a model is one of k=5, distinct-l=3, entropy-l=3, recursive-l=4,3, t=0.2, ordered-t=0.2, \
hierarchical-t=0.2, beta=2, basic-beta=2, delta-presence=0,0.2, k-map=5, risk=0.05, sample-uniqueness=0.01, \
prosecutor-risk=0.2";

/// Name and numbers: `recursive-(4;3)(occupation)` is `recursive` with 4 and 3. A trailing bracket that holds no number
/// names the column or file meant and is left out.
fn taken_apart(text: &str) -> (&str, Vec<&str>) {
    let is_number = |word: &str| word.trim().parse::<f64>().is_ok();
    let mut text = text;
    if let Some((before, inside)) = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('))
        && !inside.split([';', ',']).all(is_number)
    {
        text = before;
    }
    let (name, numbers) = match text.split_once('=') {
        Some(halves) => halves,
        None => text
            .find(|sign: char| sign == '(' || sign.is_ascii_digit())
            .map_or((text, ""), |at| text.split_at(at)),
    };
    let numbers = numbers.trim_matches(['(', ')', ' ']);
    let numbers = numbers
        .split([';', ','])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    (name.trim_end_matches('-').trim(), numbers)
}

/// Sensitive values without the missing one.
fn known(class: Class<'_>, missing: u32) -> Vec<(u32, u32)> {
    let is_known = |&&(value, _): &&(u32, u32)| value != missing;
    class.counts.iter().filter(is_known).copied().collect()
}

/// The least rows of a class whose rows are found out with at most this chance.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range before"
)]
fn rows_for(risk: f64) -> u32 {
    (1.0 / risk - ROUNDING).ceil().clamp(1.0, 4e9) as u32
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

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::K(k) => write!(f, "k={k}"),
            Self::DistinctL(l) => write!(f, "distinct-l={l}"),
            Self::EntropyL(l) => write!(f, "entropy-l={l}"),
            Self::RecursiveL { c, l } => write!(f, "recursive-l={c},{l}"),
            Self::T { ground, t } => match ground {
                Ground::Equal => write!(f, "t={t}"),
                Ground::Ordered => write!(f, "ordered-t={t}"),
                Ground::Hierarchical => write!(f, "hierarchical-t={t}"),
            },
            Self::Beta { is_enhanced, beta } => {
                let name = if *is_enhanced { "beta" } else { "basic-beta" };
                write!(f, "{name}={beta}")
            }
            Self::DeltaPresence { min, max } => write!(f, "delta-presence={min},{max}"),
            Self::KMap(k) => write!(f, "k-map={k}"),
            Self::AverageRisk(risk) => write!(f, "risk={risk}"),
            Self::Uniqueness(share) => write!(f, "sample-uniqueness={share}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_read_as_told_and_as_tables_of_results_write_them() {
        let one = |text: &str| Model::parse(text).unwrap();
        assert_eq!(one("k=5"), [Model::K(5)]);
        assert_eq!(one("distinct-l=3(occupation)"), [Model::DistinctL(3)]);
        assert_eq!(one("recursive-(4;3)(occupation)"), one("recursive-l=4,3"));
        assert_eq!(one("k5+equal-t=0.1(occupation)"), one("k=5+t=0.1"));
        assert_eq!(one("delta-presence=(0.0;0.2)"), one("delta-presence=0,0.2"));
        assert_eq!(one("k-map=3(adult_subset)"), [Model::KMap(3)]);
        assert_eq!(one("avg-risk=0.01"), one("risk=0.01"));
        assert_eq!(one("prosecutor-risk=0.2"), [Model::K(5)]);
        for text in [
            "k=5",
            "recursive-l=4,3",
            "hierarchical-t=0.2",
            "beta=2",
            "delta-presence=0,0.2",
        ] {
            assert_eq!(one(text)[0].to_string(), text);
        }
        for wrong in [
            "",
            "k",
            "k=0",
            "k=-1",
            "k=x",
            "l=3",
            "t=2",
            "recursive-l=4",
            "delta-presence=0.3,0.2",
            "entropy-l=0.5",
            "risk=nan",
        ] {
            assert!(Model::parse(wrong).is_err(), "{wrong}");
        }
    }

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
