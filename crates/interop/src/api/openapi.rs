//! These addresses, described: OpenAPI 3.1.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::ROUTES;
use crate::downloads::Kind;
use crate::state::AppState;

/// What a file can be asked for with.
const OF_A_FILE: &[&str] = &["filter", "sort", "columns", "at", "limit", "offset"];
/// What a CSV file can be asked for with besides.
const OF_A_CSV: &[&str] = &[
    "filter", "sort", "columns", "at", "limit", "offset", "encoding", "header",
];

/// `GET /api/openapi.json`.
pub async fn document(State(state): State<AppState>) -> Json<Value> {
    Json(describe(&state.city.manifest.name_en))
}

fn describe(city: &str) -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
        let body = route.method == "post" && route.address == "/api/query";
        add(
            &mut paths,
            route.method,
            route.address,
            operation(route.address, route.what, route.parameters, body),
        );
    }
    for kind in Kind::ALL {
        let address = format!("/datasets/{{id}}.{}", kind.ending());
        let parameters = if kind == Kind::Csv {
            OF_A_CSV
        } else {
            OF_A_FILE
        };
        let operation = operation(&address, kind.what(), parameters, false);
        add(&mut paths, "get", &address, operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": format!("{city} data"), "version": env!("CARGO_PKG_VERSION"), "description": "Rows are filtered by filter=column:op:value with op eq, ne, lt, le, gt, ge, contains, starts, empty or filled; columns by physical name or Korean title. encoding=cp949 writes letters that CP949 does not have as their number, &#128664;."},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    })
}

fn add(paths: &mut Map<String, Value>, method: &str, address: &str, operation: Value) {
    let entry = paths.entry(address.to_owned()).or_insert_with(|| json!({}));
    if let Some(object) = entry.as_object_mut() {
        object.insert(method.to_owned(), operation);
    }
}

fn operation(address: &str, what: &str, parameters: &[&str], has_body: bool) -> Value {
    let in_path = address
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    let in_query = parameters
        .iter()
        .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}}));
    let mut operation = json!({
        "summary": what, "parameters": in_path.chain(in_query).collect::<Vec<_>>(),
        "responses": {"200": {"description": what}, "default": {"description": "A problem (RFC 9457)", "content": {"application/problem+json": {}}}},
    });
    if has_body && let Some(object) = operation.as_object_mut() {
        object.insert("requestBody".to_owned(), json!({"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["sql"], "properties": {"sql": {"type": "string"}, "at": {"type": "string"}, "purpose": {"type": "string"}}}}}}));
    }
    operation
}
