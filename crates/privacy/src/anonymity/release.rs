//! A wish fulfilled: search, and what is told of it.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::anytime;
use super::grouped::{Finder, Grouped};
use super::judge::{Judge, Wish};
use super::key::{Key, Wide};
use super::problem::Problem;
use super::progress::{Gauge, Progress};
use super::search::{NODES_MAX, Search};
use super::space::{self, Space};

/// How to search.
pub struct Effort<'e> {
    /// Threads.
    pub threads: usize,
    /// Set from outside to end the search with the best so far.
    pub stop: &'e AtomicBool,
    /// How long an any-time search may take; it goes on until proven otherwise.
    pub limit: Option<Duration>,
    /// Told once a second how far it is.
    pub tell: Option<&'e (dyn Fn(Progress) + Sync)>,
}

impl fmt::Debug for Effort<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Effort")
            .field("threads", &self.threads)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// What a search came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The best generalisation, if one fits.
    pub best: Option<Choice>,
    /// No generalisation costs less.
    pub bound: f64,
    /// Whether it is proven that nothing is cheaper, or that nothing fits.
    pub is_proven: bool,
    /// Generalisations there are; `None` above what 64 bits count.
    pub nodes: Option<u64>,
    /// Generalisations looked at.
    pub checked: u64,
    /// Time for putting rows together and searching.
    pub took: Duration,
}

/// A generalisation that fits.
#[derive(Clone, Debug)]
pub struct Choice {
    /// One level a column.
    pub levels: Vec<u8>,
    /// The metric.
    pub score: f64,
    /// Rows of which nothing is left, those outside the subset included.
    pub suppressed: u64,
    /// Classes that stay.
    pub classes: u64,
    /// Least rows of a class that stays.
    pub min_class: u32,
}

impl Choice {
    /// One digit a column.
    pub fn transformation(&self) -> String {
        space::digits(&self.levels)
    }
}

/// Finds the cheapest generalisation.
pub fn search(problem: &Problem, wish: &Wish, effort: &Effort<'_>) -> Outcome {
    if problem.bits <= 64 {
        of::<u64>(problem, wish, effort)
    } else if problem.bits <= 128 {
        of::<u128>(problem, wish, effort)
    } else {
        of::<Wide>(problem, wish, effort)
    }
}

fn of<K: Key>(problem: &Problem, wish: &Wish, effort: &Effort<'_>) -> Outcome {
    let started = Instant::now();
    let leaves: Grouped<K> = problem.grouped(&mut Finder::default());
    let judge = Judge::new(problem, wish);
    let space = Space::new(problem);
    let nodes = space.count();
    let gauge = Gauge::new(effort.stop);
    let found = gauge.watched(effort.tell, || {
        if space.size.is_some_and(|size| size <= NODES_MAX) {
            Search::new(&judge, space, &leaves, &gauge).run(effort.threads)
        } else {
            let until = effort.limit.map(|limit| started + limit);
            anytime::Search::new(&judge, space, &leaves, &gauge, until).run(effort.threads)
        }
    });
    let score = found
        .best
        .as_ref()
        .map_or(f64::INFINITY, |best| best.judged.score);
    let is_proven = found.bound >= score - score.abs() * 1e-12 || found.bound.is_infinite();
    let best = found.best.map(|best| {
        let sums = best.judged.sums;
        // At the top every row is as empty as a suppressed one.
        let is_empty = problem
            .quasi
            .iter()
            .zip(&best.levels)
            .all(|(quasi, &level)| level > 0 && level == quasi.top());
        let outside = problem.population - problem.rows;
        Choice {
            levels: best.levels,
            score: best.judged.score,
            suppressed: if is_empty {
                problem.population
            } else {
                sums.suppressed + outside
            },
            classes: if is_empty { 0 } else { sums.kept },
            min_class: if is_empty { 0 } else { best.judged.min },
        }
    });
    Outcome {
        best,
        bound: found.bound,
        is_proven,
        nodes,
        checked: gauge.checked(),
        took: started.elapsed(),
    }
}
