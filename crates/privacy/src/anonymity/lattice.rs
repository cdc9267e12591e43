//! Every generalisation, listed.

use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use city::Fault;

use super::grouped::{Finder, Grouped};
use super::key::{Key, Wide};
use super::problem::Problem;
use super::space::{self, Space};
use super::trouble::Trouble;

/// Generalisations that are listed at most.
const NODES_MAX: usize = 1 << 20;

/// What one generalisation comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// One level a column.
    pub levels: Vec<u8>,
    /// Classes.
    pub classes: usize,
    /// Least rows of a class.
    pub min: u32,
    /// For each k asked for: rows in classes of fewer rows.
    pub suppressed: Vec<u64>,
}

impl Node {
    /// One digit a column.
    pub fn transformation(&self) -> String {
        space::digits(&self.levels)
    }
}

/// Lists all generalisations in the order of their digits.
///
/// # Errors
/// There are too many to list.
pub fn list(problem: &Problem, ks: &[u32], threads: usize) -> Result<Vec<Node>, Trouble> {
    let space = Space::new(problem);
    if space.size.is_none_or(|size| size > NODES_MAX) {
        let count = space
            .count()
            .map_or("too many".to_owned(), |count| count.to_string());
        let what = format!("generalisations: {count}");
        return Err(Trouble::fault(
            Fault::at(Path::new("--quasi"), what)
                .expected(format!("at most {NODES_MAX} to list"))
                .remedy("name fewer quasi-identifiers, or use `anonymise`"),
        ));
    }
    Ok(if problem.bits <= 64 {
        of::<u64>(problem, &space, ks, threads)
    } else if problem.bits <= 128 {
        of::<u128>(problem, &space, ks, threads)
    } else {
        of::<Wide>(problem, &space, ks, threads)
    })
}

fn of<K: Key>(problem: &Problem, space: &Space, ks: &[u32], threads: usize) -> Vec<Node> {
    let leaves: Grouped<K> = problem.grouped(&mut Finder::default());
    let walk = Walk { problem, space, ks };
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Vec::with_capacity(space.size.unwrap_or(0)));
    let depth = space.order.len().min(2);
    let step = depth
        .checked_sub(1)
        .and_then(|at| space.strides.get(at))
        .copied()
        .unwrap_or(1);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let mut finder = Finder::default();
                let mut own = Vec::new();
                loop {
                    let start = next.fetch_add(1, Ordering::Relaxed).saturating_mul(step);
                    if start >= space.size.unwrap_or(0) {
                        break;
                    }
                    let levels = space.levels_of(start);
                    let table = leaves.lifted(problem, &levels, &mut finder);
                    walk.below(depth, &table, &mut finder, &mut own);
                }
                all.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .append(&mut own);
            });
        }
    });
    let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.sort_unstable_by(|a: &Node, b| a.levels.cmp(&b.levels));
    all
}

struct Walk<'w> {
    problem: &'w Problem,
    space: &'w Space,
    ks: &'w [u32],
}

impl Walk<'_> {
    /// All generalisations with the first columns as in a table, each made from the one before.
    fn below<K: Key>(
        &self,
        depth: usize,
        table: &Grouped<K>,
        finder: &mut Finder,
        found: &mut Vec<Node>,
    ) {
        let (Some(&column), Some(&count)) =
            (self.space.order.get(depth), self.space.levels.get(depth))
        else {
            found.push(self.node(table));
            return;
        };
        self.below(depth + 1, table, finder, found);
        let mut last: Option<Grouped<K>> = None;
        for level in 1..count {
            let finer = last.as_ref().unwrap_or(table);
            let mut levels = finer.levels.clone();
            if let Some(place) = levels.get_mut(column) {
                *place = level;
            }
            let coarser = finer.lifted(self.problem, &levels, finder);
            self.below(depth + 1, &coarser, finder, found);
            last = Some(coarser);
        }
    }

    fn node<K: Key>(&self, table: &Grouped<K>) -> Node {
        let below = |k: u32| {
            let small = table.entries.iter().filter(|entry| entry.rows < k);
            small.map(|entry| u64::from(entry.rows)).sum()
        };
        Node {
            levels: table.levels.clone(),
            classes: table.entries.len(),
            min: table
                .entries
                .iter()
                .map(|entry| entry.rows)
                .min()
                .unwrap_or(0),
            suppressed: self.ks.iter().map(|&k| below(k)).collect(),
        }
    }
}
