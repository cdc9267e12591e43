//! Large tables made ready to be filtered, behind the server, as soon as there is a new version.

use std::collections::HashMap;
use std::time::Duration;

use access::{Person, Purpose};
use city::DatasetId;
use lake::At;

use crate::platform::Platform;

/// How often it is looked for new versions.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Prepares every dataset's newest version, for as long as it is let.
pub(crate) async fn run(platform: Platform) {
    let mut prepared: HashMap<DatasetId, i64> = HashMap::new();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    let reader = platform
        .door
        .reader(Person::operator("system"), Purpose::new("prepare"))
        .behind();
    loop {
        ticks.tick().await;
        for id in platform.city.datasets.keys() {
            let Ok(Some(version)) = platform.lake.version(id, &At::Latest) else {
                continue;
            };
            if prepared.insert(id.clone(), version.number) == Some(version.number) {
                continue;
            }
            // Whoever asks later finds out the same, and is told.
            if let Err(error) = reader.prepare(id.as_str()).await {
                tracing::warn!(dataset.id = %id, "could not prepare `{id}`: {error}");
            }
        }
    }
}
