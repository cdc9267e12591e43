//! Figures from outside: known, stale, unknown, forbidden, and never a guess.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod figures;
mod parts;
mod town;
