//! Anonymity by generalisation, exactly: the cheapest way to make rows alike, out of all ways.
//!
//! | module | holds |
//! | --- | --- |
//! | [`ask`], [`input`], [`hierarchy`], [`subset`] | rows and trees, read and checked |
//! | [`model`], [`wording`], [`metric`] | what must hold; what is made small |
//! | [`problem`], [`key`], [`sensitive`] | rows as packed codes |
//! | [`grouped`], [`judge`] | rows put together, and judged |
//! | [`space`], [`paths`], [`mod@search`], [`anytime`], [`release`], [`progress`] | the lattice, the searches, their outcome |
//! | [`lattice`] | every generalisation, listed |
//! | [`mod@write`], [`verify`], [`measure`] | the file that leaves, measured by code of its own |
//! | [`risk`], [`report`] | how likely somebody is found; the page that a reviewer signs |

mod anytime;
mod ask;
mod grouped;
pub mod hierarchy;
pub mod input;
mod judge;
mod key;
pub mod lattice;
mod measure;
pub mod metric;
pub mod model;
mod paths;
mod problem;
mod progress;
mod release;
pub mod report;
pub mod risk;
mod search;
mod sensitive;
mod space;
pub mod subset;
mod trouble;
pub mod verify;
mod wording;
mod write;

pub use ask::Ask;
pub use judge::Wish;
pub use metric::Metric;
pub use model::Model;
pub use problem::Problem;
pub use progress::Progress;
pub use release::{Choice, Effort, Outcome, search};
pub use trouble::Trouble;
pub use write::{Written, write};

#[cfg(test)]
mod tests;
