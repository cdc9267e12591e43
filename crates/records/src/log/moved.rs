//! The log of version 1 lay in the record store, each entry chained to the one before it. It is moved into the files word by
//! word: verified first, so that nobody can say later that the move bent it.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::book::Book;
use super::line::Sealed;
use super::tree::Hash;
use super::{Act, Decision, Entry, LogError};
use crate::store::{RecordsError, Store};
use crate::tokens::hex;

/// Entries moved in one group.
const STEP: i64 = 4096;
/// What of an altered entry's text is kept.
const KEPT: usize = 100_000;

/// A row of the old log: its number, its text, the hash before it, its own.
type Old = (i64, String, String, String);

/// Moves what the record store still holds. It may die at any instant and is begun again where it came to.
pub(super) async fn from_store(store: &Store, book: &mut Book) -> Result<(), RecordsError> {
    let mut write = store.write().await?;
    let (rows, last): (i64, i64) =
        sqlx::query_as("SELECT count(*), ifnull(max(seq), 0) FROM access_log")
            .fetch_one(&mut *write)
            .await?;
    let (head, head_hash): (i64, String) = sqlx::query_as("SELECT seq, hash FROM access_log_head")
        .fetch_one(&mut *write)
        .await?;
    if rows == 0 {
        return Ok(());
    }
    let end = last.max(head);
    let mut chain = Chain::default();
    let mut moved = i64::try_from(book.size()?).unwrap_or(i64::MAX);
    let mut at = DateTime::<Utc>::UNIX_EPOCH;
    for first in (0..end).step_by(usize::try_from(STEP).unwrap_or(1)) {
        let rows: Vec<Old> = sqlx::query_as(
            "SELECT seq, sealed, previous, hash FROM access_log WHERE seq > ?1 AND seq <= ?2 ORDER BY seq",
        )
        .bind(first)
        .bind(first + STEP)
        .fetch_all(&mut *write)
        .await?;
        let mut rows = rows.into_iter().peekable();
        let mut texts = Vec::new();
        for seq in first + 1..=end.min(first + STEP) {
            let row = rows.next_if(|(own, ..)| *own == seq);
            chain.follow(seq, row.as_ref());
            texts.push(text(seq, row.map(|(_, sealed, ..)| sealed), &mut at)?);
        }
        moved = add(book, first, moved, &texts, at)?;
    }
    chain.end(head, &head_hash);
    if moved == end {
        let entry = remark(&chain, end, &head_hash);
        book.append(&[entry], store.clock.now())?;
    }
    for statement in [
        "DROP TRIGGER IF EXISTS access_log_is_never_deleted",
        "DELETE FROM access_log",
    ] {
        sqlx::query(statement).execute(&mut *write).await?;
    }
    write.commit().await?;
    tracing::info!(entries = end, "the access log lies in files now");
    Ok(())
}

/// Adds what is not there yet; how many are there then.
fn add(
    book: &mut Book,
    first: i64,
    moved: i64,
    texts: &[String],
    at: DateTime<Utc>,
) -> Result<i64, LogError> {
    let there = usize::try_from((moved - first).max(0)).unwrap_or(usize::MAX);
    let (done, rest) = texts.split_at(there.min(texts.len()));
    if let Some(last) = done.last() {
        let seq = u64::try_from(first).unwrap_or_default()
            + u64::try_from(done.len()).unwrap_or_default();
        if book.leaf(seq)? != Hash::leaf(last.as_bytes()) {
            return Err(LogError::Damaged(format!(
                "its entry {seq} is not the one the record store holds"
            )));
        }
    }
    if rest.is_empty() {
        return Ok(moved);
    }
    let from = u64::try_from(moved.max(first)).unwrap_or_default();
    book.append_texts(from, rest, at)?;
    Ok(moved.max(first) + i64::try_from(rest.len()).unwrap_or(i64::MAX))
}

/// The text of an entry: as it is, or what is to be said where it is none.
fn text(seq: i64, sealed: Option<String>, at: &mut DateTime<Utc>) -> Result<String, LogError> {
    let own = sealed.as_ref().and_then(|text| {
        let sealed: Sealed = serde_json::from_str(text).ok()?;
        let begin = format!("{{\"seq\":{seq},");
        (text.starts_with(&begin) && !text.contains('\n')).then_some(sealed.at)
    });
    if let (Some(text), Some(own)) = (&sealed, own) {
        *at = own.max(*at);
        return Ok(text.clone());
    }
    let (what, query) = match sealed {
        Some(text) => ("altered", Some(text.chars().take(KEPT).collect())),
        None => ("missing", None),
    };
    let entry = Entry {
        query,
        ..system(format!(
            "entry {seq} of the log in the record store was {what} when the log was moved"
        ))
    };
    let sealed = Sealed {
        seq: u64::try_from(seq).unwrap_or_default(),
        at: *at,
        previous: None,
        salt: None,
        clock: None,
        entry,
    };
    serde_json::to_string(&sealed).map_err(|error| LogError::Form(error.to_string()))
}

/// The chain of hashes of version 1.
#[derive(Default)]
struct Chain {
    previous: String,
    /// The first entry that is not what it was.
    broken: Option<i64>,
}

impl Chain {
    fn follow(&mut self, seq: i64, row: Option<&Old>) {
        let holds = row.is_some_and(|(_, sealed, previous, hash)| {
            *previous == self.previous && link(previous, sealed) == *hash
        });
        if !holds {
            self.broken.get_or_insert(seq);
        }
        if let Some((.., hash)) = row {
            self.previous.clone_from(hash);
        }
    }

    fn end(&mut self, head: i64, hash: &str) {
        if self.previous != hash {
            self.broken.get_or_insert(head);
        }
    }
}

/// The hash of an entry of version 1: over the hash before it and its own text.
fn link(previous: &str, sealed: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(previous.as_bytes());
    hash.update(b"\n");
    hash.update(sealed.as_bytes());
    hex(&hash.finalize())
}

/// What is written down of the move.
fn remark(chain: &Chain, end: i64, hash: &str) -> Entry {
    let proof = match chain.broken {
        None => format!("their chain was whole and ended with {hash}"),
        Some(seq) => {
            tracing::error!(
                seq,
                "the access log in the record store was not what it was"
            );
            format!("their chain was broken at entry {seq}; it should have ended with {hash}")
        }
    };
    system(format!(
        "{end} entries were moved from the record store: {proof}"
    ))
}

/// An entry of the log about itself.
pub(super) fn system(purpose: String) -> Entry {
    Entry {
        who: "system".to_owned(),
        from: None,
        act: Act::Change,
        purpose,
        touched: Vec::new(),
        subjects: Vec::new(),
        about: None,
        query: None,
        decision: Decision::Allowed,
        policy: "access-log".to_owned(),
        rows: None,
        completes: None,
    }
}
