//! Traffic: how fast it is on which link, what is doubted, and how long the way between two places takes.
//!
//! | module | answers |
//! | --- | --- |
//! | [`network`] | links between nodes (표준 노드·링크), and links that cannot be used |
//! | [`mod@present`] | the speed of a link as it is now: known, too old, not believed |
//! | [`usual`] | the speed that is usual on such a day at such an hour |
//! | [`band`] | from which speed on it is slow or jammed |
//! | [`mod@travel`] | the fastest way between two places, as it is now and as it is usually |
//! | [`mod@spoken`] | the same in sentences |

pub mod band;
pub mod network;
pub mod present;
pub mod spoken;
#[cfg(test)]
mod tests;
pub mod travel;
pub mod usual;

pub use band::{Band, Level, level};
pub use network::{Draft, Link, LinkTrouble, LinkTroubleKind, Network};
pub use present::{Present, Reading, State, present};
pub use spoken::{spoken, unknown_ends};
pub use travel::{Route, Speeds, Travel, travel};
pub use usual::like_days;
