//! `source = { kind = "wfs" | "ogc-features", ... }`: maps' features that another body serves.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset::default_timeout_s;

/// The features of one type of a Web Feature Service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WfsSource {
    /// Address of the service. `{name}` is replaced by the configuration value `sources.name`.
    pub url: String,
    /// The type of feature, as the service calls it: `namespace:name`.
    pub type_name: String,
    /// Version of the protocol.
    #[serde(default)]
    pub version: WfsVersion,
    /// Coordinate system to ask for (`EPSG:5186`); the service's own when absent.
    #[serde(default)]
    pub srs: Option<String>,
    /// Features asked for at a time.
    #[serde(default = "default_page_rows")]
    pub page_rows: u32,
    /// Further parameters: `CQL_FILTER`, `bbox`, `sortBy`, ...
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Name of the configuration value that holds the service key (never the key itself).
    #[serde(default)]
    pub key: Option<String>,
    /// Name of the key's parameter.
    #[serde(default = "default_key_parameter")]
    pub key_parameter: String,
    /// Requests allowed in a calendar day.
    #[serde(default)]
    pub daily_quota: Option<u32>,
    /// Times a request is tried again after a fault that may pass.
    #[serde(default = "default_retries")]
    pub retries: u32,
    /// Gives up after so many seconds without an answer.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

/// Versions of the Web Feature Service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum WfsVersion {
    /// The one of ISO 19142, which turns pages.
    #[default]
    #[serde(rename = "2.0.0")]
    V2,
    /// The one before; most of its servers turn pages too.
    #[serde(rename = "1.1.0")]
    V1,
}

impl WfsVersion {
    /// As it stands in a request.
    pub fn word(self) -> &'static str {
        match self {
            Self::V2 => "2.0.0",
            Self::V1 => "1.1.0",
        }
    }
}

/// The items of one collection of an OGC API Features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OgcFeaturesSource {
    /// Address of the landing page. `{name}` is replaced by the configuration value `sources.name`.
    pub url: String,
    /// Id of the collection.
    pub collection: String,
    /// Features asked for at a time.
    #[serde(default = "default_page_rows")]
    pub limit: u32,
    /// Further parameters: `datetime`, `bbox`, `filter`, ...
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Name of the configuration value that holds the service key (never the key itself).
    #[serde(default)]
    pub key: Option<String>,
    /// Name of the key's parameter.
    #[serde(default = "default_key_parameter")]
    pub key_parameter: String,
    /// Requests allowed in a calendar day.
    #[serde(default)]
    pub daily_quota: Option<u32>,
    /// Times a request is tried again after a fault that may pass.
    #[serde(default = "default_retries")]
    pub retries: u32,
    /// Gives up after so many seconds without an answer.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

fn default_page_rows() -> u32 {
    1000
}
fn default_key_parameter() -> String {
    "key".to_owned()
}
fn default_retries() -> u32 {
    4
}
