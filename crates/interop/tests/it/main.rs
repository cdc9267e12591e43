//! The addresses from outside: files, pages of rows, problems, what anybody gets, search.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test"
)]

mod anybody;
mod catalogue;
mod evidence;
mod files;
mod formulas;
mod given;
mod hidden;
mod pages;
mod people;
mod problems;
mod search;
mod situation;
mod tiles;
mod town;
