//! Measures: a figure with its receipt, history and parts.

use access::{AskError, At, Purpose};
use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// `GET /api/measures`.
pub async fn all(State(state): State<AppState>) -> Json<Value> {
    let measures = state.city.measures.values().map(|measure| {
        json!({"id": measure.id, "title": measure.title, "title_en": measure.title_en, "question": measure.question, "unit": measure.unit, "dataset": measure.dataset, "dimensions": measure.dimensions})
    });
    Json(json!({"measures": measures.collect::<Vec<_>>()}))
}

/// `GET /api/measures/{id}`.
///
/// # Errors
/// When there is no such measure, or its figure cannot be made.
pub async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let measure = state
        .city
        .measures
        .values()
        .find(|measure| measure.id.as_str() == id)
        .ok_or_else(|| Problem::not_found(format!("no measure is called '{id}'")))?;
    let reader = caller.reader(&state, Purpose::new("measure"));
    let receipt =
        measure::receipt(&reader, measure, &At::Latest, state.records.clock().now()).await?;
    let series = none_when_unknown(measure::series(&reader, measure, &At::Latest).await)?.flatten();
    let mut parts = Map::new();
    for dimension in &measure.dimensions {
        let found =
            none_when_unknown(measure::breakdown(&reader, measure, dimension, &At::Latest).await)?;
        parts.insert(dimension.clone(), json!(found));
    }
    Ok(Json(
        json!({"receipt": receipt, "series": series, "parts": parts}),
    ))
}

/// What is not loaded or not allowed has no history; the figure says which.
fn none_when_unknown<T>(found: Result<T, AskError>) -> Result<Option<T>, AskError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(AskError::NotLoaded(_) | AskError::Denied(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
