//! JSON for programs, below `/api`.
//!
//! | module | addresses |
//! | --- | --- |
//! | [`datasets`] | the catalogue, a dataset, its versions and loads, two versions compared |
//! | [`rows`] | a page of rows; places for a map |
//! | [`measures`] | a figure with its receipt, history and parts |
//! | [`jobs`] | loads, live |
//! | [`sql`] | a query, for whoever runs the city |
//! | [`openapi`] | these addresses, described |

pub mod datasets;
pub mod jobs;
pub mod measures;
pub mod openapi;
pub mod rows;
pub mod sql;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::problem::Problem;
use crate::sign_in;
use crate::state::AppState;

/// A query is no longer.
const BODY_BYTES: usize = 1 << 20;

/// All addresses for programs, and those of signing in.
pub fn router(state: AppState) -> Router {
    let api = Router::new()
        .route("/datasets", get(datasets::catalogue))
        .route("/datasets/{id}", get(datasets::one))
        .route("/datasets/{id}/versions", get(datasets::versions))
        .route("/datasets/{id}/loads", get(datasets::loads))
        .route("/datasets/{id}/compare", get(datasets::compare))
        .route("/datasets/{id}/rows", get(rows::page))
        .route("/datasets/{id}/places", get(rows::places))
        .route("/measures", get(measures::all))
        .route("/measures/{id}", get(measures::one))
        .route("/jobs", get(jobs::list))
        .route("/jobs/events", get(jobs::events))
        .route("/query", post(sql::query))
        .route("/health", get(health))
        .route("/openapi.json", get(openapi::document))
        .fallback(missing)
        .layer(DefaultBodyLimit::max(BODY_BYTES));
    Router::new()
        .nest("/api", api)
        .merge(sign_in::router())
        .with_state(state)
}

async fn missing() -> Problem {
    Problem::not_found("there is no such address; /api/openapi.json lists them")
}

/// `GET /api/health`: the server answers.
async fn health() -> axum::Json<serde_json::Value> {
    axum::Json(serde_json::json!({"status": "ok"}))
}
