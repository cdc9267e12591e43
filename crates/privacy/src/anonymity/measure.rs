//! Formulas of privacy models as their authors wrote them, over rows grouped as texts: no code of the search.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::model::{Ground, Model};
use super::verify::{Measured, Verdict};

/// Rows of each sensitive value.
pub(super) type Spread = BTreeMap<String, u64>;
/// Each leaf's way to the root.
pub(super) type Ways = HashMap<String, Vec<String>>;

/// Rows alike.
#[derive(Clone, Debug, Default)]
pub(super) struct Alike {
    first: u64,
    rows: u64,
    values: Spread,
    pub(super) population: u64,
}

/// Classes and what they are compared with.
#[derive(Clone, Debug, Default)]
pub(super) struct Grounds {
    pub(super) classes: Vec<Alike>,
    pub(super) all: Spread,
    rows: u64,
    /// Population classes in which no row of the file is.
    pub(super) is_absent: bool,
    /// Each value's way to the root.
    pub(super) ways: Ways,
    /// Values in the order of the tree's lines.
    pub(super) lines: Vec<String>,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of rows lie far below 2^53"
)]
fn real(count: u64) -> f64 {
    count as f64
}

/// Equal but for the rounding of the last digits.
const ROUNDING: f64 = 1e-12;

/// What a cell says that holds no value.
const MISSING: [&str; 6] = ["*", "-", "null", "NULL", "N/A", "미상"];

/// A sensitive value as it counts: spaces around it and how its letters are put together make no other value, and what
/// was taken away or is not known is none. That is the strict way: with more values a class would look safer.
pub(super) fn steady(value: &str) -> Cow<'_, str> {
    let value = value.trim();
    if MISSING.contains(&value) {
        return Cow::Borrowed("");
    }
    match is_nfc_quick(value.chars()) {
        IsNormalized::Yes => Cow::Borrowed(value),
        _ => Cow::Owned(value.nfc().collect()),
    }
}

impl Grounds {
    /// Puts a row to those that are alike in every quasi-identifier.
    pub(super) fn take(
        &mut self,
        places: &mut HashMap<Vec<u8>, usize>,
        key: &[u8],
        value: Option<&str>,
    ) {
        self.rows += 1;
        let place = places.get(key).copied().unwrap_or_else(|| {
            let place = self.classes.len();
            places.insert(key.to_vec(), place);
            self.classes.push(Alike {
                first: self.rows,
                ..Alike::default()
            });
            place
        });
        let Some(class) = self.classes.get_mut(place) else {
            return;
        };
        class.rows += 1;
        let Some(value) = value else {
            return;
        };
        let value = &*steady(value);
        for spread in [&mut class.values, &mut self.all] {
            match spread.get_mut(value) {
                Some(count) => *count += 1,
                None => {
                    spread.insert(value.to_owned(), 1);
                }
            }
        }
    }

    /// What each model comes to.
    pub(super) fn verdict(&self, models: &[Model]) -> Verdict {
        Verdict {
            rows: self.rows,
            classes: self.classes.len() as u64,
            min_class: self
                .classes
                .iter()
                .map(|class| class.rows)
                .min()
                .unwrap_or(0),
            alone: self.alone(),
            models: models.iter().map(|&model| self.measured(model)).collect(),
        }
    }

    /// Rows that are alone in their class.
    fn alone(&self) -> u64 {
        self.classes.iter().filter(|class| class.rows == 1).count() as u64
    }

    fn measured(&self, model: Model) -> Measured {
        match model {
            Model::AverageRisk(most) => {
                let risk = real(self.classes.len() as u64) / real(self.rows.max(1));
                return over_all(model, risk, most);
            }
            Model::Uniqueness(most) => {
                let share = real(self.alone()) / real(self.rows.max(1));
                return over_all(model, share, most);
            }
            _ => {}
        }
        let mut measured = Measured {
            model,
            holds: true,
            worst: f64::NAN,
            row: None,
        };
        let mut worst_excess = f64::NEG_INFINITY;
        for class in &self.classes {
            let (value, excess) = self.of_class(model, class);
            // What cannot be compared is no pass.
            let is_good = excess <= 0.0;
            measured.holds &= is_good;
            if excess > worst_excess || measured.row.is_none() || excess.is_nan() {
                worst_excess = excess;
                measured.worst = value;
                measured.row = Some(class.first);
            }
        }
        if let Model::DeltaPresence { min, .. } = model
            && self.is_absent
            && min > 0.0
        {
            measured.holds = false;
            measured.worst = 0.0;
            measured.row = None;
        }
        measured
    }

    /// A class's value in a model's measure, and how far it is beyond what is allowed: above 0 is too far.
    fn of_class(&self, model: Model, class: &Alike) -> (f64, f64) {
        let known: Vec<u64> = class
            .values
            .iter()
            .filter(|(value, _)| !value.is_empty())
            .map(|(_, &count)| count)
            .collect();
        let at_least = |value: f64, least: f64| (value, least - value);
        let at_most = |value: f64, most: f64| (value, value - most - ROUNDING);
        match model {
            Model::K(k) => at_least(real(class.rows), f64::from(k)),
            Model::DistinctL(l) => at_least(real(known.len() as u64), f64::from(l)),
            Model::EntropyL(l) => {
                let rows = real(known.iter().sum());
                let entropy: f64 = known
                    .iter()
                    .map(|&count| -(real(count) / rows) * (real(count) / rows).log2())
                    .sum();
                let effective = if known.is_empty() {
                    0.0
                } else {
                    entropy.exp2()
                };
                (effective, l - effective - 1e-9)
            }
            Model::RecursiveL { c, l } => {
                let mut sorted = known;
                sorted.sort_unstable();
                sorted.reverse();
                let most = real(sorted.first().copied().unwrap_or(0));
                let rest: u64 = sorted.iter().skip((l as usize).saturating_sub(1)).sum();
                let ratio = most / real(rest);
                let is_good = rest > 0 && most < c * real(rest);
                (ratio, if is_good { -1.0 } else { 1.0 })
            }
            Model::T { ground, t } => at_most(self.distance(ground, class), t),
            Model::Beta { is_enhanced, beta } => {
                let mut worst = (0.0, f64::NEG_INFINITY);
                for (value, &count) in &class.values {
                    let p = real(self.all.get(value).copied().unwrap_or(0))
                        / real(self.all.values().sum());
                    let q = real(count) / real(class.rows);
                    let most = if is_enhanced { beta.min(-p.ln()) } else { beta };
                    let (gain, excess) = at_most((q - p) / p, most);
                    if excess > worst.1 || excess.is_nan() {
                        worst = (gain, excess);
                    }
                }
                worst
            }
            Model::DeltaPresence { min, max } => {
                let presence = real(class.rows) / real(class.population);
                (presence, (min - presence).max(presence - max))
            }
            Model::KMap(k) => at_least(real(class.population), f64::from(k)),
            Model::AverageRisk(_) | Model::Uniqueness(_) => (f64::NAN, f64::NAN),
        }
    }

    /// How much must be moved how far to turn the class's spread into that of all rows.
    fn distance(&self, ground: Ground, class: &Alike) -> f64 {
        let total = real(self.all.values().sum());
        let gap = |value: &String| {
            let own = class.values.get(value).copied().unwrap_or(0);
            let all = self.all.get(value).copied().unwrap_or(0);
            real(own) / real(class.rows) - real(all) / total
        };
        let mut values: Vec<&String> = self.all.keys().chain(class.values.keys()).collect();
        values.sort_unstable();
        values.dedup();
        match ground {
            Ground::Equal => values.iter().map(|value| gap(value).max(0.0)).sum(),
            Ground::Ordered => {
                self.sort(&mut values);
                let mut carried = 0.0_f64;
                let mut work = 0.0;
                for value in &values {
                    carried += gap(value);
                    work += carried.abs();
                }
                work / real((values.len() as u64).saturating_sub(1).max(1))
            }
            Ground::Hierarchical => self.along_tree(&values, &gap),
        }
    }

    /// Numbers by size, else as in the tree, else as text.
    fn sort(&self, values: &mut [&String]) {
        let number = |value: &String| value.trim().parse::<f64>().ok();
        if values.iter().all(|value| number(value).is_some()) {
            values.sort_by(|a, b| {
                number(a)
                    .partial_cmp(&number(b))
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
        } else if !self.lines.is_empty() {
            values.sort_by_key(|value| self.lines.iter().position(|line| line == *value));
        }
    }

    /// The excess of each subtree is moved through its root: level ÷ height for what meets there.
    fn along_tree(&self, values: &[&String], gap: &dyn Fn(&String) -> f64) -> f64 {
        let height = self.ways.values().map(Vec::len).max().unwrap_or(1) - 1;
        let mut cost = 0.0;
        for level in 1..=height {
            // By the node at this level: the excess of each child.
            let mut nodes: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
            for value in values {
                let Some(way) = self.ways.get(*value) else {
                    return f64::NAN;
                };
                let (Some(child), Some(node)) = (way.get(level - 1), way.get(level)) else {
                    return f64::NAN;
                };
                *nodes.entry(node).or_default().entry(child).or_default() += gap(value);
            }
            for children in nodes.values() {
                let more: f64 = children.values().filter(|&&extra| extra > 0.0).sum();
                let less: f64 = -children.values().filter(|&&extra| extra < 0.0).sum::<f64>();
                cost += more.min(less) * real(level as u64) / real(height as u64);
            }
        }
        cost
    }
}

fn over_all(model: Model, value: f64, most: f64) -> Measured {
    Measured {
        model,
        holds: value <= most,
        worst: value,
        row: None,
    }
}
