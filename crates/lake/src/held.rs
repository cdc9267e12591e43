//! Loads that wait for a person, and what the person decided.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use city::DatasetId;
use serde::{Deserialize, Serialize};

use crate::landing::Landed;
use crate::record::{Outcome, Record};
use crate::{Lake, LakeError, disk};

/// What a person decided about a load that waited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Whether the delivery is taken as it is.
    pub accepted: bool,
    /// Who decided.
    pub who: String,
    /// Why, in the person's words.
    pub why: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Where a load that waited stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The load.
    pub record: Arc<Record>,
    /// What was decided, once it was.
    pub decision: Option<Decision>,
}

impl Lake {
    /// Loads that waited or wait for a person, newest first.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub fn held(&self, dataset: &DatasetId) -> Result<Arc<Vec<Held>>, LakeError> {
        self.keep(dataset, |kept| &mut kept.held, || self.read_held(dataset))
    }

    fn read_held(&self, dataset: &DatasetId) -> Result<Vec<Held>, LakeError> {
        let loads = self.loads(dataset)?.into_iter();
        loads
            .filter(|load| load.outcome == Outcome::Held)
            .map(|record| {
                let decision = self.decision(dataset, &record.load_id)?;
                Ok(Held { record, decision })
            })
            .collect()
    }

    /// The load that waited with these bytes, and this list of keys that exist, under this manifest, if one did.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub fn held_before(
        &self,
        dataset: &DatasetId,
        sha256s: &[String],
        keys: Option<&Landed>,
        manifest_sha256: &str,
    ) -> Result<Option<Held>, LakeError> {
        let keys = keys.map(|keys| &keys.sha256);
        let all = self.held(dataset)?;
        let found = all.iter().find(|held| {
            held.record.manifest_sha256 == manifest_sha256
                // A delivery of nothing but rows that are gone has no other bytes.
                && held.record.keys.as_ref().map(|own| &own.sha256) == keys
                && held
                    .record
                    .sources
                    .iter()
                    .map(|source| &source.sha256)
                    .eq(sha256s)
        });
        Ok(found.cloned())
    }

    /// Keeps what a person decided; when this returns it is on disk. A decision once made stays: the one that stands
    /// is answered.
    ///
    /// # Errors
    /// When no such load waits, or the disk fails.
    pub fn decide(
        &self,
        dataset: &DatasetId,
        load_id: &str,
        decision: Decision,
    ) -> Result<Decision, LakeError> {
        let held = self.held(dataset)?;
        let held = held
            .iter()
            .find(|held| held.record.load_id == load_id)
            .ok_or_else(|| LakeError::NotHeld {
                dataset: dataset.to_string(),
                load: load_id.to_owned(),
            })?;
        if let Some(decided) = &held.decision {
            return Ok(decided.clone());
        }
        let path = self.decision_path(dataset, load_id);
        let _change = self.notices.announce(dataset)?;
        disk::write_json(&path, &decision)?;
        Ok(decision)
    }

    fn decision_path(&self, dataset: &DatasetId, load_id: &str) -> std::path::PathBuf {
        self.refused_folder(dataset)
            .join(format!("{load_id}.decision"))
    }

    fn decision(&self, dataset: &DatasetId, load_id: &str) -> Result<Option<Decision>, LakeError> {
        disk::read_json(&self.decision_path(dataset, load_id))
    }
}
