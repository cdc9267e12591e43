//! The comprehensive air-quality index (통합대기환경지수), and sensors that cannot be believed.
//!
//! | module | answers |
//! | --- | --- |
//! | [`scale`] | the index of one concentration: bands by date, from the city's folder |
//! | [`index`] | the index of a station at its last hour |
//! | [`doubt`] | values that repeat or jump, clocks that disagree, feeds that stop |

pub mod doubt;
pub mod index;
pub mod scale;
#[cfg(test)]
mod tests;

pub use doubt::{Doubt, DoubtKind, doubts, present};
pub use index::{Hour, Index, Reading, Sub, reading};
pub use scale::{Grade, Pollutant, Scale, in_force};
