//! The real binary on small cities: one fact a test.

mod bad_input;
mod city;
mod commands;
mod faults;
mod loads;
