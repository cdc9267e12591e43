//! Rows put together by what they have in common, and put together further.

use super::key::{Field, Key};
use super::problem::Problem;

/// Rows alike in quasi-identifiers, sensitive value and membership of the subset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<K> {
    pub(super) key: K,
    /// How many rows.
    pub(super) rows: u32,
    /// The first of them.
    pub(super) first: u32,
}

/// All rows at certain levels, as entries.
#[derive(Clone, Debug)]
pub(super) struct Grouped<K> {
    pub(super) levels: Vec<u8>,
    pub(super) entries: Vec<Entry<K>>,
}

/// Finds entries by key while they grow: open addressing over places in a list.
#[derive(Default)]
pub(super) struct Finder {
    /// A piece of the hash above, place + 1 below; 0 is free.
    slots: Vec<u64>,
    used: usize,
}

impl Finder {
    /// Free for so many entries.
    pub(super) fn clear(&mut self, entries: usize) {
        self.used = entries.max(8).saturating_mul(2).next_power_of_two();
        if self.slots.len() < self.used {
            self.slots.resize(self.used, 0);
        }
        if let Some(slots) = self.slots.get_mut(..self.used) {
            slots.fill(0);
        }
    }

    /// The place of a key: an old one, or `next`, which is then taken.
    #[inline]
    pub(super) fn place<K: Key>(
        &mut self,
        key: K,
        next: usize,
        is_same: impl Fn(usize) -> bool,
    ) -> usize {
        const LOW: u64 = 0xffff_ffff;
        let hash = key.hash();
        let mask = self.used - 1;
        // A table of 2^32 slots would be needed to lose bits here.
        let mut at = usize::try_from(hash >> 20).unwrap_or(0) & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == 0 {
                *slot = (hash & !LOW) | (next as u64 + 1);
                return next;
            }
            if *slot & !LOW == hash & !LOW {
                let place = usize::try_from((*slot & LOW) - 1).unwrap_or(0);
                if is_same(place) {
                    return place;
                }
            }
            at = (at + 1) & mask;
        }
        next
    }
}

impl Finder {
    /// Whether a key was given a place.
    pub(super) fn holds<K: Key>(&self, key: K, is_same: impl Fn(usize) -> bool) -> bool {
        let hash = key.hash();
        let mask = self.used.wrapping_sub(1);
        let mut at = usize::try_from(hash >> 20).unwrap_or(0) & mask;
        while let Some(&slot) = self.slots.get(at) {
            if slot == 0 {
                return false;
            }
            let place = usize::try_from((slot & 0xffff_ffff) - 1).unwrap_or(0);
            if slot >> 32 == hash >> 32 && is_same(place) {
                return true;
            }
            at = (at + 1) & mask;
        }
        false
    }
}

/// How one column changes.
struct Change<'p> {
    field: Field,
    lift: &'p [u32],
}

impl<K: Key> Grouped<K> {
    /// No rows yet, at the leaves.
    pub(super) fn empty(columns: usize) -> Self {
        Self {
            levels: vec![0; columns],
            entries: Vec::new(),
        }
    }

    /// Adds rows of one key.
    #[inline]
    pub(super) fn add(&mut self, finder: &mut Finder, entry: Entry<K>) {
        let next = self.entries.len();
        let entries = &mut self.entries;
        let place = finder.place(entry.key, next, |place| {
            entries.get(place).is_some_and(|own| own.key == entry.key)
        });
        match entries.get_mut(place) {
            Some(own) => {
                own.rows += entry.rows;
                own.first = own.first.min(entry.first);
            }
            None => entries.push(entry),
        }
    }

    /// The same rows at coarser levels.
    pub(super) fn lifted(&self, problem: &Problem, levels: &[u8], finder: &mut Finder) -> Self {
        let mut changes = Vec::new();
        for ((quasi, &from), &to) in problem.quasi.iter().zip(&self.levels).zip(levels) {
            if from != to {
                changes.push(Change {
                    field: quasi.field,
                    lift: quasi.lift(from, to),
                });
            }
        }
        let room = problem.room(levels).min(self.entries.len());
        finder.clear(room);
        let mut coarse = Self {
            levels: levels.to_vec(),
            entries: Vec::new(),
        };
        match changes.as_slice() {
            [one] => {
                for &entry in &self.entries {
                    let key = one.apply(entry.key);
                    coarse.add(finder, Entry { key, ..entry });
                }
            }
            all => {
                for &entry in &self.entries {
                    let key = all.iter().fold(entry.key, |key, one| one.apply(key));
                    coarse.add(finder, Entry { key, ..entry });
                }
            }
        }
        coarse
    }
}

impl Change<'_> {
    #[inline]
    fn apply<K: Key>(&self, key: K) -> K {
        let fine = key.get(self.field);
        let coarse = self.lift.get(fine as usize).copied().unwrap_or(0);
        key.with(self.field, coarse)
    }
}
