//! Why a row was quarantined: one structured reason, told in Korean or English.
//!
//! Decoders (room `ingest`) and checks (room `quality`) both give reasons; pages, files and the
//! command line show them. The sentence never repeats the cell's value: the caller decides whether
//! the reader may see it.

use serde::{Deserialize, Serialize};

use crate::lang::Lang;

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
    /// A person said that it does not belong into the table.
    LeftOut {
        /// The correction that says so.
        correction: String,
    },
    /// A line or message that is no JSON object.
    NoRecord,
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
    /// Too many bytes.
    MaxBytes {
        /// The limit.
        max: u32,
    },
    /// A number that is no multiple.
    MultipleOf {
        /// Of what it should be one.
        of: u32,
    },
    /// The other dataset has no such value.
    RefersTo {
        /// The other dataset.
        dataset: String,
        /// Its column.
        column: String,
        /// The row's own date, where it is looked up as of that: the value stands there, but not then.
        #[serde(default)]
        on: Option<String>,
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
    /// Numbers that fall.
    NumberOrder {
        /// The column that should be the lesser.
        least: String,
        /// The column that should be the greater.
        most: String,
    },
    /// One of the columns has a value and this one has none.
    BothOrNone {
        /// The columns.
        columns: Vec<String>,
    },
    /// Another column's value asks for something else here.
    When {
        /// The column that decides.
        column: String,
        /// The values that decide.
        values: Vec<String>,
        /// The columns something must hold of.
        columns: Vec<String>,
        /// The word of what must hold.
        must: String,
    },
    /// The text does not name another column's value.
    Mentions {
        /// The other column.
        value: String,
    },
    /// The shape or coordinates cannot be converted.
    Place {
        /// The coordinate system.
        crs: String,
    },
}

impl Why {
    /// One plain sentence.
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Ko => self.korean(),
            Lang::En => self.english(),
        }
    }

    /// The word of the check, as in manifests and reports.
    pub fn check(&self) -> &'static str {
        match self {
            Self::FieldCount { .. } => "field-count",
            Self::Undecodable { .. } => "undecodable",
            Self::OpenQuote => "open-quote",
            Self::NulByte => "nul-byte",
            Self::LeftOut { .. } => "left-out",
            Self::NoRecord => "no-record",
            Self::RecordTooLong { .. } => "record-too-long",
            Self::Type { .. } => "type",
            Self::NoSuchMoment => "no-such-moment",
            Self::Overflow => "overflow",
            Self::Required => "required",
            Self::Unique { .. } => "unique",
            Self::Range { .. } => "range",
            Self::Pattern { .. } => "pattern",
            Self::In { .. } => "in",
            Self::MaxLength { .. } => "max-length",
            Self::MaxBytes { .. } => "max-bytes",
            Self::MultipleOf { .. } => "multiple-of",
            Self::RefersTo { .. } => "refers-to",
            Self::Inside { .. } => "inside",
            Self::DateOrder { .. } => "date-order",
            Self::SumEquals { .. } => "sum-equals",
            Self::NumberOrder { .. } => "number-order",
            Self::AnyOf { .. } => "any-of",
            Self::BothOrNone { .. } => "both-or-none",
            Self::When { .. } => "when",
            Self::Mentions { .. } => "mentions",
            Self::Place { .. } => "place",
        }
    }

    fn korean(&self) -> String {
        match self {
            Self::FieldCount { expected, found } => {
                format!("칸이 {found}개입니다. 머리글에는 {expected}개가 있습니다")
            }
            Self::Undecodable { encoding } => format!("{encoding}로 읽을 수 없는 글자가 있습니다"),
            Self::OpenQuote => "따옴표가 열리고 닫히지 않았습니다".to_owned(),
            Self::NulByte => "글자가 아닌 바이트(NUL)가 들어 있습니다".to_owned(),
            Self::LeftOut { .. } => "담당자가 표에서 빼기로 한 행입니다".to_owned(),
            Self::NoRecord => "이름과 값으로 된 행(JSON 객체)이 아닙니다".to_owned(),
            Self::RecordTooLong { limit_bytes } => {
                format!("한 행이 {} MiB를 넘습니다", limit_bytes >> 20)
            }
            Self::Type { expected, forms } => korean_type(expected, forms),
            Self::NoSuchMoment => "달력에 없는 날짜이거나 없는 시각입니다".to_owned(),
            Self::Overflow => "숫자가 너무 크거나 소수 자리가 너무 많습니다".to_owned(),
            Self::Required => "값이 있어야 합니다".to_owned(),
            Self::Unique {
                first_row: Some(row),
                ..
            } => format!("같은 값이 {row}행에 이미 있습니다"),
            Self::Unique { .. } => "같은 값이 앞의 행에 이미 있습니다".to_owned(),
            Self::Range {
                min: Some(min),
                max: Some(max),
            } => format!("{min}~{max}이어야 합니다"),
            Self::Range { min: Some(min), .. } => format!("{min} 이상이어야 합니다"),
            Self::Range { max: Some(max), .. } => format!("{max} 이하여야 합니다"),
            Self::Range { .. } => "범위를 벗어났습니다".to_owned(),
            Self::Pattern { pattern } => format!("정해진 형식({pattern})이 아닙니다"),
            Self::In { list } => {
                format!("정해진 값이 아닙니다. 쓸 수 있는 값: {}", list.join(", "))
            }
            Self::MaxLength { max } => format!("{max}자를 넘습니다"),
            Self::MaxBytes { max } => format!("{max}바이트를 넘습니다"),
            Self::MultipleOf { of } => format!("{of}의 배수가 아닙니다"),
            Self::RefersTo {
                dataset,
                column,
                on: Some(day),
            } => format!("데이터셋 {dataset}의 {column}에 {day} 당시 없던 값입니다"),
            Self::RefersTo {
                dataset, column, ..
            } => format!("데이터셋 {dataset}의 {column}에 없는 값입니다"),
            Self::Inside { swapped: true, .. } => {
                "위도와 경도가 서로 바뀐 것으로 보입니다".to_owned()
            }
            Self::Inside { area, .. } => format!(
                "위치가 {} 밖입니다",
                if area == "city" {
                    "시 경계"
                } else {
                    "대한민국"
                }
            ),
            Self::DateOrder { earlier, later } => format!("{later} 값이 {earlier} 값보다 앞섭니다"),
            Self::SumEquals { total, parts } => format!(
                "{} 값을 더하면 {total} 값이 되어야 합니다",
                parts.join(", ")
            ),
            Self::AnyOf { columns } => {
                format!("{} 가운데 하나는 값이 있어야 합니다", columns.join(", "))
            }
            Self::NumberOrder { least, most } => format!("{most} 값이 {least} 값보다 작습니다"),
            Self::BothOrNone { columns } => {
                format!("{} 값은 모두 있거나 모두 없어야 합니다", columns.join(", "))
            }
            Self::When {
                column,
                values,
                columns,
                must,
            } => format!(
                "{column} 값이 {}이면 {}",
                values.join("·"),
                korean_must(must, columns)
            ),
            Self::Mentions { value } => format!("{value} 값이 들어 있지 않습니다"),
            Self::Place { crs } => format!("{crs} 좌표를 경위도로 바꿀 수 없습니다"),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::FieldCount { expected, found } => {
                format!("{found} fields where the header has {expected}")
            }
            Self::Undecodable { encoding } => format!("bytes that {encoding} cannot mean"),
            Self::OpenQuote => "a quotation mark opens and never closes".to_owned(),
            Self::NulByte => "a NUL byte".to_owned(),
            Self::LeftOut { .. } => "staff decided to leave this row out of the table".to_owned(),
            Self::NoRecord => "is no row of names and values (JSON object)".to_owned(),
            Self::RecordTooLong { limit_bytes } => {
                format!("the row is longer than {} MiB", limit_bytes >> 20)
            }
            Self::Type { expected, forms } if forms.is_empty() => {
                format!("is not of type {expected}")
            }
            Self::Type { expected, forms } => format!(
                "is not of type {expected} in the form {}",
                forms.join(" or ")
            ),
            Self::NoSuchMoment => "there is no such date or time".to_owned(),
            Self::Overflow => "too large, or too many decimals".to_owned(),
            Self::Required => "a value is required".to_owned(),
            Self::Unique {
                first_row: Some(row),
                ..
            } => format!("the same value stands in row {row} already"),
            Self::Unique { .. } => "the same value stands in an earlier row already".to_owned(),
            Self::Range {
                min: Some(min),
                max: Some(max),
            } => format!("must be {min} to {max}"),
            Self::Range { min: Some(min), .. } => format!("must be at least {min}"),
            Self::Range { max: Some(max), .. } => format!("must be at most {max}"),
            Self::Range { .. } => "out of range".to_owned(),
            Self::Pattern { pattern } => format!("does not match {pattern}"),
            Self::In { list } => format!("is not one of {}", list.join(", ")),
            Self::MaxLength { max } => format!("is longer than {max} characters"),
            Self::MaxBytes { max } => format!("is longer than {max} bytes"),
            Self::MultipleOf { of } => format!("is not a multiple of {of}"),
            Self::RefersTo {
                dataset,
                column,
                on: Some(day),
            } => format!("did not stand in {dataset}.{column} on {day}"),
            Self::RefersTo {
                dataset, column, ..
            } => format!("does not stand in {dataset}.{column}"),
            Self::Inside { swapped: true, .. } => "longitude and latitude look swapped".to_owned(),
            Self::Inside { area, .. } => format!(
                "lies outside {}",
                if area == "city" { "the city" } else { "Korea" }
            ),
            Self::DateOrder { earlier, later } => format!("{later} comes before {earlier}"),
            Self::SumEquals { total, parts } => {
                format!("{} do not add up to {total}", parts.join(", "))
            }
            Self::AnyOf { columns } => format!("one of {} must have a value", columns.join(", ")),
            Self::NumberOrder { least, most } => format!("{most} is less than {least}"),
            Self::BothOrNone { columns } => {
                format!("{} must all have a value, or none", columns.join(", "))
            }
            Self::When {
                column,
                values,
                columns,
                must,
            } => format!(
                "where {column} is {}, {}",
                values.join(" or "),
                english_must(must, columns)
            ),
            Self::Mentions { value } => format!("does not name the value of {value}"),
            Self::Place { crs } => format!("the {crs} coordinates cannot be converted"),
        }
    }
}

fn korean_must(must: &str, columns: &[String]) -> String {
    match must {
        "filled" => "값이 있어야 합니다".to_owned(),
        "empty" => "값이 없어야 합니다".to_owned(),
        "zero-or-empty" => "0이거나 값이 없어야 합니다".to_owned(),
        "positive" => "0보다 커야 합니다".to_owned(),
        _ => format!("{} 가운데 하나는 0보다 커야 합니다", columns.join(", ")),
    }
}

fn english_must(must: &str, columns: &[String]) -> String {
    match must {
        "filled" => "there must be a value".to_owned(),
        "empty" => "there must be no value".to_owned(),
        "zero-or-empty" => "it must be 0 or empty".to_owned(),
        "positive" => "it must be greater than 0".to_owned(),
        _ => format!("one of {} must be greater than 0", columns.join(", ")),
    }
}

fn korean_type(expected: &str, forms: &[String]) -> String {
    let shown = |form: &str| {
        if form == "excel" {
            return "엑셀 날짜 번호".to_owned();
        }
        [
            ("%Y", "2024"),
            ("%y", "24"),
            ("%m", "01"),
            ("%d", "02"),
            ("%H", "09"),
            ("%I", "09"),
            ("%M", "05"),
            ("%S", "00"),
            ("%p", "오전"),
            ("%b", "Jan"),
        ]
        .iter()
        .fold(form.to_owned(), |text, (letter, sample)| {
            text.replace(letter, sample)
        })
    };
    if !forms.is_empty() {
        return format!(
            "{}처럼 적어야 합니다",
            forms
                .iter()
                .map(|form| shown(form))
                .collect::<Vec<_>>()
                .join(" 또는 ")
        );
    }
    match expected {
        "integer" => "정수가 아닙니다".to_owned(),
        "decimal" | "number" => "숫자가 아닙니다".to_owned(),
        "boolean" => "예·아니요로 읽을 수 없습니다".to_owned(),
        "date" => "날짜를 2024-01-02처럼 적어야 합니다".to_owned(),
        "month" => "연월을 2024-01처럼 적어야 합니다".to_owned(),
        "time" => "시각을 09:05처럼 적어야 합니다".to_owned(),
        "datetime" => "일시를 2024-01-02 09:05처럼 적어야 합니다".to_owned(),
        "year" => "연도를 2024처럼 적어야 합니다".to_owned(),
        _ => "형식이 맞지 않습니다".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_say_what_would_be_right() {
        let form = Why::Type {
            expected: "month".into(),
            forms: vec!["%Y-%m".into()],
        };
        assert_eq!(form.text(Lang::Ko), "2024-01처럼 적어야 합니다");
        assert_eq!(
            Why::Range {
                min: Some("0".into()),
                max: Some("1000".into())
            }
            .text(Lang::Ko),
            "0~1000이어야 합니다"
        );
        assert_eq!(Why::Required.text(Lang::En), "a value is required");
    }

    #[test]
    fn the_word_of_a_check_is_the_one_that_is_written() {
        for why in [
            Why::Required,
            Why::OpenQuote,
            Why::NoSuchMoment,
            Why::AnyOf {
                columns: Vec::new(),
            },
            Why::Place { crs: String::new() },
        ] {
            let written = serde_json::to_value(&why).unwrap();
            assert_eq!(written["check"], why.check());
        }
    }
}
