//! The store as others use it, on a real file.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod alerts;
mod faults;
mod jobs;
mod killed;
mod log;
mod mails;
mod reviews;
mod search;
mod service;
mod tokens;

use std::sync::Arc;

use chrono::{TimeZone, Utc};
use records::{FixedClock, Records};

struct TestStore {
    folder: tempfile::TempDir,
    clock: Arc<FixedClock>,
    records: Records,
}

impl TestStore {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(
            Utc.with_ymd_and_hms(2026, 11, 5, 0, 0, 0).unwrap(),
        ));
        let records = open(&folder, &clock).await;
        Self {
            folder,
            clock,
            records,
        }
    }

    async fn reopened(self) -> Self {
        self.records.close().await;
        let records = open(&self.folder, &self.clock).await;
        Self { records, ..self }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_store_is_opened_by_many_at_once() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let moment = Utc.with_ymd_and_hms(2026, 11, 5, 0, 0, 0).unwrap();
    let clock = Arc::new(FixedClock::new(moment));
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let (folder, clock) = (Arc::clone(&folder), Arc::clone(&clock));
            tokio::spawn(async move { open(&folder, &clock).await })
        })
        .collect();
    for one in opening {
        one.await.unwrap().close().await;
    }
}

async fn open(folder: &tempfile::TempDir, clock: &Arc<FixedClock>) -> Records {
    let clock: Arc<dyn records::Clock> = Arc::clone(clock) as _;
    Records::open(&folder.path().join("records.db"), clock)
        .await
        .unwrap()
}
