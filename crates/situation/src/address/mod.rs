//! Which place somebody means, however they spell it.
//!
//! An address is letters and a number. Letters are compared by the keys that type them, so that a slip of a finger is a
//! small difference; numbers are compared as numbers. Spaces, words before the road, 번지 and what stands behind the
//! number (a floor, a flat) make no difference.
//!
//! | module | holds |
//! | --- | --- |
//! | [`words`] | a text → letters and a number |
//! | [`keys`] | letters → the keys that type them |
//! | [`index`] | a city's addresses, or its places by name, looked up |
//! | [`gazetteer`] | several of these, looked up together |

pub mod gazetteer;
pub mod index;
pub mod keys;
#[cfg(test)]
mod tests;
pub mod words;

pub use gazetteer::Gazetteer;
pub use index::{Hit, Index, Number, Record};
