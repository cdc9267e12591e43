//! Traffic: which datasets say how fast it is on which link, and from which speed on it is slow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::DatasetId;

/// Traffic: links of the road network, their speeds, and what is in their way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Traffic {
    /// The dataset of links.
    pub links: TrafficLinks,
    /// The dataset of speeds.
    pub speeds: TrafficSpeeds,
    /// The dataset of what is in the way: accidents, closures, works.
    #[serde(default)]
    pub incidents: Option<TrafficIncidents>,
    /// A speed that is older is not known any more, in minutes.
    #[schemars(range(min = 1, max = 1440))]
    #[serde(default = "stale")]
    pub stale: u32,
    /// What is usual is the median of so many weeks.
    #[schemars(range(min = 1, max = 53))]
    #[serde(default = "weeks")]
    pub weeks: u32,
    /// From which speed on it is slow or jammed. The first that fits a link counts.
    pub bands: Vec<TrafficBand>,
}

fn stale() -> u32 {
    30
}

fn weeks() -> u32 {
    8
}

/// The dataset of links (표준 노드·링크), and which of its columns says what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TrafficLinks {
    /// The dataset.
    pub dataset: DatasetId,
    /// Id of the link, ten digits.
    pub link: String,
    /// Id of the node it begins at.
    pub from: String,
    /// Id of the node it ends at.
    pub to: String,
    /// Length in metres.
    pub length: String,
    /// Its line.
    pub shape: String,
    /// Name of the road.
    #[serde(default)]
    pub road: Option<String>,
    /// Lanes.
    #[serde(default)]
    pub lanes: Option<String>,
    /// Speed limit in km/h.
    #[serde(default)]
    pub limit: Option<String>,
    /// Class of the road.
    #[serde(default)]
    pub class: Option<String>,
}

/// The dataset of speeds: a row a link and moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TrafficSpeeds {
    /// The dataset.
    pub dataset: DatasetId,
    /// Id of the link.
    pub link: String,
    /// When it was measured.
    pub measured: String,
    /// Speed in km/h.
    pub speed: String,
}

/// The dataset of what is in the way of traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TrafficIncidents {
    /// The dataset.
    pub dataset: DatasetId,
    /// What it is, in words.
    pub title: String,
    /// Since when, a day or a moment.
    pub starts: String,
    /// Until when; without it, until it is not in the dataset any more.
    #[serde(default)]
    pub ends: Option<String>,
    /// Its kind.
    #[serde(default)]
    pub kind: Option<String>,
    /// The road.
    #[serde(default)]
    pub road: Option<String>,
    /// Where it is. Without it the dataset's place is taken.
    #[serde(default)]
    pub shape: Option<String>,
}

/// Speeds that are slow and jammed on links of a class or a limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TrafficBand {
    /// Class of road; every class without it.
    #[serde(default)]
    pub class: Option<String>,
    /// Links with this speed limit or a higher one, in km/h; every limit without it.
    #[serde(default)]
    pub limit_from: Option<f64>,
    /// Slow below this speed, in km/h.
    pub slow: f64,
    /// Jammed below this speed, in km/h.
    pub jammed: f64,
    /// Where it is written.
    pub basis: String,
}
