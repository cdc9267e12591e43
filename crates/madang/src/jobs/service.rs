//! Notes each minute that the platform is there, and how it answered since the last.

use std::time::Duration;

use chrono::TimeDelta;
use interop::service::Meter;
use tokio::sync::watch;

use crate::exit::Failure;
use crate::platform::Platform;

/// How often it is noted.
const NOTE_EVERY: Duration = Duration::from_mins(1);
/// How long it is kept.
const KEEP: TimeDelta = TimeDelta::days(400);

/// Notes until `stop` is told.
pub(crate) async fn run(platform: Platform, meter: Meter, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(NOTE_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        if let Err(failure) = note(&platform, &meter).await {
            tracing::error!(
                "the platform's service was not noted: {}",
                failure.message()
            );
        }
    }
}

async fn note(platform: &Platform, meter: &Meter) -> Result<(), Failure> {
    let service = platform.records.service();
    service.add(&meter.take()).await?;
    let now = platform.records.clock().now();
    Ok(service.forget(now - KEEP).await?)
}
