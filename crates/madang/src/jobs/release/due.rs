//! Releases made behind the server: each that was never made, each whose plan changed, and those for everybody anew
//! when there is a new version of what they are made from.

use std::collections::BTreeMap;
use std::time::Duration;

use city::{GateRecord, ReleaseId, ReleaseKind, ReleasePlan};
use lake::At;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{make, plan_sha256};
use crate::exit::Failure;
use crate::jobs::project::Office;
use crate::platform::Platform;

/// How often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Who has them made.
const SYSTEM: &str = "system";

/// Makes what is due, until `stop` is told.
pub(crate) async fn run(platform: Platform, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    let mut failed: BTreeMap<ReleaseId, Instant> = BTreeMap::new();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        for (id, plan) in &platform.city.releases {
            // What could not be made is not tried at every look.
            let is_resting = failed
                .get(id)
                .is_some_and(|since| since.elapsed() < Duration::from_mins(30));
            if is_resting {
                continue;
            }
            let made = match is_due(&platform, plan).await {
                Ok(true) => make(&platform, plan, SYSTEM).await.map(|_| ()),
                Ok(false) => Ok(()),
                Err(failure) => Err(failure),
            };
            if let Err(failure) = made {
                tracing::warn!(
                    "the release `{id}` could not be made: {}",
                    failure.message()
                );
                failed.insert(id.clone(), Instant::now());
            } else {
                failed.remove(id);
            }
        }
    }
}

/// Whether a release is to be made.
pub(crate) async fn is_due(platform: &Platform, plan: &ReleasePlan) -> Result<bool, Failure> {
    let Some(version) = platform.lake.version(&plan.dataset, &At::Latest)? else {
        return Ok(false);
    };
    let newest = platform.records.releases().of(&plan.id, 1).await?;
    let newest: Option<&GateRecord> = newest.first();
    if plan.kind == ReleaseKind::Pseudonymised {
        // Made when its project's result was found adequate, and once for each result.
        let result = Office::of(platform).adequate(plan).await?;
        return Ok(result.is_some_and(|sha256| newest.is_none_or(|own| own.sha256 != sha256)));
    }
    let Some(newest) = newest else {
        return Ok(true);
    };
    let own = newest.versions.iter().find(|(id, _)| *id == plan.dataset);
    let is_older = own.is_none_or(|(_, number)| *number != version.number);
    let follows = plan.kind.is_for_everybody() || !newest.passed();
    Ok(newest.plan_sha256 != plan_sha256(plan) || (follows && is_older))
}
