//! The cheapest generalisation of all, found by leaving out only what cannot be cheaper.
//!
//! Columns are fixed one after the other; the rows, put together at the levels fixed so far, are what all generalisations
//! below are made from. A generalisation is left out when levels alone (or the classes of a finer one) cost more than the
//! best found, or when a coarser one is proven not to fit. With every model steady (see [`Model`](super::model::Model)) that
//! follows from the suppressed rows; otherwise from the weaker tests alone.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};

use super::grouped::Grouped;
use super::judge::{Desk, Judge, Judged};
use super::key::Key;
use super::problem::whole;
use super::space::Space;

/// Generalisations that are each remembered: above, [`super::anytime`] searches.
pub(super) const NODES_MAX: usize = 1 << 22;

/// What the search found.
#[derive(Clone, Debug)]
pub(super) struct Best {
    pub(super) levels: Vec<u8>,
    pub(super) judged: Judged,
}

/// What a search came to.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) best: Option<Best>,
    /// No generalisation costs less than this.
    pub(super) bound: f64,
    /// Generalisations looked at.
    pub(super) checked: u64,
}

const DONE: u8 = 1;
/// Cannot fit, nor can anything finer.
const UNFIT: u8 = 2;
/// Costs more than the best, as does anything coarser.
const DEAR: u8 = 4;

/// Looks before columns are fixed further; each that rules out something earns another.
const LOOKS: usize = 3;
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
    /// The best score's bits.
    score: AtomicU64,
    checked: AtomicU64,
    stop: &'s AtomicBool,
}

/// A part of the lattice: levels fixed up to a depth.
struct Part<'t, K> {
    depth: usize,
    table: &'t Grouped<K>,
    start: usize,
    end: usize,
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
        stop: &'s AtomicBool,
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
            score: AtomicU64::new(f64::INFINITY.to_bits()),
            checked: AtomicU64::new(0),
            space,
            stop,
        }
    }

    /// Searches all with so many threads.
    pub(super) fn run(self, threads: usize) -> Found {
        let mut desk = Desk::default();
        self.seed(&mut desk);
        let whole = Part {
            depth: 0,
            table: self.leaves,
            start: 0,
            end: self.states.len(),
        };
        if self.look(&whole, &mut desk) {
            let parts = self.parts();
            let next = AtomicUsize::new(0);
            std::thread::scope(|scope| {
                for _ in 1..threads.max(1) {
                    scope.spawn(|| self.work(&parts, &next, &mut Desk::default()));
                }
                self.work(&parts, &next, &mut desk);
            });
        }
        let best = self
            .best
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
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
            bound: score.min(open),
            best,
            checked: self.checked.into_inner(),
        }
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
    fn work(&self, parts: &[usize], next: &AtomicUsize, desk: &mut Desk<K>) {
        let mut last: Option<Grouped<K>> = None;
        while let Some(&start) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let depth = self.space.order.len().min(2);
            let step = depth
                .checked_sub(1)
                .and_then(|at| self.space.strides.get(at));
            let end = start + step.copied().unwrap_or(1);
            if self.alive(start, end) == 0 {
                continue;
            }
            let levels = self.space.levels_of(start);
            let finer = last.as_ref().filter(|table| {
                table
                    .levels
                    .iter()
                    .zip(&levels)
                    .all(|(own, new)| own <= new)
            });
            let source = finer.unwrap_or(self.leaves);
            let table = source.lifted(self.judge.problem, &levels, &mut desk.finder);
            let part = Part {
                depth,
                table: &table,
                start,
                end,
            };
            self.visit(&part, desk);
            last = Some(table);
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
        f64::from_bits(self.score.load(Ordering::Relaxed))
    }

    /// Looks at the topmost while that pays; whether anything is left.
    fn look(&self, part: &Part<'_, K>, desk: &mut Desk<K>) -> bool {
        let mut looks = LOOKS;
        while let Some(id) = self.topmost(part.start, part.end) {
            if looks == 0 {
                return true;
            }
            if self.stop.load(Ordering::Relaxed) {
                return false;
            }
            let rules_out = self.check(id, part.table, desk);
            looks = if rules_out {
                LOOKS.min(looks + 1)
            } else {
                looks - 1
            };
        }
        false
    }

    fn visit(&self, part: &Part<'_, K>, desk: &mut Desk<K>) {
        let alive = self.alive(part.start, part.end);
        if alive == 0 || self.stop.load(Ordering::Relaxed) {
            return;
        }
        if part.depth >= self.space.order.len() {
            let judged = self.judge.judge(part.table, desk);
            self.learn(part.start, &part.table.levels, judged);
            return;
        }
        if !self.look(part, desk) {
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
        self.checked.fetch_add(1, Ordering::Relaxed);
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
        let mut best = self
            .best
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_better = best.as_ref().is_none_or(|best| {
            let height = |levels: &[u8]| levels.iter().map(|&level| u32::from(level)).sum::<u32>();
            judged
                .score
                .total_cmp(&best.judged.score)
                .then(height(levels).cmp(&height(&best.levels)))
                .then(levels.cmp(&best.levels))
                .is_lt()
        });
        if is_better {
            self.score.store(judged.score.to_bits(), Ordering::Relaxed);
            *best = Some(Best {
                levels: levels.to_vec(),
                judged,
            });
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
        for path in [self.path_down(), self.path_up()] {
            let (mut low, mut high) = (0, path.len());
            while low < high && !self.stop.load(Ordering::Relaxed) {
                let middle = usize::midpoint(low, high);
                let Some(levels) = path.get(middle) else {
                    break;
                };
                let table = self.source(&tables, levels).lifted(
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
                let best = self
                    .best
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
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
                    if !self.is_alive(next, self.score()) || self.stop.load(Ordering::Relaxed) {
                        continue;
                    }
                    let levels = self.space.levels_of(next);
                    let source = self.source(tables, &levels);
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

    /// The smallest table that is finer than some levels.
    fn source<'t>(&'t self, tables: &'t [Grouped<K>], levels: &[u8]) -> &'t Grouped<K> {
        tables
            .iter()
            .filter(|table| table.levels.iter().zip(levels).all(|(own, new)| own <= new))
            .min_by_key(|table| table.entries.len())
            .unwrap_or(self.leaves)
    }

    /// From the top downwards, each time by the step after which levels alone cost least.
    fn path_down(&self) -> Vec<Vec<u8>> {
        let mut levels: Vec<u8> = self
            .judge
            .problem
            .quasi
            .iter()
            .map(super::problem::Quasi::top)
            .collect();
        let mut path = vec![levels.clone()];
        while let Some(next) = (0..levels.len())
            .filter_map(|column| {
                let mut next = levels.clone();
                let place = next.get_mut(column)?;
                *place = place.checked_sub(1)?;
                Some(next)
            })
            .min_by(|a, b| self.worth(a).total_cmp(&self.worth(b)))
        {
            path.push(next.clone());
            levels = next;
        }
        path.reverse();
        path
    }

    /// From the leaves upwards, each time by the step that makes most alike for what it costs.
    fn path_up(&self) -> Vec<Vec<u8>> {
        let problem = self.judge.problem;
        let mut levels = vec![0; problem.quasi.len()];
        let mut path = vec![levels.clone()];
        let gain = |levels: &[u8], next: &[u8]| {
            let spread = |levels: &[u8]| self.spread_of(levels);
            let cost = self.judge.scale.least(next) - self.judge.scale.least(levels);
            (spread(levels) - spread(next)) / cost.max(1e-12)
        };
        while let Some(next) = problem
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

    /// What levels alone cost, or how few values they leave.
    fn worth(&self, levels: &[u8]) -> f64 {
        if self.judge.is_bounded_by_levels() {
            self.judge.scale.least(levels)
        } else {
            -self.spread_of(levels)
        }
    }

    /// How different rows still are, in bits: the entropy of each column, summed.
    fn spread_of(&self, levels: &[u8]) -> f64 {
        let problem = self.judge.problem;
        let rows = whole(problem.rows);
        problem
            .quasi
            .iter()
            .zip(levels)
            .map(|(quasi, &level)| {
                let counts = quasi
                    .counts
                    .get(usize::from(level))
                    .map_or(&[][..], Vec::as_slice);
                counts
                    .iter()
                    .filter(|&&count| count > 0)
                    .map(|&count| whole(count) / rows * (rows / whole(count)).log2())
                    .sum::<f64>()
            })
            .sum()
    }
}
