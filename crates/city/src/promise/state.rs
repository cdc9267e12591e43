//! States of a promise, what shows them, and what is missing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WEB_PATTERN;
use crate::when::When;

/// What can be missing in an announcement.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Unstated {
    /// How much.
    Figure,
    /// Of what a share is.
    Denominator,
    /// How it is computed.
    Method,
    /// Until when.
    Due,
}

/// What a person can still have to look up.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Unchecked {
    /// Which department answers for it.
    Department,
    /// Document, page, address and date.
    Source,
    /// What shows its state.
    Evidence,
    /// Whether it tells of something done, planned, or how things stand.
    Tense,
    /// How much, where it is written in a way that is no number.
    Figure,
}

impl Unchecked {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Source => "source",
            Self::Evidence => "evidence",
            Self::Tense => "tense",
            Self::Figure => "figure",
        }
    }
}

/// Something that shows a promise's state on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Evidence {
    /// The day it tells of.
    pub on: When,
    /// What it is: a document, a photograph, a count.
    pub title: String,
    /// Page in it.
    #[serde(default)]
    pub page: Option<String>,
    /// Address in the web.
    #[serde(default)]
    #[schemars(regex(pattern = WEB_PATTERN))]
    pub address: Option<String>,
    /// The state it shows, in the figure's unit.
    #[serde(default)]
    pub value: Option<f64>,
}

/// A state on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Status {
    /// The day it tells of.
    pub on: When,
    /// The state.
    pub state: PromiseState,
    /// What happened, in a sentence.
    pub text: String,
    /// How far it is, in the figure's unit.
    #[serde(default)]
    pub value: Option<f64>,
}

/// States of a promise.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PromiseState {
    /// Nothing was begun yet.
    Planned,
    /// It was begun.
    UnderWay,
    /// It is kept.
    Kept,
    /// It was not kept.
    Missed,
    /// It was given up or changed.
    Withdrawn,
}

impl PromiseState {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [
        Self::Planned,
        Self::UnderWay,
        Self::Kept,
        Self::Missed,
        Self::Withdrawn,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::UnderWay => "under-way",
            Self::Kept => "kept",
            Self::Missed => "missed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether nothing more is to come.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Kept | Self::Missed | Self::Withdrawn)
    }
}
