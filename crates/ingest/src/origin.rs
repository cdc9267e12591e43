//! Where each row came from.

use std::path::PathBuf;

/// One file of a load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Name as the person knows it, relative to the inbox.
    pub name: String,
    /// The bytes on this machine.
    pub path: PathBuf,
}

/// The source cells of a batch's rows, kept so that a quarantined row can be shown as it came.
pub trait RawRows: Send + Sync {
    /// The cells of `row` (counted from 0 in the batch), in the order of the source's columns.
    fn cells(&self, row: usize) -> Vec<String>;
}
