//! Whether a check can judge what it is declared on. One that cannot would pass every row, or stop
//! the load.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::Text;
use super::folder::unknown;
use super::meaning::{is_moment, is_number, pattern, word};
use crate::ColumnType;
use crate::check::{Bound, Check, Range, RefersTo, TableCheck, When};
use crate::fault::Fault;

/// What checks of a table look at: its columns with their types, where those are known, and the checks.
pub(super) struct Table<'t> {
    pub(super) columns: Vec<(&'t str, Option<ColumnType>)>,
    pub(super) checks: &'t [TableCheck],
}

impl Table<'_> {
    fn type_of(&self, name: &str) -> Option<ColumnType> {
        let (_, kind) = self.columns.iter().find(|(own, _)| *own == name)?;
        *kind
    }
}

/// The checks of one column. Nothing is said of what fits a type that is not known.
pub(super) fn of_column(
    (name, kind): (&str, Option<ColumnType>),
    checks: &[Check],
    at: &str,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let is_text = kind.is_none_or(|kind| matches!(kind, ColumnType::Text | ColumnType::Code));
    for (number, check) in checks.iter().enumerate() {
        let number = number.to_string();
        let path = ["columns", at, "checks", &number];
        if let Check::Pattern(regex) = check {
            let path = ["columns", at, "checks", &number, "pattern"];
            pattern(regex, &path, text, faults);
        }
        match (check, kind) {
            (Check::Range(declared), Some(kind)) => {
                range((name, kind), declared, &path, text, faults);
            }
            (Check::In(words), _) if words.is_empty() => {
                faults.push(text.fault_at(&path, "the list is empty, so no value would pass"));
            }
            (Check::MultipleOf(0), _) => faults.push(
                text.fault_at(&path, "no number is a multiple of 0")
                    .expected("1 or more"),
            ),
            (Check::MultipleOf(_), Some(kind)) if !is_number(kind) => faults.push(
                text.fault_at(
                    &path,
                    format!(
                        "this check needs numbers, and `{name}` is `{}`",
                        word(&kind)
                    ),
                )
                .remedy("make it `integer`, `decimal` or `number`"),
            ),
            (Check::In(_) | Check::MaxLength(_) | Check::MaxBytes(_) | Check::Pattern(_), _)
                if !is_text =>
            {
                faults.push(
                    text.fault_at(&path, format!("this check needs text, and `{name}` is not"))
                        .remedy("make it `text` or `code`, or use `range`"),
                );
            }
            _ => {}
        }
    }
}

fn range(
    (name, kind): (&str, ColumnType),
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
                format!("the bound does not fit the type of `{name}`"),
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
        TableCheck::NumberOrder(names) => (texts(names), beside(names, &["number-order"])),
        TableCheck::AnyOf(names) => (texts(names), beside(names, &["any-of"])),
        TableCheck::BothOrNone(names) => (texts(names), beside(names, &["both-or-none"])),
        TableCheck::When(when) => {
            let mut paths = beside(&when.columns, &["when", "columns"]);
            paths.push(vec!["when".to_owned(), "column".to_owned()]);
            (texts(when.columns.iter().chain([&when.column])), paths)
        }
        TableCheck::Mentions(mentions) => {
            let mut paths = beside(&mentions.columns, &["mentions", "columns"]);
            paths.push(vec!["mentions".to_owned(), "value".to_owned()]);
            (
                texts(mentions.columns.iter().chain([&mentions.value])),
                paths,
            )
        }
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
pub(super) fn of_table(table: &Table<'_>, text: &Text<'_>, faults: &mut Vec<Fault>) {
    for (at, check) in table.checks.iter().enumerate() {
        let at = at.to_string();
        let path = ["checks", at.as_str()];
        if let Some(least) = least(check) {
            let what = "the check names too few columns";
            faults.push(text.fault_at(&path, what).expected(least));
        }
        if matches!(check, TableCheck::Inside(_)) {
            inside(table, &at, text, faults);
        }
        if let TableCheck::When(when) = check {
            deciding(table, when, &at, text, faults);
        }
        types(table, check, &at, text, faults);
    }
}

/// What a check that names too few columns should have named.
fn least(check: &TableCheck) -> Option<&'static str> {
    let two = Some("at least two columns");
    let one = Some("at least one column");
    match check {
        TableCheck::DateOrder(names)
        | TableCheck::NumberOrder(names)
        | TableCheck::BothOrNone(names) => two.filter(|_| names.len() < 2),
        TableCheck::AnyOf(names) | TableCheck::UniqueTogether(names) => {
            one.filter(|_| names.is_empty())
        }
        TableCheck::When(when) => one.filter(|_| when.columns.is_empty()),
        TableCheck::Mentions(mentions) => one.filter(|_| mentions.columns.is_empty()),
        TableCheck::SumEquals(sum) => Some("at least one part").filter(|_| sum.parts.is_empty()),
        TableCheck::Inside(_) | TableCheck::FreshWithin(_) => None,
    }
}

fn inside(table: &Table<'_>, at: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    // A type that is a mistake may have been meant as `geometry`.
    let mut kinds = table.columns.iter().map(|(_, kind)| *kind);
    let has_shape = kinds.any(|kind| kind.is_none_or(|kind| kind == ColumnType::Geometry));
    if text.has(&["checks", at, "inside"]) && !text.has(&["place", "x"]) && !has_shape {
        faults.push(
            text.fault_at(&["checks", at], "`inside` needs to know where a row is")
                .expected("a `place` with `x` and `y`, or a column of type `geometry`"),
        );
    }
}

/// The values that decide a `when` can be values of its column.
fn deciding(table: &Table<'_>, when: &When, at: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let path = ["checks", at, "when", "in"];
    if when.values.is_empty() {
        let what = "the list is empty, so the check never applies";
        faults.push(text.fault_at(&path, what));
    }
    if table.type_of(&when.column) != Some(ColumnType::Boolean) {
        return;
    }
    for (number, value) in when.values.iter().enumerate() {
        if !matches!(value.as_str(), "Y" | "N") {
            let path = ["checks", at, "when", "in", &number.to_string()];
            let what = format!("`{}` is `boolean` and never `{value}`", when.column);
            faults.push(text.fault_at(&path, what).expected("Y or N"));
        }
    }
}

fn types(
    table: &Table<'_>,
    check: &TableCheck,
    at: &str,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let is_day = |kind| is_moment(kind) && kind != ColumnType::Time;
    let is_text = |kind| matches!(kind, ColumnType::Text | ColumnType::Code);
    let names = names_in(check);
    let first = names.first().and_then(|(name, _)| table.type_of(name));
    for (name, path) in &names {
        let Some(kind) = table.type_of(name) else {
            continue;
        };
        let is_deciding = path.last().is_some_and(|step| step == "column");
        let expected = match check {
            TableCheck::DateOrder(_) if !is_moment(kind) => "a column of dates or times",
            TableCheck::DateOrder(_)
                if first.is_some_and(|first| is_day(first) != is_day(kind)) =>
            {
                "dates with dates, or times with times"
            }
            TableCheck::SumEquals(_) | TableCheck::NumberOrder(_) if !is_number(kind) => {
                "a column of numbers"
            }
            TableCheck::FreshWithin(_) if !is_day(kind) => "a date, month or datetime column",
            TableCheck::When(_) if is_deciding => {
                if is_text(kind) || matches!(kind, ColumnType::Boolean | ColumnType::Integer) {
                    continue;
                }
                "a column of text, codes, whole numbers, or yes and no"
            }
            TableCheck::When(when) if when.must.is_of_numbers() && !is_number(kind) => {
                "a column of numbers"
            }
            TableCheck::Mentions(_) if !is_text(kind) => "a column of text",
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

/// Columns of a row's own date that `as-of` names exist and are dates.
pub(super) fn as_of(
    columns: &[(&str, Option<ColumnType>, &[Check])],
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let known: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
    for (at, (_, _, checks)) in columns.iter().enumerate() {
        for (number, check) in checks.iter().enumerate() {
            let Check::RefersTo(RefersTo {
                as_of: Some(name), ..
            }) = check
            else {
                continue;
            };
            let (at, number) = (at.to_string(), number.to_string());
            let path = ["columns", &at, "checks", &number, "refers-to", "as-of"];
            let Some((_, kind, _)) = columns.iter().find(|(own, ..)| own == name) else {
                let fault = text.fault_at(&path, format!("there is no column `{name}`"));
                faults.extend(unknown(fault, name, &known));
                continue;
            };
            let is_time = |kind: &ColumnType| {
                *kind != ColumnType::Year && (!is_moment(*kind) || *kind == ColumnType::Time)
            };
            if let Some(kind) = kind.filter(is_time) {
                let what = format!("`{name}` is `{}` and no date", word(&kind));
                faults.push(
                    text.fault_at(&path, what)
                        .expected("a date, month, datetime or year column"),
                );
            }
        }
    }
}
