//! Room `quality` from outside: rows in, accepted and quarantined rows and a report out.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod cases;
mod report;
mod rows;
mod shape;
mod standards;
mod table;
mod unique;
