//! The access log (접속기록): who read or changed what, when, from where, about whom, why. Append-only.
//!
//! Its entries are the leaves of a Merkle tree (RFC 6962) and lie in plain files beside the record store; every group that
//! is written ends with a signed head. So an entry altered, added or taken away later is found and named, from the files
//! alone ([`mod@verify`]), and that the log only grew since somebody kept a checkpoint outside can be proven to a stranger
//! ([`Files`]). It holds names of datasets and columns, never values of cells. See `docs/concepts/access-log.md`.

mod book;
mod entry;
mod error;
mod files;
mod folder;
mod group;
mod index;
mod keys;
mod line;
mod moved;
#[cfg(test)]
mod moved_tests;
pub mod note;
mod page;
pub mod proofs;
mod prove;
mod prune;
pub mod review;
mod scan;
mod state;
mod subjects;
#[cfg(test)]
mod tests;
pub mod tree;
mod verify;
mod writer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

pub use book::Cadence;
pub use entry::{About, Act, Decision, Entry, Receipt, Touched};
pub use error::LogError;
pub use files::Files;
pub use page::{Filter, Logged, Used};
pub use prune::{Keep, Pruning};
pub use subjects::Pseudonyms;
pub use verify::{Against, Break, Fault, Verified, verify};

use self::book::Book;
use self::folder::Folder;
use self::moved::system;
use self::note::PublicKey;
use crate::store::{RecordsError, Store};

/// The log's folder, beside the record store.
const FOLDER: &str = "access-log";

/// The access log.
#[derive(Clone, Debug)]
pub struct Log {
    store: Store,
    folder: Folder,
    book: Arc<Mutex<Book>>,
    queue: mpsc::UnboundedSender<writer::Request>,
    /// Nothing is taken any more.
    is_shut: Arc<AtomicBool>,
    pseudonyms: Arc<OnceLock<Pseudonyms>>,
    /// Held by whoever brings the index up to date.
    indexing: Arc<tokio::sync::Mutex<()>>,
}

/// The folder of the log that belongs to a record store.
pub fn folder_of(store: &Path) -> PathBuf {
    store.with_file_name(FOLDER)
}

impl Log {
    /// Opens the log beside the record store, makes it when there is none, and moves an older one into it.
    pub(crate) async fn open(path: &Path, store: Store) -> Result<Self, RecordsError> {
        let path = folder_of(path);
        let folder = Folder::new(&path);
        let mut book = Book::new(&path);
        let known: Option<(String,)> = sqlx::query_as("SELECT origin FROM access_log_known")
            .fetch_optional(&store.readers)
            .await?;
        book.origin = known.as_ref().map(|(origin,)| origin.clone());
        let is_gone = known.is_some() && keys::read(&folder).is_ok_and(|keys| keys.is_none());
        if is_gone {
            tracing::error!(folder = %path.display(), "the access log is gone");
        } else {
            found(&store, &mut book, known).await?;
        }
        let book = Arc::new(Mutex::new(book));
        let (queue, requests) = mpsc::unbounded_channel();
        let (own, clock) = (Arc::clone(&book), Arc::clone(&store.clock));
        std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || writer::run(&own, &clock, requests))
            .map_err(|error| LogError::disk(&folder)(error))?;
        Ok(Self {
            store,
            folder,
            book,
            queue,
            is_shut: Arc::default(),
            pseudonyms: Arc::default(),
            indexing: Arc::default(),
        })
    }

    /// Takes nothing any more: what is asked for from here on is not handed out.
    pub(crate) fn shut(&self) {
        self.is_shut.store(true, Ordering::Release);
    }

    /// Appends an entry; when this returns, the entry is on the disk. Many at once share a group.
    ///
    /// # Errors
    /// When the log does not take it; then nothing may be handed out.
    pub async fn append(&self, entry: Entry) -> Result<Receipt, RecordsError> {
        let (reply, answer) = oneshot::channel();
        let request = writer::Request::Append(Box::new(entry), Some(reply));
        if self.is_shut.load(Ordering::Acquire) {
            return Err(RecordsError::Shut);
        }
        if self.queue.send(request).is_err() {
            return Err(RecordsError::Shut);
        }
        match answer.await {
            Ok(result) => Ok(result?),
            Err(_) => Err(RecordsError::Shut),
        }
    }

    /// Queues an entry and does not wait. For completions of reads that were logged before they began: while the disk does
    /// not take them, they are kept and tried again with the next group.
    pub fn append_later(&self, entry: Entry) {
        if self
            .queue
            .send(writer::Request::Append(Box::new(entry), None))
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

    /// Proves the whole log. `None` means that no entry was altered, added or taken away; else the first that is not what
    /// it was.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn verify(&self) -> Result<Option<Break>, RecordsError> {
        let verified = self.verified(Against::default()).await?;
        Ok(verified.breaks.into_iter().next())
    }

    /// Proves the whole log, also against what was kept outside.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn verified(&self, mut against: Against) -> Result<Verified, RecordsError> {
        let known: Option<(String,)> = sqlx::query_as("SELECT origin FROM access_log_known")
            .fetch_optional(&self.store.readers)
            .await?;
        against.origin = against.origin.or(known.map(|(origin,)| origin));
        let path = self.folder.path().to_owned();
        blocking(move || verify(&path, &against)).await
    }

    /// Entries that match `filter`, newest first, with the number of all that match.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn page(&self, filter: &Filter) -> Result<(Vec<Logged>, u64), RecordsError> {
        self.indexed().await?;
        page::page(&self.store, &self.folder, filter).await
    }

    /// The files as they are now: roots, proofs, copies.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn files(&self) -> Result<Files, RecordsError> {
        let path = self.folder.path().to_owned();
        blocking(move || Files::open(&path)).await
    }

    /// When checkpoints are made, and where they are published.
    pub fn set_cadence(&self, cadence: Cadence) {
        locked(&self.book).cadence = cadence;
    }

    /// Makes a checkpoint of all there is, publishes it where the city says, and gives it back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn checkpoint(&self) -> Result<String, RecordsError> {
        self.flush().await;
        self.on_book(Book::checkpoint).await
    }

    /// Changes the key that signs, and records it. The old private key is gone afterwards.
    ///
    /// # Errors
    /// When the new key cannot be written.
    pub async fn rotate_key(&self, who: &str, why: &str) -> Result<PublicKey, RecordsError> {
        self.flush().await;
        let key = self.on_book(Book::rotate_key).await?;
        let entry = Entry {
            who: who.to_owned(),
            ..system(format!("the log's key was changed to {key}: {why}"))
        };
        self.append(entry).await?;
        Ok(key)
    }

    /// Takes away the texts of entries that were kept long enough, and records it. Their hashes stay.
    ///
    /// # Errors
    /// When the files cannot be rewritten, or an entry to be taken away is not what it was.
    pub async fn prune(&self, keep: Arc<dyn Keep>, who: &str) -> Result<Pruning, RecordsError> {
        self.flush().await;
        let now = self.store.clock.now();
        let gone = self
            .on_book(move |book| prune::prune(book, keep.as_ref(), now))
            .await?;
        if gone.entries > 0 {
            index::drop_pruned(&self.store, &gone.ranges).await?;
            let first = gone.ranges.first().map_or(0, |(first, _)| *first);
            let last = gone.ranges.last().map_or(0, |(_, last)| *last);
            let text = format!(
                "retention took away {} entries from {first} to {last}; their numbers are in `pruned`",
                gone.entries
            );
            let entry = Entry {
                who: who.to_owned(),
                ..system(text)
            };
            self.append(entry).await?;
        }
        Ok(gone)
    }

    /// Begins a new log beside one that is not what it was; the old folder stays under another name. The new log begins
    /// with who did it, why, and what the old one last said of itself.
    ///
    /// # Errors
    /// When the folder cannot be renamed or made.
    pub async fn renew(&self, who: &str, why: &str) -> Result<PathBuf, RecordsError> {
        self.flush().await;
        let now = self.store.clock.now();
        let (kept, last) = self.on_book(move |book| book.put_aside(now)).await?;
        let mut book = Book::new(self.folder.path());
        let origin = book.found(now)?;
        locked(&self.book).origin = Some(origin.clone());
        let mut write = self.store.write().await?;
        for statement in [
            "DELETE FROM access_log_index",
            "DELETE FROM access_log_index_of",
            "DELETE FROM access_log_text",
        ] {
            sqlx::query(statement).execute(&mut *write).await?;
        }
        sqlx::query(
            "INSERT OR REPLACE INTO access_log_known (only, origin, indexed) VALUES (1, ?1, 0)",
        )
        .bind(&origin)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        let place = if kept.exists() {
            format!("the old one is in {}", kept.display())
        } else {
            "the old one is gone".to_owned()
        };
        let entry = Entry {
            who: who.to_owned(),
            query: Some(last),
            ..system(format!("a new log begins here, {place}: {why}"))
        };
        self.append(entry).await?;
        Ok(kept)
    }

    /// The pseudonym of a data subject in this log: the same person has the same one, and without the log's key nobody
    /// finds out whose it is by trying. `kind` is what `person` is: an account's name, a number, a key of a dataset.
    ///
    /// # Errors
    /// When the key cannot be read or made.
    pub fn pseudonym(&self, kind: &str, person: &str) -> Result<String, RecordsError> {
        Ok(self.pseudonyms()?.of(kind, person))
    }

    /// What makes the pseudonyms of this log; its key is read once.
    ///
    /// # Errors
    /// When the key cannot be read or made.
    pub fn pseudonyms(&self) -> Result<&Pseudonyms, RecordsError> {
        if let Some(known) = self.pseudonyms.get() {
            return Ok(known);
        }
        let opened = Pseudonyms::open(&self.folder)?;
        Ok(self.pseudonyms.get_or_init(|| opened))
    }

    /// The ends of reads, by the entry that began each.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ends(&self, of: &[i64]) -> Result<BTreeMap<i64, Logged>, RecordsError> {
        page::ends(&self.store, &self.folder, of).await
    }

    /// One entry; `None` when there is none of that number, or retention took it away.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn entry(&self, seq: i64) -> Result<Option<Logged>, RecordsError> {
        self.indexed().await?;
        page::one(&self.store, &self.folder, seq).await
    }

    /// How often each dataset was read or changed on each day (Korean time) from a moment on, leaving out what one
    /// name, the platform's own, did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn used(
        &self,
        since: DateTime<Utc>,
        without: &str,
    ) -> Result<Vec<Used>, RecordsError> {
        self.indexed().await?;
        page::used(&self.store, since, without).await
    }

    /// The versions of a dataset of which somebody read more than entries name one by one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn read_whole(&self, dataset: &city::DatasetId) -> Result<Vec<i64>, RecordsError> {
        self.indexed().await?;
        page::read_whole(&self.store, dataset).await
    }

    /// Shows every entry from a moment on and before another to `see`, oldest first; how many there were. It reads the
    /// files once and keeps nothing.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub async fn each<T: Send + 'static>(
        &self,
        (since, until): (DateTime<Utc>, DateTime<Utc>),
        seen: T,
        see: fn(&mut T, &Logged),
    ) -> Result<(T, u64), RecordsError> {
        self.indexed().await?;
        scan::each(&self.store, &self.folder, (since, until), seen, see).await
    }

    /// Brings the index to what the files hold. One at a time does so; the others find it done.
    async fn indexed(&self) -> Result<(), RecordsError> {
        let _turn = self.indexing.lock().await;
        index::catch_up(&self.store, &self.folder).await
    }

    async fn on_book<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Book) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, RecordsError> {
        let book = Arc::clone(&self.book);
        blocking(move || work(&mut locked(&book))).await
    }
}

/// Makes the log if there is none, and moves an older one into it.
async fn found(
    store: &Store,
    book: &mut Book,
    known: Option<(String,)>,
) -> Result<(), RecordsError> {
    let origin = match book.found(store.clock.now()) {
        Ok(origin) => origin,
        // The program must start, so that it can say what is wrong; entries are refused until it is put right.
        Err(error @ LogError::Damaged(_)) => {
            tracing::error!(%error, "the access log cannot be used");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if known.is_none() {
        let mut write = store.write().await?;
        sqlx::query(
            "INSERT OR IGNORE INTO access_log_known (only, origin, indexed) VALUES (1, ?1, 0)",
        )
        .bind(&origin)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        book.origin = Some(origin);
    } else if known.is_some_and(|(known,)| known != origin) {
        tracing::error!(%origin, "the access log is not the one this store knows");
        return Ok(());
    }
    moved::from_store(store, book).await
}

fn locked(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, RecordsError> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| RecordsError::Form(format!("the access log: {error}")))?;
    Ok(done?)
}
