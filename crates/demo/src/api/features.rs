//! Maps of other bodies: a Web Feature Service (`/wfs`) and an OGC API Features (`/ogc`).

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::registers::{Content, Feature, Register};
use super::{Server, own_address};
use crate::forms::escaped;

/// Features of a page where nobody says how many.
const PAGE: usize = 10;
/// No page has more.
const PAGE_MAX: usize = 1000;
/// Longitude and latitude; the central belt.
const SYSTEMS: [&str; 2] = ["4326", "5186"];

type Asked = HashMap<String, String>;

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/ogc", get(landing))
        .route("/ogc/collections", get(collections))
        .route("/ogc/collections/{id}", get(collection))
        .route("/ogc/collections/{id}/items", get(items))
        .route("/wfs", get(wfs))
}

/// The collections there are.
fn listed(registers: &[Register]) -> impl Iterator<Item = (&Register, &Vec<Feature>)> {
    registers.iter().filter_map(|it| match &it.content {
        Content::Collection(features) => Some((it, features)),
        _ => None,
    })
}

/// The types of feature there are.
fn types(registers: &[Register]) -> impl Iterator<Item = (&'static str, &Register, &Vec<Feature>)> {
    registers.iter().filter_map(|it| match &it.content {
        Content::Type(name, features) => Some((*name, it, features)),
        _ => None,
    })
}

fn number(asked: &Asked, name: &str) -> Option<usize> {
    asked.get(name).and_then(|text| text.parse().ok())
}

async fn landing(headers: HeaderMap) -> Response {
    let own = own_address(&headers);
    Json(json!({
        "title": "한빛도 공간정보",
        "links": [
            {"rel": "self", "type": "application/json", "href": format!("{own}/ogc")},
            {"rel": "data", "type": "application/json", "href": format!("{own}/ogc/collections")},
        ],
    }))
    .into_response()
}

fn described(register: &Register, own: &str) -> Value {
    let id = register.soiled.dataset;
    json!({
        "id": id,
        "title": register.title,
        "itemType": "feature",
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "links": [{"rel": "items", "type": "application/geo+json", "href": format!("{own}/ogc/collections/{id}/items")}],
    })
}

async fn collections(State(server): State<Server>, headers: HeaderMap) -> Response {
    let (today, own) = (server.today(), own_address(&headers));
    let all: Vec<Value> = listed(&today.registers)
        .map(|(register, _)| described(register, &own))
        .collect();
    Json(json!({"collections": all, "links": []})).into_response()
}

fn no_collection() -> Response {
    let words = json!({"code": "NotFound", "description": "there is no such collection"});
    (StatusCode::NOT_FOUND, Json(words)).into_response()
}

async fn collection(
    State(server): State<Server>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let today = server.today();
    match listed(&today.registers).find(|(it, _)| it.soiled.dataset == id) {
        Some((register, _)) => Json(described(register, &own_address(&headers))).into_response(),
        None => no_collection(),
    }
}

async fn items(
    State(server): State<Server>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let today = server.today();
    let Some((_, all)) = listed(&today.registers).find(|(it, _)| it.soiled.dataset == id) else {
        return no_collection();
    };
    let limit = number(&asked, "limit").unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let before = number(&asked, "offset").unwrap_or_default();
    let shown: Vec<&Value> = page(all, before, limit).map(|it| &it.degrees).collect();
    let mut links = Vec::new();
    let behind = before.saturating_add(limit);
    if behind < all.len() {
        let own = own_address(&headers);
        let href = format!("{own}/ogc/collections/{id}/items?limit={limit}&offset={behind}");
        links.push(json!({"rel": "next", "type": "application/geo+json", "href": href}));
    }
    let text = json!({
        "type": "FeatureCollection",
        "features": shown,
        "numberMatched": all.len(),
        "numberReturned": shown.len(),
        "links": links,
    });
    geojson(&text)
}

fn page(all: &[Feature], before: usize, count: usize) -> impl Iterator<Item = &Feature> {
    all.iter().skip(before).take(count)
}

fn geojson(value: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/geo+json")];
    (kind, value.to_string()).into_response()
}

/// Names of parameters count in any letters.
async fn wfs(State(server): State<Server>, Query(asked): Query<Asked>) -> Response {
    let asked: Asked = asked
        .into_iter()
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    let today = server.today();
    match asked.get("request").map(String::as_str) {
        Some("GetCapabilities") => capabilities(&today.registers),
        Some("GetFeature") => of_type(&today.registers, &asked),
        _ => refused("OperationNotSupported", "request"),
    }
}

fn of_type(registers: &[Register], asked: &Asked) -> Response {
    let wanted = ["typenames", "typename"]
        .iter()
        .find_map(|it| asked.get(*it));
    let Some((_, _, all)) = types(registers).find(|(name, ..)| wanted.is_some_and(|it| it == name))
    else {
        return refused("InvalidParameterValue", "typeNames");
    };
    if asked.get("resulttype").is_some_and(|it| it == "hits") {
        return xml(&format!(
            "<wfs:FeatureCollection xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" numberMatched=\"{}\" numberReturned=\"0\"/>",
            all.len()
        ));
    }
    if !asked
        .get("outputformat")
        .is_some_and(|it| it.contains("json"))
    {
        return refused("InvalidParameterValue", "outputFormat");
    }
    let [degrees, metres] = SYSTEMS;
    let system = asked
        .get("srsname")
        .map_or(degrees, |name| name.rsplit(':').next().unwrap_or_default());
    if ![degrees, metres].contains(&system) {
        return refused("InvalidParameterValue", "srsName");
    }
    let count = ["count", "maxfeatures"]
        .iter()
        .find_map(|it| number(asked, it));
    let count = count.unwrap_or(PAGE).min(PAGE_MAX);
    let before = number(asked, "startindex").unwrap_or_default();
    let shown: Vec<&Value> = page(all, before, count)
        .map(|it| {
            if system == metres {
                &it.metres
            } else {
                &it.degrees
            }
        })
        .collect();
    let crs = format!("urn:ogc:def:crs:EPSG::{system}");
    geojson(&json!({
        "type": "FeatureCollection",
        "features": shown,
        "numberMatched": all.len(),
        "numberReturned": shown.len(),
        "crs": {"type": "name", "properties": {"name": crs}},
    }))
}

fn capabilities(registers: &[Register]) -> Response {
    let types: String = types(registers)
        .map(|(name, register, _)| {
            format!(
                "<FeatureType><Name>{name}</Name><Title>{}</Title><DefaultCRS>urn:ogc:def:crs:EPSG::4326</DefaultCRS><OtherCRS>urn:ogc:def:crs:EPSG::5186</OtherCRS></FeatureType>",
                escaped(register.title)
            )
        })
        .collect();
    xml(&format!(
        "<WFS_Capabilities xmlns=\"http://www.opengis.net/wfs/2.0\" version=\"2.0.0\"><FeatureTypeList>{types}</FeatureTypeList></WFS_Capabilities>"
    ))
}

/// As these services do: what is wrong is in the text, and the status says that all is well.
fn refused(code: &str, locator: &str) -> Response {
    xml(&format!(
        "<ows:ExceptionReport xmlns:ows=\"http://www.opengis.net/ows/1.1\" version=\"2.0.0\"><ows:Exception exceptionCode=\"{code}\" locator=\"{locator}\"><ows:ExceptionText>{locator} is not known here</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
    ))
}

fn xml(text: &str) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/xml; charset=utf-8")];
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{text}");
    (kind, text).into_response()
}
