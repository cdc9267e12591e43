//! Whether somebody waits for an answer: work that nobody waits for gives way to them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt as _;

/// Between two questions of one page there is less time than this.
const CALM: Duration = Duration::from_millis(250);
/// How often it is looked whether there is rest.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Questions that are being answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Busy(Arc<Mutex<Now>>);

#[derive(Debug, Default)]
struct Now {
    asked: usize,
    ended: Option<Instant>,
}

/// A question that is being answered, until it is dropped.
#[derive(Debug)]
pub(crate) struct Asked(Busy);

impl Busy {
    /// Notes a question.
    pub(crate) fn ask(&self) -> Asked {
        self.now(|now| now.asked += 1);
        Asked(self.clone())
    }

    /// Waits until nobody has waited for an answer for a moment, but no longer than `longest`: what has to be done is
    /// done in the end.
    pub(crate) async fn rest(&self, longest: Duration) {
        let end = Instant::now() + longest;
        while !self.is_at_rest() && Instant::now() < end {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn is_at_rest(&self) -> bool {
        self.now(|now| now.asked == 0 && now.ended.is_none_or(|ended| ended.elapsed() >= CALM))
    }

    fn now<T>(&self, look: impl FnOnce(&mut Now) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.now(|now| {
            now.asked = now.asked.saturating_sub(1);
            now.ended = Some(Instant::now());
        });
    }
}

/// The same rows; the question is being answered for as long as they are.
pub(crate) fn during(asked: Asked, stream: SendableRecordBatchStream) -> SendableRecordBatchStream {
    let schema = stream.schema();
    let rows = stream.map(move |rows| {
        let _until_the_end = &asked;
        rows
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_gives_way_waits_for_answers_and_not_for_ever() {
        let busy = Busy::default();
        let begun = Instant::now();
        busy.rest(Duration::from_mins(1)).await;
        let (one, other) = (busy.ask(), busy.ask());
        assert!(!busy.is_at_rest());
        drop(one);
        assert!(!busy.is_at_rest(), "the other is still asked");
        busy.rest(Duration::from_millis(1)).await;
        drop(other);
        assert!(!busy.is_at_rest(), "the next question of a page");
        let ended = Instant::now();
        busy.rest(Duration::from_mins(1)).await;
        assert!(ended.elapsed() + LOOK_EVERY >= CALM && begun.elapsed() < Duration::from_mins(1));
        assert!(busy.is_at_rest());
    }
}
