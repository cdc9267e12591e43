//! Deliveries that wait for a person: listed and decided, by whoever runs the city.

use access::{Held, Purpose};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// `GET /api/datasets/{id}/held`: loads that wait or waited, newest first, with what differs and what was decided.
///
/// # Errors
/// When somebody else asks, or there is no such dataset.
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require_operator()?;
    let held = caller.reader(&state, Purpose::new("held")).held(&id)?;
    Ok(Json(json!({
        "dataset": id,
        "held": held.iter().map(one).collect::<Vec<_>>(),
    })))
}

fn one(held: &Held) -> Value {
    let Held { record, decision } = held;
    json!({
        "load_id": record.load_id,
        "at": record.committed_at,
        "read": record.read,
        "accepted": record.accepted,
        "quarantined": record.quarantined,
        "differences": record.differences,
        "decision": decision,
    })
}

/// What a form says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    Accept,
    Reject,
}

/// Body of a decision.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    decision: Way,
    why: String,
}

/// `POST /api/datasets/{id}/held/{load}` with a form's `decision=accept|reject` and `why`. What was accepted is loaded
/// within a minute. A browser is sent back to the page it came from.
///
/// # Errors
/// When somebody else decides, no such load waits, or no reason is given.
pub async fn decide(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, load)): Path<(String, String)>,
    headers: HeaderMap,
    decided: Result<Form<Decided>, FormRejection>,
) -> Result<Response, Problem> {
    caller.require_operator()?;
    let Form(Decided { decision, why }) =
        decided.map_err(|rejection| Problem::question(rejection.body_text()))?;
    let why = why.trim();
    if why.is_empty() {
        return Err(Problem::question("say why (`why`), for whoever asks later"));
    }
    let reader = caller.reader(&state, Purpose::new("decide about a load"));
    if !reader
        .held(&id)?
        .iter()
        .any(|held| held.record.load_id == load)
    {
        return Err(Problem::not_found(format!(
            "no load {load} of '{id}' waits for a decision"
        )));
    }
    let accepted = matches!(decision, Way::Accept);
    let decision = reader.decide(&id, &load, accepted, why).await?;
    let wants_page = headers
        .get(axum::http::header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    Ok(if wants_page {
        Redirect::to(&format!("/datasets/{id}#held")).into_response()
    } else {
        Json(json!({"dataset": id, "load_id": load, "decision": decision})).into_response()
    })
}
