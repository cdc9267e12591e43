//! The lake from outside: loads, versions, quarantine, comparison, verification, sudden death.

mod bench;
mod killed;
mod loads;
mod quarantine;
mod rows;
mod versions;
