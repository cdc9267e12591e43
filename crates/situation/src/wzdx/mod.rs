//! Work zones as other programs write and read them: `WZDx` 4.2, feeds of work zones and of devices.
//!
//! | module | holds |
//! | --- | --- |
//! | [`form`] | forms a value can have |
//! | [`zones`] | the forms of a feed of work zones |
//! | [`devices`] | the forms of a feed of devices |
//! | [`mod@check`] | a text beside the forms, and the rules no form can say |
//! | [`place`] | where in a text a value stands |
//! | [`read`] | a feed → events |
//! | [`mod@write`] | permits → a feed |
//!
//! The forms are written from the standard's facts: a check needs no network and no file beside the program.

pub mod check;
pub mod devices;
pub mod form;
pub mod place;
pub mod read;
#[cfg(test)]
mod tests;
pub mod write;
pub mod zones;

pub use check::{Finding, Rule, check};
pub use read::{Event, events};
pub use write::{Publisher, Zone, feed};

/// The version of the standard.
pub const VERSION: &str = "4.2";
