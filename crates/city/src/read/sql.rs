//! Columns that an SQL expression of a measure names, found without an SQL parser.
//!
//! Not a judge of SQL: the engine is that. It finds words that can only be columns, so that a
//! misspelt one is told where it stands and not when somebody opens the page.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::CharIndices;

use super::Text;
use super::folder::unknown;
use super::mend::UNKNOWN;
use crate::Dataset;
use crate::fault::Fault;

/// Words of the language that stand where a column could.
const WORDS: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "between",
    "bigint",
    "boolean",
    "both",
    "by",
    "case",
    "cast",
    "century",
    "current_date",
    "current_time",
    "current_timestamp",
    "current",
    "date",
    "day",
    "days",
    "decade",
    "decimal",
    "desc",
    "distinct",
    "double",
    "dow",
    "doy",
    "else",
    "end",
    "epoch",
    "escape",
    "exists",
    "extract",
    "false",
    "filter",
    "first",
    "float",
    "following",
    "for",
    "from",
    "group",
    "having",
    "hour",
    "hours",
    "ilike",
    "in",
    "int",
    "integer",
    "interval",
    "is",
    "isodow",
    "isoyear",
    "last",
    "leading",
    "like",
    "millennium",
    "microsecond",
    "millisecond",
    "minute",
    "minutes",
    "month",
    "months",
    "not",
    "null",
    "nulls",
    "numeric",
    "on",
    "or",
    "order",
    "over",
    "partition",
    "preceding",
    "precision",
    "quarter",
    "range",
    "real",
    "regexp",
    "row",
    "rows",
    "second",
    "seconds",
    "select",
    "similar",
    "smallint",
    "some",
    "string",
    "struct",
    "symmetric",
    "text",
    "then",
    "time",
    "timestamp",
    "tinyint",
    "to",
    "trailing",
    "true",
    "try_cast",
    "unbounded",
    "unknown",
    "using",
    "values",
    "varchar",
    "week",
    "weeks",
    "when",
    "where",
    "with",
    "within",
    "without",
    "year",
    "years",
    "zone",
];

/// A word of an expression with its place in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    at: usize,
    word: String,
}

/// Words that can only be columns. Nothing where a quotation mark or a bracket is not closed.
fn names(sql: &str) -> Option<Vec<Name>> {
    let mut letters = sql.char_indices().peekable();
    let (mut names, mut depth, mut is_type) = (Vec::new(), 0_u32, false);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' => drop(quoted(&mut letters, '\'')?),
            '"' => {
                let word = quoted(&mut letters, '"')?;
                names.push(Name { at, word });
            }
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            letter if letter.is_alphanumeric() || letter == '_' => {
                let mut word = letter.to_string();
                while let Some((_, next)) =
                    letters.next_if(|(_, next)| next.is_alphanumeric() || *next == '_')
                {
                    word.push(next);
                }
                let rest = sql.get(at + word.len()..).unwrap_or_default().trim_start();
                let is_other = letter.is_numeric() || rest.starts_with(['(', '.', '\'']) || is_type;
                let word = word.to_lowercase();
                if !is_other && !WORDS.contains(&word.as_str()) {
                    names.push(Name { at, word });
                }
            }
            _ => {}
        }
        let before = sql.get(..=at).unwrap_or_default();
        is_type = before.ends_with("::") || (is_type && letter.is_whitespace());
    }
    (depth == 0).then_some(names)
}

/// What stands up to the closing mark; a doubled mark is one of the text.
fn quoted(letters: &mut Peekable<CharIndices<'_>>, mark: char) -> Option<String> {
    let mut word = String::new();
    loop {
        let (_, letter) = letters.next()?;
        if letter != mark {
            word.push(letter);
        } else if letters.next_if(|(_, next)| *next == mark).is_some() {
            word.push(mark);
        } else {
            return Some(word);
        }
    }
}

/// Columns that the expression at `path` names exist in `of`.
pub(super) fn columns(
    of: &Dataset,
    sql: &str,
    text: &Text<'_>,
    path: &[&str],
    faults: &mut Vec<Fault>,
) {
    if sql.contains(UNKNOWN) {
        return;
    }
    let Some(names) = names(sql) else {
        let what = "a bracket or quotation mark of the expression is not closed";
        faults.push(text.fault_at(path, what));
        return;
    };
    let known: Vec<&str> = of.columns.iter().map(|own| own.name.as_str()).collect();
    let mut told = BTreeSet::new();
    for Name { at, word } in names {
        // Beside its own columns a table has its places and the origin of each row.
        let is_known = known.contains(&word.as_str())
            || matches!(word.as_str(), "longitude" | "latitude" | "_file" | "_row");
        if is_known || !told.insert(word.clone()) {
            continue;
        }
        let what = format!("the dataset `{}` has no column `{word}`", of.id);
        faults.extend(unknown(
            text.fault(text.inside(path, sql, at), what),
            &word,
            &known,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn only_words_that_can_be_columns_are_found() {
        for (sql, found) in [
            ("count(*)", Some("")),
            ("sum(Spaces) / nullif(sum(men), 0)", Some("spaces men")),
            (
                "avg((date_part('epoch', closed_at) - 1e3) / 86400.0)",
                Some("closed_at"),
            ),
            (
                "count(distinct area) filter (where kind = '공영''s')",
                Some("area kind"),
            ),
            ("sum(\"주차 면\") + sum(면수)", Some("주차 면 면수")),
            ("cast(n as double) + n2::bigint + m :: int", Some("n n2 m")),
            (
                "extract(year from opened_on) = 2024 and x is not null",
                Some("opened_on x"),
            ),
            ("case when a >= 3 then b else null end", Some("a b")),
            ("date '2024-01-01' <= parking.opened_on", Some("opened_on")),
            ("sum(spaces", None),
            ("sum(spaces))", None),
            ("kind = '공영", None),
        ] {
            let names = names(sql).map(|names| {
                let words: Vec<String> = names.into_iter().map(|name| name.word).collect();
                words.join(" ")
            });
            assert_eq!(names.as_deref(), found, "{sql}");
        }
    }
}
