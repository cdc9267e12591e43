//! The lake from outside: loads, versions, quarantine, comparison, verification, sudden death.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests fail the test"
)]

mod bench;
mod killed;
mod loads;
mod quarantine;
mod rows;
mod upserts;
mod versions;
