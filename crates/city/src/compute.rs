//! What a measure computes: kinds a clerk can read aloud, and what divides them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{DatasetId, MeasureId};

/// What is computed of the rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", deny_unknown_fields, rename_all = "kebab-case")]
pub enum Compute {
    /// How many rows, or how many different values of a column.
    Count {
        /// The column whose different values are counted; the rows when absent.
        #[serde(default)]
        distinct: Option<String>,
    },
    /// A column added up.
    Sum {
        /// The column.
        column: String,
    },
    /// The mean of a column.
    Average {
        /// The column.
        column: String,
    },
    /// The value below which so many in a hundred rows lie; 50 is the median.
    Percentile {
        /// The column.
        column: String,
        /// So many in a hundred.
        percent: f64,
    },
    /// Divided by the denominator.
    Ratio {
        /// The column added up; the rows are counted when absent.
        #[serde(default)]
        sum: Option<String>,
    },
    /// Divided by the denominator, for so many of it: 1000 for "per 1,000 people".
    Rate {
        /// The column added up; the rows are counted when absent.
        #[serde(default)]
        sum: Option<String>,
        /// For so many.
        per: f64,
    },
    /// The part of all rows that meets a condition, in % or ‰ as the unit says.
    Share {
        /// The column added up; the rows are counted when absent.
        #[serde(default)]
        sum: Option<String>,
        /// SQL condition over the columns: the part.
        part: String,
    },
    /// Against a period of the past that is 100.
    Index {
        /// The column added up; the rows are counted when absent.
        #[serde(default)]
        sum: Option<String>,
        /// The period that is 100: `2020`, `2020-01` or `2020-01-31`.
        base: String,
    },
}

impl Compute {
    /// The column whose values are taken, if it is not the rows.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Count { distinct } => distinct.as_deref(),
            Self::Sum { column } | Self::Average { column } | Self::Percentile { column, .. } => {
                Some(column)
            }
            Self::Ratio { sum }
            | Self::Rate { sum, .. }
            | Self::Share { sum, .. }
            | Self::Index { sum, .. } => sum.as_deref(),
        }
    }

    /// The SQL aggregate of it, before any division.
    pub fn sql(&self) -> String {
        match self {
            Self::Count { distinct: None } => "count(*)".to_owned(),
            Self::Count {
                distinct: Some(column),
            } => format!("count(distinct {})", quoted(column)),
            Self::Sum { column } => format!("sum({})", quoted(column)),
            // The mean of decimals would be cut off after few digits.
            Self::Average { column } => format!("avg(cast({} as double))", quoted(column)),
            Self::Percentile { column, percent } => format!(
                "percentile_cont({}) within group (order by cast({} as double))",
                percent / 100.0,
                quoted(column)
            ),
            Self::Ratio { sum }
            | Self::Rate { sum, .. }
            | Self::Share { sum, .. }
            | Self::Index { sum, .. } => total(sum.as_deref()),
        }
    }
}

/// A column added up, or the rows counted.
pub(crate) fn total(sum: Option<&str>) -> String {
    sum.map_or_else(
        || "count(*)".to_owned(),
        |column| format!("sum({})", quoted(column)),
    )
}

/// A name as SQL has it, whatever letters it is of.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A question over several datasets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Query {
    /// The datasets it reads, and no other; the measure's own among them.
    pub from: Vec<DatasetId>,
    /// One `SELECT`; its columns are those the measure computes with.
    pub sql: String,
}

/// What a figure is divided by: another measure, or something of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Denominator {
    /// Another measure.
    #[serde(default)]
    pub measure: Option<MeasureId>,
    /// Or a dataset.
    #[serde(default)]
    pub dataset: Option<DatasetId>,
    /// Its column added up; its rows are counted when neither this nor `expression` is there.
    #[serde(default)]
    pub sum: Option<String>,
    /// SQL aggregate over its columns, where `sum` does not do.
    #[serde(default)]
    pub expression: Option<String>,
    /// SQL condition over its columns.
    #[serde(default)]
    pub filter: Option<String>,
    /// Dimensions for which each part is divided by the whole and not by its own part.
    #[serde(default)]
    pub whole: Vec<String>,
}

impl Denominator {
    /// What is computed of the dataset's rows, as SQL.
    pub fn aggregate(&self) -> String {
        match &self.expression {
            Some(expression) => expression.clone(),
            None => total(self.sum.as_deref()),
        }
    }
}
