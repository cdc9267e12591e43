//! Whether a value, written as text, is what a standard asks for.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};
use city::check::{Bound, Check};
use city::standard::{StandardColumn, Standards};
use city::{ColumnType, Why};
use regex::Regex;

/// How a found type stands to the expected one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinship {
    /// Every value is one of the expected type.
    Same,
    /// Text: its values say.
    Written,
    /// Neither.
    Other,
}

/// Whether values of type `found` can stand where `expected` is asked for.
pub(super) fn kinship(expected: ColumnType, found: ColumnType) -> Kinship {
    use ColumnType::{Code, Date, Decimal, Integer, Number, Text, Year};
    match (expected, found) {
        (expected, found) if expected == found => Kinship::Same,
        // A code read as a number has lost its leading zeros; text has none to lose.
        (Text | Code, Text | Code)
        | (Text | Year, Integer)
        | (Text, Date)
        | (Text | Integer, Year)
        | (Decimal | Number, Integer | Decimal | Number) => Kinship::Same,
        (_, Text | Code) => Kinship::Written,
        _ => Kinship::Other,
    }
}

/// What a value of a standard's column must be, compiled once.
pub(super) struct Wanted {
    pub(super) kind: Option<ColumnType>,
    width: Option<u32>,
    scale: Option<u32>,
    yes_no: Vec<String>,
    pub(super) rules: Vec<Rule>,
}

/// One check of single values.
pub(super) enum Rule {
    In(Vec<String>, HashSet<String>),
    Pattern(String, Regex),
    MaxLength(u32),
    MaxBytes(u32),
    Range(Option<f64>, Option<f64>),
    MultipleOf(u32),
}

impl Wanted {
    pub(super) fn new(standards: &Standards, column: &StandardColumn) -> Self {
        let domain = standards.domain(column);
        let rules = standards.checks(column);
        Self {
            kind: standards.column_type(column),
            width: domain.as_ref().and_then(|domain| domain.width),
            // A scale of 0 is what an `integer` says by itself.
            scale: domain.as_ref().map(|own| own.scale).filter(|own| *own > 0),
            yes_no: match domain {
                Some(domain) if !domain.allowed.is_empty() => domain.allowed,
                _ => vec!["Y".to_owned(), "N".to_owned()],
            },
            rules: rules.iter().filter_map(Rule::new).collect(),
        }
    }

    /// Whether text is a value of the expected type.
    pub(super) fn is_typed(&self, text: &str) -> bool {
        let Some(kind) = self.kind else { return true };
        let is = |form: &str, length: usize| {
            text.len() == length && NaiveDate::parse_from_str(text, form).is_ok()
        };
        match kind {
            ColumnType::Text | ColumnType::Code | ColumnType::Geometry => true,
            ColumnType::Integer => self.is_number(text, 0),
            ColumnType::Decimal => self.is_number(text, self.scale.unwrap_or(18)),
            ColumnType::Number => text.parse::<f64>().is_ok_and(f64::is_finite),
            ColumnType::Boolean => self.yes_no.iter().any(|own| own == text),
            ColumnType::Date => is("%Y-%m-%d", 10),
            ColumnType::Month => {
                text.len() == 7
                    && NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").is_ok()
            }
            ColumnType::Year => text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()),
            ColumnType::Time => is_time(text),
            ColumnType::Datetime => ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
                .iter()
                .any(|form| NaiveDateTime::parse_from_str(text, form).is_ok()),
        }
    }

    fn is_number(&self, text: &str, scale: u32) -> bool {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let width = self.width.unwrap_or(38).saturating_sub(scale);
        let places = part.trim_end_matches('0').len();
        let has_point = digits.contains('.');
        is_digits(whole)
            && is_digits(part)
            && (scale > 0 || !has_point)
            && whole.trim_start_matches('0').len() <= width as usize
            && places <= scale as usize
    }

    /// What is wrong with text that is of another type.
    pub(super) fn why_type(&self) -> Why {
        let expected = self.kind.map(super::letter::word).unwrap_or_default();
        Why::Type {
            expected,
            forms: Vec::new(),
        }
    }
}

/// 00:00 to 24:00.
fn is_time(text: &str) -> bool {
    let mut parts = text.split(':');
    let mut number = |most: u32| {
        let part = parts.next()?;
        let is_two = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>()
            .ok()
            .filter(|own| is_two && *own <= most)
    };
    let (hour, minute) = (number(24), number(59));
    let second = if text.len() > 5 { number(59) } else { Some(0) };
    let is_end = parts.next().is_none();
    match (hour, minute, second) {
        (Some(24), Some(minute), Some(second)) => is_end && minute == 0 && second == 0,
        (Some(_), Some(_), Some(_)) => is_end,
        _ => false,
    }
}

impl Rule {
    fn new(check: &Check) -> Option<Self> {
        let number = |bound: &Option<Bound>| match bound {
            Some(Bound::Number(number)) => Some(*number),
            _ => None,
        };
        Some(match check {
            Check::In(list) => Self::In(list.clone(), list.iter().cloned().collect()),
            Check::Pattern(pattern) => {
                let regex = Regex::new(&format!("^(?:{pattern})$")).ok()?;
                Self::Pattern(pattern.clone(), regex)
            }
            Check::MaxLength(max) => Self::MaxLength(*max),
            Check::MaxBytes(max) => Self::MaxBytes(*max),
            // Days and times need the load's own day: the contract judges those.
            Check::Range(range) => match (number(&range.min), number(&range.max)) {
                (None, None) => return None,
                (min, max) => Self::Range(min, max),
            },
            Check::MultipleOf(of) if *of > 0 => Self::MultipleOf(*of),
            _ => return None,
        })
    }

    /// Whether a value passes.
    pub(super) fn passes(&self, text: &str) -> bool {
        match self {
            Self::In(_, list) => list.contains(text),
            Self::Pattern(_, regex) => regex.is_match(text),
            Self::MaxLength(max) => text.chars().count() <= *max as usize,
            Self::MaxBytes(max) => text.len() <= *max as usize,
            Self::Range(min, max) => text.parse::<f64>().is_ok_and(|number| {
                min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max)
            }),
            Self::MultipleOf(of) => text
                .parse::<f64>()
                .is_ok_and(|number| number % f64::from(*of) == 0.0),
        }
    }

    /// Why a value does not pass.
    pub(super) fn why(&self) -> Why {
        match self {
            Self::In(list, _) => Why::In {
                list: list.iter().take(20).cloned().collect(),
            },
            Self::Pattern(pattern, _) => Why::Pattern {
                pattern: pattern.clone(),
            },
            Self::MaxLength(max) => Why::MaxLength { max: *max },
            Self::MaxBytes(max) => Why::MaxBytes { max: *max },
            Self::Range(min, max) => Why::Range {
                min: min.map(|bound| bound.to_string()),
                max: max.map(|bound| bound.to_string()),
            },
            Self::MultipleOf(of) => Why::MultipleOf { of: *of },
        }
    }

    /// Whether a column can be known by this alone. A length says nothing, and one bound too little.
    pub(super) fn tells_columns_apart(&self) -> bool {
        matches!(
            self,
            Self::In(..) | Self::Pattern(..) | Self::Range(Some(_), Some(_))
        )
    }
}
