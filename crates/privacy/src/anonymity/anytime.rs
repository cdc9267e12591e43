//! When there are too many generalisations to remember each: the most promising part first, with a bound that is always true.
//!
//! A part is all generalisations whose first columns have certain levels. None of it costs less than its levels alone, with
//! the other columns at their leaves; it is left out when its coarsest generalisation is proven not to fit. The bound is the
//! least such cost among parts not yet taken apart.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

use super::grouped::{Entry, Grouped};
use super::judge::{Desk, Judge, Judged};
use super::key::Key;
use super::paths;
use super::progress::Gauge;
use super::search::{Best, Found, is_above};
use super::space::Space;

/// Parts that are remembered. Beyond, the least promising half is forgotten; the bound remembers it.
const PARTS_MAX: usize = 1 << 19;
/// Tables each thread keeps to make others from.
const TABLES: usize = 32;
/// Bytes of tables each thread keeps.
const BYTES: usize = 96 << 20;
/// One part in so many is followed down to a generalisation that fits.
const DIVE: u64 = 16;

/// Generalisations whose first columns have certain levels.
#[derive(Clone, Debug)]
struct Part {
    bound: f64,
    depth: usize,
    levels: Vec<u8>,
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Part {}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    /// The greatest is the most promising: the least bound, then the deepest.
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .bound
            .total_cmp(&self.bound)
            .then(self.depth.cmp(&other.depth))
            .then_with(|| other.levels.cmp(&self.levels))
    }
}

/// What threads share.
struct Open {
    parts: BinaryHeap<Part>,
    /// The bounds of parts that are just taken apart.
    busy: Vec<f64>,
    /// The least bound of what was forgotten.
    forgotten: f64,
    best: Option<Best>,
}

impl Open {
    fn bound(&self) -> f64 {
        let next = self.parts.peek().map_or(f64::INFINITY, |part| part.bound);
        let busy = self.busy.iter().copied().fold(f64::INFINITY, f64::min);
        next.min(busy).min(self.forgotten)
    }
}

/// A search that threads share.
pub(super) struct Search<'s, K> {
    judge: &'s Judge<'s>,
    space: Space,
    leaves: &'s Grouped<K>,
    open: Mutex<Open>,
    changed: Condvar,
    gauge: &'s Gauge<'s>,
    until: Option<Instant>,
}

/// What a thread works with.
struct Bench<K> {
    desk: Desk<K>,
    tables: Vec<Grouped<K>>,
    next: usize,
}

impl<'s, K: Key> Search<'s, K> {
    pub(super) fn new(
        judge: &'s Judge<'s>,
        space: Space,
        leaves: &'s Grouped<K>,
        gauge: &'s Gauge<'s>,
        until: Option<Instant>,
    ) -> Self {
        let levels = vec![0; space.order.len()];
        let whole = Part {
            bound: judge.scale.least(&levels),
            depth: 0,
            levels,
        };
        Self {
            judge,
            space,
            leaves,
            open: Mutex::new(Open {
                parts: BinaryHeap::from([whole]),
                busy: Vec::new(),
                forgotten: f64::INFINITY,
                best: None,
            }),
            changed: Condvar::new(),
            gauge,
            until,
        }
    }

    /// Searches with so many threads, until proven, stopped or out of time.
    pub(super) fn run(self, threads: usize) -> Found {
        let mut bench = Bench::default();
        for path in [paths::down(self.judge), paths::up(self.judge)] {
            self.along(&path, &mut bench);
        }
        self.lock().busy = vec![f64::INFINITY; threads.max(1)];
        std::thread::scope(|scope| {
            let search = &self;
            for own in 1..threads.max(1) {
                scope.spawn(move || search.work(own, &mut Bench::default()));
            }
            search.work(0, &mut bench);
        });
        let open = self
            .open
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let score = open
            .best
            .as_ref()
            .map_or(f64::INFINITY, |best| best.judged.score);
        Found {
            bound: score.min(open.bound()),
            best: open.best,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.gauge.is_stopped() || self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// Takes parts apart until there are none.
    fn work(&self, own: usize, bench: &mut Bench<K>) {
        let mut taken = 0;
        while let Some(part) = self.take(own) {
            let children = self.apart(&part, bench);
            taken += 1;
            if taken % DIVE == 1 && part.depth < self.space.order.len() {
                let mut high = part.levels.clone();
                self.raise(&mut high, part.depth);
                self.along(&paths::between(self.judge, &part.levels, &high), bench);
            }
            self.put(own, children);
        }
    }

    /// The most promising part; waits while others may still bring some.
    fn take(&self, own: usize) -> Option<Part> {
        let mut open = self.lock();
        loop {
            if self.is_over() {
                self.changed.notify_all();
                return None;
            }
            let best = self.gauge.score();
            if let Some(part) = open.parts.pop() {
                if is_above(part.bound, best) {
                    // None of the others is more promising.
                    open.parts.clear();
                    continue;
                }
                if let Some(busy) = open.busy.get_mut(own) {
                    *busy = part.bound;
                }
                self.gauge.set_bound(open.bound().min(best));
                return Some(part);
            }
            if open.busy.iter().all(|busy| busy.is_infinite()) {
                self.changed.notify_all();
                return None;
            }
            open = self
                .changed
                .wait(open)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Gives back what a part fell into.
    fn put(&self, own: usize, children: Vec<Part>) {
        let mut open = self.lock();
        open.parts.extend(children);
        if open.parts.len() > PARTS_MAX {
            let mut parts = std::mem::take(&mut open.parts).into_sorted_vec();
            // Sorted from the least promising on.
            let rest = parts.split_off(parts.len() / 2);
            let left_out = parts.last().map_or(f64::INFINITY, |part| part.bound);
            open.forgotten = open.forgotten.min(left_out);
            open.parts = BinaryHeap::from(rest);
        }
        if let Some(busy) = open.busy.get_mut(own) {
            *busy = f64::INFINITY;
        }
        self.changed.notify_all();
    }

    /// A part's own parts, as far as they may hold something better.
    fn apart(&self, part: &Part, bench: &mut Bench<K>) -> Vec<Part> {
        let table = bench.table(self, &part.levels);
        let judged = self.judge.judge(&table, &mut bench.desk);
        self.learn(&part.levels, judged);
        let bound = part.bound.max(self.judge.scale.least_of(judged.sums));
        if part.depth >= self.space.order.len() || is_above(bound, self.gauge.score()) {
            return Vec::new();
        }
        let mut high = part.levels.clone();
        self.raise(&mut high, part.depth);
        let coarsest = table.lifted(self.judge.problem, &high, &mut bench.desk.finder);
        let judged = self.judge.judge(&coarsest, &mut bench.desk);
        self.learn(&high, judged);
        if judged.rules_out {
            return Vec::new();
        }
        bench.keep(table);
        let column = self.space.order.get(part.depth).copied().unwrap_or(0);
        let count = self.space.levels.get(part.depth).copied().unwrap_or(1);
        let best = self.gauge.score();
        (0..count)
            .map(|level| {
                let mut levels = part.levels.clone();
                if let Some(place) = levels.get_mut(column) {
                    *place = level;
                }
                Part {
                    bound: bound.max(self.judge.scale.least(&levels)),
                    depth: part.depth + 1,
                    levels,
                }
            })
            .filter(|part| !is_above(part.bound, best))
            .collect()
    }

    /// Sets the columns not yet fixed to their top.
    fn raise(&self, levels: &mut [u8], depth: usize) {
        for &column in self.space.order.iter().skip(depth) {
            let top = self.judge.problem.quasi.get(column);
            if let (Some(place), Some(quasi)) = (levels.get_mut(column), top) {
                *place = quasi.top();
            }
        }
    }

    /// Finds where a path begins to fit.
    fn along(&self, path: &[Vec<u8>], bench: &mut Bench<K>) {
        let (mut low, mut high) = (0, path.len());
        while low < high && !self.is_over() {
            let middle = usize::midpoint(low, high);
            let Some(levels) = path.get(middle) else {
                return;
            };
            let table = bench.table(self, levels);
            let judged = self.judge.judge(&table, &mut bench.desk);
            self.learn(levels, judged);
            bench.keep(table);
            if judged.fits {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
    }

    fn learn(&self, levels: &[u8], judged: Judged) {
        self.gauge.count();
        if judged.fits && judged.score <= self.gauge.score() {
            let mut open = self.lock();
            if Best::offer(&mut open.best, levels, judged) {
                self.gauge.set_score(judged.score);
            }
        }
    }
}

impl<K> Default for Bench<K> {
    fn default() -> Self {
        Self {
            desk: Desk::default(),
            tables: Vec::new(),
            next: 0,
        }
    }
}

impl<K: Key> Bench<K> {
    fn table(&mut self, search: &Search<'_, K>, levels: &[u8]) -> Grouped<K> {
        let source = paths::source(search.leaves, &self.tables, levels);
        source.lifted(search.judge.problem, levels, &mut self.desk.finder)
    }

    /// Keeps a table, in the place of the oldest when there are many or large ones.
    fn keep(&mut self, table: Grouped<K>) {
        let most = BYTES / size_of::<Entry<K>>();
        let entries: usize = self.tables.iter().map(|table| table.entries.len()).sum();
        if self.tables.len() < TABLES && entries + table.entries.len() <= most {
            self.tables.push(table);
            return;
        }
        let count = self.tables.len().max(1);
        self.next = (self.next + 1) % count;
        let spare = most.saturating_sub(entries);
        if let Some(place) = self.tables.get_mut(self.next)
            && table.entries.len() <= place.entries.len() + spare
        {
            *place = table;
        }
    }
}
