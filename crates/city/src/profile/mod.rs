//! What a version of a dataset holds: its columns in figures, and what looks wrong although every row is sound.
//!
//! Room `quality` makes profiles, the door keeps them, pages and the command line show them.

mod sentence;

use serde::{Deserialize, Serialize};

use crate::id::DatasetId;

/// Findings about places name these columns, which every dataset with places has.
pub const PLACE: [&str; 2] = ["longitude", "latitude"];

/// A version of a dataset, looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its version.
    pub version: i64,
    /// SHA-256 of the manifest it was looked at with.
    pub manifest_sha256: String,
    /// Rows of the version.
    pub rows: u64,
    /// Rows that were compared with one another, where that is not all of them.
    pub sample: Option<u64>,
    /// Its columns, in their order.
    pub columns: Vec<ColumnProfile>,
    /// What looks wrong, what is probably wrong first.
    pub findings: Vec<Finding>,
}

/// One column in figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Physical name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// Of them, without a value.
    pub nulls: u64,
    /// Different values.
    pub distinct: Distinct,
    /// The most frequent values; none of a column that says something about a person.
    pub top: Vec<Counted>,
    /// The most frequent patterns of texts: `가가가 999-99`.
    pub patterns: Vec<Counted>,
    /// Characters of texts.
    pub lengths: Option<Lengths>,
    /// Numbers.
    pub numbers: Option<Numbers>,
    /// Values by month, or by year where there are many months: of days and moments.
    pub times: Vec<Counted>,
}

/// How many different values there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Distinct {
    /// The number.
    pub count: u64,
    /// Standard error of an estimate, as a share of the number; nothing where the number is exact.
    pub error: Option<f64>,
}

/// A value, pattern or month with the number of its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The value.
    pub value: String,
    /// Its rows.
    pub count: u64,
}

/// Lengths of texts, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lengths {
    /// The shortest.
    pub min: u64,
    /// The mean.
    pub mean: f64,
    /// The longest.
    pub max: u64,
}

/// How numbers are distributed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// The values below which 1, 5, 25, 50, 75, 95 and 99 of a hundred lie.
    pub quantiles: [f64; 7],
    /// Values by equal steps; the first and the last take all that lie beyond.
    pub bins: Vec<Bin>,
}

/// One step of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// From here on.
    pub from: f64,
    /// Below this.
    pub to: f64,
    /// Values.
    pub count: u64,
}

/// Something that looks wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    #[serde(flatten)]
    pub what: What,
    /// The columns it is about, by physical name; [`PLACE`] where it is about places.
    pub columns: Vec<String>,
    /// Rows it was found in.
    pub count: u64,
    /// Rows that were looked at for it.
    pub of: u64,
    /// A few of them.
    pub examples: Vec<Example>,
}

impl Finding {
    /// The rows it was found in as a share of those looked at.
    pub fn share(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts as a share")]
        let share = |part: u64, whole: u64| part as f64 / whole as f64;
        if self.of == 0 {
            0.0
        } else {
            share(self.count, self.of)
        }
    }
}

/// One place where something looks wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// What stands there; nothing where it says something about a person.
    pub values: Vec<String>,
    /// The rows; whoever sees only what is released does not see where rows came from.
    pub rows: Vec<RowOf>,
}

/// Where a row came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowOf {
    /// The file.
    pub file: String,
    /// Its line, sheet row or ordinal.
    pub row: i64,
}

/// How sure it is that something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Probably wrong.
    Doubt,
    /// Worth knowing; it may well be so.
    Note,
}

/// How an outlier was told from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// By its distance from the median, in median absolute deviations.
    Mad,
    /// By Tukey's fences around the quartiles of logarithms, since small values are many and large ones few.
    LogTukey,
}

/// Why a value looks like one that stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// It is a word or number people write where they know nothing: 미상, 9999, 1900-01-01.
    Known,
    /// It stands in many rows while the others have almost all values of their own.
    Frequent,
}

/// What looks wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// A column says the same in every row.
    OneValue,
    /// A value that stands for nothing.
    Default {
        /// Why it looks so.
        stand: Stand,
    },
    /// One value in many rows one after the other, where values otherwise change from row to row.
    CopiedDown {
        /// Rows of the longest run.
        longest: u64,
    },
    /// Values that count up by one from row to row, as a spreadsheet fills a column.
    CountingUp {
        /// Rows of the longest run.
        longest: u64,
    },
    /// Numbers far from all others.
    Outliers {
        /// How they were told from the others.
        method: Method,
        /// Others lie above this; nothing of a column that says something about a person.
        low: Option<f64>,
        /// Others lie below this.
        high: Option<f64>,
    },
    /// Texts of another form than almost all others.
    OddPattern {
        /// The usual form.
        usual: String,
    },
    /// Rows that stand twice.
    SameRows {
        /// They are the same but for spaces, case, width or punctuation.
        nearly: bool,
        /// Columns that were not compared since they only number rows.
        without: Vec<String>,
    },
    /// Two rows of one name within a few metres.
    SameNameNearby {
        /// How near.
        metres: u32,
    },
    /// Values that differ only in spaces, case, width or punctuation.
    Spellings,
    /// A rare value one letter away from a frequent one.
    Misspelt,
    /// Many rows at one point.
    OnePoint,
    /// Rows in the very middle of the city.
    Centre,
    /// Coordinates of 0.
    Zero,
    /// Longitude and latitude changed places.
    Swapped,
    /// Places outside the city.
    Outside,
    /// Coordinates of so few digits that they can be wrong by this much.
    Rounded {
        /// Digits after the point.
        digits: u32,
        /// How far a place can be away.
        metres: u32,
    },
    /// An address names another area than a column of the same row.
    AddressRegion,
    /// An address whose place lies far from the other rows that name the same street or neighbourhood.
    AddressFar {
        /// Kilometres between the farthest row and the others.
        km: f64,
    },
    /// An address that names one area of the city while its place lies in another.
    AddressArea,
}

impl What {
    /// Its word: what data and style sheets call it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::OneValue => "one-value",
            Self::Default { .. } => "default",
            Self::CopiedDown { .. } => "copied-down",
            Self::CountingUp { .. } => "counting-up",
            Self::Outliers { .. } => "outliers",
            Self::OddPattern { .. } => "odd-pattern",
            Self::SameRows { .. } => "same-rows",
            Self::SameNameNearby { .. } => "same-name-nearby",
            Self::Spellings => "spellings",
            Self::Misspelt => "misspelt",
            Self::OnePoint => "one-point",
            Self::Centre => "centre",
            Self::Zero => "zero",
            Self::Swapped => "swapped",
            Self::Outside => "outside",
            Self::Rounded { .. } => "rounded",
            Self::AddressRegion => "address-region",
            Self::AddressFar { .. } => "address-far",
            Self::AddressArea => "address-area",
        }
    }

    /// How sure it is.
    pub fn weight(&self) -> Weight {
        match self {
            Self::OneValue
            | Self::Outliers { .. }
            | Self::OddPattern { .. }
            | Self::Outside
            | Self::Rounded { .. }
            | Self::Default {
                stand: Stand::Frequent,
            } => Weight::Note,
            _ => Weight::Doubt,
        }
    }
}
