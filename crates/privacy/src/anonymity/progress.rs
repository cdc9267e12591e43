//! How far a search is, seen from outside, and the way to end it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How far a search is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Generalisations looked at.
    pub checked: u64,
    /// The best score so far.
    pub score: Option<f64>,
    /// No generalisation costs less.
    pub bound: f64,
}

/// Numbers that threads share.
#[derive(Debug)]
pub(super) struct Gauge<'e> {
    checked: AtomicU64,
    score: AtomicU64,
    bound: AtomicU64,
    is_done: AtomicBool,
    stop: &'e AtomicBool,
}

impl<'e> Gauge<'e> {
    pub(super) fn new(stop: &'e AtomicBool) -> Self {
        Self {
            checked: AtomicU64::new(0),
            score: AtomicU64::new(f64::INFINITY.to_bits()),
            bound: AtomicU64::new(0.0_f64.to_bits()),
            is_done: AtomicBool::new(false),
            stop,
        }
    }

    pub(super) fn count(&self) {
        self.checked.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn checked(&self) -> u64 {
        self.checked.load(Ordering::Relaxed)
    }

    pub(super) fn score(&self) -> f64 {
        f64::from_bits(self.score.load(Ordering::Relaxed))
    }

    pub(super) fn set_score(&self, score: f64) {
        self.score.store(score.to_bits(), Ordering::Relaxed);
    }

    pub(super) fn set_bound(&self, bound: f64) {
        self.bound.store(bound.to_bits(), Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn now(&self) -> Progress {
        let score = self.score();
        Progress {
            checked: self.checked(),
            score: score.is_finite().then_some(score),
            bound: f64::from_bits(self.bound.load(Ordering::Relaxed)),
        }
    }

    /// Works while telling, once in a while, how far it is.
    pub(super) fn watched<T>(
        &self,
        tell: Option<&(dyn Fn(Progress) + Sync)>,
        work: impl FnOnce() -> T,
    ) -> T {
        const PAUSE: Duration = Duration::from_secs(1);
        let Some(tell) = tell else {
            return work();
        };
        std::thread::scope(|scope| {
            let teller = scope.spawn(|| {
                std::thread::park_timeout(PAUSE);
                while !self.is_done.load(Ordering::Relaxed) {
                    tell(self.now());
                    std::thread::park_timeout(PAUSE);
                }
            });
            let result = work();
            self.is_done.store(true, Ordering::Relaxed);
            teller.thread().unpark();
            result
        })
    }
}
