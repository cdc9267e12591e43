//! The cheapest generalisation of all, found by leaving out only what cannot be cheaper.
//!
//! Columns are fixed one after the other; the rows, put together at the levels fixed so far, are what all generalisations
//! below are made from. A generalisation is left out when levels alone (or the classes of a finer one) cost more than the
//! best found, or when a coarser one is proven not to fit. With every model steady (see [`Model`](super::model::Model)) that
//! follows from the suppressed rows; otherwise from the weaker tests alone.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::grouped::Grouped;
use super::judge::{Desk, Judge, Judged};
use super::key::Key;
use super::paths;
use super::progress::Gauge;
use super::space::Space;

/// Generalisations that are each remembered: above, [`super::anytime`] searches.
pub(super) const NODES_MAX: usize = 1 << 22;

/// What the search found.
#[derive(Clone, Debug)]
pub(super) struct Best {
    pub(super) levels: Vec<u8>,
    pub(super) judged: Judged,
}

impl Best {
    /// Takes what is better: costs less, or as much with lower levels. Whether it was.
    pub(super) fn offer(best: &mut Option<Self>, levels: &[u8], judged: Judged) -> bool {
        let height = |levels: &[u8]| levels.iter().map(|&level| u32::from(level)).sum::<u32>();
        let is_better = best.as_ref().is_none_or(|best| {
            judged
                .score
                .total_cmp(&best.judged.score)
                .then(height(levels).cmp(&height(&best.levels)))
                .then(levels.cmp(&best.levels))
                .is_lt()
        });
        if is_better {
            *best = Some(Self {
                levels: levels.to_vec(),
                judged,
            });
        }
        is_better
    }
}

/// What a search came to.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) best: Option<Best>,
    /// No generalisation costs less than this.
    pub(super) bound: f64,
}

const DONE: u8 = 1;
/// Cannot fit, nor can anything finer.
const UNFIT: u8 = 2;
/// Costs more than the best, as does anything coarser.
const DEAR: u8 = 4;

/// Few enough left to be made from the table at hand.
const FEW: usize = 3;

/// A search that threads share.
pub(super) struct Search<'s, K> {
    judge: &'s Judge<'s>,
    space: Space,
    leaves: &'s Grouped<K>,
    states: Vec<AtomicU8>,
    least: Vec<f64>,
    heights: Vec<u16>,
    best: Mutex<Option<Best>>,
    gauge: &'s Gauge<'s>,
}

/// A part of the lattice: levels fixed up to a depth.
struct Part<'t, K> {
    depth: usize,
    table: &'t Grouped<K>,
    start: usize,
    end: usize,
}

/// What threads take their work from.
struct Queue<K> {
    parts: Vec<usize>,
    next: AtomicUsize,
    /// By the level of the first column: rows with that column alone made coarser.
    firsts: Vec<OnceLock<Grouped<K>>>,
}

/// Whether a score is above the best for sure, and not by rounding.
pub(super) fn is_above(score: f64, best: f64) -> bool {
    score > best + best.abs() * 1e-12
}

impl<'s, K: Key> Search<'s, K> {
    pub(super) fn new(
        judge: &'s Judge<'s>,
        space: Space,
        leaves: &'s Grouped<K>,
        gauge: &'s Gauge<'s>,
    ) -> Self {
        let size = space.size.unwrap_or(0);
        let mut least = Vec::with_capacity(size);
        let mut heights = Vec::with_capacity(size);
        for id in 0..size {
            let levels = space.levels_of(id);
            heights.push(levels.iter().map(|&level| u16::from(level)).sum());
            least.push(judge.scale.least(&levels));
        }
        Self {
            judge,
            leaves,
            states: std::iter::repeat_with(|| AtomicU8::new(0))
                .take(size)
                .collect(),
            least,
            heights,
            best: Mutex::new(None),
            space,
            gauge,
        }
    }

    /// Searches all with so many threads.
    pub(super) fn run(self, threads: usize) -> Found {
        let mut desk = Desk::default();
        self.seed(&mut desk);
        let queue = Queue {
            parts: self.parts(),
            next: AtomicUsize::new(0),
            firsts: std::iter::repeat_with(OnceLock::new)
                .take(self.space.levels.first().copied().unwrap_or(1).into())
                .collect(),
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.max(1) {
                scope.spawn(|| self.work(&queue, &mut Desk::default()));
            }
            self.work(&queue, &mut desk);
        });
        let least = self.leaves_cost(&mut desk);
        let best = self
            .best
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let score = best
            .as_ref()
            .map_or(f64::INFINITY, |best| best.judged.score);
        let open = self
            .states
            .iter()
            .zip(&self.least)
            .filter(|(state, _)| state.load(Ordering::Relaxed) == 0)
            .map(|(_, &least)| least)
            .fold(f64::INFINITY, f64::min);
        Found {
            bound: score.min(open.max(least)),
            best,
        }
    }

    /// What the leaves' classes cost at least: nothing costs less, whatever was not looked at.
    fn leaves_cost(&self, desk: &mut Desk<K>) -> f64 {
        if self.judge.is_bounded_by_levels() || !self.gauge.is_stopped() {
            return 0.0;
        }
        let judged = self.judge.judge(self.leaves, desk);
        self.judge.scale.least_of(judged.sums)
    }

    /// The starts of parts with the first two columns fixed, coarsest first: what does not fit there rules out most.
    fn parts(&self) -> Vec<usize> {
        let size = self.states.len();
        let step = self.space.strides.get(1).copied().unwrap_or(1);
        let mut parts: Vec<usize> = (0..size).step_by(step.max(1)).collect();
        parts.sort_by_key(|&id| std::cmp::Reverse(self.heights.get(id).copied()));
        parts
    }

    /// Takes part after part until none is left.
    fn work(&self, queue: &Queue<K>, desk: &mut Desk<K>) {
        let problem = self.judge.problem;
        let depth = self.space.order.len().min(2);
        let step = depth
            .checked_sub(1)
            .and_then(|at| self.space.strides.get(at));
        while let Some(&start) = queue.parts.get(queue.next.fetch_add(1, Ordering::Relaxed)) {
            let end = start + step.copied().unwrap_or(1);
            if self.alive(start, end) == 0 {
                continue;
            }
            let (first, _) = self.space.level_at(start, 0);
            let levels = self.space.levels_of(start);
            let mut own = vec![0; levels.len()];
            if let Some(place) = self.space.order.first().and_then(|&at| own.get_mut(at)) {
                *place = first;
            }
            let source = match queue.firsts.get(usize::from(first)) {
                Some(table) if first > 0 => {
                    table.get_or_init(|| self.leaves.lifted(problem, &own, &mut desk.finder))
                }
                _ => self.leaves,
            };
            let lifted;
            let table = if source.levels == levels {
                source
            } else {
                lifted = source.lifted(problem, &levels, &mut desk.finder);
                &lifted
            };
            self.visit(
                &Part {
                    depth,
                    table,
                    start,
                    end,
                },
                desk,
            );
        }
    }

    /// How many in a range are not ruled out, counted up to one more than few.
    fn alive(&self, start: usize, end: usize) -> usize {
        let best = self.score();
        (start..end)
            .filter(|&id| self.is_alive(id, best))
            .take(FEW + 1)
            .count()
    }

    fn is_alive(&self, id: usize, best: f64) -> bool {
        let is_open = self
            .states
            .get(id)
            .is_some_and(|state| state.load(Ordering::Relaxed) == 0);
        is_open
            && self
                .least
                .get(id)
                .is_some_and(|&least| !is_above(least, best))
    }

    /// The topmost in a range that is not ruled out.
    fn topmost(&self, start: usize, end: usize) -> Option<usize> {
        let best = self.score();
        (start..end)
            .filter(|&id| self.is_alive(id, best))
            .max_by_key(|&id| self.heights.get(id).copied())
    }

    fn score(&self) -> f64 {
        self.gauge.score()
    }

    fn visit(&self, part: &Part<'_, K>, desk: &mut Desk<K>) {
        let alive = self.alive(part.start, part.end);
        if alive == 0 || self.gauge.is_stopped() {
            return;
        }
        if part.depth >= self.space.order.len() {
            let judged = self.judge.judge(part.table, desk);
            self.learn(part.start, &part.table.levels, judged);
            return;
        }
        let Some(&column) = self.space.order.get(part.depth) else {
            return;
        };
        let stride = self.space.strides.get(part.depth).copied().unwrap_or(1);
        let count = self.space.levels.get(part.depth).copied().unwrap_or(1);
        for level in (0..count).rev() {
            let start = part.start + usize::from(level) * stride;
            let end = start + stride;
            if self.alive(start, end) <= FEW {
                while let Some(id) = self.topmost(start, end) {
                    self.check(id, part.table, desk);
                }
                continue;
            }
            let mut levels = part.table.levels.clone();
            if let Some(place) = levels.get_mut(column) {
                *place = level;
            }
            let lifted;
            let table = if level == 0 {
                part.table
            } else {
                lifted = part
                    .table
                    .lifted(self.judge.problem, &levels, &mut desk.finder);
                &lifted
            };
            let depth = part.depth + 1;
            self.visit(
                &Part {
                    depth,
                    table,
                    start,
                    end,
                },
                desk,
            );
        }
    }

    /// Makes a generalisation from a finer table and judges it; whether it rules out anything beside itself.
    fn check(&self, id: usize, finer: &Grouped<K>, desk: &mut Desk<K>) -> bool {
        let levels = self.space.levels_of(id);
        let table = finer.lifted(self.judge.problem, &levels, &mut desk.finder);
        let judged = self.judge.judge(&table, desk);
        self.learn(id, &levels, judged)
    }

    /// Draws conclusions from what was judged; whether it rules out anything beside itself.
    fn learn(&self, id: usize, levels: &[u8], judged: Judged) -> bool {
        self.gauge.count();
        self.mark(id, DONE);
        if judged.fits {
            self.offer(levels, judged);
        }
        let best = self.score();
        let mut rules_out = false;
        if judged.rules_out || self.is_dear_below(judged, best) {
            self.spread(id, UNFIT);
            rules_out = true;
        }
        if is_above(self.judge.scale.least_of(judged.sums), best) {
            self.spread(id, DEAR);
            rules_out = true;
        }
        rules_out
    }

    /// Whether everything finer costs more than the best because of what must be suppressed there at least.
    fn is_dear_below(&self, judged: Judged, best: f64) -> bool {
        self.judge.is_steady
            && self
                .judge
                .scale
                .least_suppressing(judged.sums.suppressed)
                .is_some_and(|least| is_above(least, best))
    }

    fn offer(&self, levels: &[u8], judged: Judged) {
        let mut best = self.best.lock().unwrap_or_else(PoisonError::into_inner);
        if Best::offer(&mut best, levels, judged) {
            self.gauge.set_score(judged.score);
        }
    }

    /// Marks one; whether it was not marked so before.
    fn mark(&self, id: usize, mark: u8) -> bool {
        self.states
            .get(id)
            .is_some_and(|state| state.fetch_or(mark, Ordering::Relaxed) & mark == 0)
    }

    /// Marks one and all finer (unfit) or coarser (dear) ones. What is marked already has had its neighbours marked.
    fn spread(&self, id: usize, mark: u8) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if !self.mark(id, mark) {
                continue;
            }
            for place in 0..self.space.order.len() {
                let (level, stride) = self.space.level_at(id, place);
                let count = self.space.levels.get(place).copied().unwrap_or(1);
                if mark == UNFIT && level > 0 {
                    open.push(id - stride);
                } else if mark == DEAR && level + 1 < count {
                    open.push(id + stride);
                }
            }
        }
    }

    /// Finds something good to begin with: along two paths from the leaves to the top, where they begin to fit.
    fn seed(&self, desk: &mut Desk<K>) {
        let mut tables: Vec<Grouped<K>> = Vec::new();
        for path in [paths::down(self.judge), paths::up(self.judge)] {
            let (mut low, mut high) = (0, path.len());
            while low < high && !self.gauge.is_stopped() {
                let middle = usize::midpoint(low, high);
                let Some(levels) = path.get(middle) else {
                    break;
                };
                let table = paths::source(self.leaves, &tables, levels).lifted(
                    self.judge.problem,
                    levels,
                    &mut desk.finder,
                );
                let judged = self.judge.judge(&table, desk);
                self.learn(self.space.id_of(levels), levels, judged);
                if judged.fits {
                    high = middle;
                } else {
                    low = middle + 1;
                }
                tables.push(table);
            }
        }
        self.descend(&mut tables, desk);
    }

    /// Steps from the best to a better neighbour while there is one.
    fn descend(&self, tables: &mut Vec<Grouped<K>>, desk: &mut Desk<K>) {
        loop {
            let before = self.score();
            let from = {
                let best = self.best.lock().unwrap_or_else(PoisonError::into_inner);
                best.as_ref().map(|best| best.levels.clone())
            };
            let Some(from) = from else {
                return;
            };
            let id = self.space.id_of(&from);
            for place in 0..self.space.order.len() {
                let (level, stride) = self.space.level_at(id, place);
                let count = self.space.levels.get(place).copied().unwrap_or(1);
                let finer = (level > 0).then(|| id - stride);
                let coarser = (level + 1 < count).then(|| id + stride);
                for next in [finer, coarser].into_iter().flatten() {
                    if !self.is_alive(next, self.score()) || self.gauge.is_stopped() {
                        continue;
                    }
                    let levels = self.space.levels_of(next);
                    let source = paths::source(self.leaves, tables, &levels);
                    let table = source.lifted(self.judge.problem, &levels, &mut desk.finder);
                    let judged = self.judge.judge(&table, desk);
                    self.learn(next, &levels, judged);
                    tables.push(table);
                }
            }
            if self.score() >= before {
                return;
            }
        }
    }
}
