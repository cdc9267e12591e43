//! A question that takes too long is ended: nobody waits for it any more, and others wait because of it.

use std::time::Duration;

use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt as _;

/// No answer lets its reader wait longer for the next rows. Rows that keep coming may take as long as they take.
pub(crate) const LONGEST: Duration = Duration::from_mins(2);

/// There were no rows in time.
#[derive(Debug, thiserror::Error)]
#[error("no rows within {} s", LONGEST.as_secs())]
struct TooLong;

/// The same rows, ended by an error where the next ones do not come in time. The plan ends with the stream.
pub(crate) fn limited(
    stream: SendableRecordBatchStream,
    longest: Duration,
) -> SendableRecordBatchStream {
    let schema = stream.schema();
    let rows = futures::stream::unfold(Some(stream), move |stream| async move {
        let mut stream = stream?;
        match tokio::time::timeout(longest, stream.next()).await {
            Ok(next) => Some((next?, Some(stream))),
            Err(_elapsed) => {
                let error = DataFusionError::External(Box::new(TooLong));
                Some((Err(error), None))
            }
        }
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, rows))
}

/// Whether a fault is that it took too long.
pub(crate) fn took_too_long(error: &DataFusionError) -> bool {
    match error.find_root() {
        DataFusionError::External(cause) => cause.is::<TooLong>(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, RecordBatch};
    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    #[tokio::test]
    async fn rows_that_do_not_come_in_time_end_the_answer() {
        let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]));
        let rows = RecordBatch::try_new(
            Arc::clone(&schema),
            vec![Arc::new(Int64Array::from(vec![1]))],
        );
        let rows = rows.unwrap();
        let never = futures::stream::pending();
        let slow = futures::stream::iter([Ok(rows.clone()), Ok(rows)]).chain(never);
        let stream = Box::pin(RecordBatchStreamAdapter::new(schema, slow));
        let all: Vec<_> = limited(stream, Duration::from_millis(50)).collect().await;
        assert_eq!(all.len(), 3);
        assert!(all[0].is_ok() && all[1].is_ok());
        assert!(took_too_long(all[2].as_ref().unwrap_err()));
    }
}
