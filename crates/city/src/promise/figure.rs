//! A promised figure: its kind and unit, what it covers, what it hangs together with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{MeasureId, PromiseId};
use crate::when::When;

/// What a sentence tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tense {
    /// Something that was done.
    Done,
    /// Something that will be.
    #[default]
    Planned,
    /// How things stand.
    Standing,
}

/// Kinds of announced figures: each needs something else to mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A count, a length, an amount.
    #[default]
    Amount,
    /// A share of a whole: needs its denominator.
    Share,
    /// Money that is spent.
    Cost,
    /// Money that is saved: needs its method.
    Saving,
}

/// A figure with its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PromisedFigure {
    /// The value; absent where it is not known. Unknown is not 0.
    #[serde(default)]
    pub value: Option<f64>,
    /// Unit: `개소`, `명`, `원`, `원/년`, `%`, ...
    #[schemars(length(min = 1))]
    pub unit: String,
    /// The unit in English, where it is a word.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub unit_en: Option<String>,
    /// Whether it is to be reached from below or from above.
    #[serde(default)]
    pub reach: Reach,
    /// The value where it began, if that was said.
    #[serde(default)]
    pub start: Option<f64>,
}

/// From which side a figure is to be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// That much or more.
    #[default]
    AtLeast,
    /// That much or less.
    AtMost,
}

/// A time from and to; without begin or end where one is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Span {
    /// Its first year, month or day.
    #[serde(default)]
    pub from: Option<When>,
    /// Its last one.
    #[serde(default)]
    pub to: Option<When>,
}

impl Span {
    /// The number of whole calendar years it covers; nothing where it has no begin or no end, or is no whole years.
    pub fn years(&self) -> Option<u32> {
        let (from, to) = (self.from.as_ref()?, self.to.as_ref()?);
        if !(from.is_year() && to.is_year()) {
            return None;
        }
        u32::try_from(to.year()? - from.year()? + 1).ok()
    }
}

/// The measure that shows a promise's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShownBy {
    /// The measure.
    pub id: MeasureId,
    /// How its history is read.
    #[serde(default)]
    pub reads: Reads,
}

/// How the history of a measure shows a promise's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// Each value is the state then.
    #[default]
    Level,
    /// Each value is what was added then: the state is their sum since the period began.
    RunningTotal,
}

/// A part named in the announcement itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NamedPart {
    /// What it is.
    pub title: String,
    /// How many.
    pub value: f64,
}

/// Of what a figure is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CountedAt {
    /// Promises whose things it is counted of.
    pub of: Vec<PromiseId>,
    /// Promises of whose things it is not said.
    pub not_of: Vec<PromiseId>,
}

/// A pace that was announced, a year, in the figure's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pace {
    /// The slowest.
    pub least: f64,
    /// The fastest; the slowest when absent.
    #[serde(default)]
    pub most: Option<f64>,
}

/// What a yearly saving pays back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Saving {
    /// The cost.
    pub investment: PromiseId,
    /// When the saving begins; the begin of the period when absent.
    #[serde(default)]
    pub starts: Option<When>,
    /// What else may be so.
    #[serde(default)]
    pub scenarios: Vec<Scenario>,
}

/// Another reading of an announcement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// The cost in this reading.
    #[serde(default)]
    pub investment: Option<f64>,
    /// The saving a year in this reading.
    #[serde(default)]
    pub per_year: Option<f64>,
    /// When it begins in this reading.
    #[serde(default)]
    pub starts: Option<When>,
}
