//! Where each row came from.

use std::fs::File;
use std::io::{BufReader, Read, Result, Seek, SeekFrom};
use std::path::PathBuf;

/// One file of a load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Name as the person knows it, relative to the inbox.
    pub name: String,
    /// The bytes on this machine.
    pub path: PathBuf,
}

/// Bytes that are read from the beginning, or from a place in them; some may still be arriving.
pub trait Bytes: Send + Sync {
    /// Reads from `from` to the end, waiting for what has not come yet.
    ///
    /// # Errors
    /// When they cannot be opened.
    fn reader(&self, from: u64) -> Result<Box<dyn Read + Send>>;

    /// How many there are, once all have come.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn size(&self) -> Result<u64>;
}

impl Bytes for PathBuf {
    fn reader(&self, from: u64) -> Result<Box<dyn Read + Send>> {
        let mut file = File::open(self)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(Box::new(BufReader::with_capacity(1 << 20, file)))
    }

    fn size(&self) -> Result<u64> {
        Ok(self.metadata()?.len())
    }
}

/// The source cells of a batch's rows, kept so that a quarantined row can be shown as it came.
pub trait RawRows: Send + Sync {
    /// The cells of `row` (counted from 0 in the batch), in the order of the source's columns.
    fn cells(&self, row: usize) -> Vec<String>;
}
