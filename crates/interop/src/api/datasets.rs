//! The catalogue, a dataset, its versions and loads, two versions compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{AskError, At, Purpose, Reader};
use axum::Json;
use axum::extract::{Path, Query, State};
use city::Dataset;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::downloads::Kind;
use crate::freshness::Clocks;
use crate::problem::Problem;
use crate::state::AppState;

/// What a caller may see of a dataset, without its rows.
fn summary(reader: &Reader, dataset: &Dataset) -> Result<Value, AskError> {
    let version = match reader.version(&dataset.id, &At::Latest) {
        Ok(version) => json!({
            "number": version.number, "committed_at": version.committed_at, "rows": version.rows,
            "read": version.read, "accepted": version.accepted, "quarantined": version.quarantined,
            "score": version.report.get("score"),
        }),
        Err(AskError::NotLoaded(_)) => Value::Null,
        Err(AskError::Denied(denied)) if denied.is_closed() => Value::Null,
        Err(error) => return Err(error),
    };
    Ok(json!({
        "id": dataset.id, "title": dataset.title, "title_en": dataset.title_en,
        "description": dataset.description, "description_en": dataset.description_en,
        "field": dataset.field, "department": dataset.department, "cadence": dataset.cadence, "format": dataset.format.kind,
        "release": dataset.release, "licence": dataset.licence, "keywords": dataset.keywords, "version": version,
    }))
}

/// `GET /api/datasets?q=&field=&department=&format=&cadence=`.
///
/// # Errors
/// When the catalogue cannot be read.
pub async fn catalogue(
    State(state): State<AppState>,
    caller: Caller,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("catalogue"));
    let value = |name: &str| {
        asked
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    };
    let known = ["q", "field", "department", "format", "cadence"];
    if let Some(other) = asked.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Problem::question(format!(
            "no parameter is called {other}; there are {}",
            known.join(", ")
        )));
    }
    let is = |own: Value, name: &str| value(name).is_none_or(|wanted| own.as_str() == Some(wanted));
    let fits = |dataset: &Dataset| {
        is(json!(dataset.field), "field")
            && is(json!(dataset.department), "department")
            && is(json!(dataset.format.kind), "format")
            && is(json!(dataset.cadence), "cadence")
    };
    let mut found: Vec<_> = reader
        .datasets()
        .filter(|dataset| fits(dataset))
        .cloned()
        .collect();
    if let Some(query) = value("q") {
        let hits = if caller.is_operator() {
            state.search.find_in_all(query)
        } else {
            state.search.find(query)
        };
        let place = |dataset: &Dataset| hits.iter().position(|(id, _)| *id == dataset.id);
        found.retain(|dataset| place(dataset).is_some());
        found.sort_by_key(|dataset| place(dataset));
    }
    let datasets = found
        .iter()
        .map(|dataset| summary(&reader, dataset))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Json(
        json!({"city": state.city.manifest.name, "total": datasets.len(), "datasets": datasets}),
    ))
}

/// `GET /api/datasets/{id}`.
///
/// # Errors
/// When there is no such dataset for the caller.
pub async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("dataset"));
    let dataset = Arc::clone(reader.asked(&id)?);
    let mut value = summary(&reader, &dataset)?;
    let columns: Vec<Value> = dataset
        .columns
        .iter()
        .map(|column| json!({"name": column.name, "title": column.title, "title_en": column.title_en, "type": column.column_type, "scale": column.scale, "unit": column.unit, "unit_en": column.unit_en, "privacy": column.privacy, "description": column.description}))
        .collect();
    if let Some(object) = value.as_object_mut() {
        object.insert("columns".to_owned(), json!(columns));
        let clock = Clocks::read(&state.records).await?.of(&reader, &id)?;
        object.insert("freshness".to_owned(), json!(clock.freshness));
        object.insert("mode".to_owned(), json!(dataset.load.mode));
        let city = &state.city.manifest;
        let department = state.city.department(&dataset.department);
        let department = department.map_or_else(String::new, |own| format!(" {}", own.title));
        let publisher = format!("{}{department}", city.name);
        object.insert("publisher".to_owned(), json!(publisher));
        let key = dataset.load.key.iter();
        let key: Vec<&String> = key.filter(|name| dataset.column(name).is_some()).collect();
        object.insert("key".to_owned(), json!(key));
        object.insert("places".to_owned(), json!(reader.shows_place(&id)));
        let files = Kind::ALL
            .iter()
            .filter(|kind| **kind != Kind::Geojson || reader.shows_place(&id));
        object.insert(
            "files".to_owned(),
            files
                .map(|kind| format!("/datasets/{id}.{}", kind.ending()))
                .collect(),
        );
    }
    Ok(Json(value))
}

/// `GET /api/datasets/{id}/versions`.
///
/// # Errors
/// When there is no such dataset for the caller.
pub async fn versions(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("versions"));
    Ok(Json(
        json!({"dataset": id, "versions": reader.versions(&id)?}),
    ))
}

/// `GET /api/datasets/{id}/loads`: versions and refused loads.
///
/// # Errors
/// When there is no such dataset for the caller.
pub async fn loads(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("loads"));
    Ok(Json(json!({"dataset": id, "loads": reader.loads(&id)?})))
}

/// `GET /api/datasets/{id}/compare?from=&to=`.
///
/// # Errors
/// When the dataset or a version is not there, or a number is none.
pub async fn compare(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("compare"));
    let newest = reader.version(&id, &At::Latest)?.number;
    let number = |name: &str, otherwise: i64| match asked.get(name) {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_error| {
            Problem::question(format!("{name}={text}: expected a version's number"))
        }),
    };
    let (from, to) = (number("from", newest - 1)?, number("to", newest)?);
    for version in [from, to] {
        reader.version(&id, &At::Version(version))?;
    }
    let difference = reader.compare(&id, from, to).await?;
    Ok(Json(
        json!({"dataset": id, "from": from, "to": to, "added": difference.added, "removed": difference.removed, "changed": difference.changed, "rows": difference.rows}),
    ))
}
