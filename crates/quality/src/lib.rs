//! Batches → accepted, quarantined, and a score.
//!
//! Pure: typed batches in, verdicts out. It knows no file, no encoding, no table and no person.
//! Every row that comes in goes out, on one side or the other.
//!
//! | module | holds |
//! | --- | --- |
//! | [`judge`] | a dataset's contract, compiled once per load |
//! | [`checks`] | one file a check |
//! | [`known`] | values of other datasets that rows refer to, with the days they hold |
//! | [`standard`] | which national standard a dataset resembles, what differs, the letter about it |
//! | [`unique`] | values that must not stand twice |
//! | [`drift`] | whether a delivery looks like the one before it |
//! | [`profile`] | a version in figures, and what looks wrong in it although every row is sound |
//! | [`report`] | errors ÷ diagnosed by check and dimension, and a profile of the columns |

pub mod checks;
pub mod drift;
pub mod judge;
pub mod known;
pub mod profile;
pub mod report;
pub mod standard;
pub mod unique;

pub use judge::{Area, Candidate, Judge, JudgeError, Quarantined, References, Verdict};
pub use known::Known;
pub use report::Report;
