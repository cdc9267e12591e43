//! Why a row was quarantined: one structured reason, told in Korean or English.
//!
//! Decoders (room `ingest`) and checks (room `quality`) both give reasons; pages, files and the
//! command line show them. The sentence never repeats the cell's value: the caller decides whether
//! the reader may see it.

use serde::{Deserialize, Serialize};

/// One reason for one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Physical name of the column, if one column is at fault.
    pub column: Option<String>,
    /// The cell as it came, if one cell is at fault.
    pub value: Option<String>,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with a cell or a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "kebab-case")]
pub enum Why {
    /// The row has another number of fields than the header.
    FieldCount {
        /// Fields in the header.
        expected: u64,
        /// Fields in the row.
        found: u64,
    },
    /// Bytes that the encoding cannot mean.
    Undecodable {
        /// The encoding's name.
        encoding: String,
    },
    /// A quotation mark is opened and never closed.
    OpenQuote,
    /// A NUL byte.
    NulByte,
    /// A record longer than the limit.
    RecordTooLong {
        /// The limit, in bytes.
        limit_bytes: u64,
    },
    /// The cell does not have the column's type.
    Type {
        /// The type's word in the manifest.
        expected: String,
        /// The forms accepted, for dates and times.
        forms: Vec<String>,
    },
    /// A date or time that has the form but does not exist (2024-02-30).
    NoSuchMoment,
    /// A number too large or too precise for the type.
    Overflow,
    /// Nothing where a value is required.
    Required,
    /// The same value or key stands in an earlier row.
    Unique {
        /// The columns that together must be unique.
        columns: Vec<String>,
        /// Row in the source where it stands first, if known.
        first_row: Option<u64>,
    },
    /// Outside the bounds.
    Range {
        /// Least value.
        min: Option<String>,
        /// Greatest value.
        max: Option<String>,
    },
    /// Does not match the pattern.
    Pattern {
        /// The regular expression.
        pattern: String,
    },
    /// Not one of the list.
    In {
        /// The list, at most its first twenty.
        list: Vec<String>,
    },
    /// Too many characters.
    MaxLength {
        /// The limit.
        max: u32,
    },
    /// The other dataset has no such value.
    RefersTo {
        /// The other dataset.
        dataset: String,
        /// Its column.
        column: String,
    },
    /// The place lies outside.
    Inside {
        /// `city` or `korea`.
        area: String,
        /// Longitude and latitude look swapped.
        swapped: bool,
    },
    /// Dates that run backwards.
    DateOrder {
        /// The column that should come first.
        earlier: String,
        /// The column that should come second.
        later: String,
    },
    /// The parts do not add up.
    SumEquals {
        /// The total column.
        total: String,
        /// The parts.
        parts: Vec<String>,
    },
    /// None of the columns has a value.
    AnyOf {
        /// The columns.
        columns: Vec<String>,
    },
    /// The shape or coordinates cannot be converted.
    Place {
        /// The coordinate system.
        crs: String,
    },
}
