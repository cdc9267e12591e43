//! `source = { kind = "ckan", ... }` and `source = { kind = "madang", ... }`: a dataset out of another body's catalogue,
//! with what that catalogue says of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset::{Take, default_timeout_s};

/// A resource of a CKAN site. What the site says of it (title, licence, when it changed) stays with each load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CkanSource {
    /// Address of the site, without `/api` or `/dataset`. `{name}` is replaced by the configuration value
    /// `sources.name`.
    pub url: String,
    /// Name or id of the site's dataset, as it stands behind `/dataset/` in its page's address.
    pub dataset: String,
    /// Id of the resource, or a glob over the resources' names and file names (`시설현황_*.csv`). Absent: the only one
    /// whose format is this manifest's.
    #[serde(default)]
    pub resource: Option<String>,
    /// Where several resources match: only the last by name, or all.
    #[serde(default)]
    pub take: Option<Take>,
    /// Name of the configuration value that holds the API token (never the token itself), for datasets that are not
    /// public.
    #[serde(default)]
    pub token: Option<String>,
    /// Other hosts that the site's links may lead to (`files.example.kr`): a catalogue must not send Madang just
    /// anywhere.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Times a request is tried again after a fault that may pass.
    #[serde(default = "default_retries")]
    pub retries: u32,
    /// Gives up after so many seconds without a byte.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

/// A dataset of another Madang: the version it has in force, whole, with what it says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MadangSource {
    /// Address of the other Madang. `{name}` is replaced by the configuration value `sources.name`.
    pub url: String,
    /// The dataset's id there.
    pub dataset: String,
    /// Name of the configuration value that holds the key (never the key itself), for datasets that are not open.
    #[serde(default)]
    pub token: Option<String>,
    /// Times a request is tried again after a fault that may pass.
    #[serde(default = "default_retries")]
    pub retries: u32,
    /// Gives up after so many seconds without a byte.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

fn default_retries() -> u32 {
    4
}
