//! The addresses of the access log, for officers.

use access::who_read::Asked;
use access::{AskError, Person};
use axum::extract::rejection::{FormRejection, JsonRejection};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use records::log::Act;
use serde::Deserialize;
use serde_json::{Value, json};

use super::review::Refused;
use super::search::{PARAMETERS, Search, search};
use super::{papers, review, state as proofs, subject};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::question::pairs;
use crate::state::AppState;

impl From<Refused> for Problem {
    fn from(error: Refused) -> Self {
        match error {
            Refused::Ask(error) => error.into(),
            Refused::Review(records::reviews::ReviewError::Store(error)) => error.into(),
            Refused::Review(records::reviews::ReviewError::Absent) => {
                Self::not_found(error.to_string())
            }
            other => Self::question(other.to_string()),
        }
    }
}

/// `GET /api/log?who=&dataset=&...`: entries, newest first.
///
/// # Errors
/// When the caller does not audit, or a parameter is not known or has not its form.
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    super::require(&state.records, caller.person(), "access log").await?;
    let pairs = pairs(&query.unwrap_or_default());
    let pairs = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let asked = Search::read(pairs).map_err(|(name, value)| {
        Problem::question(if name == "name" {
            format!(
                "no parameter is called {value}; there are {}",
                PARAMETERS.join(", ")
            )
        } else {
            format!("{name}={value}: that is not its form")
        })
    })?;
    let found = search(&state.records, caller.person(), &asked).await?;
    Ok(Json(
        json!({"total": found.total, "page": asked.page.max(1), "entries": found.entries}),
    ))
}

/// `GET /api/log/{seq}`: one entry with its proof.
///
/// # Errors
/// When the caller does not audit, or there is no such entry.
pub(crate) async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(seq): Path<String>,
) -> Result<Response, Problem> {
    super::require(&state.records, caller.person(), "access log").await?;
    let number = seq.parse().ok();
    let found = match number {
        Some(number) => proofs::entry(&state.records, caller.person(), number).await?,
        None => None,
    };
    let missing = || Problem::not_found(format!("there is no entry {seq}, or its time is over"));
    Ok(Json(found.ok_or_else(missing)?).into_response())
}

/// `GET /api/log/reviews`: all reviews, newest first.
///
/// # Errors
/// When the caller does not audit.
pub(crate) async fn reviews(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    let all = review::all(&state.records, caller.person()).await?;
    Ok(Json(json!({"reviews": all})))
}

/// Whose data are asked about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    kind: String,
    value: String,
}

impl From<Whose> for Asked {
    fn from(whose: Whose) -> Self {
        Self {
            kind: whose.kind,
            value: whose.value,
        }
    }
}

async fn answered(
    state: &AppState,
    by: &Person,
    asked: &Asked,
) -> Result<subject::Answer, AskError> {
    let parts = (&*state.city, &*state.door, &*state.records);
    subject::answer(parts, by, asked).await
}

/// `POST /api/log/subject`: who read the data of a person. The value stands in the body, never in an address.
///
/// # Errors
/// When the caller does not audit, or nobody declares that kind.
pub(crate) async fn who_read(
    State(state): State<AppState>,
    caller: Caller,
    whose: Result<Json<Whose>, JsonRejection>,
) -> Result<Response, Problem> {
    super::require(
        &state.records,
        caller.person(),
        "who read the data of a person",
    )
    .await?;
    let Ok(Json(whose)) = whose else {
        return Err(Problem::question(
            "expected {\"kind\": \"...\", \"value\": \"...\"}",
        ));
    };
    let answer = answered(&state, caller.person(), &whose.into()).await?;
    Ok(Json(answer).into_response())
}

/// `POST /admin/log/files/subject.pdf`: the same as a paper.
///
/// # Errors
/// As for [`who_read`].
pub(crate) async fn subject_paper(
    State(state): State<AppState>,
    caller: Caller,
    whose: Result<Form<Whose>, FormRejection>,
) -> Result<Response, Problem> {
    super::require(
        &state.records,
        caller.person(),
        "who read the data of a person",
    )
    .await?;
    let Ok(Form(whose)) = whose else {
        return Err(Problem::question("expected a kind and a value"));
    };
    let answer = answered(&state, caller.person(), &whose.into()).await?;
    let city = std::sync::Arc::clone(&state.city);
    let making = tokio::task::spawn_blocking(move || papers::subject(&city, &answer));
    let bytes = making.await.map_err(|error| Problem::broken(&error))?;
    let bytes = bytes.map_err(|error| Problem::broken(&error))?;
    Ok(file(bytes, "application/pdf", "who-read.pdf"))
}

/// `GET /admin/log/files/{name}`: `review-N.pdf`, `review-N.csv`.
///
/// # Errors
/// When the caller does not audit, or there is no such file.
pub(crate) async fn review_file(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    super::require(&state.records, caller.person(), "reviews of the access log").await?;
    let missing = || {
        Problem::not_found(format!(
            "there is no file {name}; there are review-N.pdf and review-N.csv"
        ))
    };
    let (number, ending) = name
        .strip_prefix("review-")
        .and_then(|rest| rest.rsplit_once('.'))
        .ok_or_else(missing)?;
    let number: i64 = number.parse().map_err(|_unsaid| missing())?;
    if !matches!(ending, "pdf" | "csv") {
        return Err(missing());
    }
    let found = review::one(&state.records, caller.person(), number).await?;
    let found = found.ok_or_else(missing)?;
    if ending == "csv" {
        let text = papers::review_csv(&state.city, &found);
        return Ok(file(text.into_bytes(), "text/csv; charset=utf-8", &name));
    }
    let city = std::sync::Arc::clone(&state.city);
    let now = state.records.clock().now();
    let making = tokio::task::spawn_blocking(move || papers::review(&city, &found, now));
    let bytes = making.await.map_err(|error| Problem::broken(&error))?;
    let bytes = bytes.map_err(|error| Problem::broken(&error))?;
    Ok(file(bytes, "application/pdf", &name))
}

/// `POST /admin/log/files/checkpoint`: signs what the log holds now, keeps it, and gives it to be carried out.
///
/// # Errors
/// When the caller does not audit, or it cannot be written.
pub(crate) async fn checkpoint(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Response, Problem> {
    let what = "checkpoint of the access log";
    super::require(&state.records, caller.person(), what).await?;
    super::note(
        &state.records,
        caller.person(),
        Act::Change,
        what.to_owned(),
    )
    .await?;
    let note = state.records.log().checkpoint().await?;
    let size = note.lines().nth(1).unwrap_or_default().to_owned();
    let name = format!("checkpoint-{size}.txt");
    Ok(file(note.into_bytes(), "text/plain; charset=utf-8", &name))
}

fn file(bytes: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
