//! What tests of sources stand on: a staging folder, configuration values, and everything that was told.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use city::DatasetId;
use city::dataset::{Format, Load, Source};
use serde_json::Value;

use crate::{Call, FetchContext, FetchError, Progress, Quota, fetch};

/// Calls counted in memory.
#[derive(Default)]
struct Counter(AtomicU64);

#[async_trait]
impl Quota for Counter {
    async fn take(&self, limit: Option<u32>) -> std::io::Result<Call> {
        let before = self.0.load(Ordering::SeqCst);
        if limit.is_some_and(|limit| before >= u64::from(limit)) {
            return Ok(Call::Exhausted(before));
        }
        Ok(Call::Allowed(self.0.fetch_add(1, Ordering::SeqCst) + 1))
    }
}

/// What came of a fetch.
#[derive(Debug)]
pub(crate) struct Came {
    /// Names and bytes, or all faults.
    pub(crate) result: Result<Vec<(String, Vec<u8>)>, String>,
    /// Why something was tried again, or left.
    pub(crate) told: Vec<String>,
    /// The most bytes that progress spoke of.
    pub(crate) bytes: u64,
    /// Calls that were counted.
    pub(crate) calls: u64,
}

impl Came {
    pub(crate) fn texts(self) -> Vec<String> {
        let files = self.result.unwrap().into_iter();
        files
            .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
            .collect()
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        let files = self.result.as_ref().unwrap().iter();
        files.map(|(name, _)| name.as_str()).collect()
    }

    pub(crate) fn fault(self) -> String {
        self.result.unwrap_err()
    }
}

/// Fetches a source with these configuration values.
pub(crate) async fn fetched(source: Value, format: &str, values: &[(&str, &str)]) -> Came {
    let folder = tempfile::tempdir().unwrap();
    fetched_into(folder.path(), source, format, values).await
}

/// The same with a staging folder of one's own.
pub(crate) async fn fetched_into(
    staging: &Path,
    source: Value,
    format: &str,
    values: &[(&str, &str)],
) -> Came {
    let values: BTreeMap<String, String> = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let format: Format = serde_json::from_value(serde_json::json!({ "kind": format })).unwrap();
    let source: Source = serde_json::from_value(source).unwrap();
    let (quota, told, bytes) = (
        Counter::default(),
        Mutex::new(Vec::new()),
        AtomicU64::new(0),
    );
    let context = FetchContext {
        dataset: &DatasetId::from("lots"),
        columns: &[],
        load: &Load::default(),
        after: None,
        inbox: staging,
        values: &values,
        staging,
        quota: &quota,
        first_wait: Duration::from_millis(20),
        progress: &|progress| match progress {
            Progress::Again { why, .. } => told.lock().unwrap().push(why),
            Progress::Bytes(done, _) => {
                bytes.fetch_max(done, Ordering::SeqCst);
            }
            _ => (),
        },
    };
    let result = match fetch(&source, &format, &context).await {
        Ok(delivered) => Ok(delivered
            .files
            .iter()
            .map(|file| (file.name.clone(), std::fs::read(&file.path).unwrap()))
            .collect()),
        Err(FetchError::Input(faults)) => Err(faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")),
        Err(FetchError::Machine(error)) => Err(format!("machine: {error}")),
    };
    Came {
        result,
        told: told.into_inner().unwrap(),
        bytes: bytes.into_inner(),
        calls: quota.0.into_inner(),
    }
}
