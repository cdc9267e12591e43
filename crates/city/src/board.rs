//! `boards/<id>.toml`: an arrangement of measures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::id::{BoardId, DatasetId, MeasureId};

/// A page of measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Board {
    /// Id; the same as the file's name without `.toml`.
    pub id: BoardId,
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// What the board is for, in Korean.
    pub description: String,
    /// The same in English.
    #[serde(default)]
    pub description_en: Option<String>,
    /// What is shown, in order.
    pub panels: Vec<Panel>,
    /// What a visitor may narrow it by: dimensions of its measures. The choice lives in the address.
    #[serde(default)]
    pub filters: Vec<String>,
    /// Whether other sites may show what the public sees of it in a frame.
    #[serde(default)]
    pub embed: bool,
    /// When a figure is told to a department.
    #[serde(default)]
    pub alerts: Vec<Alert>,
}

/// One panel of a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Panel {
    /// The measure shown; for a map of places, the dataset instead.
    #[serde(default)]
    pub measure: Option<MeasureId>,
    /// The dataset whose places a `map` shows.
    #[serde(default)]
    pub dataset: Option<DatasetId>,
    /// How it is shown.
    pub view: View,
    /// Dimension for `bar`, `table` and `areas`.
    #[serde(default)]
    pub by: Option<String>,
    /// Headline in Korean in place of the measure's title.
    #[serde(default)]
    pub title: Option<String>,
    /// Headline in English.
    #[serde(default)]
    pub title_en: Option<String>,
}

/// How a panel shows its measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// One number.
    Number,
    /// Bars, one a value of the dimension.
    Bar,
    /// A line over time.
    Line,
    /// Points of a dataset on the map.
    Map,
    /// Areas of the city, darker where the measure is greater. The dimension's values name the areas: its column
    /// `refers-to` a dataset with shapes, or holds names of the areas of the city's `[map]`.
    Areas,
    /// A table by the dimension.
    Table,
}
