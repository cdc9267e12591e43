//! JSON for programs, below `/api`.
//!
//! | module | addresses |
//! | --- | --- |
//! | [`datasets`] | the catalogue, a dataset, its versions and loads, two versions compared |
//! | [`changes`] | what edited manifests would do |
//! | [`freshness`] | what is late, and words that nothing has changed |
//! | [`repair`] | rows put right, values reported |
//! | [`rows`] | a page of rows; places for a map |
//! | [`lineage`] | where columns come from, and what depends on them |
//! | [`figures`] | its history and parts to take along |
//! | [`measures`] | a figure with its receipt, history and parts |
//! | [`receipts`] | receipts that last: of a figure, of what a view showed, of a printed board |
//! | [`jobs`] | loads, live |
//! | [`profile`] | what a version holds in figures, and what looks wrong in it |
//! | [`quality`] | errors ÷ diagnosed by field, department or dataset, over time |
//! | [`squares`] | places counted in squares, to take along |
//! | [`sql`] | a query, for whoever runs the city |
//! | [`openapi`] | these addresses, described |
//! | [`ROUTES`] | all of them: the router and the description are made of this table |

pub mod changes;
pub mod datasets;
pub mod figures;
pub mod freshness;
pub mod held;
pub mod jobs;
pub mod lineage;
pub mod measures;
pub mod openapi;
pub mod profile;
pub mod quality;
pub mod receipts;
pub mod repair;
mod routes;
pub mod rows;
pub mod sql;
pub mod squares;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;

use crate::problem::{self, Problem};
use crate::state::AppState;

pub use routes::{ROUTES, Route};

/// A query is no longer.
const BODY_BYTES: usize = 1 << 20;

/// All addresses for programs, and those of signing in.
pub fn router(state: AppState) -> Router {
    let (mut api, mut outside) = (Router::new(), Router::new());
    for route in ROUTES {
        match route.address.strip_prefix("/api") {
            Some(address) => api = api.route(address, (route.handler)()),
            None => outside = outside.route(route.address, (route.handler)()),
        }
    }
    let api = api
        .fallback(missing)
        .layer(DefaultBodyLimit::max(BODY_BYTES));
    Router::new()
        .nest("/api", api)
        .merge(outside)
        .layer(map_response(problem::worded))
        .with_state(state)
}

async fn missing() -> Problem {
    Problem::not_found("there is no such address; /api/openapi.json lists them")
}

/// `GET /api/health`: the server answers.
async fn health() -> axum::Json<serde_json::Value> {
    axum::Json(serde_json::json!({"status": "ok"}))
}
