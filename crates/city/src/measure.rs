//! `measures/<id>.toml`: one reproducible figure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{DatasetId, MeasureId};

/// A reproducible figure: a query with a unit, and what it means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Measure {
    /// Id; the same as the file's name without `.toml`.
    pub id: MeasureId,
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// The question it answers, in Korean.
    pub question: String,
    /// The same in English.
    #[serde(default)]
    pub question_en: Option<String>,
    /// Dataset it is computed from.
    pub dataset: DatasetId,
    /// SQL aggregate over the dataset's columns, e.g. `sum(spaces)`.
    pub expression: String,
    /// SQL condition over the dataset's columns.
    #[serde(default)]
    pub filter: Option<String>,
    /// What the figure is divided by.
    #[serde(default)]
    pub denominator: Option<Denominator>,
    /// Factor behind the division: 1000 for "per 1,000 people"; 100 for percent.
    #[serde(default = "default_per")]
    pub per: f64,
    /// Unit: `명`, `원`, `%`, `건/천 명`, ...
    pub unit: String,
    /// Digits shown after the point.
    #[serde(default)]
    pub digits: u8,
    /// Whether more is better, worse, or neither.
    #[serde(default)]
    pub direction: Direction,
    /// Columns it may be broken down by.
    #[serde(default)]
    pub dimensions: Vec<String>,
    /// Date or datetime column that orders its history.
    #[serde(default)]
    pub time: Option<TimeAxis>,
    /// Value to reach.
    #[serde(default)]
    pub target: Option<f64>,
    /// Days after which the dataset's newest version makes the figure stale.
    #[serde(default)]
    pub fresh_days: Option<u32>,
}

fn default_per() -> f64 {
    1.0
}

/// What a figure is divided by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Denominator {
    /// Dataset of the denominator.
    pub dataset: DatasetId,
    /// SQL aggregate over its columns.
    pub expression: String,
    /// SQL condition over its columns.
    #[serde(default)]
    pub filter: Option<String>,
}

/// Whether more is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    #[default]
    Neutral,
}

/// The column that orders a figure's history, and the step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TimeAxis {
    /// Date, month or datetime column of the dataset.
    pub column: String,
    /// Step of the history.
    pub step: Step,
}

/// Step of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Hour.
    Hour,
    /// Day.
    Day,
    /// Month.
    Month,
    /// Year.
    Year,
}
