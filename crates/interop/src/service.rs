//! How long answers take, counted as they leave: figures for the board about the platform itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use records::service::Answers;

/// Answers since they were taken last, by kind of address.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    counted: Arc<Mutex<BTreeMap<String, Answers>>>,
}

impl Meter {
    /// What was counted since the last time.
    pub fn take(&self) -> BTreeMap<String, Answers> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *counted)
    }

    fn count(&self, kind: &str, ms: f64, is_failed: bool) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counted.entry(kind.to_owned()).or_default();
        own.spans.add(ms);
        own.failed += u64::from(is_failed);
    }
}

/// Counts every answer until its first byte; for `axum::middleware::from_fn_with_state`. Files of the pages
/// themselves (styles, scripts) are not counted: they would hide everything else.
pub async fn meter(State(meter): State<Meter>, request: Request, next: Next) -> Response {
    let kind = kind(request.uri().path());
    let began = Instant::now();
    let answer = next.run(request).await;
    if let Some(kind) = kind {
        let ms = began.elapsed().as_secs_f64() * 1000.0;
        meter.count(kind, ms, answer.status().is_server_error());
    }
    answer
}

/// The kind of an address: `api`, `file` (what is taken along), `page`.
fn kind(path: &str) -> Option<&'static str> {
    let last = path.rsplit('/').next().unwrap_or_default();
    if path.starts_with("/assets/") || path.ends_with("/events") {
        None
    } else if path.starts_with("/api/") || path.starts_with("/tiles/") {
        Some("api")
    } else if last.contains('.') {
        Some("file")
    } else {
        Some("page")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_one_kind() {
        for (path, expected) in [
            ("/", Some("page")),
            ("/en/boards/today", Some("page")),
            ("/api/datasets", Some("api")),
            ("/datasets/parking.csv", Some("file")),
            ("/boards/today/paper.pdf", Some("file")),
            ("/assets/main.js", None),
            ("/boards/today/events", None),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }

    #[test]
    fn what_is_taken_is_counted_once() {
        let meter = Meter::default();
        meter.count("api", 3.0, false);
        meter.count("api", 5.0, true);
        let taken = meter.take();
        assert_eq!(taken["api"].spans.total(), 2);
        assert_eq!(taken["api"].failed, 1);
        assert!(meter.take().is_empty());
    }
}
