//! Streams of bytes: from batches as they come, or from a file written first.

use std::path::Path;

use access::{Answer, AskError};
use arrow::array::RecordBatch;
use axum::body::{Body, Bytes};
use futures::{Stream, StreamExt as _, stream};
use tempfile::TempDir;

use crate::problem::Problem;

/// Turns each batch into bytes, with something before and after. `encode` is told whether it is the first.
pub(super) fn streamed(
    before: Vec<u8>,
    answer: Answer,
    after: Vec<u8>,
    mut encode: impl FnMut(&RecordBatch, bool) -> Result<Vec<u8>, AskError> + Send + 'static,
) -> Body {
    let mut first = true;
    let rows = answer.map(move |batch| {
        let batch = batch?;
        let bytes = encode(&batch, first)?;
        first &= batch.num_rows() == 0;
        Ok(Bytes::from(bytes))
    });
    let whole = once(before).chain(rows).chain(once(after));
    // An error here breaks the connection: the reader sees that the file is not whole.
    Body::from_stream(whole.inspect(|part| {
        if let Err(error) = part {
            tracing::error!(%error, "a download broke off");
        }
    }))
}

fn once(bytes: Vec<u8>) -> impl Stream<Item = Result<Bytes, AskError>> + Send {
    stream::iter((!bytes.is_empty()).then(|| Ok(Bytes::from(bytes))))
}

/// A folder for one file, gone when the file has been sent.
pub(super) fn folder() -> Result<TempDir, Problem> {
    tempfile::tempdir().map_err(|error| Problem::broken(&error))
}

/// Sends a file and removes it.
pub(super) async fn file(path: &Path, folder: TempDir) -> Result<Body, Problem> {
    let file = tokio::fs::File::open(path)
        .await
        .map_err(|error| Problem::broken(&error))?;
    let read = tokio_util::io::ReaderStream::with_capacity(file, 1 << 17);
    // The folder lives as long as the stream does.
    Ok(Body::from_stream(read.map(move |part| {
        let _alive = &folder;
        part
    })))
}
