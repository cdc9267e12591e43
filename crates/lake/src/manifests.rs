//! Manifests that versions followed, by their SHA-256; and what a changed one would do, until it is loaded.
//!
//! Both are written whole or not at all, and neither is part of a load: without them every version still reads.

use std::path::PathBuf;

use city::{Dataset, DatasetId, Impact};
use serde::{Deserialize, Serialize};

use crate::{Lake, LakeError, disk};

/// A manifest, and what of its city decides its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The dataset's manifest.
    pub dataset: Dataset,
    /// The city's coordinate system.
    pub crs: String,
    /// The city's bounds.
    pub bounds: [f64; 4],
}

impl Lake {
    /// Keeps a manifest that versions follow from now on, unless it is kept already.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep_manifest(&self, sha256: &str, manifest: &Manifest) -> Result<(), LakeError> {
        let path = self.manifest_path(sha256);
        if path.exists() {
            return Ok(());
        }
        disk::write_json(&path, manifest)
    }

    /// The manifest of this SHA-256; nothing where it was not kept, or has a form that is not known any more.
    pub fn manifest(&self, sha256: &str) -> Option<Manifest> {
        disk::read_json(&self.manifest_path(sha256)).ok().flatten()
    }

    /// Keeps what a changed manifest would do.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep_impact(&self, impact: &Impact) -> Result<(), LakeError> {
        let _change = self.notices.announce(&impact.dataset)?;
        disk::write_json(&self.impact_path(&impact.dataset), impact)
    }

    /// Forgets it: the change was loaded, or taken back.
    pub fn forget_impact(&self, dataset: &DatasetId) {
        let path = self.impact_path(dataset);
        // Looked for every minute, and hardly ever there.
        if path.exists() {
            let _change = self.notices.announce(dataset).ok();
            std::fs::remove_file(path).ok();
        }
    }

    /// What the changed manifest of a dataset would do, where one waits to be loaded.
    pub fn impact(&self, dataset: &DatasetId) -> Option<Impact> {
        let read = || disk::read_json(&self.impact_path(dataset));
        let kept = self.keep(dataset, |kept| &mut kept.impact, read);
        kept.ok().and_then(|impact| Option::clone(&impact))
    }

    fn manifest_path(&self, sha256: &str) -> PathBuf {
        self.root.join("manifests").join(format!("{sha256}.json"))
    }

    fn impact_path(&self, dataset: &DatasetId) -> PathBuf {
        self.root.join("impacts").join(format!("{dataset}.json"))
    }
}
