//! Ways through the lattice that soon come to something good.

use super::grouped::Grouped;
use super::judge::Judge;
use super::key::Key;
use super::problem::{Quasi, whole};

/// The smallest table that is finer than some levels.
pub(super) fn source<'t, K: Key>(
    leaves: &'t Grouped<K>,
    tables: &'t [Grouped<K>],
    levels: &[u8],
) -> &'t Grouped<K> {
    tables
        .iter()
        .filter(|table| table.levels.iter().zip(levels).all(|(own, new)| own <= new))
        .min_by_key(|table| table.entries.len())
        .unwrap_or(leaves)
}

/// The top.
pub(super) fn top(judge: &Judge<'_>) -> Vec<u8> {
    judge.problem.quasi.iter().map(Quasi::top).collect()
}

/// From the top downwards, each time by the step after which levels alone cost least; told upwards.
pub(super) fn down(judge: &Judge<'_>) -> Vec<Vec<u8>> {
    between(judge, &vec![0; judge.problem.quasi.len()], &top(judge))
}

/// The same between a finer and a coarser generalisation.
pub(super) fn between(judge: &Judge<'_>, low: &[u8], high: &[u8]) -> Vec<Vec<u8>> {
    let mut levels = high.to_vec();
    let mut path = vec![levels.clone()];
    while let Some(next) = low
        .iter()
        .enumerate()
        .filter_map(|(column, &least)| {
            let mut next = levels.clone();
            let place = next.get_mut(column)?;
            if *place <= least {
                return None;
            }
            *place -= 1;
            Some(next)
        })
        .min_by(|a, b| worth(judge, a).total_cmp(&worth(judge, b)))
    {
        path.push(next.clone());
        levels = next;
    }
    path.reverse();
    path
}

/// From the leaves upwards, each time by the step that makes most alike for what it costs.
pub(super) fn up(judge: &Judge<'_>) -> Vec<Vec<u8>> {
    let mut levels = vec![0; judge.problem.quasi.len()];
    let mut path = vec![levels.clone()];
    let gain = |levels: &[u8], next: &[u8]| {
        let cost = judge.scale.least(next) - judge.scale.least(levels);
        (spread(judge, levels) - spread(judge, next)) / cost.max(1e-12)
    };
    while let Some(next) = judge
        .problem
        .quasi
        .iter()
        .enumerate()
        .filter_map(|(column, quasi)| {
            let mut next = levels.clone();
            let place = next.get_mut(column)?;
            if *place >= quasi.top() {
                return None;
            }
            *place += 1;
            Some(next)
        })
        .max_by(|a, b| gain(&levels, a).total_cmp(&gain(&levels, b)))
    {
        path.push(next.clone());
        levels = next;
    }
    path
}

/// What levels alone cost, or how alike they make rows.
fn worth(judge: &Judge<'_>, levels: &[u8]) -> f64 {
    if judge.is_bounded_by_levels() {
        judge.scale.least(levels)
    } else {
        -spread(judge, levels)
    }
}

/// How different rows still are, in bits: the entropy of each column, summed.
fn spread(judge: &Judge<'_>, levels: &[u8]) -> f64 {
    let problem = judge.problem;
    let rows = whole(problem.rows);
    let column = |(quasi, &level): (&Quasi, &u8)| -> f64 {
        let counts = quasi.counts.get(usize::from(level));
        counts
            .into_iter()
            .flatten()
            .filter(|&&count| count > 0)
            .map(|&count| whole(count) / rows * (rows / whole(count)).log2())
            .sum()
    };
    problem.quasi.iter().zip(levels).map(column).sum()
}
