//! Work that takes a while: loads, their order, and when they are due.

pub(crate) mod changes;
pub(crate) mod corrections;
pub(crate) mod days;
pub(crate) mod delivery;
pub(crate) mod derive;
pub(crate) mod drift;
pub(crate) mod fetch;
pub(crate) mod impact;
pub(crate) mod judge;
pub(crate) mod listen;
pub(crate) mod load;
pub(crate) mod manifest;
pub(crate) mod order;
pub(crate) mod prepare;
pub(crate) mod profile;
pub(crate) mod progress;
pub(crate) mod provenance;
pub(crate) mod readmit;
pub(crate) mod references;
pub(crate) mod remind;
pub(crate) mod rows;
pub(crate) mod schedule;
pub(crate) mod seen;
pub(crate) mod terms;
pub(crate) mod trial;
