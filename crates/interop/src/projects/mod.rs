//! Projects of pseudonymisation for programs, and the report a reviewer signs.

mod report;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use city::Duty;
use serde_json::{Value, json};

pub use report::{markdown, pdf};

use crate::caller::Caller;
use crate::desk::{Project, ResultRows, TokenAsked};
use crate::problem::Problem;
use crate::state::AppState;

/// Every project this person may know of: all for whoever releases or keeps the vault, else those that name them.
///
/// # Errors
/// When the person works in none, or the records cannot be read.
pub async fn all(state: &AppState, caller: &Caller) -> Result<Vec<Project>, Problem> {
    let person = caller.person();
    let sees_all = sees_all(caller);
    if !sees_all && !is_known(caller) {
        return Err(Problem::forbidden(
            "this is for those whose role has the duty release, and for those whom a project names",
        ));
    }
    let desk = state.desk.as_ref();
    let desk = desk.ok_or_else(|| Problem::not_found("no projects are carried out here"))?;
    let mut projects = desk.projects().await?;
    projects.retain(|project| sees_all || project.names(person.name()));
    Ok(projects)
}

/// The first rows of a project's result, for a reviewer whose turn it is; by no key of a program, and not through other
/// eyes.
///
/// # Errors
/// When it is not their turn, or it cannot be logged.
pub async fn look(state: &AppState, caller: &Caller, id: &str) -> Result<ResultRows, Problem> {
    if caller.session().is_none() || caller.preview().is_some() {
        return Err(Problem::forbidden(
            "the result is shown to nobody but a person who reviews it",
        ));
    }
    let desk = state.desk.as_ref();
    let desk = desk.ok_or_else(|| Problem::not_found("no projects are carried out here"))?;
    Ok(desk.look(id, caller.person()).await?)
}

/// `GET /api/projects/{id}/result`: the first rows of what is judged, and how far they stand out.
///
/// # Errors
/// As for [`look`].
pub(crate) async fn result(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let project = one(&state, &caller, &id).await?;
    let shown = look(&state, &caller, &id).await?;
    Ok(Json(json!({
        "columns": shown.columns, "rows": shown.rows, "result": project.result, "measured": project.measured,
    })))
}

/// What a token of a project stands for, for whoever has the vault and nobody else.
///
/// # Errors
/// When the person may not, there is no such token, or it cannot be logged.
pub async fn token(
    state: &AppState,
    caller: &Caller,
    id: &str,
    asked: &TokenAsked,
) -> Result<String, Problem> {
    if caller.person().may(Duty::Vault) {
        // Theirs, but not by a key, and not while they look through other eyes.
        caller.require(Duty::Vault)?;
    }
    let desk = state.desk.as_ref();
    let desk = desk.ok_or_else(|| Problem::not_found("no projects are carried out here"))?;
    Ok(desk.token(id, caller.person(), asked).await?)
}

/// `POST /api/projects/{id}/token`: `{"token": "...", "why": "..."}` gives `{"value": "..."}`.
///
/// # Errors
/// As for [`token`].
pub(crate) async fn turn_back(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    asked: Result<Json<TokenAsked>, JsonRejection>,
) -> Result<Response, Problem> {
    let Ok(Json(asked)) = asked else {
        // Whoever may not is not told what would be asked.
        caller.require(Duty::Vault)?;
        let expected = "expected {\"token\": \"...\", \"why\": \"...\"}";
        return Err(Problem::question(expected));
    };
    let value = token(&state, &caller, &id, &asked).await?;
    let mut response = Json(json!({"value": value})).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

/// Whether they see projects that do not name them.
fn sees_all(caller: &Caller) -> bool {
    caller.may(Duty::Release) || caller.may(Duty::Vault)
}

/// Whether the person has an account: anybody else is in no project.
fn is_known(caller: &Caller) -> bool {
    !matches!(caller.person(), access::Person::Public { .. })
}

/// One project.
///
/// # Errors
/// When there is none for this person.
pub async fn one(state: &AppState, caller: &Caller, id: &str) -> Result<Project, Problem> {
    let all = all(state, caller).await?;
    let found = all.into_iter().find(|project| project.id == id);
    found.ok_or_else(|| Problem::not_found(format!("there is no project '{id}' for you")))
}

/// Does something in a project.
///
/// # Errors
/// When the person may not, or the case does not allow it.
pub async fn act(state: &AppState, caller: &Caller, id: &str, act: &Value) -> Result<(), Problem> {
    let project = one(state, caller, id).await?;
    let (person, wanted) = (caller.person(), act["act"].as_str().unwrap_or_default());
    // Who reviews is for the case to say; everything else is the work of whoever releases, or carries it out.
    let reviews = matches!(wanted, "find-adequate" | "find-inadequate");
    if !reviews && !person.may(Duty::Release) && project.processor != person.name() {
        caller.require(Duty::Release)?;
    }
    let desk = state.desk.as_ref();
    let desk = desk.ok_or_else(|| Problem::not_found("no projects are carried out here"))?;
    Ok(desk.act(id, person.name(), act).await?)
}

/// `GET /api/projects`.
///
/// # Errors
/// When the person works in none.
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({"projects": all(&state, &caller).await?})))
}

/// `GET /api/projects/{id}`.
///
/// # Errors
/// When there is none for this person.
pub(crate) async fn project(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json!(one(&state, &caller, &id).await?)))
}

/// `POST /api/projects/{id}/acts`: `{"act": "review-risk", "of-data": "low", "of-setting": "low", "findings": "..."}`.
///
/// # Errors
/// When the person may not, or the case does not allow it.
pub(crate) async fn acts(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    wanted: Result<Json<Value>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(wanted) = wanted.map_err(|rejection| Problem::question(rejection.body_text()))?;
    act(&state, &caller, &id, &wanted).await?;
    let project = one(&state, &caller, &id).await?;
    Ok(Json(json!({"id": id, "step": project.step})))
}

/// `GET /projects/{id}/papers/report.{pdf|md}`.
///
/// # Errors
/// When there is none for this person.
pub(crate) async fn paper(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let project = one(&state, &caller, &id).await?;
    let now = state.records.clock().now();
    let city = state.city.provider().to_owned();
    let (kind, bytes) = match name.as_str() {
        "report.pdf" => {
            let day = city::calendar::korean_day(now);
            let making = tokio::task::spawn_blocking(move || pdf(&project, &city, day));
            let made = making.await.map_err(|error| Problem::broken(&error))?;
            (
                "application/pdf",
                made.map_err(|error| Problem::broken(&error))?,
            )
        }
        "report.md" => (
            "text/markdown; charset=utf-8",
            markdown(&project).into_bytes(),
        ),
        _ => {
            return Err(Problem::not_found(
                "there are report.pdf and report.md".to_owned(),
            ));
        }
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    Ok(response)
}
