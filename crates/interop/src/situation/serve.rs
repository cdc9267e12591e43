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

use super::here::{Asked, METRES_MAX, METRES_MIN, is_latitude, is_longitude};
use super::tell::{self, KINDS, Slice};
use super::works::{self, Works};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::question;
use crate::state::AppState;

/// Most rows of a part, and as many as there are unless said otherwise: pages promise that all of them are here.
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
        limit: ROWS_MAX,
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
    let publisher = publisher(&state.city, &works);
    Ok(geojson(&tell::zones(&works, &publisher, now)))
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
    let now = korean_time(state.situation.now(&state.records));
    let found = super::complaints::found(&state.city, &reader, now).await?;
    let found = found.ok_or_else(|| Problem::not_found("situation.toml declares no complaints"))?;
    Ok(Json(json!(found)))
}

/// `GET /api/situation/addresses?q=`: addresses and places by name that may be meant, the likeliest first.
///
/// # Errors
/// When there are none, or they may not be seen.
pub async fn addresses(
    State(state): State<AppState>,
    caller: Caller,
    Query(said): Query<Said>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("addresses"));
    let known = super::places::gazetteer(&state.city, &state.situation, &reader).await?;
    let known = known
        .ok_or_else(|| Problem::not_found("situation.toml declares no addresses and no places"))?;
    let text = said.q.unwrap_or_default();
    let find = move || json!({"addresses": known.find(&text, ADDRESSES)});
    let found = tokio::task::spawn_blocking(find).await;
    found
        .map(Json)
        .map_err(|error| Problem::from(AskError::Run(Some(error.to_string()))))
}

/// What somebody says of a place.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// An address, or the name of a place or a building.
    pub q: Option<String>,
    /// Longitude.
    pub lon: Option<f64>,
    /// Latitude.
    pub lat: Option<f64>,
    /// How far around, in metres.
    pub metres: Option<f64>,
    /// What the call is about: a topic of the complaints.
    pub topic: Option<String>,
    /// `en` for sentences in English.
    pub lang: Option<String>,
}

impl Said {
    /// The same as a question.
    ///
    /// # Errors
    /// When no place is said, or a number can be none.
    pub fn asked(&self) -> Result<Asked, Problem> {
        let text = self.q.clone().unwrap_or_default();
        let at = match (self.lon, self.lat) {
            (Some(lon), Some(lat)) => Some(degrees(lon, lat)?),
            (None, None) if text.trim().is_empty() => {
                return Err(Problem::question(
                    "say a place: `q` is an address or the name of a place; `lon` and `lat` are its degrees",
                ));
            }
            (None, None) => None,
            (lon, _) => {
                let missing = if lon.is_some() { "lat" } else { "lon" };
                return Err(Problem::question(format!(
                    "`{missing}` is missing: `lon` and `lat` are a place together"
                )));
            }
        };
        if let Some(metres) = self.metres
            && !(METRES_MIN..=METRES_MAX).contains(&metres)
        {
            return Err(Problem::question(format!(
                "metres={metres}: expected {METRES_MIN} to {METRES_MAX}"
            )));
        }
        Ok(Asked {
            text,
            at,
            metres: self.metres,
            topic: self.topic.clone().filter(|topic| !topic.is_empty()),
        })
    }
}

/// A longitude and a latitude that can be ones.
fn degrees(lon: f64, lat: f64) -> Result<[f64; 2], Problem> {
    let said = format!("lon={lon}&lat={lat}");
    if is_latitude(lon) && is_longitude(lat) {
        let wrong = format!("{said}: they are swapped; longitude is `lon`, latitude is `lat`");
        return Err(Problem::question(wrong));
    }
    let is_place = lon.is_finite() && lat.is_finite() && lon.abs() <= 180.0 && lat.abs() <= 90.0;
    if !is_place {
        let wrong = format!("{said}: expected degrees, such as lon=127.05&lat=37.29");
        return Err(Problem::question(wrong));
    }
    Ok([lon, lat])
}

/// `GET /api/situation/here?q=&lon=&lat=&metres=&lang=`: what is going on at a place, with sentences to be read aloud.
///
/// # Errors
/// When no place is said, or something cannot be read.
pub async fn here(
    State(state): State<AppState>,
    caller: Caller,
    Query(said): Query<Said>,
) -> Result<Json<Value>, Problem> {
    let asked = said.asked()?;
    let reader = caller.reader(&state, Purpose::new("what is going on here"));
    let now = state.situation.now(&state.records);
    let told = super::here::here(&state.city, &state.situation, &reader, &asked, now).await?;
    if let Some(topic) = asked
        .topic
        .filter(|_| told.here.topic.is_none() && told.at.is_some())
        && !told.is_outside
    {
        let known = super::here::topics(&state.city, &told.here);
        let expected = if known.is_empty() {
            "no `topic`: nothing is known of complaints there".to_owned()
        } else {
            known.join(", ")
        };
        let wrong = format!("topic={topic}: expected {expected}");
        return Err(Problem::question(wrong));
    }
    let is_english = said.lang.as_deref() == Some("en");
    let lang = if is_english { Lang::En } else { Lang::Ko };
    Ok(Json(told.json(lang)))
}

/// Who publishes the works of a city.
pub fn publisher(city: &City, works: &Works) -> Publisher {
    let dataset = city.datasets.get(&works.dataset);
    let department = dataset.and_then(|dataset| city.department(&dataset.department));
    let provider = city.provider().to_owned();
    Publisher {
        source: works.dataset.to_string(),
        department: department.map_or_else(|| provider.clone(), |own| own.title.clone()),
        mail: department.and_then(|own| own.mail.clone()),
        name: provider,
    }
}

pub(super) fn geojson(value: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/geo+json"),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    (headers, value.to_string()).into_response()
}
