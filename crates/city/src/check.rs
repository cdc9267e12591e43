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
    /// At most so many bytes of UTF-8: `{ max-bytes = 32 }`.
    MaxBytes(u32),
    /// A number that so many divide without a rest: `{ multiple-of = 10 }`.
    MultipleOf(u32),
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
    /// Column of this row's own date: the value must be valid on it. The other dataset must say in
    /// `valid` from when to when its rows hold: `{ refers-to = { dataset = "dong", column = "code", as-of = "surveyed_on" } }`.
    #[serde(default)]
    pub as_of: Option<String>,
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
    /// Numbers that do not fall from one to the next: `{ number-order = ["base_fee", "day_fee"] }`. Absent ones are passed over.
    NumberOrder(Vec<String>),
    /// At least one of the columns has a value: `{ any-of = ["road_address", "lot_address"] }`.
    AnyOf(Vec<String>),
    /// All of the columns have a value, or none has: `{ both-or-none = ["longitude", "latitude"] }`.
    BothOrNone(Vec<String>),
    /// Where a column has one of some values, others must be so: `{ when = { column = "fee", in = ["무료"], columns = ["base_fee"], must = "zero-or-empty" } }`.
    When(When),
    /// Text that names another column's value: `{ mentions = { columns = ["address"], value = "district" } }`.
    Mentions(Mentions),
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

/// What must hold where a column has one of some values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct When {
    /// The column that decides: text or a code, or a `boolean`, whose values are `Y` and `N`.
    pub column: String,
    /// Its values that decide.
    #[serde(rename = "in")]
    pub values: Vec<String>,
    /// The columns that something must hold of.
    pub columns: Vec<String>,
    /// What must hold of them.
    pub must: Must,
}

/// What must hold of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Must {
    /// Each has a value.
    Filled,
    /// None has a value.
    Empty,
    /// Each is 0 or has no value.
    ZeroOrEmpty,
    /// Each is greater than 0.
    Positive,
    /// At least one is greater than 0. Where one has no value it may be that one: the row passes.
    AnyPositive,
}

impl Must {
    /// The word in manifests.
    pub fn word(self) -> &'static str {
        match self {
            Self::Filled => "filled",
            Self::Empty => "empty",
            Self::ZeroOrEmpty => "zero-or-empty",
            Self::Positive => "positive",
            Self::AnyPositive => "any-positive",
        }
    }

    /// Whether only numbers can be so.
    pub fn is_of_numbers(self) -> bool {
        matches!(self, Self::ZeroOrEmpty | Self::Positive | Self::AnyPositive)
    }
}

/// Texts that name another column's value. An absent text, and an absent value, pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mentions {
    /// The texts; each that is there must name the value.
    pub columns: Vec<String>,
    /// The column whose value they name.
    pub value: String,
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
