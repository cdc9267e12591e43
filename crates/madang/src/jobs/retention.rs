//! Entries of the access log whose time is over by the city's rules leave their hashes.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use city::City;
use records::Entry;
use records::log::{Cadence, Keep};
use tokio::sync::watch;

use crate::platform::Platform;

/// Days of a year, never too few.
const YEAR: i64 = 366;
/// How often it is looked at what is over.
const LOOK_EVERY: Duration = Duration::from_hours(24);

/// How long a city keeps an entry.
pub(crate) struct Retention {
    city: Arc<City>,
}

impl Retention {
    pub(crate) fn of(city: Arc<City>) -> Self {
        Self { city }
    }
}

impl Keep for Retention {
    fn kept_for(&self, entry: &Entry) -> TimeDelta {
        let touched = entry.touched.iter().map(|touched| &touched.dataset);
        TimeDelta::days(YEAR * i64::from(self.city.log_kept_years(touched)))
    }

    fn shortest(&self) -> TimeDelta {
        TimeDelta::days(YEAR * i64::from(self.city.log_kept_years([])))
    }
}

/// When a city's log makes checkpoints, and where it publishes them.
pub(crate) fn cadence(city: &City) -> Cadence {
    let rules = &city.manifest.access_log;
    Cadence {
        every: TimeDelta::hours(i64::from(rules.checkpoint_hours)),
        publish: rules.publish.as_ref().map(|path| city.folder.join(path)),
    }
}

/// Takes away what is over, once a day, until `stop` is told.
pub(crate) async fn run(platform: Platform, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        let keep = Retention::of(Arc::clone(&platform.city));
        match platform.records.log().prune(Arc::new(keep), "system").await {
            Ok(gone) if gone.entries == 0 => {}
            Ok(gone) => {
                tracing::info!(entries = gone.entries, "the access log forgot what is over");
            }
            Err(error) => tracing::error!(%error, "the access log could not forget what is over"),
        }
        let now = platform.records.clock().now();
        match platform.accounts().forget_journal(now).await {
            Ok(0) => {}
            Ok(lines) => tracing::info!(lines, "the journal of grants forgot what is over"),
            Err(error) => {
                tracing::error!(%error, "the journal of grants could not forget what is over");
            }
        }
    }
}
