//! Addresses → questions for rows: `filter=column:op:value`, `sort=-column`, `columns=a,b`, `at=`, `limit=`, `offset=`.

use access::{At, Filter, Rows, Sort};
use chrono::{DateTime, Utc};
use city::DatasetId;

use crate::problem::Problem;

/// Rows of a page unless said otherwise.
pub const PAGE_ROWS: u64 = 100;
/// Most rows of a page.
pub const PAGE_ROWS_MAX: u64 = 10_000;

/// The pairs of a query string, decoded.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Reads a question for rows; parameters in `also` are somebody else's.
///
/// # Errors
/// When a parameter is not known or does not have its form.
pub fn rows(dataset: &str, query: &str, also: &[&str]) -> Result<Rows, Problem> {
    let mut rows = Rows {
        dataset: DatasetId::from(dataset),
        ..Rows::default()
    };
    for (name, value) in pairs(query) {
        match name.as_str() {
            "filter" => rows.filters.push(Filter::read(&value).ok_or_else(|| {
                Problem::question(format!(
                    "filter={value}: expected column:op:value with op one of {}",
                    access::Op::ALL.map(access::Op::word).join(", ")
                ))
            })?),
            "sort" => {
                rows.sort = value
                    .split(',')
                    .filter(|part| !part.is_empty())
                    .map(sort)
                    .collect();
            }
            "columns" => {
                rows.columns = value
                    .split(',')
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect();
            }
            "at" | "version" => rows.at = at(&value)?,
            "limit" => rows.limit = Some(number(&name, &value)?),
            "offset" => rows.offset = number(&name, &value)?,
            other if also.contains(&other) => {}
            other => {
                return Err(Problem::question(format!(
                    "no parameter is called {other}; there are filter, sort, columns, at, limit, offset {}",
                    also.join(", ")
                )));
            }
        }
    }
    Ok(rows)
}

/// The address of one row: its version, filters, order and place, as [`rows`] reads them.
pub fn row_address(asked: &Rows) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    if let At::Version(number) = asked.at {
        pairs.append_pair("at", &number.to_string());
    }
    for filter in &asked.filters {
        pairs.append_pair("filter", &filter.write());
    }
    let sort = asked.sort.iter().map(|sort| {
        let minus = if sort.descending { "-" } else { "" };
        format!("{minus}{}", sort.column)
    });
    let sort: Vec<String> = sort.collect();
    if !sort.is_empty() {
        pairs.append_pair("sort", &sort.join(","));
    }
    pairs.append_pair("offset", &asked.offset.to_string());
    pairs.finish()
}

fn sort(text: &str) -> Sort {
    let (column, descending) = text
        .strip_prefix('-')
        .map_or((text, false), |column| (column, true));
    Sort {
        column: column.to_owned(),
        descending,
    }
}

fn number(name: &str, value: &str) -> Result<u64, Problem> {
    value
        .parse()
        .map_err(|_error| Problem::question(format!("{name}={value}: expected a whole number")))
}

/// A version's number or a moment.
///
/// # Errors
/// When it is neither.
pub fn at(text: &str) -> Result<At, Problem> {
    if text.is_empty() || text == "latest" {
        return Ok(At::Latest);
    }
    if let Ok(number) = text.parse() {
        return Ok(At::Version(number));
    }
    // A plus sign in an address is a space.
    let moment = DateTime::parse_from_rfc3339(&text.replace(' ', "+"));
    moment.map(|moment| At::Time(moment.with_timezone(&Utc))).map_err(|_error| Problem::question(format!("at={text}: expected a version's number or a moment such as 2026-11-05T09:00:00+09:00")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_an_address_of_its_own() {
        let query = "at=7&filter=name%3Acontains%3Aa%3Ab&sort=-spaces%2Cname&offset=12";
        let asked = rows("parking", query, &[]).unwrap();
        assert_eq!(row_address(&asked), query);
    }

    #[test]
    fn an_address_becomes_a_question() {
        let asked = rows("parking", "filter=%EB%A9%B4%EC%88%98:ge:10&filter=name:contains:a:b&sort=-spaces,name&limit=5&encoding=cp949", &["encoding"]).unwrap();
        assert_eq!(asked.filters.len(), 2);
        assert_eq!(
            (
                asked.filters[0].column.as_str(),
                asked.filters[1].value.as_str()
            ),
            ("면수", "a:b")
        );
        assert!(asked.sort[0].descending && !asked.sort[1].descending);
        assert_eq!(asked.limit, Some(5));
        assert!(
            rows("parking", "filtre=x", &[])
                .unwrap_err()
                .detail
                .contains("no parameter is called filtre")
        );
        assert!(
            rows("parking", "filter=spaces", &[])
                .unwrap_err()
                .detail
                .contains("column:op:value")
        );
        assert!(rows("parking", "at=yesterday", &[]).is_err());
        assert_eq!(
            rows("parking", "at=2026-11-05T09:00:00+09:00", &[])
                .unwrap()
                .at,
            At::Time("2026-11-05T00:00:00Z".parse().unwrap())
        );
    }
}
