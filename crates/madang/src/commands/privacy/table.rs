//! Words that `anonymise` and `lattice` share: the table and how it may be made coarser.

use std::path::PathBuf;

use clap::Args;
use privacy::anonymity::{Ask, Trouble};

use crate::exit::Failure;

/// The table and its hierarchies.
#[derive(Debug, Args)]
pub(super) struct Table {
    /// The file of rows: UTF-8, its first line the columns' names
    #[arg(long, value_name = "FILE")]
    pub(super) input: PathBuf,
    /// The sign between cells; `tab` for a tabulator
    #[arg(long, value_name = "C", default_value = ",", value_parser = delimiter)]
    pub(super) delimiter: u8,
    /// The folder of hierarchies: `<column>.csv`, or a name ending in `_<column>.csv`; semicolons, leaf first
    #[arg(long, value_name = "DIR")]
    pub(super) hierarchies: PathBuf,
    /// The quasi-identifiers, separated by commas
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', required = true)]
    pub(super) quasi: Vec<String>,
}

impl Table {
    /// What is to be read.
    pub(super) fn ask(&self, sensitive: Option<&String>, subset: Option<&PathBuf>) -> Ask {
        Ask {
            input: self.input.clone(),
            delimiter: self.delimiter,
            hierarchies: self.hierarchies.clone(),
            quasi: self.quasi.clone(),
            sensitive: sensitive.cloned(),
            subset: subset.cloned(),
        }
    }
}

/// One sign of one byte.
pub(super) fn delimiter(word: &str) -> Result<u8, String> {
    match word.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [sign] if !matches!(sign, b'"' | b'\n' | b'\r') => Ok(*sign),
        _ => Err("give one sign, for example , or ; or tab".to_owned()),
    }
}

/// Threads to work with.
pub(super) fn threads(wished: Option<usize>) -> usize {
    wished.unwrap_or_else(|| {
        std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
    })
}

/// What went wrong, as a command ends.
pub(crate) fn failure(trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Input(faults) => Failure::faults(&faults),
        Trouble::Machine(message) => Failure::Machine(message),
    }
}

/// Work that keeps a core busy, away from the threads that listen.
pub(super) async fn work<T: Send + 'static>(
    task: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(task).await {
        Ok(result) => result,
        Err(error) => Err(Failure::Machine(error.to_string())),
    }
}
