//! What the catalogue that a delivery came from says of it: kept with the load's record, shown on the dataset's page.

use serde::{Deserialize, Serialize};

use crate::dataset::{Cadence, Licence};

/// Kinds of catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Catalogue {
    /// A CKAN site.
    #[default]
    Ckan,
    /// Another Madang.
    Madang,
}

/// What a catalogue says of a dataset. Every part is a stranger's word: it may be absent or untrue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case")]
pub struct Provenance {
    /// Kind of catalogue.
    pub kind: Catalogue,
    /// Its address.
    pub catalogue: String,
    /// The dataset's name there.
    pub dataset: String,
    /// The dataset's page there.
    pub page: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// The body that publishes it.
    pub publisher: Option<String>,
    /// Licence as the catalogue writes it.
    pub licence: Option<String>,
    /// Address of the licence's text.
    pub licence_page: Option<String>,
    /// The mark that licence means, where that is sure.
    pub licence_means: Option<Licence>,
    /// When it last changed, as the catalogue writes it.
    pub modified: Option<String>,
    /// How often it changes, where the catalogue says it.
    pub cadence: Option<Cadence>,
    /// Search words.
    pub keywords: Vec<String>,
    /// Its version there.
    pub version: Option<i64>,
    /// Its quality score there (0 to 100).
    pub score: Option<f64>,
    /// The files taken.
    pub resources: Vec<Resource>,
    /// Where the catalogue and what it gave do not agree.
    pub remarks: Vec<String>,
}

/// One file of a catalogue's dataset, as the catalogue describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case")]
pub struct Resource {
    /// Id there.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Format as the catalogue writes it.
    pub format: Option<String>,
    /// Size in bytes.
    pub bytes: Option<u64>,
    /// Hash, as the catalogue writes it.
    pub hash: Option<String>,
    /// When it last changed, as the catalogue writes it.
    pub modified: Option<String>,
}

impl Provenance {
    /// The source's licence, where it asks something that the dataset's own does not.
    pub fn stricter_than(&self, own: Licence) -> Option<Licence> {
        self.licence_means
            .filter(|theirs| theirs.is_stricter_than(own))
    }
}
