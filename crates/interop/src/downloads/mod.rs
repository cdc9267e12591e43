//! Whole datasets as files: streamed, never cut short silently.
//!
//! A stream that fails midway breaks the connection instead of ending it, so that nobody takes a part
//! for the whole. XLSX and Parquet are written to a file first, since their ends point to their beginnings.

mod bytes;
pub(crate) mod csv;
mod geojson;
mod json;
mod parquet;
mod values;
mod xlsx;

use access::{Answer, Purpose, Rows};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use city::{ColumnType, Dataset};
use sha2::{Digest, Sha256};
use std::sync::Arc;

pub use csv::without_formulas;
pub(crate) use csv::{OUTSIDE_CP949, cell, is_cp949, is_formula};
pub(crate) use geojson::{Geometry, feature};
pub(crate) use values::{bytes as bytes_of, json as json_value};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::question::{self, pairs};
use crate::state::AppState;

/// Kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Csv,
    Xlsx,
    Json,
    Ndjson,
    Geojson,
    Parquet,
}

impl Kind {
    /// All of them, in the order they are offered.
    pub(crate) const ALL: [Self; 6] = [
        Self::Csv,
        Self::Xlsx,
        Self::Json,
        Self::Ndjson,
        Self::Geojson,
        Self::Parquet,
    ];

    fn of(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.ending() == ending)
    }

    /// Ending of its name.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Geojson => "geojson",
            Self::Parquet => "parquet",
        }
    }

    /// What it holds.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Csv => "All rows as CSV",
            Self::Xlsx => "All rows as a workbook",
            Self::Json => "All rows as one JSON document",
            Self::Ndjson => "All rows, one JSON object a line",
            Self::Geojson => "All rows as GeoJSON",
            Self::Parquet => "All rows as Parquet",
        }
    }

    fn media_type(self, is_cp949: bool) -> &'static str {
        match self {
            Self::Csv if is_cp949 => "text/csv; charset=euc-kr",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Geojson => "application/geo+json",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Splits `parking.csv` into the dataset and the kind of file; nothing when it names none.
pub fn split(file: &str) -> Option<(&str, &str)> {
    let (id, ending) = file.rsplit_once('.')?;
    Kind::of(ending).map(|_| (id, ending))
}

/// `GET /datasets/{id}.{ending}?filter=&sort=&columns=&at=&limit=&encoding=&header=`.
pub async fn serve(
    state: &AppState,
    caller: &Caller,
    id: &str,
    ending: &str,
    query: &str,
    headers: &HeaderMap,
) -> Response {
    match try_serve(state, caller, id, ending, query, headers).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn try_serve(
    state: &AppState,
    caller: &Caller,
    id: &str,
    ending: &str,
    query: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let kind = Kind::of(ending)
        .ok_or_else(|| Problem::not_found(format!("there are no files of kind .{ending}")))?;
    let mut question = question::rows(id, query, &["encoding", "header"])?;
    let form = csv::Form::read(&pairs(query))?;
    let reader = caller.reader(state, Purpose::new("download"));
    // The version first: a refusal is logged.
    let version = reader.version(id, &question.at)?;
    let dataset = Arc::clone(reader.asked(id)?);
    question.at = access::At::Version(version.number);
    if kind == Kind::Geojson && !reader.shows_place(id) {
        return Err(Problem::question(format!(
            "dataset '{id}' has no places; ask for .csv or .json"
        )));
    }
    let tag = etag(id, version.number, ending, query, reader.policy().name());
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let answer = reader.rows(&question).await?;
    if kind == Kind::Geojson && Geometry::find(&dataset, &geojson::names(&answer)).is_none() {
        return Err(Problem::question(
            "columns=: a GeoJSON file needs the columns that say where a row is",
        ));
    }
    let body = body(kind, &dataset, version.number, answer, &form).await?;
    let mut response = body.into_response();
    let out = response.headers_mut();
    out.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(kind.media_type(form.is_cp949())),
    );
    if kind == Kind::Csv && form.is_cp949() {
        insert(
            out,
            HeaderName::from_static("x-madang-outside-cp949"),
            OUTSIDE_CP949,
        );
    }
    insert(out, header::ETAG, &tag);
    insert(
        out,
        header::CONTENT_DISPOSITION,
        &disposition(&dataset, version.number, ending),
    );
    insert(
        out,
        HeaderName::from_static("x-madang-version"),
        &version.number.to_string(),
    );
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    if whole(&question) {
        insert(
            out,
            HeaderName::from_static("x-madang-rows"),
            &version.rows.to_string(),
        );
    }
    Ok(response)
}

async fn body(
    kind: Kind,
    dataset: &Dataset,
    version: i64,
    answer: Answer,
    form: &csv::Form,
) -> Result<axum::body::Body, Problem> {
    Ok(match kind {
        Kind::Csv => csv::body(answer, form.clone()),
        Kind::Json => json::document(dataset, version, answer),
        Kind::Ndjson => json::lines(answer),
        Kind::Geojson => geojson::body(dataset, answer),
        Kind::Xlsx => xlsx::body(dataset, answer).await?,
        Kind::Parquet => parquet::body(answer).await?,
    })
}

fn whole(question: &Rows) -> bool {
    question.filters.is_empty() && question.limit.is_none() && question.offset == 0
}

fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// The same bytes for the same version, question and policy.
fn etag(id: &str, version: i64, ending: &str, query: &str, policy: &str) -> String {
    let hash = Sha256::digest(format!("{id}\n{version}\n{ending}\n{query}\n{policy}"));
    let short: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{id}-{version}-{short}\"")
}

/// The file's name in Korean (RFC 5987), with a plain one for old programs.
fn disposition(dataset: &Dataset, version: i64, ending: &str) -> String {
    let title: String = dataset
        .title
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() || letter == '-' {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let encoded: String = format!("{title}_{version}판.{ending}")
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    format!(
        "attachment; filename=\"{}_v{version}.{ending}\"; filename*=UTF-8''{encoded}",
        dataset.id
    )
}

/// The column of shapes, if the dataset has one.
fn shape_column(dataset: &Dataset) -> Option<&str> {
    dataset
        .columns
        .iter()
        .find(|column| column.column_type == ColumnType::Geometry)
        .map(|column| column.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_dataset_and_an_ending() {
        assert_eq!(split("parking.csv"), Some(("parking", "csv")));
        assert_eq!(split("parking"), None);
        assert_eq!(split("parking.exe"), None);
    }

    #[test]
    fn another_version_question_or_policy_has_another_tag() {
        let tag = etag("a", 1, "csv", "", "operator");
        assert_eq!(tag, etag("a", 1, "csv", "", "operator"));
        for other in [
            etag("a", 2, "csv", "", "operator"),
            etag("a", 1, "csv", "sort=b", "operator"),
            etag("a", 1, "csv", "", "public-release"),
        ] {
            assert_ne!(tag, other);
        }
    }
}
