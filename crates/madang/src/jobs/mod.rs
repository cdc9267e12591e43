//! Work that takes a while: loads, their order, and when they are due.

pub(crate) mod days;
pub(crate) mod delivery;
pub(crate) mod derive;
pub(crate) mod drift;
pub(crate) mod fetch;
pub(crate) mod judge;
pub(crate) mod load;
pub(crate) mod manifest;
pub(crate) mod order;
pub(crate) mod prepare;
pub(crate) mod progress;
pub(crate) mod references;
pub(crate) mod rows;
pub(crate) mod schedule;
pub(crate) mod seen;
