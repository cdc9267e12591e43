//! Where a dataset's columns come from, and what depends on it.

use std::collections::BTreeMap;

use access::{At, Purpose};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// `GET /api/datasets/{id}/lineage?version=`: of the version in force, or of one by its number.
///
/// # Errors
/// When there is no such dataset or version for the caller.
pub async fn lineage(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    if let Some(other) = asked.keys().find(|name| *name != "version") {
        return Err(Problem::question(format!(
            "there is no parameter '{other}'; there is: version"
        )));
    }
    let at = match asked.get("version") {
        None => At::Latest,
        Some(text) => At::Version(text.parse().map_err(|_error| {
            Problem::question(format!("version={text}: expected a version's number"))
        })?),
    };
    let reader = caller.reader(&state, Purpose::new("lineage"));
    let version = reader.version(&id, &at)?;
    let lineage = reader.lineage_of(&id, &version).await?;
    let uses = reader.uses(&id).await?;
    Ok(Json(json!({
        "lineage": lineage,
        "sources": version.sources,
        "uses": uses,
    })))
}
