//! Deliveries that are here already: those that wait for a person, and what was known of them.

use city::Dataset;
use lake::{Lake, Landed, Outcome, Record};
use std::sync::Arc;

use crate::exit::Failure;
use crate::jobs::load::{is_asked, korean_day};

/// The newest load of these very bytes.
pub(crate) fn of_these(
    lake: &Lake,
    dataset: &Dataset,
    landed: &[Landed],
) -> Result<Option<Arc<Record>>, Failure> {
    let sha256s = || landed.iter().map(|source| &source.sha256);
    let loads = lake.loads(&dataset.id)?;
    Ok(loads.into_iter().find(|load| {
        let own = load.sources.iter().map(|source| &source.sha256);
        own.eq(sha256s())
    }))
}

/// What a database gave waited, and another load has read the same rows since: they would come twice, or as they
/// were before. `mark` is that of the version in force.
pub(crate) fn not_overtaken(
    lake: &Lake,
    dataset: &Dataset,
    held: &Record,
    mark: Option<&str>,
) -> Result<(), Failure> {
    if !is_asked(dataset) {
        return Ok(());
    }
    let loads = lake.loads(&dataset.id)?;
    let before = loads
        .iter()
        .find(|load| load.outcome == Outcome::Loaded && load.committed_at < held.committed_at);
    if before.and_then(|before| before.mark.as_deref()) == mark {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "dataset `{}`: another load has read these rows of the source since; `madang load {}` reads what is new",
        dataset.id, dataset.id
    )))
}

/// The load that waits with these bytes, or was turned down with them.
pub(crate) fn waiting(
    lake: &Lake,
    dataset: &Dataset,
    (sources, keys): (&[Landed], Option<&Landed>),
    manifest_sha256: &str,
) -> Result<Option<Record>, Failure> {
    let sha256s: Vec<String> = sources.iter().map(|source| source.sha256.clone()).collect();
    let held = lake.held_before(&dataset.id, &sha256s, keys, manifest_sha256)?;
    Ok(held.and_then(|held| match held.decision {
        Some(decision) if decision.accepted => None,
        Some(decision) => Some(Record {
            message: Some(format!(
                "these bytes were turned down by {} on {}: {}",
                decision.who,
                korean_day(decision.at),
                decision.why
            )),
            ..Arc::unwrap_or_clone(held.record)
        }),
        None => Some(Arc::unwrap_or_clone(held.record)),
    }))
}
