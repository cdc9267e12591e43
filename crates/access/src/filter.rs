//! Conditions a page or an address may put on rows. Values never become SQL text.

use chrono::{NaiveDate, NaiveDateTime};
use city::dataset::{ColumnType, Dataset};
use datafusion::common::{Column, ScalarValue};
use datafusion::logical_expr::expr::Like;
use datafusion::logical_expr::{Expr, ident, lit};
use serde::{Deserialize, Serialize};

use crate::error::AskError;
use crate::nearest::nearest;
use crate::policy::PLACE_COLUMNS;

/// A condition on one column.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// The column: physical name, Korean title or source name.
    pub column: String,
    /// The comparison.
    pub op: Op,
    /// The value as text; unused by `empty` and `filled`.
    pub value: String,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// The text contains the value, case aside.
    Contains,
    /// The text begins with the value.
    Starts,
    /// There is no value.
    Empty,
    /// There is a value.
    Filled,
}

impl Op {
    /// All comparisons.
    pub const ALL: [Self; 10] = [
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::Contains,
        Self::Starts,
        Self::Empty,
        Self::Filled,
    ];

    /// The comparison's word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Contains => "contains",
            Self::Starts => "starts",
            Self::Empty => "empty",
            Self::Filled => "filled",
        }
    }

    /// The comparison of a word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.word() == word)
    }
}

impl Filter {
    /// Reads `column:op:value`, the form in addresses.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (column, op) = (parts.next()?, Op::read(parts.next()?)?);
        Some(Self {
            column: column.to_owned(),
            op,
            value: parts.next().unwrap_or_default().to_owned(),
        })
    }

    /// Writes `column:op:value`.
    pub fn write(&self) -> String {
        format!("{}:{}:{}", self.column, self.op.word(), self.value)
    }

    /// The condition as an expression over the columns `dataset` shows.
    pub(crate) fn expression(&self, dataset: &Dataset, place: bool) -> Result<Expr, AskError> {
        let (name, kind) = resolve(dataset, place, &self.column)?;
        let column = ident(name.clone());
        let text = || text_of(&name, kind);
        let expression = match self.op {
            Op::Empty => column.is_null(),
            Op::Filled => column.is_not_null(),
            Op::Contains => like(text(), format!("%{}%", escaped(&self.value)), true),
            Op::Starts => like(text(), format!("{}%", escaped(&self.value)), false),
            Op::Eq => column.eq(self.literal(kind)?),
            Op::Ne => column.not_eq(self.literal(kind)?),
            Op::Lt => column.lt(self.literal(kind)?),
            Op::Le => column.lt_eq(self.literal(kind)?),
            Op::Gt => column.gt(self.literal(kind)?),
            Op::Ge => column.gt_eq(self.literal(kind)?),
        };
        Ok(expression)
    }

    fn literal(&self, kind: ColumnType) -> Result<Expr, AskError> {
        let text = self.value.trim();
        let wrong = |expected| AskError::Value {
            column: self.column.clone(),
            expected,
        };
        let plain = || text.replace(',', "");
        Ok(match kind {
            ColumnType::Integer | ColumnType::Year => match plain().parse::<i64>() {
                Ok(number) => lit(number),
                // 2.5 is a fair bound for a whole number.
                Err(_) => lit(plain()
                    .parse::<f64>()
                    .map_err(|_not| wrong("a whole number"))?),
            },
            ColumnType::Decimal | ColumnType::Number => lit(plain()
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
                .ok_or_else(|| wrong("a number"))?),
            ColumnType::Boolean => match text {
                "true" | "예" | "Y" | "y" | "1" => lit(true),
                "false" | "아니오" | "N" | "n" | "0" => lit(false),
                _ => return Err(wrong("true or false")),
            },
            ColumnType::Date | ColumnType::Month => {
                let day = if text.len() == 7 {
                    format!("{text}-01")
                } else {
                    text.to_owned()
                };
                let day = day
                    .parse::<NaiveDate>()
                    .map_err(|_not| wrong("a date such as 2026-11-05"))?;
                let days = day.signed_duration_since(NaiveDate::default()).num_days();
                lit(ScalarValue::Date32(Some(
                    i32::try_from(days).map_err(|_far| wrong("a date such as 2026-11-05"))?,
                )))
            }
            ColumnType::Datetime => {
                let moment =
                    moment(text).ok_or_else(|| wrong("a moment such as 2026-11-05T09:00"))?;
                lit(ScalarValue::TimestampMicrosecond(
                    Some(moment.and_utc().timestamp_micros()),
                    None,
                ))
            }
            ColumnType::Text | ColumnType::Code | ColumnType::Time => lit(self.value.clone()),
            ColumnType::Geometry => return Err(wrong("another condition")),
        })
    }
}

fn moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.replace(' ', "T");
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    let moment = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok());
    moment.or_else(|| text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0))
}

/// The physical name and type of a column a person may see.
pub(crate) fn resolve(
    dataset: &Dataset,
    place: bool,
    name: &str,
) -> Result<(String, ColumnType), AskError> {
    let exact = dataset.column(name);
    let meant = exact.map_or_else(
        || {
            dataset
                .columns
                .iter()
                .filter(|column| column.title == name || column.source_name() == name)
                .collect()
        },
        |column| vec![column],
    );
    match meant.as_slice() {
        [column] => Ok((column.name.clone(), column.column_type)),
        [] if place && PLACE_COLUMNS.contains(&name) => Ok((name.to_owned(), ColumnType::Number)),
        [] => {
            let names = dataset
                .columns
                .iter()
                .flat_map(|column| [column.name.as_str(), column.title.as_str()]);
            Err(AskError::UnknownColumn {
                name: name.to_owned(),
                nearest: nearest(name, names),
            })
        }
        several => Err(AskError::Ambiguous {
            name: name.to_owned(),
            candidates: several.iter().map(|column| column.name.clone()).collect(),
        }),
    }
}

/// A column, as text where it is something else.
fn text_of(name: &str, kind: ColumnType) -> Expr {
    let column = Expr::Column(Column::from_name(name));
    match kind {
        ColumnType::Text | ColumnType::Code | ColumnType::Time => column,
        _ => datafusion::logical_expr::cast(column, arrow::datatypes::DataType::Utf8),
    }
}

fn like(column: Expr, pattern: String, any_case: bool) -> Expr {
    Expr::Like(Like::new(
        false,
        Box::new(column),
        Box::new(lit(pattern)),
        Some('\\'),
        any_case,
    ))
}

/// The value with the pattern's own signs made plain.
fn escaped(value: &str) -> String {
    value
        .chars()
        .fold(String::with_capacity(value.len()), |mut text, letter| {
            if matches!(letter, '%' | '_' | '\\') {
                text.push('\\');
            }
            text.push(letter);
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::dataset;

    fn told(text: &str) -> String {
        let filter = Filter::read(text).expect("a filter");
        assert_eq!(filter.write(), text);
        match filter.expression(&dataset("parking"), true) {
            Ok(expression) => expression.to_string(),
            Err(error) => format!("! {error}"),
        }
    }

    #[test]
    fn filters_become_expressions_or_say_what_they_need() {
        assert_eq!(told("spaces:ge:1,000"), "spaces >= Int64(1000)");
        assert_eq!(told("주차면수:lt:5"), "spaces < Int64(5)");
        assert_eq!(
            told("name:contains:50%_a:b"),
            "name ILIKE Utf8(\"%50\\%\\_a:b%\") ESCAPE '\\'"
        );
        assert_eq!(
            told("opened_on:le:2024-02-29"),
            "opened_on <= Date32(\"2024-02-29\")"
        );
        assert_eq!(
            told("opened_on:le:2024-02-30"),
            "! the filter on 'opened_on' needs a date such as 2026-11-05"
        );
        assert_eq!(
            told("spaces:eq:많음"),
            "! the filter on 'spaces' needs a whole number"
        );
        assert_eq!(told("name:empty:"), "name IS NULL");
        assert_eq!(
            told("주차면:eq:1"),
            "! no column is called '주차면'; the nearest are 주차면수, 주차장명"
        );
        assert_eq!(told("longitude:gt:127"), "longitude > Float64(127)");
        assert!(Filter::read("spaces").is_none());
        assert!(Filter::read("spaces:is:1").is_none());
    }
}
