//! The most frequent values, in bounded memory.

use ahash::RandomState;
use hashbrown::HashMap;

/// One value that is counted.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) text: Box<str>,
    pub(super) count: u64,
    /// Whatever its owner wants to know again when the value comes back.
    pub(super) tag: u32,
}

/// Counts of values. When there are too many, the rarest half is forgotten: counts are exact until then, and from then
/// on lower bounds.
#[derive(Debug)]
pub(super) struct Tops {
    slots: HashMap<u64, Slot, RandomState>,
    most: usize,
    is_exact: bool,
}

impl Tops {
    pub(super) fn new(most: usize) -> Self {
        Self {
            slots: HashMap::with_hasher(RandomState::with_seeds(1, 2, 3, 4)),
            most,
            is_exact: true,
        }
    }

    /// Counts a value by its hash; `make` gives its text and tag when it is new. Answers its tag.
    pub(super) fn add(&mut self, hash: u64, make: impl FnOnce() -> (String, u32)) -> u32 {
        if let Some(slot) = self.slots.get_mut(&hash) {
            slot.count += 1;
            return slot.tag;
        }
        if self.slots.len() >= self.most {
            self.forget();
        }
        let (text, tag) = make();
        let text = text.into_boxed_str();
        self.slots.insert(
            hash,
            Slot {
                text,
                count: 1,
                tag,
            },
        );
        tag
    }

    fn forget(&mut self) {
        let mut counts: Vec<u64> = self.slots.values().map(|slot| slot.count).collect();
        let middle = counts.len() / 2;
        let (_, median, _) = counts.select_nth_unstable(middle);
        let median = *median;
        self.slots.retain(|_, slot| slot.count > median);
        self.is_exact = false;
    }

    /// Whether every value was counted whole.
    pub(super) fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Values held.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The values held, the most frequent first, those of one count by their text.
    pub(super) fn sorted(&self) -> Vec<&Slot> {
        let mut slots: Vec<&Slot> = self.slots.values().collect();
        slots.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frequent_value_is_not_forgotten_among_many() {
        let mut tops = Tops::new(100);
        for value in 0..10_000_u64 {
            tops.add(value + 10, || (value.to_string(), 0));
            tops.add(1, || ("often".to_owned(), 0));
        }
        let sorted = tops.sorted();
        assert!(!tops.is_exact() && tops.len() <= 100);
        assert_eq!((&*sorted[0].text, sorted[0].count), ("often", 10_000));
    }
}
