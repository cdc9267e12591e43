//! Loads when they are due: each dataset by its cadence.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use city::dataset::{Cadence, Source};
use city::{Dataset, DatasetId};
use lake::{At, Outcome, Record};
use tokio::sync::{Notify, watch};

use crate::exit::Failure;
use crate::jobs::corrections::{Pending, pending};
use crate::jobs::derive::inputs;
use crate::jobs::listen;
use crate::jobs::load::{Loaded, Loader};
use crate::jobs::order::order;

/// How often it is looked at what is due.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Loads what is due until `stop` is told.
pub(crate) async fn run(loader: Loader, mut stop: watch::Receiver<bool>) {
    let mut tried: HashMap<DatasetId, DateTime<Utc>> = HashMap::new();
    let mut followed: HashMap<DatasetId, Pending> = HashMap::new();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    let minute_ended = Arc::new(Notify::new());
    // They listen as long as this runs.
    let _listeners = listen::start(&loader, &stop, &minute_ended).await;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = minute_ended.notified() => {}
            _ = stop.changed() => return,
        }
        for dataset in order(&loader.platform.city, &[]) {
            if *stop.borrow() {
                return;
            }
            let now = loader.platform.records.clock().now();
            match accepted(&loader, dataset) {
                Ok(Some(held)) => {
                    note(
                        dataset,
                        &loader.load_held(dataset, Arc::unwrap_or_clone(held)).await,
                    );
                    continue;
                }
                Ok(None) => {}
                Err(failure) => {
                    tracing::error!(dataset.id = %dataset.id, "could not tell whether a load was accepted: {}", failure.message());
                }
            }
            if let Some(loaded) = corrected(&loader, dataset, &mut followed).await {
                note(dataset, &loaded);
                continue;
            }
            match is_due(&loader, dataset, tried.get(&dataset.id).copied(), now) {
                Ok(false) => continue,
                Ok(true) => {}
                Err(failure) => {
                    tracing::error!(dataset.id = %dataset.id, "could not tell whether a load is due: {}", failure.message());
                }
            }
            tried.insert(dataset.id.clone(), now);
            note(dataset, &loader.load(dataset).await);
        }
    }
}

fn note(dataset: &Dataset, outcome: &Result<Loaded, Failure>) {
    let id = &dataset.id;
    match outcome {
        Ok(Loaded::Version(version)) => {
            tracing::info!(dataset.id = %id, version = version.number, "loaded `{id}`");
        }
        Ok(Loaded::Unchanged(_)) => {}
        Ok(Loaded::Refused(_)) => tracing::warn!(dataset.id = %id, "refused a load of `{id}`"),
        Ok(Loaded::Held(_)) => {
            tracing::warn!(dataset.id = %id, "a load of `{id}` waits for a person");
        }
        Err(failure) => {
            tracing::warn!(dataset.id = %id, "a load of `{id}` failed: {}", failure.message());
        }
    }
}

/// A load that waited and was accepted since, and is no version yet.
fn accepted(loader: &Loader, dataset: &Dataset) -> Result<Option<Arc<Record>>, Failure> {
    let lake = &loader.platform.lake;
    let Some(newest) = lake.loads(&dataset.id)?.into_iter().next() else {
        return Ok(None);
    };
    if newest.outcome != Outcome::Held {
        return Ok(None);
    }
    let held = lake.held(&dataset.id)?;
    Ok(held
        .first()
        .filter(|held| {
            held.decision
                .as_ref()
                .is_some_and(|decision| decision.accepted)
        })
        .map(|held| Arc::clone(&held.record)))
}

/// Follows corrections that no load has followed yet. What failed is not tried again before something else is corrected.
async fn corrected(
    loader: &Loader,
    dataset: &Dataset,
    followed: &mut HashMap<DatasetId, Pending>,
) -> Option<Result<Loaded, Failure>> {
    let pending = match pending(&loader.platform.lake, dataset) {
        Ok(Pending::Nothing) => return None,
        Ok(pending) if followed.get(&dataset.id) == Some(&pending) => return None,
        Ok(pending) => pending,
        Err(failure) => return Some(Err(failure)),
    };
    followed.insert(dataset.id.clone(), pending.clone());
    match pending {
        Pending::Nothing => None,
        Pending::Again(landed, _) => Some(loader.load_landed(dataset, landed).await),
        Pending::Rows(open) => loader.readmit(dataset, open).await.transpose(),
    }
}

fn is_due(
    loader: &Loader,
    dataset: &Dataset,
    tried: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    if let Source::Mqtt(_) = &dataset.source {
        return listen::is_due(loader, dataset, now);
    }
    let loads = loader.platform.lake.loads(&dataset.id)?;
    if let Source::Derived(source) = &dataset.source {
        // Asked again when what it reads has changed; what is not loaded yet makes it wait.
        let last = loader.platform.lake.version(&dataset.id, &At::Latest)?;
        let Ok(now) = inputs(&loader.platform, dataset, source) else {
            return Ok(false);
        };
        let is_new = |(id, number): (&DatasetId, &i64)| -> Result<bool, Failure> {
            let version = loader.platform.lake.version(id, &At::Version(*number))?;
            // The same rows make no version: what was asked since then need not be asked again.
            Ok(version
                .is_some_and(|version| tried.is_none_or(|tried| version.committed_at > tried)))
        };
        let changed = last.is_none_or(|last| last.inputs != now);
        let mut new = now.iter().map(is_new);
        return Ok(changed && new.any(|new| new.unwrap_or(true)));
    }
    let ended = loads.iter().map(|load| load.committed_at).max();
    Ok(due(dataset.cadence, ended.max(tried), now))
}

/// Whether a dataset whose load ended (or was tried) at `last` is due.
fn due(cadence: Cadence, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let Some(last) = last else { return true };
    // A clock that was ahead and was put back must not keep anything from being loaded.
    period(cadence).is_some_and(|period| now < last || now - last >= period)
}

/// How long a load may be old. A source that changes rarely is looked at once a day all the same:
/// a correction should not wait for half a year, and the same bytes make no version.
fn period(cadence: Cadence) -> Option<TimeDelta> {
    match cadence {
        Cadence::Hourly => Some(TimeDelta::hours(1)),
        Cadence::Once => None,
        _ => Some(TimeDelta::days(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hourly_dataset_is_due_after_an_hour_and_one_that_comes_once_never_again() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ago = |minutes| Some(now - TimeDelta::minutes(minutes));
        assert!(due(Cadence::Once, None, now));
        assert!(!due(Cadence::Once, ago(1_000_000), now));
        assert!(due(Cadence::Daily, ago(-1), now));
        assert!(due(Cadence::Hourly, ago(60), now) && !due(Cadence::Hourly, ago(59), now));
        assert!(
            due(Cadence::Yearly, ago(24 * 60), now) && !due(Cadence::Daily, ago(24 * 60 - 1), now)
        );
    }
}
