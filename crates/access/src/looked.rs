//! Rows that are read once and shown many times, as a map shows places: who looks is in the log, once an hour.
//!
//! A map asks for hundreds of tiles, and one entry for each would bury what a person did under how a browser works. The
//! unit that tells something is the person who looks at a version of a dataset for a purpose. So the first tile in an
//! hour waits for an entry that stands for all of them, and that entry names every row as one that may have left.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use records::log::{About, Entry, Touched};
use tokio::sync::OnceCell;

use crate::answer::Answer;
use crate::error::AskError;
use crate::question::Rows;
use crate::reader::Reader;

/// Looks remembered. When there are more, all go, and are written anew.
const LOOKS: usize = 10_000;
const HOUR_SECONDS: i64 = 3600;

/// What was read to be shown again, and by whom it may be seen.
#[derive(Clone, Debug)]
pub struct Looked {
    touched: Touched,
    /// Whose rows they are: pseudonyms, and how far they are all.
    persons: (Vec<String>, Option<About>),
    seen_by: Arc<str>,
    rows: Option<u64>,
}

/// Who looks at what, in which hour.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Look {
    who: String,
    from: Option<String>,
    purpose: String,
    policy: String,
    dataset: String,
    version: Option<i64>,
    hour: i64,
}

/// The looks that are in the log.
#[derive(Debug, Default)]
pub(crate) struct Looks(Mutex<HashMap<Look, Arc<OnceCell<()>>>>);

impl Looks {
    fn cell(&self, look: Look) -> Arc<OnceCell<()>> {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.len() >= LOOKS && !looks.contains_key(&look) {
            looks.clear();
        }
        Arc::clone(looks.entry(look).or_default())
    }
}

impl Looked {
    /// The same, of so many rows.
    #[must_use]
    pub fn of_rows(self, rows: u64) -> Self {
        Self {
            rows: Some(rows),
            ..self
        }
    }
}

impl Reader {
    /// A name that those share for whom rows may be kept together: they see the same, and the log says the same of
    /// whose rows they are.
    pub fn seen_by(&self) -> Arc<str> {
        let name = self.sight.shared_name();
        if self.names_persons() {
            Arc::from(format!("{name}+"))
        } else {
            name
        }
    }

    /// Rows of one dataset that will be shown again to whoever sees the same. The read is in the log as any other.
    ///
    /// # Errors
    /// As for [`Self::rows`].
    pub async fn rows_to_show(&self, question: &Rows) -> Result<(Answer, Looked), AskError> {
        let answer = self.rows(question).await?;
        let version = answer.versions.first().map(|(_, number)| *number);
        let columns = answer.schema.fields().iter();
        let looked = Looked {
            touched: Touched {
                dataset: question.dataset.clone(),
                version,
                columns: columns.map(|field| field.name().clone()).collect(),
            },
            persons: answer.end.persons.clone(),
            seen_by: self.seen_by(),
            rows: None,
        };
        Ok((answer, looked))
    }

    /// Writes into the log that this person looks at what was read before, if that is not there of this hour; on disk
    /// before this returns.
    ///
    /// # Errors
    /// When this person does not see what was read, or the log cannot be written: then nothing may be shown.
    pub async fn look(&self, looked: &Looked) -> Result<(), AskError> {
        let dataset = &looked.touched.dataset;
        if self.seen_by() != looked.seen_by || !self.shows_place(dataset) {
            let denied = self.denied(Some(dataset), dataset.to_string());
            return Err(self.log_denial(denied.into()).await);
        }
        let now = self.door.records.clock().now();
        let (subjects, about) = looked.persons.clone();
        let entry = Entry {
            subjects,
            about,
            rows: looked.rows,
            ..self.entry(
                vec![looked.touched.clone()],
                Some(format!("map of {dataset}")),
            )
        };
        let look = Look {
            who: entry.who.clone(),
            from: entry.from.clone(),
            purpose: entry.purpose.clone(),
            policy: entry.policy.clone(),
            dataset: dataset.to_string(),
            version: looked.touched.version,
            hour: now.timestamp().div_euclid(HOUR_SECONDS),
        };
        let cell = self.door.kept.looks().cell(look);
        let log = self.door.records.log();
        let written = cell.get_or_try_init(|| async { log.append(entry).await.map(|_| ()) });
        written.await?;
        Ok(())
    }
}
