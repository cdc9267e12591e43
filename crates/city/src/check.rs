//! The closed vocabulary of checks.
//!
//! How a check judges lives in room `quality`, one file a check; here is only how it is declared.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::DatasetId;

/// A check of one column's values. Empty cells pass every check but `required`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Check {
    /// There is a value: `"required"`.
    Required,
    /// No two rows share a value: `"unique"`. The first in file order stays.
    Unique,
    /// A number, date or time between two bounds, both included: `{ range = { min = 0, max = 1000 } }`.
    Range(Range),
    /// Text that a regular expression matches whole: `{ pattern = "[0-9]{5}" }`.
    Pattern(String),
    /// One of a list: `{ in = ["공영", "민영"] }`.
    In(Vec<String>),
    /// At most so many characters: `{ max-length = 100 }`.
    MaxLength(u32),
    /// A value of another dataset's column in its current version: `{ refers-to = { dataset = "dong", column = "code" } }`.
    RefersTo(RefersTo),
}

/// Bounds, both included; a number, or a date or time in ISO form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Range {
    /// Least value.
    #[serde(default)]
    pub min: Option<Bound>,
    /// Greatest value.
    #[serde(default)]
    pub max: Option<Bound>,
}

/// One bound of a range.
// The one untagged type: TOML tells a number from a string, so no key is ever misread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Bound {
    /// A number.
    Number(f64),
    /// A date or time in ISO form, or `today`.
    Text(String),
}

/// A column of another dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RefersTo {
    /// The other dataset.
    pub dataset: DatasetId,
    /// Its column, by physical name.
    pub column: String,
}

/// A check that looks at several columns of a row, or at the whole table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum TableCheck {
    /// The place lies inside an area: `{ inside = "city" }` or `"korea"`. An absent place passes.
    Inside(Area),
    /// Dates (or times) that do not run backwards: `{ date-order = ["opened_on", "closed_on"] }`.
    DateOrder(Vec<String>),
    /// A column equals the sum of others: `{ sum-equals = { total = "total", parts = ["men", "women"] } }`.
    SumEquals(SumEquals),
    /// At least one of the columns has a value: `{ any-of = ["road_address", "lot_address"] }`.
    AnyOf(Vec<String>),
    /// Columns that together name a row are unique: `{ unique-together = ["area_code", "hour"] }`.
    UniqueTogether(Vec<String>),
    /// The newest value of a date column is at most so many days old at load time: `{ fresh-within = { column = "reference_on", days = 400 } }`.
    /// Judged on the table; it lowers the timeliness score and quarantines nothing.
    FreshWithin(FreshWithin),
}

/// Areas a place can be required to lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// The city's bounding box: `bounds` in `city.toml`.
    City,
    /// The Republic of Korea's box: longitude 124 to 132, latitude 33 to 39.
    Korea,
}

/// A column that equals the sum of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SumEquals {
    /// The total.
    pub total: String,
    /// Its parts.
    pub parts: Vec<String>,
}

/// A bound on the age of the newest row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FreshWithin {
    /// A date, month or datetime column.
    pub column: String,
    /// Greatest age in days.
    pub days: u32,
}
