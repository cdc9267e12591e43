//! What the techniques are told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of a value, in characters from either end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Part {
    /// So many characters at the beginning go.
    #[serde(default)]
    pub first: u32,
    /// So many at the end go.
    #[serde(default)]
    pub last: u32,
}

/// When a value stands out. One rule that fits is enough.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Outstanding {
    /// Fewer rows than this share the value.
    #[serde(default)]
    pub fewer_than: Option<u32>,
    /// A number above this.
    #[serde(default)]
    pub above: Option<f64>,
    /// A number below this.
    #[serde(default)]
    pub below: Option<f64>,
    /// One of these values.
    #[serde(default, rename = "in")]
    pub values: Vec<String>,
}

/// What a mask leaves to be seen. Separators (`-`, `@`, `.`, spaces) stay, and count for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mask {
    /// So many characters at the beginning stay.
    #[serde(default)]
    pub first: u32,
    /// So many at the end stay. A value no longer than both together is masked whole.
    #[serde(default)]
    pub last: u32,
    /// The sign; `*` when absent.
    #[serde(default = "star")]
    pub sign: char,
}

fn star() -> char {
    '*'
}

/// A figure that takes the values' place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Total {
    /// Which figure.
    pub of: Statistic,
    /// Column that makes groups, each with its own figure; all rows together when absent.
    #[serde(default)]
    pub by: Option<String>,
    /// Digits kept behind the point.
    #[serde(default)]
    #[schemars(range(min = 0, max = 9))]
    pub digits: u32,
}

/// Figures of many values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Statistic {
    /// Sum.
    Sum,
    /// Mean.
    Mean,
    /// Median; of an even number the mean of both middle ones.
    Median,
    /// Least.
    Least,
    /// Greatest.
    Greatest,
}

/// Groups of alike values give way to their mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PartTotals {
    /// Least size of a group.
    #[schemars(range(min = 2))]
    pub size: u32,
    /// Column within whose values groups are made; the whole table when absent.
    #[serde(default)]
    pub by: Option<String>,
    /// Digits kept behind the point.
    #[serde(default)]
    #[schemars(range(min = 0, max = 9))]
    pub digits: u32,
}

/// A base to round to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Round {
    /// The base: 10, 1000, 0.5.
    pub to: f64,
}

/// Rounding that keeps totals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RoundControlled {
    /// The base.
    pub to: f64,
    /// Column whose values have totals of their own (the table's rows).
    #[serde(default)]
    pub rows: Option<String>,
    /// Another one (the table's columns).
    #[serde(default)]
    pub columns: Option<String>,
}

/// Bounds beyond which values become alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Coding {
    /// Lower bound.
    #[serde(default)]
    pub bottom: Option<f64>,
    /// Upper bound.
    #[serde(default)]
    pub top: Option<f64>,
    /// What a value below becomes; the bound itself when absent.
    #[serde(default)]
    pub bottom_word: Option<String>,
    /// What a value above becomes; the bound itself when absent.
    #[serde(default)]
    pub top_word: Option<String>,
}

/// A hierarchy and how far up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Generalise {
    /// File below the city's folder: one line a value, semicolons, the value first, then its parents.
    pub hierarchy: String,
    /// So many steps up.
    #[schemars(range(min = 1))]
    pub level: u32,
}

/// A hierarchy, and which values are too rare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GeneraliseLocal {
    /// File below the city's folder.
    pub hierarchy: String,
    /// A value that fewer rows share goes up, step by step, until so many share it.
    #[schemars(range(min = 2))]
    pub fewer_than: u32,
}

/// Intervals, closed below and open above: of one width, or between edges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ranges {
    /// Width of every interval.
    #[serde(default)]
    pub width: Option<f64>,
    /// Where an interval of that width begins; 0 when absent.
    #[serde(default)]
    pub from: Option<f64>,
    /// Edges in rising order, in place of a width.
    #[serde(default)]
    pub edges: Vec<f64>,
}

/// Categories of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Categories {
    /// The categories; the first that holds the value counts.
    pub categories: Vec<Category>,
    /// What every other value becomes.
    pub other: String,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Category {
    /// Its name.
    pub name: String,
    /// Values that belong to it, whole.
    #[serde(default)]
    pub of: Vec<String>,
    /// Words: a value that has one of them in it belongs to it.
    #[serde(default)]
    pub with: Vec<String>,
}

/// What a value is, so that its spellings become one before it is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// Text: full-width signs and spaces made even, letters small.
    #[default]
    Text,
    /// A person's name: without any space.
    Name,
    /// A telephone number: digits alone, `+82` as `0`.
    Phone,
    /// A number of a person, a firm or a card: letters and digits alone.
    Number,
    /// An address of electronic mail: small letters.
    Mail,
}

impl Identity {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Text,
        Self::Name,
        Self::Phone,
        Self::Number,
        Self::Mail,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Number => "number",
            Self::Mail => "mail",
        }
    }
}

/// A keyed pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeyedOneWay {
    /// What the values are; `text` when absent. Two columns of one project and one kind join.
    #[serde(default, rename = "as")]
    pub identity: Identity,
    /// Length of a pseudonym in hexadecimal digits.
    #[serde(default = "pseudonym_length")]
    #[schemars(range(min = 16, max = 64))]
    pub length: u32,
}

fn pseudonym_length() -> u32 {
    32
}

/// What form is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FormatPreserving {
    /// The form.
    pub of: Format,
    /// Of `resident-no`: a number whose check digit is right gets one whose check digit is right.
    #[serde(default)]
    pub checksum: bool,
}

/// Forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A digit becomes a digit; everything else stays.
    Digits,
    /// A digit becomes a digit, a letter a letter of its size, a Hangul syllable a syllable; everything else stays.
    Characters,
    /// A telephone number: area or network and separators stay.
    Phone,
    /// A resident or foreigner registration number: a day that exists, the same kind of person.
    ResidentNo,
}

/// Tokens of a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Token {
    /// What a token begins with.
    #[serde(default)]
    pub prefix: String,
    /// What the values are; `text` when absent.
    #[serde(default, rename = "as")]
    pub identity: Identity,
}

/// Numbers of chance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RandomNumber {
    /// So many digits each.
    #[schemars(range(min = 1, max = 18))]
    pub digits: u32,
}

/// Chance that is added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Noise {
    /// Its distribution.
    pub kind: NoiseKind,
    /// Laplace: its scale. Gauss: the standard deviation.
    pub scale: f64,
    /// Digits kept behind the point.
    #[serde(default)]
    #[schemars(range(min = 0, max = 9))]
    pub digits: u32,
    /// No result is less.
    #[serde(default)]
    pub min: Option<f64>,
    /// No result is more.
    #[serde(default)]
    pub max: Option<f64>,
}

/// Distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoiseKind {
    /// Laplace's.
    Laplace,
    /// Gauss's.
    Gaussian,
}

/// Within which rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct By {
    /// Column within whose values it happens; the whole table when absent.
    #[serde(default)]
    pub by: Option<String>,
}
