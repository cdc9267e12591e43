//! What was read through a reader, kept so that it can be told again.
//!
//! An answer made of several reads may be kept and given to the next who sees the same. Each time it is given it is a
//! read again, and stands in the access log before it leaves, as one entry over all that it was made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use city::DatasetId;
use lake::At;
use records::log::Touched;

use crate::error::AskError;
use crate::reader::Reader;

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    noted: Arc<Mutex<Noted>>,
}

#[derive(Debug, Default)]
struct Noted {
    touched: BTreeMap<(DatasetId, Option<i64>), BTreeSet<String>>,
    /// Entries said, or may have said, whose data they are of; or something was refused.
    is_once: bool,
}

impl Notes {
    pub(crate) fn note(&self, touched: &[Touched], tells_persons: bool) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        for one in touched {
            let columns = noted
                .touched
                .entry((one.dataset.clone(), one.version))
                .or_default();
            columns.extend(one.columns.iter().cloned());
        }
        noted.is_once |= tells_persons;
    }

    /// Something was refused: that stands in the log each time it is asked for.
    pub(crate) fn refused(&self) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.is_once = true;
    }

    /// What was read, where an answer made of it may be kept: nothing where entries of the log say whose data were
    /// read, or that something was refused, for those have to be said again each time.
    pub fn keepable(&self) -> Option<Vec<Touched>> {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let touched = noted
            .touched
            .iter()
            .map(|((dataset, version), columns)| Touched {
                dataset: dataset.clone(),
                version: *version,
                columns: columns.iter().cloned().collect(),
            });
        (!noted.is_once).then(|| touched.collect())
    }
}

impl Reader {
    /// The same reader, and what will be read through it.
    #[must_use]
    pub fn noting(mut self) -> (Self, Notes) {
        let notes = Notes::default();
        self.notes = Some(notes.clone());
        (self, notes)
    }

    /// Tells the log that an answer is given again which was made of these reads; `query` says which. When this
    /// returns, the entry is on disk, and the answer may leave.
    ///
    /// # Errors
    /// When what was read may no longer be read, or the log cannot be written.
    pub async fn given_again(
        &self,
        touched: &[Touched],
        query: &str,
        rows: u64,
    ) -> Result<(), AskError> {
        let _waits = self.waits();
        for one in touched {
            // A version may have been closed to the public since.
            let at = one.version.map_or(At::Latest, At::Version);
            if let Err(error) = self.find_version(&one.dataset, &at) {
                return Err(self.log_denial(error).await);
            }
        }
        let mut entry = self.entry(touched.to_vec(), Some(query.to_owned()));
        entry.rows = Some(rows);
        self.door.records.log().append(entry).await?;
        Ok(())
    }
}
