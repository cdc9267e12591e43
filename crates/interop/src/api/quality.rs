//! Errors ÷ diagnosed by field, department or dataset, over time.

use access::Purpose;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::quality::{By, Scope, kept, known};
use crate::state::AppState;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    by: By,
    field: Option<String>,
    department: Option<String>,
    dataset: Option<String>,
}

/// `GET /api/quality?by=field|department|dataset&field=&department=&dataset=`.
///
/// # Errors
/// When a parameter is not understood, or there is no such field, department or dataset for the caller.
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked.map_err(|rejection| Problem::question(rejection.body_text()))?;
    let reader = caller.reader(&state, Purpose::new("quality"));
    let named = [
        (By::Field, &asked.field),
        (By::Department, &asked.department),
        (By::Dataset, &asked.dataset),
    ];
    for (by, name) in named {
        if let Some(name) = name
            && !known(&reader, by).contains(name)
        {
            return Err(Problem::not_found(format!(
                "there is nothing called '{name}' that has datasets"
            )));
        }
    }
    let scope = Scope {
        field: asked.field,
        department: asked.department,
        dataset: asked.dataset,
    };
    let now = state.records.clock().now();
    let counted = kept(&state, reader, asked.by, scope, now).await?;
    Ok(Json(&*counted).into_response())
}
