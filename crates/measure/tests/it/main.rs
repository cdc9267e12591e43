//! Figures from outside: known, stale, unknown, forbidden, and never a guess.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test"
)]

mod asked;
mod cross;
mod exact;
mod figures;
mod kinds;
mod parts;
mod sentences;
mod town;
