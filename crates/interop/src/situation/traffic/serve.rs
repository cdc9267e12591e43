//! The addresses of traffic.

use access::Purpose;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use city::Lang;
use city::calendar::korean_time;
use serde::Deserialize;
use serde_json::Value;

use super::super::here::seen;
use super::super::serve::{ROWS_MAX, geojson};
use super::super::tell::Slice;
use super::super::works;
use super::{Traffic, tell, traffic, way};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// Which rows of a part.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    limit: Option<usize>,
    offset: Option<usize>,
}

/// From where to where.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    from: Option<String>,
    to: Option<String>,
    lang: Option<String>,
}

fn none() -> Problem {
    Problem::not_found("situation.toml declares no traffic")
}

async fn found(state: &AppState, caller: &Caller, purpose: &str) -> Result<Traffic, Problem> {
    let reader = caller.reader(state, Purpose::new(purpose));
    let now = korean_time(state.situation.now(&state.records));
    let found = traffic(&state.city, &state.situation, &reader, now).await?;
    found.ok_or_else(none)
}

/// `GET /api/situation/traffic?limit=&offset=`: how it flows, the slowest links first.
///
/// # Errors
/// When there is none, it may not be seen, or a parameter has not its form.
pub async fn all(
    State(state): State<AppState>,
    caller: Caller,
    Query(part): Query<Part>,
) -> Result<Json<Value>, Problem> {
    let slice = Slice {
        offset: part.offset.unwrap_or(0),
        limit: part.limit.unwrap_or(ROWS_MAX),
    };
    if slice.limit > ROWS_MAX {
        return Err(Problem::question(format!(
            "limit={}: a part has at most {ROWS_MAX} rows; offset leads to the next",
            slice.limit
        )));
    }
    let found = found(&state, &caller, "traffic").await?;
    Ok(Json(tell::traffic(&found, slice)))
}

/// `GET /api/situation/traffic/links`, `/api/situation/traffic/marks`: layers of a map.
///
/// # Errors
/// When there is no such layer, or it may not be seen.
pub async fn layer(
    State(state): State<AppState>,
    caller: Caller,
    Path(layer): Path<String>,
) -> Result<Response, Problem> {
    let traffic = found(&state, &caller, "map").await?;
    match layer.as_str() {
        "links" => Ok(geojson(&tell::lines(&traffic))),
        "marks" => {
            let reader = caller.reader(&state, Purpose::new("map"));
            let today = traffic.now.date();
            let works = works::works(&state.city, &state.situation, &reader, today).await;
            let works = seen(works)?.flatten();
            Ok(geojson(&tell::marks(&traffic, works.as_deref())))
        }
        _ => Err(Problem::not_found("there are links and marks")),
    }
}

/// `GET /api/situation/travel?from=&to=&lang=`: how long it takes between two places, against the usual.
///
/// # Errors
/// When there is no traffic, it may not be seen, or a place is not said.
pub async fn travel(
    State(state): State<AppState>,
    caller: Caller,
    Query(ends): Query<Ends>,
) -> Result<Json<Value>, Problem> {
    let both = ends.from.as_deref().zip(ends.to.as_deref());
    let both = both.filter(|(from, to)| !from.trim().is_empty() && !to.trim().is_empty());
    let both = both.ok_or_else(|| {
        Problem::question("`from` and `to` are an address, a place name, or lon,lat")
    })?;
    let reader = caller.reader(&state, Purpose::new("travel time"));
    let now = korean_time(state.situation.now(&state.records));
    let found = way::way(&state.city, &state.situation, &reader, both, now).await?;
    let lang = if ends.lang.as_deref() == Some("en") {
        Lang::En
    } else {
        Lang::Ko
    };
    Ok(Json(found.ok_or_else(none)?.json(lang)))
}
