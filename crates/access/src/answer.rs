//! An answer: rows on their way, counted, and the log told when they have left.

use std::pin::Pin;
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use city::DatasetId;
use datafusion::execution::SendableRecordBatchStream;
use futures::Stream;
use records::log::{Act, Entry, Log};

use crate::error::AskError;

/// What a column of an answer is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
    /// Unit of a number.
    pub unit: Option<String>,
}

/// Rows on their way. The entry of the read is on disk; dropping the answer ends it.
pub struct Answer {
    /// Columns.
    pub schema: SchemaRef,
    /// What each column is called.
    pub titles: Vec<Title>,
    /// The versions that were read.
    pub versions: Vec<(DatasetId, i64)>,
    pub(crate) stream: SendableRecordBatchStream,
    pub(crate) end: End,
}

/// Tells the log how many rows left, when the answer is dropped.
pub(crate) struct End {
    pub(crate) log: Log,
    pub(crate) entry: Entry,
    pub(crate) rows: u64,
    pub(crate) shows_detail: bool,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut entry = self.entry.clone();
        entry.act = Act::ReadEnd;
        entry.rows = Some(self.rows);
        self.log.append_later(entry);
    }
}

impl Stream for Answer {
    type Item = Result<RecordBatch, AskError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.stream.as_mut().poll_next(context);
        next.map(|item| {
            item.map(|batch| match batch {
                Ok(batch) => {
                    self.end.rows += u64::try_from(batch.num_rows()).unwrap_or_default();
                    Ok(batch)
                }
                Err(error) if crate::engine::wants_memory(&error) => Err(AskError::TooLarge {
                    limit: "1 GiB".to_owned(),
                }),
                // What went wrong can name values: only the operator is told.
                Err(error) => Err(AskError::Run(
                    self.end.shows_detail.then(|| error.to_string()),
                )),
            })
        })
    }
}

impl Answer {
    /// All rows at once: for small answers.
    ///
    /// # Errors
    /// When the query fails while it runs.
    pub async fn collect(mut self) -> Result<Vec<RecordBatch>, AskError> {
        use futures::StreamExt as _;
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch?);
        }
        Ok(batches)
    }
}
