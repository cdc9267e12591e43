//! Group commit: entries that wait at the same time go to the disk together.

use sqlx::{QueryBuilder, Sqlite};
use tokio::sync::{mpsc, oneshot};

use super::chain::{Sealed, link};
use super::{Entry, Receipt};
use crate::store::{RecordsError, Store};

/// Most entries in one transaction.
const GROUP: usize = 512;
/// Entries in one statement.
const ROWS: usize = 64;

/// What the writer is asked to do.
#[derive(Debug)]
pub(super) enum Request {
    /// Append an entry and, if somebody waits, send the receipt.
    Append(
        Entry,
        Option<oneshot::Sender<Result<Receipt, RecordsError>>>,
    ),
    /// Say when everything before this is on the disk.
    Flush(oneshot::Sender<()>),
}

type Waiting = Option<oneshot::Sender<Result<Receipt, RecordsError>>>;

/// Runs until the last `Log` is gone.
pub(super) async fn run(store: Store, mut requests: mpsc::UnboundedReceiver<Request>) {
    let mut group = Vec::with_capacity(GROUP);
    while requests.recv_many(&mut group, GROUP).await > 0 {
        let (mut entries, mut waiting, mut flushes) = (Vec::new(), Vec::new(), Vec::new());
        for request in group.drain(..) {
            match request {
                Request::Append(entry, reply) => {
                    entries.push(entry);
                    waiting.push(reply);
                }
                Request::Flush(reply) => flushes.push(reply),
            }
        }
        if !entries.is_empty() {
            let result = commit(&store, entries).await;
            answer(result, waiting);
        }
        for flush in flushes {
            // Whoever waited has gone away; nothing to tell.
            let _gone = flush.send(());
        }
    }
}

fn answer(result: Result<Vec<Receipt>, RecordsError>, waiting: Vec<Waiting>) {
    match result {
        Ok(receipts) => {
            for (receipt, reply) in receipts.into_iter().zip(waiting) {
                if let Some(reply) = reply {
                    let _gone = reply.send(Ok(receipt));
                }
            }
        }
        Err(error) => {
            tracing::error!(%error, "failed to write {} entries of the access log", waiting.len());
            let told = error.to_string();
            for reply in waiting.into_iter().flatten() {
                let _gone = reply.send(Err(RecordsError::Form(told.clone())));
            }
        }
    }
}

async fn commit(store: &Store, entries: Vec<Entry>) -> Result<Vec<Receipt>, RecordsError> {
    let mut write = store.write().await?;
    let (mut seq, mut previous): (i64, String) =
        sqlx::query_as("SELECT seq, hash FROM access_log_head")
            .fetch_one(&mut *write)
            .await?;
    let at = store.clock.now();
    let mut links = Vec::with_capacity(entries.len());
    let mut receipts = Vec::with_capacity(entries.len());
    for entry in entries {
        seq += 1;
        let sealed = serde_json::to_string(&Sealed { seq, at, entry })
            .map_err(|error| RecordsError::Form(format!("an entry of the access log: {error}")))?;
        let hash = link(&previous, &sealed);
        receipts.push(Receipt {
            seq,
            at,
            hash: hash.clone(),
        });
        links.push((
            seq,
            sealed,
            std::mem::replace(&mut previous, hash.clone()),
            hash,
        ));
    }
    for rows in links.chunks(ROWS) {
        let mut insert: QueryBuilder<Sqlite> =
            QueryBuilder::new("INSERT INTO access_log (seq, sealed, previous, hash) ");
        insert.push_values(rows, |mut row, (seq, sealed, previous, hash)| {
            row.push_bind(*seq)
                .push_bind(sealed.as_str())
                .push_bind(previous.as_str())
                .push_bind(hash.as_str());
        });
        insert.build().execute(&mut *write).await?;
    }
    sqlx::query("UPDATE access_log_head SET seq = ?1, hash = ?2")
        .bind(seq)
        .bind(&previous)
        .execute(&mut *write)
        .await?;
    write.commit().await?;
    Ok(receipts)
}
