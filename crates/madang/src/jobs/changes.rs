//! Watches the city's folder while it is served: of each manifest that was edited, what it would do is found out and
//! kept for staff. The folder in force stays the one the server began with.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use city::City;
use lake::At;
use tokio::sync::watch;

use crate::exit::Failure;
use crate::jobs::impact::impact;
use crate::jobs::manifest::fingerprint;
use crate::platform::Platform;

/// How often it is looked whether something was edited.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Watches until `stop` is told.
pub(crate) async fn run(platform: Platform, folder: PathBuf, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    let mut last = None;
    let mut edited: Option<City> = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        let here = folder.clone();
        let before = last;
        let looked = tokio::task::spawn_blocking(move || {
            let stamp = stamp(&here);
            (
                stamp,
                (Some(stamp) != before).then(|| city::read::city(&here)),
            )
        });
        let Ok((stamp, read)) = looked.await else {
            continue;
        };
        last = Some(stamp);
        match read {
            Some((Some(city), _)) => edited = Some(city),
            Some((None, faults)) => {
                edited = None;
                tracing::warn!(
                    "the city's folder was edited and has {} mistakes: `madang check` tells them",
                    faults.len()
                );
            }
            None => {}
        }
        if let Some(city) = &edited {
            look(&platform, city).await;
        }
    }
}

/// Finds out what each edited manifest would do, unless that is known.
pub(crate) async fn look(platform: &Platform, city: &City) {
    for dataset in city.datasets.values() {
        match is_known(platform, city, dataset) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(failure) => {
                tracing::error!(dataset.id = %dataset.id, "could not tell whether a manifest changed: {}", failure.message());
                continue;
            }
        }
        // One thread: whoever reads pages meanwhile has the others.
        let found = impact(platform, (city, dataset), 1).await;
        let kept = match found {
            Ok(Some(impact)) => platform.lake.keep_impact(&impact).map_err(Failure::from),
            Ok(None) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = kept {
            tracing::warn!(dataset.id = %dataset.id, "what the changed manifest of `{}` would do is not known: {}", dataset.id, failure.message());
        }
    }
}

/// Whether nothing is to be found out: the manifest is the one in force, or it was looked at.
fn is_known(platform: &Platform, city: &City, dataset: &city::Dataset) -> Result<bool, Failure> {
    let lake = &platform.lake;
    let Some(version) = lake.version(&dataset.id, &At::Latest)? else {
        return Ok(true);
    };
    let sha256 = fingerprint(dataset, &city.manifest.crs, city.manifest.bounds);
    let kept = lake.impact(&dataset.id);
    if sha256 == version.manifest_sha256 {
        if kept.is_some() {
            lake.forget_impact(&dataset.id);
        }
        return Ok(true);
    }
    Ok(kept.is_some_and(|kept| kept.manifest_sha256 == sha256 && kept.version == version.number))
}

/// The newest change of a manifest, and how many there are.
fn stamp(folder: &Path) -> (Option<SystemTime>, usize) {
    let mut stamp = (None, 0);
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((here, depth)) = folders.pop() {
        for entry in std::fs::read_dir(here).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if kind.is_dir() && depth < 2 && !is_hidden {
                folders.push((path, depth + 1));
            } else if path.extension().is_some_and(|ending| ending == "toml") {
                let changed = entry.metadata().and_then(|data| data.modified()).ok();
                stamp = (stamp.0.max(changed), stamp.1 + 1);
            }
        }
    }
    stamp
}
