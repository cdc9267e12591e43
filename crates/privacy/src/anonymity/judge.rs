//! Whether rows at certain levels may be released, what must be suppressed, and what it costs.

use super::grouped::{Entry, Finder, Grouped};
use super::key::Key;
use super::metric::{Metric, Scale, Sums};
use super::model::{Class, Model};
use super::problem::{Problem, whole};

/// What is wished of a release.
#[derive(Clone, Debug)]
pub struct Wish {
    /// All must hold.
    pub models: Vec<Model>,
    /// What is made as small as possible.
    pub metric: Metric,
    /// Share of the released rows that may be suppressed.
    pub suppression: f64,
}

/// Judges grouped rows.
#[derive(Clone, Debug)]
pub(super) struct Judge<'p> {
    pub(super) problem: &'p Problem,
    pub(super) scale: Scale,
    /// Tested class by class.
    models: Vec<Model>,
    /// Tested over all classes together.
    over_all: Vec<Model>,
    /// Rows that may be suppressed.
    pub(super) limit: u64,
    /// Least rows of a class, when that is all that is asked.
    only_size: Option<u32>,
    metric: Metric,
    /// Whether every model is steady: the rows to suppress never grow when levels do.
    pub(super) is_steady: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    pub(super) sums: Sums,
    /// Least rows of a class that stays.
    pub(super) min: u32,
    /// Whether the models hold after suppressing no more than allowed.
    pub(super) fits: bool,
    /// Whether nothing finer can fit either.
    pub(super) rules_out: bool,
    /// The metric; infinite when it does not fit.
    pub(super) score: f64,
}

/// Classes of one generalisation: those that stay and those that are suppressed.
pub(super) struct Classes<K> {
    pub(super) kept: Vec<Entry<K>>,
    pub(super) suppressed: Vec<(K, u32)>,
    /// Rows in classes that fail the weaker test.
    hopeless: u64,
    /// A class without released rows is not as it must be, and nothing can be suppressed in it.
    is_broken: bool,
}

/// Room for judging, used again and again.
pub(super) struct Desk<K> {
    pub(super) finder: Finder,
    members: Vec<Member<K>>,
    counts: Vec<(u32, u32)>,
    starts: Vec<u32>,
    of_entry: Vec<u32>,
}

impl<K> Default for Desk<K> {
    fn default() -> Self {
        Self {
            finder: Finder::default(),
            members: Vec::new(),
            counts: Vec::new(),
            starts: Vec::new(),
            of_entry: Vec::new(),
        }
    }
}

#[derive(Clone, Copy)]
struct Member<K> {
    key: K,
    rows: u32,
    population: u32,
    first: u32,
    entries: u32,
}

impl<'p> Judge<'p> {
    pub(super) fn new(problem: &'p Problem, wish: &Wish) -> Self {
        let (over_all, models): (Vec<Model>, Vec<Model>) =
            wish.models.iter().partition(|model| model.is_over_all());
        let mut only_size = Some(1);
        for model in &models {
            only_size = match (only_size, model) {
                (Some(least), Model::K(k)) => Some(least.max(*k)),
                _ => None,
            };
        }
        Self {
            problem,
            scale: Scale::new(problem, wish.metric),
            is_steady: wish.models.iter().all(|model| model.is_steady()),
            models,
            over_all,
            limit: allowed(problem.rows, wish.suppression),
            only_size: only_size.filter(|_| problem.extra_bits == 0),
            metric: wish.metric,
        }
    }

    /// Judges rows at their levels.
    pub(super) fn judge<K: Key>(&self, grouped: &Grouped<K>, desk: &mut Desk<K>) -> Judged {
        if let (Some(least), true) = (self.only_size, self.over_all.is_empty()) {
            return self.judge_sizes(grouped, least);
        }
        let classes = self.classes(grouped, desk);
        let mut sums = Sums::default();
        let mut min = u32::MAX;
        for class in &classes.kept {
            let rows = u64::from(class.rows);
            sums.kept += 1;
            sums.kept_squares += whole(rows * rows);
            min = min.min(class.rows);
        }
        sums.squares = sums.kept_squares;
        for &(_, rows) in &classes.suppressed {
            sums.suppressed += u64::from(rows);
            sums.squares += whole(u64::from(rows) * u64::from(rows));
        }
        sums.classes = sums.kept + classes.suppressed.len() as u64;
        let fits = !classes.is_broken && sums.suppressed <= self.limit;
        let rules_out =
            classes.hopeless > self.limit || (!fits && (self.is_steady || self.limit == 0));
        let levels = &grouped.levels;
        let score = if fits {
            self.scale
                .score(self.problem, levels, sums, &classes.suppressed)
        } else {
            f64::INFINITY
        };
        Judged {
            sums,
            min: if min == u32::MAX { 0 } else { min },
            fits,
            rules_out,
            score,
        }
    }

    /// The common case: classes are good by their size alone.
    fn judge_sizes<K: Key>(&self, grouped: &Grouped<K>, least: u32) -> Judged {
        let mut sums = Sums::default();
        let mut min = u32::MAX;
        for entry in &grouped.entries {
            let rows = u64::from(entry.rows);
            sums.squares += whole(rows * rows);
            if entry.rows < least {
                sums.suppressed += rows;
            } else {
                sums.kept += 1;
                sums.kept_squares += whole(rows * rows);
                min = min.min(entry.rows);
            }
        }
        sums.classes = grouped.entries.len() as u64;
        let fits = sums.suppressed <= self.limit;
        let score = if fits {
            let small = grouped.entries.iter().filter(|entry| entry.rows < least);
            let suppressed: Vec<(K, u32)> = small.map(|entry| (entry.key, entry.rows)).collect();
            let levels = &grouped.levels;
            self.scale.score(self.problem, levels, sums, &suppressed)
        } else {
            f64::INFINITY
        };
        Judged {
            sums,
            min: if min == u32::MAX { 0 } else { min },
            fits,
            rules_out: !fits,
            score,
        }
    }

    /// Which classes stay and which must be suppressed.
    pub(super) fn classes<K: Key>(&self, grouped: &Grouped<K>, desk: &mut Desk<K>) -> Classes<K> {
        let mut classes = Classes {
            kept: Vec::new(),
            suppressed: Vec::new(),
            hopeless: 0,
            is_broken: false,
        };
        if self.problem.extra_bits == 0 {
            // A single sensitive value takes no bits.
            let has_value = self.problem.sensitive.is_some();
            for entry in &grouped.entries {
                let counts = [(0, entry.rows)];
                let counts: &[(u32, u32)] = if has_value { &counts } else { &[] };
                let member = Member {
                    key: entry.key,
                    rows: entry.rows,
                    population: entry.rows,
                    first: entry.first,
                    entries: 0,
                };
                self.put(&mut classes, member, counts);
            }
        } else {
            self.gather(grouped, desk);
            let Desk {
                members,
                counts,
                starts,
                ..
            } = desk;
            let mut start = 0;
            for (&member, &end) in members.iter().zip(starts.iter()) {
                let own = counts.get(start..end as usize).unwrap_or_default();
                start = end as usize;
                self.put(&mut classes, member, own);
            }
        }
        for &model in &self.over_all {
            self.thin(&mut classes, grouped, model);
        }
        classes
    }

    fn put<K: Key>(&self, classes: &mut Classes<K>, member: Member<K>, counts: &[(u32, u32)]) {
        let class = Class {
            rows: member.rows,
            population: member.population,
            counts,
        };
        let sensitive = self.problem.sensitive.as_ref();
        let is_good = |model: &Model| model.holds(class, sensitive);
        if member.rows == 0 {
            let presence = |model: &&Model| matches!(model, Model::DeltaPresence { .. });
            classes.is_broken |= !self.models.iter().filter(presence).all(is_good);
            return;
        }
        if self.models.iter().all(is_good) {
            classes.kept.push(Entry {
                key: member.key,
                rows: member.rows,
                first: member.first,
            });
            return;
        }
        classes.suppressed.push((member.key, member.rows));
        if !self
            .models
            .iter()
            .all(|model| model.may_hold(class, sensitive))
        {
            classes.hopeless += u64::from(member.rows);
        }
    }

    /// Suppresses the smallest classes until a model over all classes holds. Among classes of equal size the one that loses
    /// least goes first, then the one whose first row comes first.
    fn thin<K: Key>(&self, classes: &mut Classes<K>, grouped: &Grouped<K>, model: Model) {
        let mut rows: u64 = classes.kept.iter().map(|one| u64::from(one.rows)).sum();
        let mut alone = classes.kept.iter().filter(|one| one.rows == 1).count();
        let mut count = classes.kept.len();
        let holds = |count: usize, alone: usize, rows: u64| match model {
            _ if rows == 0 => true,
            Model::AverageRisk(risk) => whole(count as u64) / whole(rows) <= risk,
            Model::Uniqueness(share) => whole(alone as u64) / whole(rows) <= share,
            _ => true,
        };
        if holds(count, alone, rows) {
            return;
        }
        let cost = |one: &Entry<K>| self.scale.of_class(self.problem, &grouped.levels, one.key);
        let mut sorted: Vec<(f64, Entry<K>)> = classes
            .kept
            .drain(..)
            .map(|one| (cost(&one), one))
            .collect();
        sorted.sort_unstable_by(|(a_cost, a), (b_cost, b)| {
            a.rows
                .cmp(&b.rows)
                .then(a_cost.total_cmp(b_cost))
                .then(a.first.cmp(&b.first))
        });
        for (_, one) in sorted {
            if holds(count, alone, rows) {
                classes.kept.push(one);
            } else {
                count -= 1;
                alone -= usize::from(one.rows == 1);
                rows -= u64::from(one.rows);
                classes.suppressed.push((one.key, one.rows));
            }
        }
    }

    /// Puts entries that differ only in sensitive value and membership together.
    fn gather<K: Key>(&self, grouped: &Grouped<K>, desk: &mut Desk<K>) {
        let problem = self.problem;
        let has_subset = !problem.subset.is_empty();
        let released = |key: K| !has_subset || key.get(problem.subset_field) == 1;
        desk.members.clear();
        desk.of_entry.clear();
        desk.finder.clear(grouped.entries.len());
        for entry in &grouped.entries {
            let key = entry.key.above(problem.extra_bits);
            let next = desk.members.len();
            let members = &mut desk.members;
            let place = desk.finder.place(key, next, |place| {
                members.get(place).is_some_and(|own| own.key == key)
            });
            if place == next {
                members.push(Member {
                    key,
                    rows: 0,
                    population: 0,
                    first: u32::MAX,
                    entries: 0,
                });
            }
            let is_released = released(entry.key);
            if let Some(member) = members.get_mut(place) {
                member.population += entry.rows;
                if is_released {
                    member.rows += entry.rows;
                    member.first = member.first.min(entry.first);
                    member.entries += 1;
                }
            }
            let place = if is_released { place } else { usize::MAX };
            desk.of_entry.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        // A counting sort: each class's values lie side by side, ending at its place in `starts`.
        desk.starts.clear();
        let mut start = 0;
        for member in &desk.members {
            desk.starts.push(start);
            start += member.entries;
        }
        desk.counts.clear();
        desk.counts.resize(start as usize, (0, 0));
        for (entry, &place) in grouped.entries.iter().zip(&desk.of_entry) {
            if let Some(next) = desk.starts.get_mut(place as usize) {
                if let Some(count) = desk.counts.get_mut(*next as usize) {
                    *count = (entry.key.get(problem.sensitive_field), entry.rows);
                }
                *next += 1;
            }
        }
    }

    /// Whether a metric is a loss that levels alone bound from below.
    pub(super) fn is_bounded_by_levels(&self) -> bool {
        !matches!(self.metric, Metric::Aecs | Metric::Discernibility)
    }
}

/// How many rows may be suppressed: the share of all, rounded down.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count of rows lies between 0 and that count"
)]
pub(super) fn allowed(rows: u64, share: f64) -> u64 {
    // 0.1 × 30 is a little less than 3 in binary: the last digit is not the wish's.
    (whole(rows) * share.clamp(0.0, 1.0) + 1e-9).floor() as u64
}
