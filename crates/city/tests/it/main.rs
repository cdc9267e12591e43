//! A city's folder from outside: what is wrong with it, and where.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod cases;
mod demo_city;
mod robust;
