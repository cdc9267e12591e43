//! What changed manifests would make of the last deliveries.

use access::Purpose;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// `GET /api/changes`: of each dataset whose manifest was edited and is not loaded yet, rows that would newly fail or
/// pass, and what depends on it.
///
/// # Errors
/// When somebody else asks.
pub async fn changes(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    caller.require_operator()?;
    let reader = caller.reader(&state, Purpose::new("changed manifests"));
    let mut changes = Vec::new();
    for impact in reader.impacts().await? {
        let uses = reader.uses(&impact.dataset).await?;
        changes.push(json!({"impact": impact, "uses": uses}));
    }
    Ok(Json(json!({ "changes": changes })))
}
