//! Releases for programs.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use city::Duty;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{RECORDS, all, ask, deliver, is_staff, one, value};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// `GET /api/releases`: what is released, how, and what was checked; for staff also what was refused.
///
/// # Errors
/// When the records cannot be read.
pub async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Value>, Problem> {
    let staff = is_staff(&caller);
    let found = all(&state, &caller).await?;
    let releases: Vec<Value> = found
        .iter()
        .map(|standing| value(&state, standing, staff))
        .collect();
    let (looked, passed) = super::open_datasets(&state).await?;
    Ok(Json(json!({
        "releases": releases,
        "open_datasets": {"checked": looked, "passed": passed},
    })))
}

/// `GET /api/releases/{id}`: one with its record; for staff also its earlier ones and its requests.
///
/// # Errors
/// When there is no such release.
pub async fn release(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let standing = one(&state, &caller, &id).await?;
    let staff = is_staff(&caller);
    let mut value = value(&state, &standing, staff);
    if staff && let Some(object) = value.as_object_mut() {
        let releases = state.records.releases();
        let records = releases.of(&id, RECORDS).await?;
        let requests = releases.requests(&id, RECORDS).await?;
        object.insert("records".to_owned(), json!(records));
        object.insert("requests".to_owned(), json!(requests));
    }
    Ok(Json(value))
}

/// `POST /api/releases/{id}/make`: made and checked anew.
///
/// # Errors
/// When the person may not, or it cannot be made.
pub async fn make(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Duty::Release)?;
    let standing = one(&state, &caller, &id).await?;
    let desk = state.desk.as_ref();
    let desk = desk.ok_or_else(|| Problem::not_found("no files are made here"))?;
    let record = desk.make(&standing.plan.id, caller.person().name()).await?;
    Ok(Json(json!({"passed": record.passed(), "record": record})))
}

/// Body of a request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Who asks: a person or an organisation.
    name: String,
    /// What for.
    purpose: String,
}

/// `POST /api/releases/{id}/requests`: somebody asks for it. The address that is answered shows what becomes of it.
///
/// # Errors
/// When it is not given on request, or too often asked.
pub async fn request(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Result<Json<Asked>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(asked) = asked.map_err(|rejection| Problem::question(rejection.body_text()))?;
    let standing = one(&state, &caller, &id).await?;
    let said = (asked.name.as_str(), asked.purpose.as_str());
    let (request, word) = ask::ask(&state, &caller, &standing, said).await?;
    let link = format!("/releases/requests/{}", word.reveal());
    let body = json!({"id": request.id, "at": request.at, "link": link});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Body of a decision.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Whether it is granted.
    grant: bool,
    /// Why.
    why: String,
}

/// `POST /api/releases/{id}/requests/{request}`: staff decide.
///
/// # Errors
/// When the person may not, or it was decided already.
pub async fn decide(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, request)): Path<(String, String)>,
    decided: Result<Json<Decided>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    caller.require(Duty::Release)?;
    let Json(decided) = decided.map_err(|rejection| Problem::question(rejection.body_text()))?;
    let standing = one(&state, &caller, &id).await?;
    let said = (decided.grant, decided.why.as_str());
    ask::decide(&state, &caller, &standing, &request, said).await?;
    Ok(Json(json!({"id": request, "granted": decided.grant})))
}

/// `GET /releases/requests/{word}/file`: the file of a granted request.
///
/// # Errors
/// When it gives nothing.
pub async fn granted(
    State(state): State<AppState>,
    caller: Caller,
    Path(word): Path<String>,
) -> Result<Response, Problem> {
    deliver::granted(&state, &caller, &word).await
}
