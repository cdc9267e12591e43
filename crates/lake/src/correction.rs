//! Corrections: what people put right in rows of a source that repeats its errors.
//!
//! ```text
//! <root>/corrections/<dataset>/<id>.json         a correction
//! <root>/corrections/<dataset>/<id>.withdrawn    that it was taken back, by whom and why
//! ```
//!
//! The bytes of a delivery are never changed. A load puts the corrected cells in the place of the wrong ones and says
//! in its record what came of every correction.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use city::DatasetId;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{Lake, LakeError, disk};

/// How a row is known again in later deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum RowName {
    /// By the cells of its key as the source has them, by source column.
    Key {
        /// The cells, without the spaces around them.
        cells: BTreeMap<String, String>,
    },
    /// By all its cells together.
    Whole {
        /// See [`whole_sha256`].
        sha256: String,
    },
}

/// SHA-256 of a row's cells as JSON, spaces around them left out.
pub fn whole_sha256(cells: &[String]) -> String {
    let trimmed: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
    // A list of texts can always be written.
    let text = serde_json::to_string(&trimmed).unwrap_or_default();
    crate::landing::hex(&Sha256::digest(text.as_bytes()))
}

/// One cell put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellChange {
    /// The source's column.
    pub column: String,
    /// What the source says there. When it says something else one day, the correction does not apply.
    pub was: String,
    /// What is right.
    pub becomes: String,
}

/// What is done with the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Remedy {
    /// Some cells are put right.
    Change {
        /// Which.
        cells: Vec<CellChange>,
    },
    /// The row came apart: all its cells, by source column.
    Replace {
        /// The cells.
        cells: BTreeMap<String, String>,
    },
    /// The row is none that belongs into the table: it is quarantined and nobody need look at it again.
    LeaveOut,
}

/// Where the row stood that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowOrigin {
    /// The load.
    pub load_id: String,
    /// The file.
    pub file: String,
    /// Line or ordinal in the file.
    pub row: i64,
    /// It had been accepted: it stood in the table.
    #[serde(default)]
    pub accepted: bool,
}

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Its id; later ones sort behind earlier ones.
    pub id: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Who made it.
    pub who: String,
    /// Why, in the person's words.
    pub why: String,
    /// How the row is known again.
    pub row: RowName,
    /// What is done with it.
    pub remedy: Remedy,
    /// Where it stood.
    pub from: RowOrigin,
    /// The report of a citizen it answers.
    #[serde(default)]
    pub report: Option<String>,
}

impl Correction {
    /// A new id.
    pub fn new_id() -> String {
        Uuid::now_v7().to_string()
    }
}

/// That a correction was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// Why.
    pub why: String,
}

/// A correction, and whether it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The correction.
    pub correction: Correction,
    /// That it was taken back.
    pub withdrawn: Option<Withdrawal>,
}

/// What came of a correction in one load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Came {
    /// No such row was delivered.
    Absent,
    /// The source says now what the correction says.
    Fixed,
    /// The source says something else now: what it says counts, and the correction no longer applies.
    Changed,
    /// A newer delivery has the row already.
    Superseded,
    /// The error came again and was put right.
    Applied,
}

impl Lake {
    /// All corrections of a dataset, oldest first.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn corrections(&self, dataset: &DatasetId) -> Result<Arc<Vec<Standing>>, LakeError> {
        self.keep(
            dataset,
            |kept| &mut kept.corrections,
            || self.read_corrections(dataset),
        )
    }

    fn read_corrections(&self, dataset: &DatasetId) -> Result<Vec<Standing>, LakeError> {
        let mut all = Vec::new();
        for path in disk::files(&self.corrections_folder(dataset), "json")? {
            let Some(correction) = disk::read_json::<Correction>(&path)? else {
                continue;
            };
            let withdrawn = disk::read_json(&path.with_extension("withdrawn"))?;
            all.push(Standing {
                correction,
                withdrawn,
            });
        }
        all.sort_by(|one, other| one.correction.id.cmp(&other.correction.id));
        Ok(all)
    }

    /// The corrections of a dataset that stand, oldest first.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn standing_corrections(&self, dataset: &DatasetId) -> Result<Vec<Correction>, LakeError> {
        Ok(self
            .corrections(dataset)?
            .iter()
            .filter(|standing| standing.withdrawn.is_none())
            .map(|standing| standing.correction.clone())
            .collect())
    }

    /// Keeps a correction; when this returns it is on disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn correct(&self, dataset: &DatasetId, correction: &Correction) -> Result<(), LakeError> {
        let path = self.corrections_folder(dataset);
        let _change = self.notices.announce(dataset)?;
        disk::write_json(&path.join(format!("{}.json", correction.id)), correction)
    }

    /// Takes a correction back; when this returns it is on disk. One that was taken back stays so.
    ///
    /// # Errors
    /// When there is no such correction, or the disk fails.
    pub fn withdraw(
        &self,
        dataset: &DatasetId,
        id: &str,
        withdrawal: Withdrawal,
    ) -> Result<Withdrawal, LakeError> {
        let known = self.corrections(dataset)?;
        let known = known
            .iter()
            .find(|standing| standing.correction.id == id)
            .ok_or_else(|| LakeError::NoCorrection {
                dataset: dataset.to_string(),
                correction: id.to_owned(),
            })?;
        if let Some(before) = &known.withdrawn {
            return Ok(before.clone());
        }
        let path = self.corrections_folder(dataset);
        let _change = self.notices.announce(dataset)?;
        disk::write_json(&path.join(format!("{id}.withdrawn")), &withdrawal)?;
        Ok(withdrawal)
    }

    fn corrections_folder(&self, dataset: &str) -> std::path::PathBuf {
        self.root.join("corrections").join(dataset)
    }
}
