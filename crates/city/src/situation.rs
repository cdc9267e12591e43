//! `situation.toml`: which datasets say what is going on in the city, and by which rules it is judged.
//!
//! Every part may be absent. Rules that the law or a notice sets stand here with their dates and their source, so that a
//! change of the law is a new line in a file.

mod traffic;

pub use traffic::{Traffic, TrafficBand, TrafficIncidents, TrafficLinks, TrafficSpeeds};

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{DatasetId, DepartmentId};

/// Name of the file.
pub const FILE: &str = "situation.toml";

/// What the city declares of its situation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Situation {
    /// Street works.
    #[serde(default)]
    pub works: Option<Works>,
    /// Air.
    #[serde(default)]
    pub air: Option<Air>,
    /// Addresses.
    #[serde(default)]
    pub addresses: Option<Addresses>,
    /// Places that people know by name: the city hall, libraries, parks.
    #[serde(default)]
    pub places: Vec<Places>,
    /// Complaints.
    #[serde(default)]
    pub complaints: Option<Complaints>,
    /// Traffic.
    #[serde(default)]
    pub traffic: Option<Traffic>,
}

/// Street works: permits, roads, closures, and what is judged of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Works {
    /// Two works are in each other's way when they are at most so many metres apart on one day.
    #[schemars(range(min = 0))]
    pub buffer: f64,
    /// Permits to dig.
    pub permits: Permits,
    /// Roads with their surface.
    #[serde(default)]
    pub roads: Option<Roads>,
    /// Roads that are closed.
    #[serde(default)]
    pub closures: Option<Closures>,
    /// How near works are that could be one.
    #[serde(default)]
    pub join: Join,
    /// For how long a resurfaced road is protected.
    #[serde(default)]
    pub protection: Vec<Protection>,
}

/// The dataset of permits, and which of its columns says what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Permits {
    /// The dataset.
    pub dataset: DatasetId,
    /// Number of the permit.
    pub number: String,
    /// First day.
    pub starts: String,
    /// Last day.
    pub ends: String,
    /// Shape of the works: an area or a stretch of road. Without it the dataset's place is taken.
    #[serde(default)]
    pub shape: Option<String>,
    /// How many metres of the road are dug up. Where the works have a place and no shape, so much of the road's line
    /// around it is taken.
    #[serde(default)]
    pub length: Option<String>,
    /// The road, by the word the dataset of roads has for it.
    #[serde(default)]
    pub road: Option<String>,
    /// Kind of surface; without it the road's.
    #[serde(default)]
    pub surface: Option<String>,
    /// Depth in metres.
    #[serde(default)]
    pub depth: Option<String>,
    /// Who digs.
    #[serde(default)]
    pub contractor: Option<String>,
    /// For what.
    #[serde(default)]
    pub utility: Option<String>,
    /// How far it is.
    #[serde(default)]
    pub status: Option<String>,
    /// What says that works may not wait.
    #[serde(default)]
    pub emergency: Option<Flag>,
    /// What says that a permit does not hold: it was withdrawn, or its works are done. Such permits are not judged.
    #[serde(default)]
    pub void: Option<Flags>,
}

/// A column that says yes by any of some values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Flags {
    /// The column.
    pub column: String,
    /// The values that say yes; of a `boolean` they are `Y` and `N`.
    pub is: Vec<String>,
}

/// A column that says yes by one of its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Flag {
    /// The column.
    pub column: String,
    /// The value that says yes; of a `boolean` it is `Y` or `N`.
    pub is: String,
}

/// The dataset of roads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Roads {
    /// The dataset.
    pub dataset: DatasetId,
    /// The word that permits name the road by.
    pub name: String,
    /// Its line.
    #[serde(default)]
    pub shape: Option<String>,
    /// Kind of surface.
    #[serde(default)]
    pub surface: Option<String>,
    /// Day of the last resurfacing.
    #[serde(default)]
    pub paved: Option<String>,
}

/// The dataset of closures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Closures {
    /// The dataset.
    pub dataset: DatasetId,
    /// What is closed, in words.
    pub title: String,
    /// First day, or since when.
    pub starts: String,
    /// Last day, or until when. A road without it is closed until a row says otherwise.
    #[serde(default)]
    pub ends: Option<String>,
    /// Which of its rows are closures; all of them without it.
    #[serde(default)]
    pub only: Option<Flag>,
    /// Shape of what is closed. Without it the dataset's place is taken.
    #[serde(default)]
    pub shape: Option<String>,
    /// The road.
    #[serde(default)]
    pub road: Option<String>,
}

/// How near works are that could be one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Join {
    /// Most days between the end of one and the start of the next.
    pub days: u32,
    /// Most metres between one and another.
    #[schemars(range(min = 0))]
    pub metres: f64,
}

impl Default for Join {
    fn default() -> Self {
        Self {
            days: 30,
            metres: 100.0,
        }
    }
}

/// For how many years a kind of surface is protected after it was laid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Protection {
    /// Kind of surface.
    pub surface: String,
    /// Years.
    #[schemars(range(min = 1, max = 50))]
    pub years: u32,
    /// First day on which the rule holds.
    pub from: String,
    /// Last day on which it holds.
    #[serde(default)]
    pub until: Option<String>,
    /// Where it is written: law, article, date.
    pub basis: String,
    /// Whether works that may not wait are let through.
    #[serde(default = "yes")]
    pub spares_emergency: bool,
}

fn yes() -> bool {
    true
}

/// Hourly air at stations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Air {
    /// The dataset.
    pub dataset: DatasetId,
    /// The station.
    pub station: String,
    /// The hour.
    pub measured: String,
    /// Column of sulphur dioxide, ppm.
    #[serde(default)]
    pub so2: Option<String>,
    /// Column of carbon monoxide, ppm.
    #[serde(default)]
    pub co: Option<String>,
    /// Column of ozone, ppm.
    #[serde(default)]
    pub o3: Option<String>,
    /// Column of nitrogen dioxide, ppm.
    #[serde(default)]
    pub no2: Option<String>,
    /// Column of fine dust, ㎍/㎥.
    #[serde(default)]
    pub pm10: Option<String>,
    /// Column of ultrafine dust, ㎍/㎥.
    #[serde(default)]
    pub pm25: Option<String>,
    /// Index and grades by date.
    pub scales: Vec<AirScale>,
}

impl Air {
    /// Keys and columns of the pollutants.
    pub fn pollutants(&self) -> [(&'static str, Option<&String>); 6] {
        [
            ("so2", self.so2.as_ref()),
            ("co", self.co.as_ref()),
            ("o3", self.o3.as_ref()),
            ("no2", self.no2.as_ref()),
            ("pm10", self.pm10.as_ref()),
            ("pm25", self.pm25.as_ref()),
        ]
    }
}

/// How the index is computed from a day on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AirScale {
    /// First day on which it holds.
    pub from: String,
    /// Where it is written.
    pub basis: String,
    /// Upper ends of the four bands of the index.
    pub index: Vec<f64>,
    /// Upper ends of the four bands of sulphur dioxide.
    pub so2: Vec<f64>,
    /// Upper ends of the four bands of carbon monoxide.
    pub co: Vec<f64>,
    /// Upper ends of the four bands of ozone.
    pub o3: Vec<f64>,
    /// Upper ends of the four bands of nitrogen dioxide.
    pub no2: Vec<f64>,
    /// Upper ends of the four bands of fine dust.
    pub pm10: Vec<f64>,
    /// Upper ends of the four bands of ultrafine dust.
    pub pm25: Vec<f64>,
    /// From which concentration of fine dust on the last hour counts more.
    pub pm10_predicts_from: f64,
    /// The same of ultrafine dust.
    pub pm25_predicts_from: f64,
    /// Added when two pollutants are bad or worse, and when three or more are.
    pub surcharges: Vec<f64>,
}

impl AirScale {
    /// Keys and bands.
    pub fn bands(&self) -> [(&'static str, &[f64]); 7] {
        [
            ("index", &self.index),
            ("so2", &self.so2),
            ("co", &self.co),
            ("o3", &self.o3),
            ("no2", &self.no2),
            ("pm10", &self.pm10),
            ("pm25", &self.pm25),
        ]
    }
}

/// The dataset of addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Addresses {
    /// The dataset; its place is where an address is.
    pub dataset: DatasetId,
    /// Road address (도로명주소).
    pub road: String,
    /// Lot address (지번주소).
    #[serde(default)]
    pub lot: Option<String>,
    /// Name of the building.
    #[serde(default)]
    pub building: Option<String>,
    /// Neighbourhood (행정동).
    #[serde(default)]
    pub dong: Option<String>,
}

/// A dataset whose rows are places that people know by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Places {
    /// The dataset; its place is where each of them is, its title is what they are.
    pub dataset: DatasetId,
    /// What a place is called.
    pub name: String,
    /// Its road address (도로명주소).
    #[serde(default)]
    pub road: Option<String>,
    /// Neighbourhood (행정동): it tells places of one name apart.
    #[serde(default)]
    pub dong: Option<String>,
}

/// Complaints, and who is responsible for them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Complaints {
    /// The dataset; its place is where a complaint is about.
    pub dataset: DatasetId,
    /// When it was received.
    pub received: String,
    /// What it is about.
    pub topic: String,
    /// Code of the neighbourhood.
    pub dong: String,
    /// Name of the neighbourhood.
    #[serde(default)]
    pub dong_name: Option<String>,
    /// How far it is.
    #[serde(default)]
    pub status: Option<String>,
    /// How many people live where: what counts are divided by.
    #[serde(default)]
    pub residents: Option<Residents>,
    /// Which department answers for a topic.
    #[serde(default)]
    pub responsible: Vec<Responsible>,
}

/// A dataset of residents by neighbourhood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Residents {
    /// The dataset.
    pub dataset: DatasetId,
    /// Code of the neighbourhood.
    pub dong: String,
    /// Column of people; its values are added up.
    pub people: String,
    /// Column of the month or day; the newest counts.
    #[serde(default)]
    pub time: Option<String>,
}

/// Which department answers for a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Responsible {
    /// The topic, as complaints have it.
    pub topic: String,
    /// The department.
    pub department: DepartmentId,
}

/// A day as files write it.
pub fn day(text: &str) -> Option<NaiveDate> {
    let is_whole = text.len() == 10;
    text.parse().ok().filter(|_| is_whole)
}
