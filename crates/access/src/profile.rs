//! Profiles of versions: made behind the server from rows that left through the door, kept, and told to each person as
//! far as they may see the dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use city::profile::{Finding, PLACE, Profile, What};
use city::{Dataset, DatasetId};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{LogicalPlanBuilder, ident};
use lake::{At, Record};
use tokio::sync::Notify;

use crate::answer::Answer;
use crate::door::Door;
use crate::error::AskError;
use crate::reader::Reader;
use crate::rows::touched;

/// Profiles kept. When there are more, all go: whatever is still asked for comes back soon.
pub const PROFILES_KEPT: usize = 2_000;
/// Profiles that are asked for and not made yet.
const WANTED: usize = 1_000;

/// Profiles that were made, and those somebody waits for.
#[derive(Debug, Default)]
pub(crate) struct Profiles {
    made: Mutex<BTreeMap<DatasetId, Arc<Profile>>>,
    wanted: Mutex<BTreeSet<DatasetId>>,
    call: Notify,
    kept: Notify,
}

impl Profiles {
    fn get(&self, id: &DatasetId) -> Option<Arc<Profile>> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.get(id).cloned()
    }

    fn keep(&self, profile: Profile) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.len() >= PROFILES_KEPT && !made.contains_key(&profile.dataset) {
            made.clear();
        }
        made.insert(profile.dataset.clone(), Arc::new(profile));
        drop(made);
        self.kept.notify_waiters();
    }

    fn want(&self, id: &DatasetId) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if wanted.len() < WANTED {
            wanted.insert(id.clone());
            self.call.notify_one();
        }
    }

    fn next(&self) -> Option<DatasetId> {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.pop_first()
    }
}

/// What is known of a dataset's profile.
#[derive(Clone, Debug)]
pub struct Profiled {
    /// The version in force.
    pub version: i64,
    /// The newest profile there is, of this version or of one before.
    pub profile: Option<Arc<Profile>>,
}

impl Profiled {
    /// Whether the profile is that of the version in force; otherwise it is being made.
    pub fn is_current(&self) -> bool {
        let own = self.profile.as_ref();
        own.is_some_and(|profile| profile.version == self.version)
    }
}

impl Door {
    /// Whether the profile of a version is there.
    pub fn has_profile(&self, id: &DatasetId, version: i64) -> bool {
        let known = self.kept.profiles().get(id);
        known.is_some_and(|profile| profile.version == version)
    }

    /// Waits until somebody asks for a profile that is not there, and names its dataset.
    pub async fn profile_wanted(&self) -> DatasetId {
        loop {
            if let Some(id) = self.kept.profiles().next() {
                return id;
            }
            self.kept.profiles().call.notified().await;
        }
    }
}

impl Reader {
    /// The profile of a dataset, as far as this person may see it. One that is not there is asked for, and waited for
    /// as long as `patience` lasts.
    ///
    /// # Errors
    /// When the dataset may not be seen, was never loaded, or the read cannot be logged.
    pub async fn profile(&self, id: &str, patience: Duration) -> Result<Profiled, AskError> {
        let version = match self.find_version(id, &At::Latest) {
            Ok(version) => version,
            Err(error) => return Err(self.log_denial(error).await),
        };
        let dataset = Arc::clone(self.dataset(id)?);
        let mut known = self.wait_for(&dataset.id, version.number, patience).await;
        if let Some(profile) = known.profile.take() {
            let profile = self.shown(&dataset, profile);
            let columns = profile.columns.iter().map(|column| column.name.clone());
            let read = touched(&version, columns);
            let query = format!("profile of {id}");
            let mut entry = self.entry(vec![read], Some(query));
            entry.rows = Some(0);
            self.door.records.log().append(entry).await?;
            known.profile = Some(profile);
        }
        Ok(known)
    }

    async fn wait_for(&self, id: &DatasetId, version: i64, patience: Duration) -> Profiled {
        let profiles = self.door.kept.profiles();
        let end = tokio::time::Instant::now() + patience;
        loop {
            // Listened to before it is looked for, or what is kept in between would be missed.
            let kept = profiles.kept.notified();
            let known = Profiled {
                version,
                profile: profiles.get(id),
            };
            if known.is_current() {
                return known;
            }
            profiles.want(id);
            if tokio::time::timeout_at(end, kept).await.is_err() {
                return known;
            }
        }
    }

    /// A profile without what this person may not see.
    fn shown(&self, dataset: &Dataset, profile: Arc<Profile>) -> Arc<Profile> {
        let seen = self.sight.dataset(&dataset.id);
        if seen.is_some_and(|seen| seen.whole) {
            return profile;
        }
        let all_rows = seen.is_some_and(|seen| seen.rows.is_none());
        // A profile is made of every row and every value: what is behind a mask, or beside hidden rows, is left out.
        let shows = |name: &str| {
            all_rows
                && seen.is_some_and(|seen| {
                    if PLACE.contains(&name) {
                        seen.place
                    } else {
                        seen.is_plain(name)
                    }
                })
        };
        let areas = self.door.city.manifest.map.as_ref();
        let areas = areas.and_then(|map| map.areas.as_ref());
        let shows_areas = areas.is_some_and(|areas| self.view().contains_key(areas));
        let mut own = Profile::clone(&profile);
        own.columns.retain(|column| shows(&column.name));
        own.findings.retain(|finding| {
            finding.columns.iter().all(|name| shows(name))
                && all_rows
                && (finding.what != What::AddressArea || shows_areas)
        });
        own.findings
            .iter_mut()
            .for_each(|finding| without_origin(finding, &shows));
        Arc::new(own)
    }

    /// The rows of the version in force with where each came from, in the order they are stored: what a profile is made
    /// of. Staff only.
    ///
    /// # Errors
    /// When somebody else asks, the dataset was never loaded, or its rows cannot be read.
    pub async fn profile_rows(
        &self,
        id: &str,
        columns: &[String],
    ) -> Result<(Arc<Record>, Answer), AskError> {
        let version = self
            .operator_only(id, "profile")
            .and_then(|()| self.find_version(id, &At::Latest));
        let version = match version {
            Ok(version) => version,
            Err(error) => return Err(self.log_denial(error).await),
        };
        let table = self.window(&version, true)?;
        let stored = table.schema();
        // A column that this version does not have yet.
        let read: Vec<String> = columns
            .iter()
            .filter(|name| stored.column_with_name(name).is_some())
            .cloned()
            .collect();
        let plan =
            LogicalPlanBuilder::scan(version.dataset.as_str(), provider_as_source(table), None)
                .and_then(|plan| plan.project(read.iter().map(|name| ident(name.clone()))))
                .and_then(LogicalPlanBuilder::build)
                .map_err(|error| self.failed(&error))?;
        let versions = vec![(version.dataset.clone(), version.number)];
        let query = Some(format!("rows of {id} for its profile"));
        let answer = self
            .run(plan, vec![touched(&version, read)], query, true, versions)
            .await?;
        Ok((version, answer))
    }

    /// Keeps a profile for all who ask. Staff only.
    ///
    /// # Errors
    /// When somebody else keeps one.
    pub fn keep_profile(&self, profile: Profile) -> Result<(), AskError> {
        self.operator_only(profile.dataset.as_str(), "profile")?;
        self.door.kept.profiles().keep(profile);
        Ok(())
    }
}

/// A finding without where its rows came from.
fn without_origin(finding: &mut Finding, shows: &dyn Fn(&str) -> bool) {
    for example in &mut finding.examples {
        example.rows.clear();
    }
    finding
        .examples
        .retain(|example| !example.values.is_empty());
    if let What::SameRows { without, .. } = &mut finding.what {
        without.retain(|name| shows(name));
    }
}
