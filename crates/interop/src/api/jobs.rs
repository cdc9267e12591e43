//! Loads, live.

use std::convert::Infallible;
use std::sync::Arc;

use access::{Purpose, Reader};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream;
use records::Job;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// Jobs listed.
const LISTED: u32 = 100;

/// A job as this caller may see it: on datasets they may see; why it failed is for staff.
fn shown(reader: &Reader, job: &Job, is_operator: bool) -> Option<Value> {
    if let Some(dataset) = &job.dataset {
        reader.dataset(dataset.as_str()).ok()?;
    } else if !is_operator {
        return None;
    }
    let mut value = json!(job);
    if !is_operator && let Some(object) = value.as_object_mut() {
        object.remove("message");
    }
    Some(value)
}

/// `GET /api/jobs`.
///
/// # Errors
/// When the records cannot be read.
pub async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("jobs"));
    let jobs = state.records.jobs().list(None, LISTED).await?;
    let jobs: Vec<Value> = jobs
        .iter()
        .filter_map(|job| shown(&reader, job, caller.is_operator()))
        .collect();
    Ok(Json(json!({"jobs": jobs})))
}

/// `GET /api/jobs/events`: each change as it happens (server-sent events).
pub async fn events(State(state): State<AppState>, caller: Caller) -> impl IntoResponse {
    let reader = Arc::new(caller.reader(&state, Purpose::new("jobs")));
    let is_operator = caller.is_operator();
    let changes = state.records.jobs().subscribe();
    let events = stream::unfold((changes, reader), move |(mut changes, reader)| async move {
        loop {
            let event = match changes.recv().await {
                Err(RecvError::Closed) => return None,
                // One that lagged asks for the list again.
                Err(RecvError::Lagged(missed)) => {
                    Event::default().event("missed").data(missed.to_string())
                }
                Ok(job) => match shown(&reader, &job, is_operator) {
                    Some(value) => Event::default().event("job").data(value.to_string()),
                    None => continue,
                },
            };
            return Some((Ok::<Event, Infallible>(event), (changes, reader)));
        }
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
