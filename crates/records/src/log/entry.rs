//! What is remembered of a read, a change or a sign-in.

use chrono::{DateTime, Utc};
use city::DatasetId;
use serde::{Deserialize, Serialize};

/// One entry: what is to be remembered of a read, a change or a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// Who: the account's name, or `public`.
    pub who: String,
    /// From where: the network address, or `local`.
    pub from: Option<String>,
    /// What was done.
    pub act: Act,
    /// Why it was done, as the person said.
    pub purpose: String,
    /// Which datasets, versions and columns.
    pub touched: Vec<Touched>,
    /// Whose data: pseudonyms by [`super::Log::pseudonym`], never the persons themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// How far `subjects` names everybody whose data were read; nothing where nobody's were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// The query with its literals taken out.
    pub query: Option<String>,
    /// Whether it was allowed.
    pub decision: Decision,
    /// The policy that decided.
    pub policy: String,
    /// Rows that left, if known.
    pub rows: Option<u64>,
    /// For a completion: the entry it completes.
    pub completes: Option<i64>,
}

/// How far an entry names everybody whose data were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// `subjects` are all of them.
    Listed,
    /// `subjects`, and perhaps anybody else of the versions that were touched.
    More,
    /// Everybody of the versions that were touched.
    All,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Data were asked for.
    Read,
    /// A read ended; `rows` says how many rows left.
    ReadEnd,
    /// Something was changed: a load, a setting.
    Change,
    /// Somebody signed in.
    SignIn,
    /// Somebody signed out.
    SignOut,
}

/// Whether it was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Yes.
    Allowed,
    /// No.
    Denied,
}

/// A dataset that was touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Touched {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its version, if one was read.
    pub version: Option<i64>,
    /// Its columns by physical name.
    pub columns: Vec<String>,
}

/// Proof that an entry is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Its number, from 1.
    pub seq: i64,
    /// When, by the store's clock; never before the entry before it.
    pub at: DateTime<Utc>,
    /// The hash of its leaf, in base64.
    pub hash: String,
}
