//! These addresses, described: OpenAPI 3.1.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::state::AppState;

/// Method, address, what it answers, its parameters.
const ADDRESSES: &[(&str, &str, &str, &[&str])] = &[
    (
        "get",
        "/api/datasets",
        "The catalogue",
        &["q", "field", "department", "format", "cadence"],
    ),
    (
        "get",
        "/api/datasets/{id}",
        "A dataset: what it is, its columns, its version in force",
        &[],
    ),
    (
        "get",
        "/api/datasets/{id}/versions",
        "Its versions, newest first",
        &[],
    ),
    (
        "get",
        "/api/datasets/{id}/loads",
        "Its loads, refused ones too, newest first",
        &[],
    ),
    (
        "get",
        "/api/datasets/{id}/compare",
        "Rows added, removed and changed between two versions",
        &["from", "to"],
    ),
    (
        "get",
        "/api/datasets/{id}/rows",
        "A page of rows",
        &[
            "filter", "sort", "columns", "at", "limit", "offset", "count",
        ],
    ),
    (
        "get",
        "/api/datasets/{id}/places",
        "Places for a map, as GeoJSON",
        &["filter", "version", "limit"],
    ),
    (
        "get",
        "/datasets/{id}.csv",
        "All rows as CSV",
        &["filter", "sort", "columns", "at", "encoding", "header"],
    ),
    (
        "get",
        "/datasets/{id}.xlsx",
        "All rows as a workbook",
        &["filter", "sort", "columns", "at"],
    ),
    (
        "get",
        "/datasets/{id}.json",
        "All rows as one JSON document",
        &["filter", "sort", "columns", "at"],
    ),
    (
        "get",
        "/datasets/{id}.ndjson",
        "All rows, one JSON object a line",
        &["filter", "sort", "columns", "at"],
    ),
    (
        "get",
        "/datasets/{id}.geojson",
        "All rows as GeoJSON",
        &["filter", "sort", "columns", "at"],
    ),
    (
        "get",
        "/datasets/{id}.parquet",
        "All rows as Parquet",
        &["filter", "sort", "columns", "at"],
    ),
    ("get", "/api/measures", "The measures", &[]),
    (
        "get",
        "/api/measures/{id}",
        "A figure with its receipt, history and parts",
        &[],
    ),
    ("get", "/api/jobs", "Loads under way and done", &[]),
    (
        "get",
        "/api/jobs/events",
        "Changes of jobs, as server-sent events",
        &[],
    ),
    (
        "post",
        "/api/query",
        "A query in SQL, for whoever runs the city",
        &[],
    ),
    ("get", "/api/health", "Whether the server answers", &[]),
    ("get", "/api/openapi.json", "This document", &[]),
];

/// `GET /api/openapi.json`.
pub async fn document(State(state): State<AppState>) -> Json<Value> {
    Json(describe(&state.city.manifest.name_en))
}

fn describe(city: &str) -> Value {
    let mut paths = Map::new();
    for (method, address, what, parameters) in ADDRESSES {
        let mut list: Vec<Value> = Vec::new();
        if address.contains("{id}") {
            list.push(
                json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}),
            );
        }
        list.extend(
            parameters
                .iter()
                .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}})),
        );
        let operation = json!({
            "summary": what, "parameters": list,
            "responses": {"200": {"description": what}, "default": {"description": "A problem (RFC 9457)", "content": {"application/problem+json": {}}}},
        });
        let entry = paths
            .entry((*address).to_owned())
            .or_insert_with(|| json!({}));
        if let Some(object) = entry.as_object_mut() {
            object.insert((*method).to_owned(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": format!("{city} data"), "version": env!("CARGO_PKG_VERSION"), "description": "Rows are filtered by filter=column:op:value with op eq, ne, lt, le, gt, ge, contains, starts, empty or filled; columns by physical name or Korean title."},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_described_and_every_description_is_an_address() {
        let routes = include_str!("mod.rs");
        let mut routed: Vec<String> = routes
            .lines()
            .filter_map(|line| {
                line.trim()
                    .strip_prefix(".route(\"")?
                    .split_once('"')
                    .map(|(path, _)| format!("/api{path}"))
            })
            .collect();
        let mut described: Vec<String> = ADDRESSES
            .iter()
            .map(|(_, address, ..)| (*address).to_owned())
            .filter(|address| address.starts_with("/api"))
            .collect();
        routed.sort();
        described.sort();
        assert_eq!(routed, described);
        assert_eq!(
            describe("x")["paths"]["/api/query"]["post"]["summary"],
            "A query in SQL, for whoever runs the city"
        );
    }
}
