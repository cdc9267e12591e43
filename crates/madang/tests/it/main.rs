//! The real binary on small cities: one fact a test.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail the test"
)]

mod anonymise;
mod audit;
mod bad_input;
mod boards;
mod catalogue;
mod city;
mod commands;
mod corrections;
mod databases;
mod deliveries;
mod demo;
mod derived;
mod drafts;
mod drift;
mod evidence;
mod faults;
mod harvest;
mod impact;
mod large;
mod linking;
mod loads;
mod log;
mod measures;
mod mqtt;
mod overdue;
mod people;
mod profile;
mod projects;
mod promises;
mod pseudonymise;
mod releases;
mod remote;
mod see_as;
mod serve;
mod shadow_faults;
mod situation;
mod town;
mod traffic;
mod undeclared;
mod works;
