//! A page of rows; places for a map.

use access::{Answer, At, Purpose};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::Arc;

use crate::caller::Caller;
use crate::downloads::{Geometry, feature, json_value};
use crate::problem::Problem;
use crate::question::{self, PAGE_ROWS, PAGE_ROWS_MAX};
use crate::state::AppState;

/// Places sent to a map; it says when there are more.
use crate::tiles::PLACES_MAX;
/// What the popup of a place shows.
const PLACE_FACTS: usize = 8;

/// `GET /api/datasets/{id}/rows?filter=&sort=&columns=&at=&limit=&offset=&count=no`. Says the total and where the next
/// page is. `count=no` leaves the total out, which a large table answers sooner.
///
/// # Errors
/// When the question names what is not there, or cannot be answered.
pub async fn page(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let mut asked = question::rows(&id, &query, &["count"])?;
    let counts = !question::pairs(&query)
        .iter()
        .any(|(name, value)| name == "count" && value == "no");
    let limit = asked.limit.unwrap_or(PAGE_ROWS);
    if limit > PAGE_ROWS_MAX {
        return Err(Problem::question(format!(
            "limit={limit}: a page has at most {PAGE_ROWS_MAX} rows; /datasets/{id}.json has all"
        )));
    }
    asked.limit = Some(limit);
    let reader = caller.reader(&state, Purpose::new("rows"));
    let version = reader.version(&id, &asked.at)?;
    asked.at = At::Version(version.number);
    let (total, answer) = if counts {
        let (total, answer) = reader.rows_and_count(&asked).await?;
        (Some(total), answer)
    } else {
        (None, Some(reader.rows(&asked).await?))
    };
    let rows = match answer {
        Some(answer) => objects(answer).await?,
        None => Vec::new(),
    };
    let end = asked.offset + u64::try_from(rows.len()).unwrap_or_default();
    let has_more = total.map_or(rows.len() as u64 == limit, |total| end < total);
    let next = has_more.then(|| next(&id, &query, version.number, end));
    Ok(Json(json!({"dataset": id, "version": version.number, "total": total, "offset": asked.offset, "rows": rows, "next": next})).into_response())
}

/// Rows as JSON objects by physical name.
async fn objects(answer: Answer) -> Result<Vec<Value>, Problem> {
    let names: Vec<String> = answer
        .schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let mut rows = Vec::new();
    for batch in answer.collect().await? {
        for row in 0..batch.num_rows() {
            let object: Map<String, Value> = names
                .iter()
                .zip(batch.columns())
                .map(|(name, array)| (name.clone(), json_value(array, row)))
                .collect();
            rows.push(Value::Object(object));
        }
    }
    Ok(rows)
}

/// The next page of the same version, so that pages fit together whatever is loaded meanwhile.
fn next(id: &str, query: &str, version: i64, offset: u64) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in question::pairs(query)
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "offset" | "at" | "version"))
    {
        pairs.append_pair(name, value);
    }
    pairs
        .append_pair("at", &version.to_string())
        .append_pair("offset", &offset.to_string());
    format!("/api/datasets/{id}/rows?{}", pairs.finish())
}

/// `GET /api/datasets/{id}/places?version=`: GeoJSON for maps, properties by Korean title.
///
/// # Errors
/// When the dataset is not there or has no places.
pub async fn places(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut asked = question::rows(&id, query.as_deref().unwrap_or_default(), &[])?;
    let limit = asked.limit.unwrap_or(PLACES_MAX).min(PLACES_MAX);
    asked.limit = Some(limit);
    let reader = caller.reader(&state, Purpose::new("map"));
    // The version first: a refusal is logged.
    let version = reader.version(&id, &asked.at)?;
    let dataset = Arc::clone(reader.asked(&id)?);
    if !reader.shows_place(&id) {
        return Err(Problem::question(format!("dataset '{id}' has no places")));
    }
    asked.at = At::Version(version.number);
    let tag = format!(
        "\"places-{id}-{}-{}\"",
        version.number,
        reader.policy().name()
    );
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let facts = dataset
        .columns
        .iter()
        .filter(|column| column.column_type != city::ColumnType::Geometry)
        .take(PLACE_FACTS)
        .map(|column| column.name.clone());
    let shape = dataset
        .columns
        .iter()
        .find(|column| column.column_type == city::ColumnType::Geometry)
        .map(|column| column.name.clone());
    let where_is = shape.map_or_else(
        || vec!["longitude".to_owned(), "latitude".to_owned()],
        |shape| vec![shape],
    );
    asked.columns = facts.collect();
    for name in where_is {
        if !asked.columns.contains(&name) {
            asked.columns.push(name);
        }
    }
    let total = reader.count(&asked).await?;
    let answer = reader.rows(&asked).await?;
    let names: Vec<String> = answer
        .schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let titles: Vec<String> = answer.titles.iter().map(|title| title.ko.clone()).collect();
    let geometry = Geometry::find(&dataset, &names)
        .ok_or_else(|| Problem::question(format!("dataset '{id}' has no places")))?;
    let mut features = Vec::new();
    for batch in answer.collect().await? {
        features.extend(
            (0..batch.num_rows())
                .map(|row| feature(&geometry, &titles, &batch, row))
                .filter(|feature| !feature["geometry"].is_null()),
        );
    }
    let truncated = total > asked.offset.saturating_add(limit);
    let body = json!({"type": "FeatureCollection", "total": total, "truncated": truncated, "features": features});
    Ok((
        [
            (header::CONTENT_TYPE, "application/geo+json"),
            (header::CACHE_CONTROL, "private, no-cache"),
        ],
        [(header::ETAG, tag)],
        body.to_string(),
    )
        .into_response())
}
