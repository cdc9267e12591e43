//! Addresses and places by name, looked up together.

use std::sync::Arc;

use super::index::{Hit, Index, Record};

/// Indexes that are looked up as one. Each is made and kept for itself: addresses change at another time than places.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    parts: Vec<Arc<Index>>,
}

impl Gazetteer {
    /// Of indexes; of two records that are as near to what was said, the one of the earlier index comes first.
    pub fn new(parts: Vec<Arc<Index>>) -> Self {
        Self { parts }
    }

    /// Whether it knows nothing at all.
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.is_empty())
    }

    /// The addresses and places that may be meant, the likeliest first, at most `most`.
    pub fn find(&self, text: &str, most: usize) -> Vec<Hit<'_>> {
        let parts = self.parts.iter();
        let mut found: Vec<Hit<'_>> = parts.flat_map(|part| part.find(text, most)).collect();
        found.sort_by(|one, other| one.distance.total_cmp(&other.distance));
        found.truncate(most);
        found
    }

    /// What is nearest to a longitude and a latitude, and how many metres away.
    pub fn nearest(&self, at: [f64; 2]) -> Option<(&Record, f64)> {
        let nearest = self.parts.iter().filter_map(|part| part.nearest(at));
        nearest.min_by(|(_, one), (_, other)| one.total_cmp(other))
    }
}
