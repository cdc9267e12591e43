//! Street works: permits, and what is wrong between them.
//!
//! | module | answers |
//! | --- | --- |
//! | [`permit`] | what a permit says, and permits that cannot be judged |
//! | [`conflict`] | works in each other's way: near and at the same time |
//! | [`protect`] | a road dug up again although it was resurfaced not long ago |
//! | [`join`] | works on one road, near in time, that could be one |
//! | [`along`] | which stretch of a road a permit digs |
//! | [`roads`] | a road that stands in several rows |
//! | [`near`] | works near a place |

pub(crate) mod along;
pub mod conflict;
pub mod join;
pub mod near;
pub mod permit;
pub mod protect;
pub mod roads;
#[cfg(test)]
mod tests;

pub use conflict::{Conflict, conflicts};
pub use join::{Joinable, Near as JoinRule, joinable};
pub use near::Index;
pub use permit::{Draft, Permit, Road, Trouble, TroubleKind, sound};
pub use protect::{Lacks, Protected, Rule, Unjudged, protected};
pub use roads::Ways;

/// Rows that were found, and whether there are more than are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<T> {
    /// What was found.
    pub rows: Vec<T>,
    /// There are more: looking ended at a limit, so that no input fills the memory.
    pub more: bool,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            more: false,
        }
    }
}
