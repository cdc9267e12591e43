//! The addresses of the situation.

use std::sync::Arc;

use access::{AskError, Purpose};
use axum::Json;
use axum::extract::{Query, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use city::calendar::{korean_day, korean_time};
use city::{City, Lang};
use serde::Deserialize;
use serde_json::{Value, json};
use situation::wzdx::Publisher;

use super::here::Asked;
use super::tell::{self, KINDS, Slice};
use super::works::{self, Works};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::question;
use crate::state::AppState;

/// Rows of a part unless said otherwise.
pub(super) const ROWS: usize = 100;
/// Most rows of a part.
pub(super) const ROWS_MAX: usize = 10_000;
/// Addresses that may be meant.
const ADDRESSES: usize = 20;

async fn judged(state: &AppState, caller: &Caller, purpose: &str) -> Result<Arc<Works>, Problem> {
    let reader = caller.reader(state, Purpose::new(purpose));
    let today = korean_day(state.situation.now(&state.records));
    let works = works::works(&state.city, &state.situation, &reader, today).await?;
    works.ok_or_else(|| Problem::not_found("situation.toml declares no street works"))
}

/// `GET /api/situation/works?kind=&limit=&offset=`: works in each other's way, on protected roads, and that could be
/// one.
///
/// # Errors
/// When there are none, they may not be seen, or a parameter has not its form.
pub async fn all(
    State(state): State<AppState>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let mut slice = Slice {
        offset: 0,
        limit: ROWS,
    };
    let mut kind = None;
    for (name, value) in question::pairs(query.as_deref().unwrap_or_default()) {
        let number = || {
            let wrong = format!("{name}={value}: expected a whole number");
            value
                .parse::<usize>()
                .map_err(|_error| Problem::question(wrong))
        };
        match name.as_str() {
            "kind" if KINDS.contains(&value.as_str()) => kind = Some(value),
            "kind" => {
                let known = KINDS.join(", ");
                return Err(Problem::question(format!(
                    "kind={value}: expected one of {known}"
                )));
            }
            "offset" => slice.offset = number()?,
            "limit" => slice.limit = number()?,
            _ => {
                return Err(Problem::question(format!(
                    "no parameter is called {name}; there are kind, limit, offset"
                )));
            }
        }
    }
    if slice.limit > ROWS_MAX {
        return Err(Problem::question(format!(
            "limit={}: a part has at most {ROWS_MAX} rows; offset leads to the next",
            slice.limit
        )));
    }
    let works = judged(&state, &caller, "street works").await?;
    Ok(Json(tell::works(&works, kind.as_deref(), slice)))
}

/// `GET /api/situation/works/places`: works that something is found of, for a map.
///
/// # Errors
/// When there are none, or they may not be seen.
pub async fn places(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let works = judged(&state, &caller, "map").await?;
    Ok(geojson(&tell::places(&works)))
}

/// `GET /api/situation/wzdx`: works that are not over, as a `WZDx` feed.
///
/// # Errors
/// When there are none, or they may not be seen.
pub async fn wzdx(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let works = judged(&state, &caller, "wzdx").await?;
    let now = state.situation.now(&state.records);
    let (publisher, untitled) = publisher(&state.city, &works);
    Ok(geojson(&tell::zones(&works, &publisher, &untitled, now)))
}

/// `GET /api/situation/air`: the air-quality index at each station, and stations that cannot be believed.
///
/// # Errors
/// When there is none, or it may not be seen.
pub async fn air(State(state): State<AppState>, caller: Caller) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("air"));
    let now = korean_time(state.situation.now(&state.records));
    let found = super::air::air(&state.city, &reader, now).await?;
    let air = found.ok_or_else(|| Problem::not_found("situation.toml declares no air"))?;
    Ok(Json(super::air::told(&air)))
}

/// `GET /api/situation/surges`: neighbourhoods and topics with more complaints than usual.
///
/// # Errors
/// When there are no complaints, or they may not be seen.
pub async fn surges(State(state): State<AppState>, caller: Caller) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("surges"));
    let today = korean_day(state.situation.now(&state.records));
    let found = super::complaints::found(&state.city, &reader, today).await?;
    let found = found.ok_or_else(|| Problem::not_found("situation.toml declares no complaints"))?;
    Ok(Json(json!(found)))
}

/// `GET /api/situation/addresses?q=`: addresses that may be meant, the likeliest first.
///
/// # Errors
/// When there are none, or they may not be seen.
pub async fn addresses(
    State(state): State<AppState>,
    caller: Caller,
    Query(said): Query<Said>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("addresses"));
    let index = super::places::index(&state.city, &state.situation, &reader).await?;
    let index = index.ok_or_else(|| Problem::not_found("situation.toml declares no addresses"))?;
    let text = said.q.unwrap_or_default();
    let find = move || json!({"addresses": index.find(&text, ADDRESSES)});
    let found = tokio::task::spawn_blocking(find).await;
    found
        .map(Json)
        .map_err(|error| Problem::from(AskError::Run(Some(error.to_string()))))
}

/// What somebody says of a place.
#[derive(Debug, Default, Deserialize)]
pub struct Said {
    /// An address or the name of a building.
    pub q: Option<String>,
    /// Longitude.
    pub lon: Option<f64>,
    /// Latitude.
    pub lat: Option<f64>,
    /// How far around, in metres.
    pub metres: Option<f64>,
    /// `en` for sentences in English.
    pub lang: Option<String>,
}

impl Said {
    /// The same as a question.
    pub fn asked(&self) -> Asked {
        Asked {
            text: self.q.clone().unwrap_or_default(),
            at: self.lon.zip(self.lat).map(|(lon, lat)| [lon, lat]),
            metres: self.metres,
        }
    }
}

/// `GET /api/situation/here?q=&lon=&lat=&metres=&lang=`: what is going on at a place, with sentences to be read aloud.
///
/// # Errors
/// When something cannot be read.
pub async fn here(
    State(state): State<AppState>,
    caller: Caller,
    Query(said): Query<Said>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("what is going on here"));
    let now = state.situation.now(&state.records);
    let told =
        super::here::here(&state.city, &state.situation, &reader, &said.asked(), now).await?;
    let is_english = said.lang.as_deref() == Some("en");
    let lang = if is_english { Lang::En } else { Lang::Ko };
    Ok(Json(told.json(lang)))
}

/// Who publishes the works of a city, and what a road without a name is called.
pub fn publisher(city: &City, works: &Works) -> (Publisher, String) {
    let dataset = city.datasets.get(&works.dataset);
    let department = dataset.and_then(|dataset| city.department(&dataset.department));
    let provider = city.provider().to_owned();
    let publisher = Publisher {
        source: works.dataset.to_string(),
        department: department.map_or_else(|| provider.clone(), |own| own.title.clone()),
        mail: department.and_then(|own| own.mail.clone()),
        name: provider,
    };
    let untitled = dataset.map_or_else(|| works.dataset.to_string(), |own| own.title.clone());
    (publisher, untitled)
}

pub(super) fn geojson(value: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/geo+json"),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    (headers, value.to_string()).into_response()
}
