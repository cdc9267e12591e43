//! Whether a check can judge what it is declared on. One that cannot would pass every row, or stop
//! the load.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::Text;
use super::meaning::{is_moment, is_number, pattern, word};
use crate::check::{Bound, Check, Range, TableCheck};
use crate::fault::Fault;
use crate::{Column, ColumnType, Dataset};

/// The checks of one column.
pub(super) fn of_column(column: &Column, at: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let is_typed = text.says(&["columns", at, "type"], &word(&column.column_type));
    let is_text = !is_typed || matches!(column.column_type, ColumnType::Text | ColumnType::Code);
    for (number, check) in column.checks.iter().enumerate() {
        let number = number.to_string();
        let path = ["columns", at, "checks", &number];
        if let Check::Pattern(regex) = check {
            let path = ["columns", at, "checks", &number, "pattern"];
            pattern(regex, &path, text, faults);
        }
        match check {
            Check::Range(declared) if is_typed => range(column, declared, &path, text, faults),
            Check::In(words) if words.is_empty() => {
                faults.push(text.fault_at(&path, "the list is empty, so no value would pass"));
            }
            Check::In(_) | Check::MaxLength(_) | Check::Pattern(_) if !is_text => {
                faults.push(
                    text.fault_at(
                        &path,
                        format!("this check needs text, and `{}` is not", column.name),
                    )
                    .remedy("make it `text` or `code`, or use `range`"),
                );
            }
            _ => {}
        }
    }
}

fn range(
    column: &Column,
    range: &Range,
    path: &[&str; 4],
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let [columns, at, checks, number] = *path;
    let path = [columns, at, checks, number, "range"];
    if text.length(&path) == Some(0) {
        faults.push(
            text.fault_at(&path, "the range has no bound")
                .expected("`min`, `max` or both"),
        );
    }
    let kind = column.column_type;
    let mut fitting = true;
    for (key, bound) in [("min", &range.min), ("max", &range.max)] {
        let Some(bound) = bound else { continue };
        let [columns, at, checks, number, range] = path;
        let path = [columns, at, checks, number, range, key];
        let fault = match bound {
            Bound::Number(_) if is_number(kind) => continue,
            Bound::Text(text) if is_moment(kind) && is_bound(text, kind) => continue,
            Bound::Text(bound) if is_moment(kind) => {
                text.fault_at(&path, format!("`{bound}` is no {}", word(&kind)))
            }
            Bound::Number(_) | Bound::Text(_) => text.fault_at(
                &path,
                format!("the bound does not fit the type of `{}`", column.name),
            ),
        };
        fitting = false;
        faults.push(fault.expected(bound_of(kind)));
    }
    if fitting && runs_backwards(range) {
        faults.push(text.fault_at(&path, "`min` is greater than `max`"));
    }
}

fn bound_of(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Time => "a time in quotation marks, like \"09:00\"",
        ColumnType::Date | ColumnType::Month => {
            "a day or month in quotation marks, like \"2024-01-31\", or \"today\""
        }
        ColumnType::Datetime => {
            "a day or moment in quotation marks, like \"2024-01-31 09:00\", or \"today\""
        }
        kind if is_number(kind) => "a number",
        _ => "a column of numbers, dates or times: no other type has a range",
    }
}

/// Whether `text` is a bound that a column of type `kind` can be compared with.
fn is_bound(text: &str, kind: ColumnType) -> bool {
    if kind == ColumnType::Time {
        let is_time = |form: &str| NaiveTime::parse_from_str(text, form).is_ok();
        return matches!(text, "24:00" | "24:00:00") || is_time("%H:%M") || is_time("%H:%M:%S");
    }
    let is_day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
    let is_moment = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .any(|form| NaiveDateTime::parse_from_str(text, form).is_ok());
    text == "today"
        || is_day(text)
        || is_day(&format!("{text}-01"))
        || (is_moment && kind == ColumnType::Datetime)
}

fn runs_backwards(range: &Range) -> bool {
    match (&range.min, &range.max) {
        (Some(Bound::Number(min)), Some(Bound::Number(max))) => min > max,
        // ISO forms sort as they run; a day as upper bound holds all of that day, and so on.
        (Some(Bound::Text(min)), Some(Bound::Text(max))) => {
            min != "today" && max != "today" && min > max && !min.starts_with(max.as_str())
        }
        _ => false,
    }
}

/// Columns that a check of the table names, each with its place below the check.
pub(super) fn names_in(check: &TableCheck) -> Vec<(&str, Vec<String>)> {
    let beside = |names: &[String], path: &[&str]| -> Vec<Vec<String>> {
        let steps = |at: usize| {
            let path = path.iter().map(|step| (*step).to_owned());
            path.chain([at.to_string()]).collect()
        };
        (0..names.len()).map(steps).collect()
    };
    let (names, paths): (Vec<&str>, Vec<Vec<String>>) = match check {
        TableCheck::Inside(_) => (Vec::new(), Vec::new()),
        TableCheck::DateOrder(names) => (texts(names), beside(names, &["date-order"])),
        TableCheck::AnyOf(names) => (texts(names), beside(names, &["any-of"])),
        TableCheck::UniqueTogether(names) => (texts(names), beside(names, &["unique-together"])),
        TableCheck::SumEquals(sum) => {
            let mut paths = beside(&sum.parts, &["sum-equals", "parts"]);
            paths.push(vec!["sum-equals".to_owned(), "total".to_owned()]);
            (texts(sum.parts.iter().chain([&sum.total])), paths)
        }
        TableCheck::FreshWithin(fresh) => (
            vec![fresh.column.as_str()],
            vec![vec!["fresh-within".to_owned(), "column".to_owned()]],
        ),
    };
    names.into_iter().zip(paths).collect()
}

fn texts<'n>(names: impl IntoIterator<Item = &'n String>) -> Vec<&'n str> {
    names.into_iter().map(String::as_str).collect()
}

/// The checks of the table: enough columns, and of a type the check can judge.
pub(super) fn of_table(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    for (at, check) in dataset.checks.iter().enumerate() {
        let at = at.to_string();
        let path = ["checks", at.as_str()];
        let least = match check {
            TableCheck::DateOrder(names) if names.len() < 2 => Some("at least two columns"),
            TableCheck::AnyOf(names) | TableCheck::UniqueTogether(names) if names.is_empty() => {
                Some("at least one column")
            }
            TableCheck::SumEquals(sum) if sum.parts.is_empty() => Some("at least one part"),
            _ => None,
        };
        if let Some(least) = least {
            let what = "the check names too few columns";
            faults.push(text.fault_at(&path, what).expected(least));
        }
        if matches!(check, TableCheck::Inside(_)) {
            inside(dataset, &at, text, faults);
        }
        types(dataset, check, &at, text, faults);
    }
}

fn inside(dataset: &Dataset, at: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let has_shape = dataset.columns.iter().enumerate().any(|(at, column)| {
        // A type that is a mistake may have been meant as `geometry`.
        column.column_type == ColumnType::Geometry || declared(column, at, text).is_none()
    });
    if text.has(&["checks", at, "inside"]) && !text.has(&["place", "x"]) && !has_shape {
        faults.push(
            text.fault_at(&["checks", at], "`inside` needs to know where a row is")
                .expected("a `place` with `x` and `y`, or a column of type `geometry`"),
        );
    }
}

/// The type of a column, if the text says it.
fn declared(column: &Column, at: usize, text: &Text<'_>) -> Option<ColumnType> {
    let at = at.to_string();
    text.says(&["columns", &at, "type"], &word(&column.column_type))
        .then_some(column.column_type)
}

fn types(
    dataset: &Dataset,
    check: &TableCheck,
    at: &str,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let type_of = |name: &str| {
        let position = dataset.columns.iter().position(|own| own.name == name)?;
        declared(dataset.columns.get(position)?, position, text)
    };
    let is_day = |kind| is_moment(kind) && kind != ColumnType::Time;
    let names = names_in(check);
    let first = names.first().and_then(|(name, _)| type_of(name));
    for (name, path) in &names {
        let Some(kind) = type_of(name) else { continue };
        let expected = match check {
            TableCheck::DateOrder(_) if !is_moment(kind) => "a column of dates or times",
            TableCheck::DateOrder(_)
                if first.is_some_and(|first| is_day(first) != is_day(kind)) =>
            {
                "dates with dates, or times with times"
            }
            TableCheck::SumEquals(_) if !is_number(kind) => "a column of numbers",
            TableCheck::FreshWithin(_) if !is_day(kind) => "a date, month or datetime column",
            _ => continue,
        };
        let path: Vec<&str> = ["checks", at]
            .into_iter()
            .chain(path.iter().map(String::as_str))
            .collect();
        let what = format!(
            "the check cannot judge `{name}`, which is `{}`",
            word(&kind)
        );
        faults.push(text.fault_at(&path, what).expected(expected));
    }
}
