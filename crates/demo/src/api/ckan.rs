//! Another body's catalogue: a CKAN site (`/ckan`), as far as it is read.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::registers::{Content, Offered, Register};
use super::{Server, own_address};
use crate::forms::escaped;

const PUBLISHER: &str = "한빛도 보건의료과";
const LICENCE: &str = "공공누리 제1유형: 출처표시";
const LICENCE_PAGE: &str = "https://www.kogl.or.kr/info/licenseType1.do";

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/ckan/api/3/action/{action}", get(action))
        .route("/ckan/dataset/{name}", get(page))
        .route(
            "/ckan/dataset/{name}/resource/{id}/download/{file}",
            get(download),
        )
}

/// The site's datasets with the file of each.
fn listed(registers: &[Register]) -> impl Iterator<Item = (&Register, &Offered)> {
    registers.iter().filter_map(|it| match &it.content {
        Content::Resource(file) => Some((it, file)),
        _ => None,
    })
}

fn named<'r>(registers: &'r [Register], name: &str) -> Option<(&'r Register, &'r Offered)> {
    listed(registers).find(|(it, _)| it.soiled.dataset == name)
}

fn package(register: &Register, file: &Offered, own: &str) -> Value {
    let name = register.soiled.dataset;
    let id = format!("{name}-{}", register.day.format("%Y%m%d"));
    let changed = format!("{}T09:00:00.000000", register.day);
    json!({
        "id": name,
        "name": name,
        "title": format!("한빛시 {}", register.title),
        "notes": format!("{PUBLISHER}가 분기마다 모아 펴내는 {} 목록입니다.", register.title),
        "organization": {"name": "hanbit-do-health", "title": PUBLISHER},
        "license_id": "kogl-type-1",
        "license_title": LICENCE,
        "license_url": LICENCE_PAGE,
        "metadata_modified": changed,
        "tags": [{"name": register.title, "display_name": register.title}],
        "extras": [{"key": "업데이트 주기", "value": "분기"}],
        "num_resources": 1,
        "resources": [{
            "id": id,
            "name": file.name,
            "format": "CSV",
            "mimetype": "text/csv",
            "url": format!("{own}/ckan/dataset/{name}/resource/{id}/download/{}", file.name),
            "url_type": "upload",
            "size": file.bytes.len(),
            "hash": hash(&file.bytes),
            "last_modified": changed,
        }],
    })
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn action(
    State(server): State<Server>,
    Path(action): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let (today, own) = (server.today(), own_address(&headers));
    let result = match action.as_str() {
        "package_show" => {
            let wanted = asked.get("id").map(String::as_str).unwrap_or_default();
            named(&today.registers, wanted).map(|(it, file)| package(it, file, &own))
        }
        "package_search" => Some(search(&today.registers, &asked, &own)),
        _ => None,
    };
    if let Some(result) = result {
        return Json(json!({"success": true, "result": result})).into_response();
    }
    let error = json!({"__type": "Not Found Error", "message": "Not found"});
    let words = Json(json!({"success": false, "error": error}));
    (StatusCode::NOT_FOUND, words).into_response()
}

fn search(registers: &[Register], asked: &HashMap<String, String>, own: &str) -> Value {
    let number = |name: &str, otherwise: usize| {
        let said = asked.get(name).and_then(|text| text.parse().ok());
        said.unwrap_or(otherwise)
    };
    let results: Vec<Value> = listed(registers)
        .skip(number("start", 0))
        .take(number("rows", 10))
        .map(|(it, file)| package(it, file, own))
        .collect();
    json!({"count": listed(registers).count(), "results": results})
}

/// A dataset's page, for people: pages of the platform link to it.
async fn page(State(server): State<Server>, Path(name): Path<String>) -> Response {
    let today = server.today();
    let Some((register, _)) = named(&today.registers, &name) else {
        return (StatusCode::NOT_FOUND, "no such dataset").into_response();
    };
    let title = escaped(register.title);
    Html(format!(
        "<!DOCTYPE html><html lang=\"ko\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1><p>{PUBLISHER}</p><p>{LICENCE}</p><p>{}</p></body></html>",
        register.day
    ))
    .into_response()
}

async fn download(
    State(server): State<Server>,
    Path((name, _, wanted)): Path<(String, String, String)>,
) -> Response {
    let today = server.today();
    let found = named(&today.registers, &name).filter(|(_, file)| file.name == wanted);
    let kind = [(header::CONTENT_TYPE, "text/csv")];
    match found {
        Some((_, file)) => (kind, file.bytes.clone()).into_response(),
        None => (StatusCode::NOT_FOUND, "no such file").into_response(),
    }
}
