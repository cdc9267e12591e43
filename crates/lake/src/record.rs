//! What a load says of itself: the metadata of its commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use city::dataset::LoadMode;
use city::{DatasetId, Provenance};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::correction::Came;
use crate::landing::Landed;

/// Key of the record in a commit's metadata.
pub(crate) const KEY: &str = "madang";
/// Version of the record's form.
pub(crate) const FORM: u32 = 1;

/// How a load ended, as far as the lake keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A new version.
    Loaded,
    /// Too many rows were quarantined; the last good version stays.
    Refused,
    /// It differs from the delivery before more than its manifest allows: it waits for a person, and the last good
    /// version stays.
    Held,
}

/// One load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of this form.
    pub form: u32,
    /// The dataset.
    pub dataset: DatasetId,
    /// The version it made: 1, 2, 3, ...; 0 for a refused load.
    pub number: i64,
    /// Id of the load.
    pub load_id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was committed or refused.
    pub committed_at: DateTime<Utc>,
    /// How it changed the table.
    pub mode: LoadMode,
    /// Columns that name a row.
    pub key: Vec<String>,
    /// Rows in the table afterwards.
    pub rows: u64,
    /// Rows read: accepted + quarantined.
    pub read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Rows quarantined.
    pub quarantined: u64,
    /// Rows left out because the manifest says so.
    pub skipped: u64,
    /// The bytes it was made of.
    pub sources: Vec<Landed>,
    /// SHA-256 of the manifest it followed.
    pub manifest_sha256: String,
    /// The quality report: the largest part of a record, shared by its copies.
    #[serde(with = "shared")]
    pub report: Arc<Value>,
    /// Why it was refused or waits.
    pub message: Option<String>,
    /// Columns of the source that the manifest does not use.
    #[serde(default)]
    pub extra_columns: Vec<String>,
    /// Places of damaged files that were mended because the manifest says so.
    #[serde(default)]
    pub places_repaired: u64,
    /// The versions of other datasets that a derived one was made of.
    #[serde(default)]
    pub inputs: BTreeMap<DatasetId, i64>,
    /// What the catalogue that the delivery came from says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Box<Provenance>>,
    /// What differs from the delivery before more than it may, in the terms of room `quality`.
    #[serde(default)]
    pub differences: Vec<Value>,
    /// What came of every correction that stood, by its id.
    #[serde(default)]
    pub corrections: BTreeMap<String, Came>,
    /// Corrections for which rows of earlier loads were read again.
    #[serde(default)]
    pub readmits: Vec<String>,
    /// Rows that went because the source has them no more.
    #[serde(default)]
    pub deleted: u64,
    /// How far a source that gives only what is new has been read: the next fetch begins there.
    #[serde(default)]
    pub mark: Option<String>,
    /// The list of keys that existed at the source, where one was made.
    #[serde(default)]
    pub keys: Option<Landed>,
}

/// A shared value is written as what it is.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use serde_json::Value;

    pub(super) fn serialize<S: Serializer>(value: &Arc<Value>, to: S) -> Result<S::Ok, S::Error> {
        Value::serialize(value, to)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Arc<Value>, D::Error> {
        Value::deserialize(from).map(Arc::new)
    }
}
