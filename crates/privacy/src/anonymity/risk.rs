//! How likely it is that somebody is found, before and after; and what is left to use.
//!
//! The three attackers are those of El Emam's *Guide to the De-Identification of Personal Health Information* (2013): the
//! prosecutor knows that a person is in the data, the journalist does not, the marketer wants as many as possible.

use super::grouped::{Entry, Finder, Grouped};
use super::judge::{Desk, Judge, Wish};
use super::key::{Key, Wide};
use super::metric::{Metric, Scale};
use super::problem::{Problem, whole};

/// Rows whose chance of being found is above this are counted as at risk.
pub const AT_RISK: f64 = 0.2;

/// Chances of being found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Risk {
    /// The greatest chance, by somebody who knows that the person is in the data: 1 ÷ the smallest class.
    pub prosecutor_max: f64,
    /// The same on average: classes ÷ rows.
    pub prosecutor_mean: f64,
    /// Share of rows whose chance is above [`AT_RISK`].
    pub at_risk: f64,
    /// Share of rows that are alone in their class.
    pub alone: f64,
    /// The greatest chance, by somebody who knows only that the person is in the population.
    pub journalist_max: f64,
    /// The same on average.
    pub journalist_mean: f64,
    /// Share of all rows found by somebody who tries everyone.
    pub marketer: f64,
    /// Rows that are released.
    pub rows: u64,
    /// Classes they are in.
    pub classes: u64,
}

/// What is left of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// Its name.
    pub column: String,
    /// Its level.
    pub level: u8,
    /// The coarsest level there is.
    pub top: u8,
    /// Different values before, in the data.
    pub values_before: usize,
    /// Different values at the level, in the data.
    pub values_after: usize,
    /// The share of its domain a value covers, suppressed rows counted whole, as the loss metrics have it.
    pub loss: f64,
}

/// Risk and use of a release.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// As the data came.
    pub before: Risk,
    /// As they leave.
    pub after: Risk,
    /// Column by column.
    pub columns: Vec<Use>,
    /// Every metric.
    pub metrics: Vec<(Metric, f64)>,
}

/// Assesses a release.
pub fn assess(problem: &Problem, wish: &Wish, levels: &[u8]) -> Assessment {
    if problem.bits <= 64 {
        of::<u64>(problem, wish, levels)
    } else if problem.bits <= 128 {
        of::<u128>(problem, wish, levels)
    } else {
        of::<Wide>(problem, wish, levels)
    }
}

fn of<K: Key>(problem: &Problem, wish: &Wish, levels: &[u8]) -> Assessment {
    let mut desk = Desk::default();
    let leaves: Grouped<K> = problem.grouped(&mut desk.finder);
    let grouped = leaves.lifted(problem, levels, &mut desk.finder);
    let judge = Judge::new(problem, wish);
    let judged = judge.judge(&grouped, &mut desk);
    let classes = judge.classes(&grouped, &mut desk);
    let all = Judge::new(
        problem,
        &Wish {
            models: Vec::new(),
            ..wish.clone()
        },
    );
    let before = all.classes(&leaves, &mut desk).kept;
    let score = |&metric: &Metric| {
        let scale = Scale::new(problem, metric);
        let score = scale.score(problem, levels, judged.sums, &classes.suppressed);
        (metric, score)
    };
    let columns = problem.quasi.iter().zip(levels).enumerate();
    let single = Scale::new(problem, Metric::LossMean);
    let losses = single.losses(problem, levels, &classes.suppressed);
    Assessment {
        before: risk(problem, &before, &leaves),
        after: risk(problem, &classes.kept, &grouped),
        columns: columns
            .map(|(column, (quasi, &level))| {
                let values = |level: u8| {
                    let counts = quasi.counts.get(usize::from(level)).into_iter().flatten();
                    counts.filter(|&&count| count > 0).count()
                };
                Use {
                    column: quasi.name.clone(),
                    level,
                    top: quasi.top(),
                    values_before: values(0),
                    values_after: values(level),
                    loss: losses.get(column).copied().unwrap_or(0.0),
                }
            })
            .collect(),
        metrics: Metric::ALL.iter().map(score).collect(),
    }
}

/// The chances for rows in some classes; the whole file is the population.
fn risk<K: Key>(problem: &Problem, kept: &[Entry<K>], grouped: &Grouped<K>) -> Risk {
    let mut risk = Risk::default();
    let population = populations(problem, kept, grouped);
    let (mut least, mut least_whole) = (u64::MAX, u64::MAX);
    let (mut found, mut whole_rows, mut at_risk, mut alone) = (0.0, 0_u64, 0_u64, 0_u64);
    for (class, &all) in kept.iter().zip(&population) {
        let rows = u64::from(class.rows);
        risk.rows += rows;
        risk.classes += 1;
        least = least.min(rows);
        least_whole = least_whole.min(all);
        whole_rows += all;
        found += whole(rows) / whole(all.max(1));
        if 1.0 / whole(rows) > AT_RISK {
            at_risk += rows;
        }
        alone += u64::from(rows == 1);
    }
    if risk.rows == 0 {
        return risk;
    }
    let rows = whole(risk.rows);
    risk.prosecutor_max = 1.0 / whole(least);
    risk.prosecutor_mean = whole(risk.classes) / rows;
    risk.at_risk = whole(at_risk) / rows;
    risk.alone = whole(alone) / rows;
    risk.journalist_max = 1.0 / whole(least_whole);
    risk.marketer = found / rows;
    risk.journalist_mean = risk.marketer.max(whole(risk.classes) / whole(whole_rows));
    risk
}

/// Rows of the whole file in each class.
fn populations<K: Key>(problem: &Problem, kept: &[Entry<K>], grouped: &Grouped<K>) -> Vec<u64> {
    if problem.subset.is_empty() {
        return kept.iter().map(|class| u64::from(class.rows)).collect();
    }
    let mut finder = Finder::default();
    finder.clear(kept.len() + grouped.entries.len());
    for (place, class) in kept.iter().enumerate() {
        finder.place(class.key, place, |_| false);
    }
    let mut all = vec![0; kept.len()];
    for entry in &grouped.entries {
        let key = entry.key.above(problem.extra_bits);
        let next = kept.len();
        let place = finder.place(key, next, |place| {
            kept.get(place).is_some_and(|class| class.key == key)
        });
        if let Some(count) = all.get_mut(place) {
            *count += u64::from(entry.rows);
        }
    }
    all
}
