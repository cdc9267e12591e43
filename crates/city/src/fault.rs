//! What is wrong with somebody's input: what, where, what was expected, what to do.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// One thing wrong with an input. Robust functions return `(value, Vec<Fault>)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong, as a sentence without a final point.
    pub what: String,
    /// What was expected there, if that can be said.
    pub expected: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// A place in a file; the parts that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as the person named it (relative to the city's folder where it lies in it).
    pub file: PathBuf,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Column, from 1, in characters.
    pub column: Option<u64>,
    /// Sheet, table or inner file.
    pub part: Option<String>,
}

impl Fault {
    /// A fault at a file.
    pub fn at(file: impl AsRef<Path>, what: impl Into<String>) -> Self {
        Self {
            place: Place {
                file: file.as_ref().to_owned(),
                ..Place::default()
            },
            what: what.into(),
            expected: None,
            remedy: None,
        }
    }

    /// The same at a line.
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.place.line = Some(line);
        self
    }

    /// The same at a column.
    #[must_use]
    pub fn column(mut self, column: u64) -> Self {
        self.place.column = Some(column);
        self
    }

    /// The same in a sheet, table or inner file.
    #[must_use]
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.place.part = Some(part.into());
        self
    }

    /// The same, saying what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// The same, saying what to do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(part) = &self.part {
            write!(f, "[{part}]")?;
        }
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}
