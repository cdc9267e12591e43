//! The demo city's files, read as the platform reads them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test"
)]

mod addresses;
mod bodies;
mod burst;
mod clock;
mod coherent;
mod faults;
mod outside;
mod town;
