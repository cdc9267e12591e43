//! Where a load's files come from: room `ingest` fetches, the records count the calls.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use chrono::NaiveDate;
use city::Dataset;
use city::dataset::Source;
use records::Records;
use sources::{Call, Delivered, FetchContext, FetchError, Progress};

use crate::exit::Failure;
use crate::jobs::derive::derive;
use crate::jobs::listen;
use crate::jobs::load::{Loader, korean_day};
use crate::jobs::own;
use crate::jobs::progress::Watch;

/// Wait before the second try.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Calls counted by source and day, for good.
struct Calls<'c> {
    records: &'c Records,
    source: &'c str,
    day: NaiveDate,
}

#[async_trait]
impl sources::Quota for Calls<'_> {
    async fn take(&self, limit: Option<u32>) -> std::io::Result<Call> {
        let taken = self
            .records
            .quota()
            .take(self.source, self.day, limit.map(u64::from))
            .await;
        match taken.map_err(std::io::Error::other)? {
            records::quota::Take::Taken(calls) => Ok(Call::Allowed(calls)),
            records::quota::Take::Exhausted(calls) => Ok(Call::Exhausted(calls)),
        }
    }
}

/// Fetches the files of a dataset's source; those that are not in the inbox come to `staging`.
pub(crate) async fn fetch(
    loader: &Loader,
    dataset: &Dataset,
    staging: &Path,
    watch: &Watch,
    after: Option<&str>,
) -> Result<Delivered, Failure> {
    let platform = &loader.platform;
    if let Source::Derived(source) = &dataset.source {
        return Ok(vec![derive(platform, dataset, source, staging).await?].into());
    }
    if let Source::Platform(source) = &dataset.source {
        return Ok(vec![own::write(platform, dataset, source.of, staging).await?].into());
    }
    if let Source::Mqtt(_) = &dataset.source {
        return Ok(listen::minutes(loader, dataset)?.into());
    }
    let day = korean_day(platform.records.clock().now());
    let quota = Calls {
        records: &platform.records,
        source: dataset.id.as_str(),
        day,
    };
    let values = loader.config.source_values();
    let context = FetchContext {
        dataset: &dataset.id,
        // The names of a wide table's columns are not the source's own.
        columns: if dataset.long.is_some() {
            &[]
        } else {
            &dataset.columns
        },
        load: &dataset.load,
        after,
        inbox: &platform.inbox,
        values: &values,
        staging,
        quota: &quota,
        first_wait: FIRST_WAIT,
        progress: &|progress| tell(watch, progress),
    };
    sources::fetch(&dataset.source, &dataset.format, &context)
        .await
        .map_err(|error| match error {
            FetchError::Input(faults) => Failure::faults(&faults),
            FetchError::Machine(error) => Failure::Machine(format!(
                "dataset `{}`: fetching failed: {error}",
                dataset.id
            )),
        })
}

fn tell(watch: &Watch, progress: Progress) {
    match progress {
        Progress::Bytes(done, all) => watch.bytes(done, all.unwrap_or(done)),
        Progress::Rows(rows) => watch.stage(&format!("fetch: {rows} rows")),
        Progress::Page {
            page,
            pages,
            calls,
            limit,
        } => {
            let pages = pages.map_or_else(String::new, |pages| format!(" of {pages}"));
            let limit = limit.map_or_else(String::new, |limit| format!(" of {limit}"));
            watch.stage(&format!(
                "fetch page {page}{pages}; calls today {calls}{limit}"
            ));
        }
        // Nothing is waited for: something is told.
        Progress::Again { seconds: 0, why } => watch.stage(&format!("fetch: {why}")),
        Progress::Again { seconds, why } => {
            watch.stage(&format!("fetch again in {seconds} s: {why}"));
        }
    }
}
