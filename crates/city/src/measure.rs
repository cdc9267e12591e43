//! `measures/<id>.toml`: one reproducible figure.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::breakdown::{Breakdown, Compare};
pub use crate::compute::{Compute, Denominator, Query};
use crate::id::{DatasetId, MeasureId};
use crate::lang::Lang;

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
    /// A question over several datasets, whose rows take the place of the dataset's.
    #[serde(default)]
    pub query: Option<Query>,
    /// What is computed of the rows.
    #[serde(default)]
    pub compute: Option<Compute>,
    /// Where no kind of `compute` fits: an SQL aggregate over the columns, e.g. `sum(a) / sum(b)`.
    #[serde(default)]
    pub expression: Option<String>,
    /// What the expression does, in Korean, for the sentence that explains the figure, up to the verb: `처리에 걸린 날수를
    /// 평균하면`.
    #[serde(default)]
    pub how: Option<String>,
    /// The same in English, as the figure: `the mean days from receipt to closing`.
    #[serde(default)]
    pub how_en: Option<String>,
    /// SQL condition over the columns: which rows are taken.
    #[serde(default)]
    pub filter: Option<String>,
    /// What the rows taken are, in Korean, for the sentence that explains the figure: `끝나지 않은 민원`; the
    /// dataset's title when absent.
    #[serde(default)]
    pub rows: Option<String>,
    /// The same in English: `open complaints`.
    #[serde(default)]
    pub rows_en: Option<String>,
    /// What the figure is divided by.
    #[serde(default)]
    pub denominator: Option<Denominator>,
    /// Factor behind the division, beside an `expression`: 1000 for "per 1,000 people"; 100 for percent.
    #[serde(default = "default_per")]
    pub per: f64,
    /// Unit: `명`, `원`, `%`, `건/천 명`, ...
    pub unit: String,
    /// The same in English, where the unit is a word: `people`, `won`, `cases per 1,000 people`.
    #[serde(default)]
    pub unit_en: Option<String>,
    /// Digits shown after the point.
    #[serde(default)]
    pub digits: u8,
    /// Whether more is better, worse, or neither.
    #[serde(default)]
    pub direction: Direction,
    /// What it may be broken down by: columns, and names of `breakdowns`.
    #[serde(default)]
    pub dimensions: Vec<String>,
    /// Breakdowns that are more than a column: by month or year, by bands, by the name behind a key.
    #[serde(default)]
    pub breakdowns: BTreeMap<String, Breakdown>,
    /// Date or datetime column that orders its history.
    #[serde(default)]
    pub time: Option<TimeAxis>,
    /// Value to reach.
    #[serde(default)]
    pub target: Option<Target>,
    /// With what it is compared.
    #[serde(default)]
    pub compare: Compare,
    /// Days after which the dataset's newest version makes the figure stale.
    #[serde(default)]
    pub fresh_days: Option<u32>,
    /// Figures and parts made of fewer rows than this are not told, whoever asks.
    #[serde(default)]
    pub least_rows: Option<u32>,
}

fn default_per() -> f64 {
    1.0
}

impl Measure {
    /// The unit in a language; as it stands where it is the same in both.
    pub fn unit_in(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ko => &self.unit,
            Lang::En => self.unit_en.as_deref().unwrap_or(&self.unit),
        }
    }

    /// What the quotient, or the value where nothing divides it, is multiplied by.
    pub fn factor(&self) -> f64 {
        match &self.compute {
            Some(Compute::Rate { per, .. }) => *per,
            Some(Compute::Share { .. }) if self.unit.trim() == "‰" => 1000.0,
            Some(Compute::Share { .. } | Compute::Index { .. }) => 100.0,
            Some(_) => 1.0,
            None => self.per,
        }
    }

    /// What is computed of the rows, as SQL.
    pub fn aggregate(&self) -> String {
        match (&self.compute, &self.expression) {
            (Some(compute), _) => compute.sql(),
            (None, Some(expression)) => expression.clone(),
            // Refused when the folder is read.
            (None, None) => "null".to_owned(),
        }
    }

    /// The column whose single values are computed with, if there is one.
    pub fn column(&self) -> Option<&str> {
        let compute = self.compute.as_ref().filter(|_| self.query.is_none());
        compute
            .filter(|own| !matches!(own, Compute::Count { .. }))
            .and_then(Compute::column)
    }

    /// Whether its parts add up to the whole.
    pub fn adds_up(&self) -> bool {
        self.denominator.is_none()
            && matches!(
                self.compute,
                Some(Compute::Count { distinct: None } | Compute::Sum { .. })
            )
    }

    /// The datasets its rows come from: its own first.
    pub fn from(&self) -> Vec<&DatasetId> {
        let mut from = vec![&self.dataset];
        for other in self.query.iter().flat_map(|query| &query.from) {
            if !from.contains(&other) {
                from.push(other);
            }
        }
        from
    }
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
    /// Date, month, datetime or year column of the dataset.
    pub column: String,
    /// Step of the history.
    pub step: Step,
    /// Whether each step counts what is there then (households, places) and not what happens in it: then the figure is that
    /// of the newest step, and steps are never added up.
    #[serde(default)]
    pub level: bool,
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

impl Step {
    /// The engine's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// A value to reach, and the day it should be reached by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Target {
    /// The value, in its own unit.
    pub value: f64,
    /// Its unit: the measure's, or one of the same kind (`억 원` for `원`).
    pub unit: String,
    /// The day it should be reached by: `2026-12-31`.
    #[serde(default)]
    pub by: Option<String>,
    /// The value it began from, in the target's unit; the figure of the first version when absent.
    #[serde(default)]
    pub start: Option<f64>,
    /// The day it began.
    #[serde(default)]
    pub since: Option<String>,
}
