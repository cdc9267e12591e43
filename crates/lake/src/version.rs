//! What a load did, as it is kept in the commit that is the load.

use chrono::{DateTime, Utc};
use city::DatasetId;
use city::dataset::LoadMode;
use serde::{Deserialize, Serialize};

use crate::landing::Landed;

/// Which state of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum At {
    /// The newest.
    #[default]
    Latest,
    /// The one of this number: 1 is the first load.
    Version(i64),
    /// The one in force at this moment.
    Time(DateTime<Utc>),
}

/// A state of a dataset after a load.
///
/// Every Delta commit of a table is one load, so `number` is the Delta version plus one: people count from 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its number: 1, 2, 3, ...; 0 for a refused load.
    pub number: i64,
    /// The load that made it.
    pub load_id: String,
    /// When the load began.
    pub started_at: DateTime<Utc>,
    /// When it was committed (or refused).
    pub committed_at: DateTime<Utc>,
    /// How the load changed the table.
    pub mode: LoadMode,
    /// Rows in the table afterwards.
    pub rows: u64,
    /// Rows read: accepted and quarantined ones.
    pub read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Rows quarantined.
    pub quarantined: u64,
    /// Rows left out because the manifest says so (totals, notes); not among those read.
    pub skipped: u64,
    /// Columns that name a row; empty when none do.
    pub key: Vec<String>,
    /// The files it came from.
    pub sources: Vec<Landed>,
    /// SHA-256 of the manifest it was loaded by.
    pub manifest_sha256: String,
    /// The quality report.
    pub report: serde_json::Value,
}

/// What became of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It made a version.
    Committed,
    /// Its contract did not allow it; the last good version stays, its rows are in quarantine.
    Refused,
    /// It reached quarantine and no further; without a version it never happened.
    Pending,
}

/// One load, committed or refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// Form of this record; 1 today.
    pub format: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was refused.
    pub why: Option<String>,
    /// Its accounting; of a refused load with `number` 0, and `rows` those still in the table.
    pub version: Version,
}

/// How many rows went where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accounting {
    /// Rows read.
    pub read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Rows quarantined.
    pub quarantined: u64,
    /// Rows left out because the manifest says so.
    pub skipped: u64,
    /// The quality report.
    pub report: serde_json::Value,
}

/// What a load is about to do.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadPlan {
    /// Its id; ids sort by time.
    pub load_id: String,
    /// How it changes the table.
    pub mode: LoadMode,
    /// Columns that name a row.
    pub key: Vec<String>,
    /// The files it comes from.
    pub sources: Vec<Landed>,
    /// SHA-256 of the manifest.
    pub manifest_sha256: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
}

/// One quarantined row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineRow {
    /// File it is in.
    pub file: String,
    /// Line or ordinal, from 1.
    pub row: u64,
    /// Its cells as they came: a JSON array of texts.
    pub raw: String,
    /// Why: a JSON array of [`city::Reason`].
    pub reasons: String,
}
