//! Which datasets are late, and a department's word that nothing has changed.

use std::collections::BTreeMap;

use access::Purpose;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::freshness::{Clocks, Line, is_open, list};
use crate::problem::Problem;
use crate::state::AppState;

/// `GET /api/overdue?department=`: datasets that are late, never came, or are due soon, by department.
///
/// # Errors
/// When somebody else asks, or there is no such department.
pub async fn overdue(
    State(state): State<AppState>,
    caller: Caller,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    caller.require_operator()?;
    if let Some(other) = asked.keys().find(|name| *name != "department") {
        return Err(Problem::question(format!(
            "there is no parameter '{other}'; there is: department"
        )));
    }
    let department = asked
        .get("department")
        .map(String::as_str)
        .filter(|id| !id.is_empty());
    let known = &state.city.manifest.departments;
    if let Some(id) = department
        && !known.iter().any(|known| known.id.as_str() == id)
    {
        return Err(Problem::not_found(format!("there is no department '{id}'")));
    }
    let reader = caller.reader(&state, Purpose::new("overdue"));
    let clocks = Clocks::read(&state.records).await?;
    let entries = list(&reader, &clocks, &state.city, department)?;
    let lines: Vec<Line<'_>> = entries
        .iter()
        .filter(|(_, clock)| is_open(&clock.freshness))
        .map(|(dataset, clock)| Line::new(dataset, clock))
        .collect();
    let span = state.city.calendar.span();
    Ok(Json(json!({
        "as_of": clocks.now(),
        "calendar_until": span.map(|(_, until)| until),
        "datasets": lines,
    })))
}

/// Body of a confirmation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    #[serde(default)]
    why: String,
}

/// `POST /api/datasets/{id}/confirm` with a form's `why`, which may be empty: nothing has changed since the last
/// delivery. A browser is sent back to the page it came from.
///
/// # Errors
/// When somebody else says so, or nothing was ever delivered.
pub async fn confirm(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    confirmed: Result<Form<Confirmed>, FormRejection>,
) -> Result<Response, Problem> {
    caller.require_operator()?;
    let Form(Confirmed { why }) =
        confirmed.map_err(|rejection| Problem::question(rejection.body_text()))?;
    let reader = caller.reader(&state, Purpose::new("confirm that nothing changed"));
    let confirmation = reader.confirm(&id, why.trim()).await?;
    let says = |name, text: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains(text))
    };
    // From the list back to the list; else to the dataset.
    let back = if says(header::REFERER, "/overdue") {
        "/overdue".to_owned()
    } else {
        format!("/datasets/{id}#confirm")
    };
    Ok(if says(header::ACCEPT, "text/html") {
        Redirect::to(&back).into_response()
    } else {
        Json(json!(confirmation)).into_response()
    })
}
