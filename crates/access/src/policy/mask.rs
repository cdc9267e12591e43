//! Masks: what is left of a value that may not be seen as it is. A mask keeps the type of its column, so that a masked
//! column is filtered, sorted and written like any other; only how a text lies in memory changes, see [`shown_as`].

use std::fmt::{self, Write as _};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, StringArray, StringBuilder, new_null_array,
};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimeUnit,
    TimestampMicrosecondType,
};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime};
use city::ColumnType;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::texts::plain;

/// What stands for the part of a text that is not shown. Always as long, so that it tells no length.
const STARS: &str = "***";
/// Bytes that a mask usually leaves of a text; where it leaves more, room is made.
const BYTES_SHOWN: usize = 6;
/// Letters of a hashed value: 96 bits.
const HASH_LETTERS: usize = 24;

/// What is left of a value. An empty cell stays empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mask {
    /// `***` for a text, nothing for any other value.
    Redact,
    /// The first characters of a text; `***` for the others.
    First(u32),
    /// The last characters of a text; `***` for the others.
    Last(u32),
    /// A keyed hash of a text: the same for the same text, and nobody without the key can make it.
    Hash,
    /// The first day of the year of a day or moment; the first four digits of a text.
    Year,
    /// The lower bound of the range a number lies in: 37 with `range 10` is 30, which stands for 30 to 39.
    Range(u32),
    /// Nothing.
    Null,
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redact => f.write_str("redact"),
            Self::First(count) => write!(f, "first {count}"),
            Self::Last(count) => write!(f, "last {count}"),
            Self::Hash => f.write_str("hash"),
            Self::Year => f.write_str("year"),
            Self::Range(width) => write!(f, "range {width}"),
            Self::Null => f.write_str("null"),
        }
    }
}

impl Mask {
    /// What a mask can be, for messages.
    pub(crate) const WORDS: &'static str = "redact, first N, last N, hash, year, range N or null";

    /// Reads a mask's words.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (word, number, rest) = (words.next()?, words.next(), words.next());
        if rest.is_some() {
            return None;
        }
        let positive = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0);
        match (word, number) {
            ("redact", None) => Some(Self::Redact),
            ("hash", None) => Some(Self::Hash),
            ("year", None) => Some(Self::Year),
            ("null", None) => Some(Self::Null),
            ("first", Some(number)) => positive(number).map(Self::First),
            ("last", Some(number)) => positive(number).map(Self::Last),
            ("range", Some(number)) => positive(number).map(Self::Range),
            _ => None,
        }
    }

    /// Whether the mask leaves anything of a column of this type; one that does not fit leaves nothing.
    pub fn fits(self, kind: ColumnType) -> bool {
        let is_text = matches!(kind, ColumnType::Text | ColumnType::Code);
        match self {
            Self::Redact | Self::Null => true,
            Self::First(_) | Self::Last(_) | Self::Hash => is_text,
            Self::Year => {
                is_text
                    || matches!(
                        kind,
                        ColumnType::Date | ColumnType::Datetime | ColumnType::Month
                    )
            }
            Self::Range(_) => matches!(
                kind,
                ColumnType::Integer | ColumnType::Decimal | ColumnType::Number | ColumnType::Year
            ),
        }
    }

    /// What is left of two masks on the same column: of two that differ, nothing.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Null }
    }

    /// The masked values, of the type [`shown_as`] names. Without a key a hash leaves nothing.
    pub(crate) fn apply(self, values: &ArrayRef, key: Option<&[u8]>) -> ArrayRef {
        let masked = match (self, values.data_type()) {
            (Self::Redact, DataType::Utf8View) => Some(texts(values, |_| Some(STARS))),
            (Self::First(count), DataType::Utf8View) => {
                Some(joined(values, |text| [first(text, count), STARS]))
            }
            (Self::Last(count), DataType::Utf8View) => {
                Some(joined(values, |text| [STARS, last(text, count)]))
            }
            (Self::Hash, DataType::Utf8View) => {
                key.map(|key| texts(values, |text| hashed(text, key)))
            }
            (Self::Year, DataType::Utf8View) => Some(texts(values, year_of_text)),
            (Self::Year, DataType::Date32) => Some(years_of_days(values)),
            (Self::Year, DataType::Timestamp(TimeUnit::Microsecond, _)) => {
                Some(years_of_moments(values))
            }
            (Self::Range(width), _) => ranges(values, width),
            _ => None,
        };
        masked.unwrap_or_else(|| new_null_array(&shown_as(values.data_type()), values.len()))
    }
}

/// How a column that is read so is handed on behind a mask: texts, which are read as views, one behind the other. What a
/// mask makes is new in any case, and writing it so takes less than half the time of making a view of each.
pub(crate) fn shown_as(read: &DataType) -> DataType {
    plain(read)
}

fn texts<T: AsRef<str>>(values: &ArrayRef, mask: impl Fn(&str) -> Option<T>) -> ArrayRef {
    let texts = values.as_string_view();
    let masked = texts.iter().map(|text| text.and_then(&mask));
    Arc::new(masked.collect::<StringArray>())
}

/// The same of two pieces each, written one behind the other: a text of its own for every cell takes longest of all.
fn joined(values: &ArrayRef, mask: impl for<'t> Fn(&'t str) -> [&'t str; 2]) -> ArrayRef {
    let texts = values.as_string_view();
    let bytes = texts.len() * (STARS.len() + BYTES_SHOWN);
    let mut built = StringBuilder::with_capacity(texts.len(), bytes);
    for text in texts {
        let Some(text) = text else {
            built.append_null();
            continue;
        };
        let [before, behind] = mask(text);
        // A builder takes what is written; nothing of it can fail.
        let _always = built.write_str(before);
        built.append_value(behind);
    }
    Arc::new(built.finish())
}

fn count_of(letters: u32) -> usize {
    usize::try_from(letters).unwrap_or(usize::MAX)
}

/// Of a text that is no longer than what is shown, nothing is: it would be the value itself.
fn first(text: &str, letters: u32) -> &str {
    let end = text.char_indices().nth(count_of(letters));
    end.and_then(|(end, _)| text.get(..end)).unwrap_or_default()
}

fn last(text: &str, letters: u32) -> &str {
    let begin = text
        .char_indices()
        .rev()
        .nth(count_of(letters).saturating_sub(1));
    let shown = begin
        .filter(|(begin, _)| *begin > 0)
        .and_then(|(begin, _)| text.get(begin..));
    shown.unwrap_or_default()
}

fn hashed(text: &str, key: &[u8]) -> Option<String> {
    let mut hash = Hmac::<Sha256>::new_from_slice(key).ok()?;
    hash.update(text.as_bytes());
    let bytes = hash.finalize().into_bytes();
    let letters = bytes.iter().map(|byte| format!("{byte:02x}"));
    let mut letters: String = letters.collect();
    letters.truncate(HASH_LETTERS);
    Some(letters)
}

fn year_of_text(text: &str) -> Option<String> {
    let year = text.get(..4)?;
    year.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| year.to_owned())
}

fn years_of_days(values: &ArrayRef) -> ArrayRef {
    let first_day = |days: i32| -> Option<i32> {
        let day = NaiveDate::default().checked_add_signed(chrono::TimeDelta::days(days.into()))?;
        let first = NaiveDate::from_ymd_opt(day.year(), 1, 1)?;
        let days = first.signed_duration_since(NaiveDate::default()).num_days();
        i32::try_from(days).ok()
    };
    let days = values.as_primitive::<Date32Type>();
    let masked = days.iter().map(|days| days.and_then(first_day));
    Arc::new(masked.collect::<Date32Array>())
}

fn years_of_moments(values: &ArrayRef) -> ArrayRef {
    let first = |micros: i64| -> Option<i64> {
        let moment = DateTime::from_timestamp_micros(micros)?;
        let first = NaiveDate::from_ymd_opt(moment.year(), 1, 1)?.and_time(NaiveTime::MIN);
        Some(first.and_utc().timestamp_micros())
    };
    let moments = values.as_primitive::<TimestampMicrosecondType>();
    let masked = moments.unary_opt::<_, TimestampMicrosecondType>(first);
    Arc::new(masked.with_data_type(values.data_type().clone()))
}

fn ranges(values: &ArrayRef, width: u32) -> Option<ArrayRef> {
    let masked: ArrayRef = match values.data_type() {
        DataType::Int64 => {
            let width = i64::from(width);
            let lower = |number: i64| number.checked_sub(number.rem_euclid(width));
            let numbers = values.as_primitive::<Int64Type>();
            Arc::new(numbers.unary_opt::<_, Int64Type>(lower))
        }
        DataType::Float64 => {
            let width = f64::from(width);
            let lower = |number: f64| Some((number / width).floor() * width);
            let numbers = values.as_primitive::<Float64Type>();
            Arc::new(numbers.unary_opt::<_, Float64Type>(lower))
        }
        DataType::Decimal128(_, scale) => {
            let unit = 10_i128.checked_pow(u32::try_from(*scale).ok()?)?;
            let width = i128::from(width).checked_mul(unit)?;
            let lower = |number: i128| number.checked_sub(number.rem_euclid(width));
            let numbers = values.as_primitive::<Decimal128Type>();
            let masked = numbers.unary_opt::<_, Decimal128Type>(lower);
            Arc::new(masked.with_data_type(values.data_type().clone()))
        }
        _ => return None,
    };
    Some(masked)
}

#[cfg(test)]
mod tests {
    use arrow::array::{Float64Array, Int64Array, StringViewArray};
    use arrow::util::display::array_value_to_string;

    use super::*;

    fn told(mask: &str, values: impl Array + 'static) -> Vec<String> {
        let values: ArrayRef = Arc::new(values);
        let masked = Mask::read(mask).unwrap().apply(&values, Some(b"key"));
        assert_eq!(masked.data_type(), &shown_as(values.data_type()));
        let rows = 0..masked.len();
        rows.map(|row| array_value_to_string(&masked, row).unwrap())
            .collect()
    }

    fn text(values: &[Option<&str>]) -> StringViewArray {
        values.iter().copied().collect()
    }

    #[test]
    fn each_mask_leaves_what_its_words_say() {
        let phones = || text(&[Some("010-1234-5678"), Some("5678"), Some("가나다"), None]);
        assert_eq!(told("redact", phones()), ["***", "***", "***", ""]);
        assert_eq!(told("last 4", phones()), ["***5678", "***", "***", ""]);
        assert_eq!(told("first 2", phones()), ["01***", "56***", "가나***", ""]);
        assert_eq!(told("first 3", phones()), ["010***", "567***", "***", ""]);
        assert_eq!(told("null", phones()), ["", "", "", ""]);
        assert_eq!(
            told("year", text(&[Some("1990-05-01"), Some("x")])),
            ["1990", ""]
        );
        let days = Date32Array::from(vec![Some(20_000), None, Some(-1)]);
        assert_eq!(told("year", days), ["2024-01-01", "", "1969-01-01"]);
        let ages = Int64Array::from(vec![Some(37), Some(-1), Some(i64::MIN), None]);
        assert_eq!(told("range 10", ages), ["30", "-10", "", ""]);
        assert_eq!(
            told("range 5", Float64Array::from(vec![7.5, -0.5])),
            ["5.0", "-5.0"]
        );
        assert_eq!(
            told("last 4", Int64Array::from(vec![12_345])),
            [""],
            "no text"
        );
    }

    #[test]
    fn a_hash_is_keyed_and_the_same_for_the_same_text() {
        // Test case 2 of RFC 4231.
        assert_eq!(
            hashed("what do ya want for nothing?", b"Jefe").unwrap(),
            "5bdcc146bf60754e6a042426"
        );
        let values: ArrayRef = Arc::new(text(&[Some("a"), Some("a"), Some("b")]));
        let masked = Mask::Hash.apply(&values, Some(b"key"));
        let texts = masked.as_string::<i32>();
        assert_eq!(texts.value(0), texts.value(1));
        assert_ne!(texts.value(0), texts.value(2));
        assert_eq!(Mask::Hash.apply(&values, None).null_count(), 3, "no key");
    }

    #[test]
    fn words_that_are_no_mask_are_none() {
        for text in [
            "",
            "first",
            "first 0",
            "first -1",
            "last four",
            "redact 3",
            "hide",
            "range 0",
        ] {
            assert_eq!(Mask::read(text), None, "{text}");
        }
        for text in [
            "redact", "first 3", "last 4", "hash", "year", "range 10", "null",
        ] {
            assert_eq!(Mask::read(text).unwrap().to_string(), text);
        }
    }
}
