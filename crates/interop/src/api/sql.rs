//! A query in SQL, for those who work for the city, under the policies.

use access::{Person, Purpose, Question};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::downloads::json_value;
use crate::problem::Problem;
use crate::question;
use crate::state::AppState;

/// Most rows of an answer; more is said, and files have all.
const ROWS_MAX: usize = 10_000;

/// Body of a query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    sql: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    purpose: String,
}

/// `POST /api/query`: `{"sql": "...", "at": "...", "purpose": "..."}`.
///
/// # Errors
/// When the statement is no query or cannot be answered.
pub async fn query(
    State(state): State<AppState>,
    caller: Caller,
    asked: Result<Json<Asked>, JsonRejection>,
) -> Result<Response, Problem> {
    use axum::response::IntoResponse as _;
    use futures::StreamExt as _;
    // Before anything is said of what was asked; a refusal stands in the log.
    if matches!(caller.person(), Person::Public { .. }) {
        caller
            .reader(&state, Purpose::new("query"))
            .staff_only("a query in SQL")?;
    }
    let asked = match asked {
        Ok(Json(asked)) => asked,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let reader = caller.reader(&state, Purpose::new(&asked.purpose));
    let mut answer = reader
        .ask(Question {
            sql: asked.sql,
            at: question::at(&asked.at)?,
        })
        .await?;
    let columns: Vec<Value> =
        answer.schema.fields().iter().zip(&answer.titles).map(|(field, title)| json!({"name": field.name(), "title": title.ko, "title_en": title.en, "unit": title.unit, "unit_en": title.unit_en})).collect();
    let names: Vec<String> = answer
        .schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let versions: Map<String, Value> = answer
        .versions
        .iter()
        .map(|(id, number)| (id.to_string(), json!(number)))
        .collect();
    let hidden = answer.hidden;
    let (mut rows, mut truncated) = (Vec::new(), false);
    'all: while let Some(batch) = answer.next().await {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            if rows.len() == ROWS_MAX {
                truncated = true;
                break 'all;
            }
            let object: Map<String, Value> = names
                .iter()
                .zip(batch.columns())
                .map(|(name, array)| (name.clone(), json_value(array, row)))
                .collect();
            rows.push(Value::Object(object));
        }
    }
    let mut body =
        json!({"columns": columns, "versions": versions, "truncated": truncated, "rows": rows});
    if let (Some(hidden), Some(body)) = (hidden, body.as_object_mut()) {
        let threshold = state.city.manifest.privacy.small_cells;
        body.insert(
            "suppressed".to_owned(),
            json!({"cells": hidden, "below": threshold}),
        );
    }
    Ok(Json(body).into_response())
}
