//! The door from outside: what the public sees and what the operator sees, hostile questions, the log, versions, pages.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test"
)]

mod cases;
mod compared;
mod counted;
mod dice;
mod leaks;
mod lineage;
mod logged;
mod looked;
mod many;
mod oracle;
mod pages;
mod policies;
mod policy_leaks;
mod profiles;
mod questions;
mod refused;
mod ruled;
mod subjects;
mod town;
mod versions;
