//! The access log (접속기록): who read or changed what, when, from where, why. Append-only.
//!
//! Each entry carries the hash of the one before it, so that an entry altered, added or taken away
//! later is found by [`Log::verify`]. It holds names of datasets and columns, never values of cells.

mod chain;
mod page;
mod writer;

use chrono::{DateTime, Utc};
use city::DatasetId;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

pub use chain::Break;
pub use page::{Filter, Logged};

use crate::store::{RecordsError, Store};

/// One entry: what is to be remembered of a read, a change or a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// Who: the account's name, or `public`.
    pub who: String,
    /// From where: the network address, or `local`.
    pub from: Option<String>,
    /// What was done.
    pub act: Act,
    /// Why it was done, as the person said.
    pub purpose: String,
    /// Which datasets, versions and columns.
    pub touched: Vec<Touched>,
    /// The query with its literals taken out.
    pub query: Option<String>,
    /// Whether it was allowed.
    pub decision: Decision,
    /// The policy that decided.
    pub policy: String,
    /// Rows that left, if known.
    pub rows: Option<u64>,
    /// For a completion: the entry it completes.
    pub completes: Option<i64>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Data were asked for.
    Read,
    /// A read ended; `rows` says how many rows left.
    ReadEnd,
    /// Something was changed: a load, a setting.
    Change,
    /// Somebody signed in.
    SignIn,
    /// Somebody signed out.
    SignOut,
}

/// Whether it was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Yes.
    Allowed,
    /// No.
    Denied,
}

/// A dataset that was touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Touched {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its version, if one was read.
    pub version: Option<i64>,
    /// Its columns by physical name.
    pub columns: Vec<String>,
}

/// Proof that an entry is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Its number, from 1.
    pub seq: i64,
    /// When, by the store's clock.
    pub at: DateTime<Utc>,
    /// Its hash.
    pub hash: String,
}

/// The access log.
#[derive(Clone, Debug)]
pub struct Log {
    store: Store,
    queue: mpsc::UnboundedSender<writer::Request>,
}

impl Log {
    pub(crate) fn new(store: Store) -> Self {
        let (queue, requests) = mpsc::unbounded_channel();
        tokio::spawn(writer::run(store.clone(), requests));
        Self { store, queue }
    }

    /// Appends an entry; when this returns, the entry is on the disk. Many at once share a transaction.
    ///
    /// # Errors
    /// When the store fails; then nothing may be handed out.
    pub async fn append(&self, entry: Entry) -> Result<Receipt, RecordsError> {
        let (reply, answer) = oneshot::channel();
        let request = writer::Request::Append(entry, Some(reply));
        if self.queue.send(request).is_err() {
            return Err(RecordsError::Shut);
        }
        answer.await.unwrap_or(Err(RecordsError::Shut))
    }

    /// Queues an entry and does not wait. For completions of reads that were logged before they began.
    pub fn append_later(&self, entry: Entry) {
        if self
            .queue
            .send(writer::Request::Append(entry, None))
            .is_err()
        {
            tracing::error!("an entry of the access log came after the store was shut");
        }
    }

    /// Waits until everything queued so far is on the disk.
    pub async fn flush(&self) {
        let (reply, answer) = oneshot::channel();
        if self.queue.send(writer::Request::Flush(reply)).is_ok() {
            // The writer gone is as good as flushed: nothing is left to wait for.
            let _gone = answer.await;
        }
    }

    /// Recomputes the whole chain. `None` means that no entry was altered, added or taken away.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn verify(&self) -> Result<Option<Break>, RecordsError> {
        chain::verify(&self.store).await
    }

    /// Entries that match `filter`, newest first, with the number of all that match.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn page(&self, filter: &Filter) -> Result<(Vec<Logged>, u64), RecordsError> {
        page::page(&self.store, filter).await
    }
}
