//! The province's own Madang (`/madang`), as far as another one reads it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{Datelike as _, NaiveDate};
use serde_json::{Value, json};

use super::Server;
use super::registers::{Content, Offered, Register};

const PUBLISHER: &str = "한빛도 인구정책과";

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/madang/api/datasets", get(catalogue))
        .route("/madang/api/datasets/{id}", get(description))
        .route("/madang/datasets/{file}", get(rows))
}

/// Its datasets with the lines of each.
fn listed(registers: &[Register]) -> impl Iterator<Item = (&Register, &Offered)> {
    registers.iter().filter_map(|it| match &it.content {
        Content::Version(lines) => Some((it, lines)),
        _ => None,
    })
}

/// Each quarter makes a version.
fn version(day: NaiveDate) -> u32 {
    day.year().unsigned_abs().saturating_sub(2020) * 4 + day.month0() / 3 + 1
}

async fn catalogue(State(server): State<Server>) -> Response {
    let today = server.today();
    let all: Vec<Value> = listed(&today.registers)
        .map(|(it, _)| json!({"id": it.soiled.dataset, "title": it.title}))
        .collect();
    Json(json!({"city": "한빛도", "total": all.len(), "datasets": all})).into_response()
}

async fn description(State(server): State<Server>, Path(id): Path<String>) -> Response {
    let today = server.today();
    let found = listed(&today.registers).find(|(it, _)| it.soiled.dataset == id);
    let Some((register, lines)) = found else {
        return nothing();
    };
    let rows = register.soiled.rows.len();
    // What it holds as text may be a number only to the city that reads it.
    let columns: Vec<Value> = register
        .heads
        .iter()
        .map(|name| json!({"name": name, "title": name, "type": "text", "privacy": "none"}))
        .collect();
    Json(json!({
        "id": id,
        "title": register.title,
        "description": format!("한빛도가 시와 군마다 분기에 한 번 셈하는 {}입니다.", register.title),
        "field": "population",
        "department": "population",
        "publisher": PUBLISHER,
        "cadence": "quarterly",
        "format": "parquet",
        "release": "open",
        "licence": "kogl1",
        "keywords": ["인구"],
        "version": {
            "number": version(register.day),
            "committed_at": format!("{}T00:00:00Z", register.day),
            "rows": rows,
            "read": rows,
            "accepted": rows,
            "quarantined": 0,
            "score": 1.0,
        },
        "columns": columns,
        "mode": "snapshot",
        "key": [],
        "places": false,
        "files": [format!("/datasets/{}", lines.name)],
    }))
    .into_response()
}

async fn rows(State(server): State<Server>, Path(file): Path<String>) -> Response {
    let today = server.today();
    let found = listed(&today.registers).find(|(_, lines)| lines.name == file);
    let Some((register, lines)) = found else {
        return nothing();
    };
    let about = [
        (
            header::CONTENT_TYPE,
            "application/x-ndjson; charset=utf-8".to_owned(),
        ),
        (
            header::HeaderName::from_static("x-madang-version"),
            version(register.day).to_string(),
        ),
    ];
    (about, lines.bytes.clone()).into_response()
}

fn nothing() -> Response {
    let words = json!({"title": "Not found", "status": 404, "detail": "there is no such dataset"});
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::NOT_FOUND, kind, words.to_string()).into_response()
}
