//! An answer: rows on their way, counted, and the log told when they have left.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use city::DatasetId;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{Stream, StreamExt as _};
use records::log::{About, Act, Entry, Log, Touched};

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
    /// The same in English, where the unit is a word and somebody wrote it.
    pub unit_en: Option<String>,
}

/// Rows on their way. The entry of the read is on disk; dropping the answer ends it.
pub struct Answer {
    /// Columns.
    pub schema: SchemaRef,
    /// What each column is called.
    pub titles: Vec<Title>,
    /// The versions that were read.
    pub versions: Vec<(DatasetId, i64)>,
    /// Of an answer that counts what may not be seen: how many small counts, and others with them, are hidden. A count
    /// that is not known is one of them, or a sum of some.
    pub hidden: Option<usize>,
    pub(crate) stream: SendableRecordBatchStream,
    pub(crate) end: End,
}

/// Tells the log how many rows left, when the answer is dropped.
pub(crate) struct End {
    pub(crate) log: Log,
    pub(crate) entry: Entry,
    pub(crate) rows: u64,
    pub(crate) shows_detail: bool,
    /// Whether the read's entry says already how many rows there are.
    pub(crate) is_said: bool,
    /// Whose data the read's entry names, and how far.
    pub(crate) persons: (Vec<String>, Option<About>),
}

impl Drop for End {
    fn drop(&mut self) {
        if self.is_said {
            return;
        }
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
                Err(error) => Err(self.told(&error)),
            })
        })
    }
}

impl Answer {
    fn told(&self, error: &DataFusionError) -> AskError {
        if crate::engine::wants_memory(error) {
            return AskError::TooLarge {
                limit: "1 GiB".to_owned(),
            };
        }
        if crate::limited::took_too_long(error) {
            return AskError::too_long();
        }
        if let Some(why) = crate::engine::not_computed(error) {
            return AskError::Computed(why);
        }
        // What went wrong can name values: only the operator is told.
        AskError::Run(self.end.shows_detail.then(|| error.to_string()))
    }

    /// The same answer with its rows read already, and those rows: for small answers.
    pub(crate) async fn read(mut self) -> Result<(Self, Vec<RecordBatch>), AskError> {
        let mut rows = Vec::new();
        while let Some(batch) = self.stream.next().await {
            rows.push(batch.map_err(|error| self.told(&error))?);
        }
        self.stream = stream_of(&self.schema, rows.clone());
        Ok((self, rows))
    }

    /// Tells the log whose the rows are, before they are handed out: for rows that are looked at by hand.
    pub(crate) async fn named(
        mut self,
        subjects: Vec<String>,
        about: About,
        touched: Vec<Touched>,
    ) -> Result<(), AskError> {
        let entry = Entry {
            act: Act::ReadEnd,
            rows: Some(self.end.rows),
            subjects,
            about: Some(about),
            touched,
            ..self.end.entry.clone()
        };
        self.end.log.append(entry).await?;
        self.end.is_said = true;
        Ok(())
    }

    /// All rows at once: for small answers.
    ///
    /// # Errors
    /// When the query fails while it runs.
    pub async fn collect(mut self) -> Result<Vec<RecordBatch>, AskError> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch?);
        }
        Ok(batches)
    }
}

/// Rows that are there already, as a stream.
pub(crate) fn stream_of(schema: &SchemaRef, rows: Vec<RecordBatch>) -> SendableRecordBatchStream {
    let rows = futures::stream::iter(rows.into_iter().map(Ok));
    Box::pin(RecordBatchStreamAdapter::new(Arc::clone(schema), rows))
}
