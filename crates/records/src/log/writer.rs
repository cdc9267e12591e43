//! Group commit: entries that wait at the same time go to the disk together.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::book::Book;
use super::{Entry, LogError, Receipt};
use crate::clock::Clock;

/// Most entries in one group.
const GROUP: usize = 2048;
/// Most completions kept for later while the disk does not take them.
const KEPT: usize = 65_536;

/// What the writer is asked to do.
#[derive(Debug)]
pub(super) enum Request {
    /// Append an entry and, if somebody waits, send the receipt.
    Append(
        Box<Entry>,
        Option<oneshot::Sender<Result<Receipt, LogError>>>,
    ),
    /// Say when everything before this is on the disk.
    Flush(oneshot::Sender<()>),
}

type Waiting = Option<oneshot::Sender<Result<Receipt, LogError>>>;

/// Runs until the last `Log` is gone; on a thread of its own, for it waits for the disk.
pub(super) fn run(
    book: &Mutex<Book>,
    clock: &Arc<dyn Clock>,
    mut requests: mpsc::UnboundedReceiver<Request>,
) {
    let mut group = Vec::with_capacity(GROUP);
    // Completions that nobody waits for and the disk did not take yet.
    let mut kept: Vec<Entry> = Vec::new();
    while requests.blocking_recv_many(&mut group, GROUP) > 0 {
        let mut entries = std::mem::take(&mut kept);
        let mut waiting: Vec<Waiting> = entries.iter().map(|_| None).collect();
        let mut flushes = Vec::new();
        for request in group.drain(..) {
            match request {
                Request::Append(entry, reply) => {
                    entries.push(*entry);
                    waiting.push(reply);
                }
                Request::Flush(reply) => flushes.push(reply),
            }
        }
        if !entries.is_empty() {
            kept = commit(book, clock, entries, waiting);
        }
        for flush in flushes {
            // Whoever waited has gone away; nothing to tell.
            let _gone = flush.send(());
        }
    }
}

/// Writes a group; gives back what must be tried again.
fn commit(
    book: &Mutex<Book>,
    clock: &Arc<dyn Clock>,
    entries: Vec<Entry>,
    waiting: Vec<Waiting>,
) -> Vec<Entry> {
    let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
    let result = book.append(&entries, clock.now());
    let error = match result {
        Ok(receipts) => {
            for (receipt, reply) in receipts.into_iter().zip(waiting) {
                if let Some(reply) = reply {
                    let _gone = reply.send(Ok(receipt));
                }
            }
            return Vec::new();
        }
        Err(error) => error,
    };
    if matches!(error, LogError::Long { .. } | LogError::Form(_)) && entries.len() > 1 {
        // One of them is at fault: the others must not suffer for it.
        for (entry, reply) in entries.into_iter().zip(waiting) {
            alone(&mut book, clock, entry, reply);
        }
        return Vec::new();
    }
    refused(&error, entries, waiting)
}

fn alone(book: &mut Book, clock: &Arc<dyn Clock>, entry: Entry, reply: Waiting) {
    let result = book.append(&[entry], clock.now());
    let receipt = result.and_then(|mut receipts| {
        let receipt = receipts.pop();
        receipt.ok_or_else(|| LogError::Form("it was not written".to_owned()))
    });
    if let Err(error) = &receipt {
        tracing::error!(%error, "an entry of the access log was refused");
    }
    if let Some(reply) = reply {
        let _gone = reply.send(receipt);
    }
}

/// Tells those who wait; completions are kept for the next group.
fn refused(error: &LogError, entries: Vec<Entry>, waiting: Vec<Waiting>) -> Vec<Entry> {
    tracing::error!(%error, "failed to write {} entries of the access log", entries.len());
    let mut kept = Vec::new();
    for (entry, reply) in entries.into_iter().zip(waiting) {
        match reply {
            Some(reply) => {
                let _gone = reply.send(Err(error.clone()));
            }
            None if kept.len() < KEPT => kept.push(entry),
            None => tracing::error!("the completion of a read is lost: too many wait for the disk"),
        }
    }
    kept
}
