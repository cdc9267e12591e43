//! The addresses of tiles: `/tiles/{dataset}/{z}/{x}/{y}.mvt`, and `/tiles/{dataset}.json`, which describes them.

use std::io::Read as _;
use std::sync::Arc;

use access::{At, Purpose, Reader};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use city::DatasetId;
use flate2::read::GzDecoder;
use serde_json::{Map as Fields, Value, json};
use sha2::{Digest, Sha256};
use tiles::{LIMIT_BYTES, MAX_ZOOM, TileAt};

use super::kept::Tile;
use super::make::Map;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::question;
use crate::state::AppState;

/// Media type of a tile.
const TILE: &str = "application/vnd.mapbox-vector-tile";
/// Says that a tile is less than what there is to say, and how many shapes it leaves to other tiles.
const THINNED: &str = "x-madang-thinned";
/// The version a tile is of.
const VERSION: &str = "x-madang-version";

/// A map somebody asks for.
struct Asked {
    id: DatasetId,
    version: i64,
    seen_by: Arc<str>,
    map: Arc<Map>,
}

/// The version an address asks for. Nothing else can be asked of a map.
fn version_asked(query: &str) -> Result<At, Problem> {
    let mut at = At::Latest;
    for (name, value) in question::pairs(query) {
        if !matches!(name.as_str(), "at" | "version") {
            return Err(Problem::question(format!(
                "no parameter is called {name} here; there is at alone: a map has all places of a version"
            )));
        }
        at = question::at(&value)?;
    }
    Ok(at)
}

/// Opens a map for a caller: what may not be seen is refused, and the look is in the log.
async fn open(state: &AppState, caller: &Caller, id: &str, query: &str) -> Result<Asked, Problem> {
    let at = version_asked(query)?;
    let reader = caller.reader(state, Purpose::new("map"));
    let (id, version) = found(&reader, id, &at)?;
    let seen_by = reader.seen_by();
    let makes = caller.reader(state, Purpose::new("map"));
    let map = state.maps.map(makes, &id, version).await?;
    reader.look(&map.looked).await?;
    Ok(Asked {
        id,
        version,
        seen_by,
        map,
    })
}

/// The version first: a refusal is logged.
fn found(reader: &Reader, id: &str, at: &At) -> Result<(DatasetId, i64), Problem> {
    let version = reader.version(id, at)?;
    let dataset = reader.asked(id)?;
    if !reader.shows_place(id) {
        return Err(Problem::question(format!("dataset '{id}' has no places")));
    }
    Ok((dataset.id.clone(), version.number))
}

/// `GET /tiles/{dataset}/{z}/{x}/{y}.mvt?at=`.
///
/// # Errors
/// When there is no such dataset or tile, or it may not be seen.
pub async fn tile(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, z, x, file)): Path<(String, String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let at = address(&z, &x, &file).ok_or_else(|| {
        Problem::not_found(format!(
            "there is no tile {z}/{x}/{file}; tiles are z/x/y.mvt with z from 0 to {MAX_ZOOM}"
        ))
    })?;
    let asked = open(&state, &caller, &id, query.as_deref().unwrap_or_default()).await?;
    let tag = tag(&asked, &format!("{z}/{x}/{file}"));
    if is_known(&headers, &tag) {
        return Ok(unchanged(tag));
    }
    let key = (asked.id.clone(), asked.version, Arc::clone(&asked.seen_by));
    let tile = state.maps.tile(&asked.map, key, at).await?;
    let mut response = body(&tile, accepts_gzip(&headers))?;
    let out = response.headers_mut();
    insert(out, header::ETAG, &tag);
    insert(
        out,
        HeaderName::from_static(VERSION),
        &asked.version.to_string(),
    );
    if tile.is_thinned {
        let said = format!("counted together; left out: {}", tile.left_out);
        insert(out, HeaderName::from_static(THINNED), &said);
    }
    Ok(response)
}

fn address(z: &str, x: &str, file: &str) -> Option<TileAt> {
    let y = file.strip_suffix(".mvt")?;
    // A number is written in one way only, so that a tile has one address.
    let number = |text: &str| {
        text.parse::<u32>()
            .ok()
            .filter(|number| number.to_string() == text)
    };
    TileAt::new(u8::try_from(number(z)?).ok()?, number(x)?, number(y)?)
}

fn body(tile: &Tile, takes_gzip: bool) -> Result<Response, Problem> {
    if tile.packed.is_empty() {
        let mut empty = StatusCode::NO_CONTENT.into_response();
        cached(empty.headers_mut());
        return Ok(empty);
    }
    let bytes = if takes_gzip {
        tile.packed.clone()
    } else {
        let mut bytes = Vec::new();
        // As large as a tile may be, whatever is packed.
        let most = u64::try_from(LIMIT_BYTES).unwrap_or(u64::MAX);
        let unpacking = GzDecoder::new(&*tile.packed).take(most);
        let mut unpacking = unpacking;
        unpacking
            .read_to_end(&mut bytes)
            .map_err(|error| Problem::broken(&error))?;
        Bytes::from(bytes)
    };
    let mut response = Body::from(bytes).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(TILE));
    if takes_gzip {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    cached(out);
    Ok(response)
}

fn cached(out: &mut HeaderMap) {
    let kept = HeaderValue::from_static("private, no-cache");
    out.insert(header::CACHE_CONTROL, kept);
    out.insert(
        header::VARY,
        HeaderValue::from_static("accept-encoding, cookie, authorization"),
    );
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let said = headers.get_all(header::ACCEPT_ENCODING).iter();
    said.filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, ""));
            let refused = weight.trim().strip_prefix("q=").map(str::trim);
            matches!(name.trim(), "gzip" | "*")
                && refused
                    .is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
        })
}

/// The same for the same version, tile and policy.
fn tag(asked: &Asked, what: &str) -> String {
    let hash = Sha256::digest(format!(
        "{}\n{}\n{}\n{what}",
        asked.id, asked.version, asked.seen_by
    ));
    let short: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("W/\"{}-{}-{short}\"", asked.id, asked.version)
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    known
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .any(|one| one.trim() == tag || one.trim() == "*")
}

fn unchanged(tag: String) -> Response {
    let mut response = (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    cached(response.headers_mut());
    response
}

fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// `GET /tiles/{dataset}.json?at=`: `TileJSON` 3.0.
///
/// # Errors
/// When there is no such dataset, or it may not be seen.
pub async fn description(
    State(state): State<AppState>,
    caller: Caller,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = file
        .strip_suffix(".json")
        .ok_or_else(|| Problem::not_found(format!("{file} is no description of tiles")))?;
    let asked = open(&state, &caller, id, query.as_deref().unwrap_or_default()).await?;
    let origin = origin(&state, &headers);
    let tag = tag(&asked, &format!("{origin}.json"));
    if is_known(&headers, &tag) {
        return Ok(unchanged(tag));
    }
    let dataset = state.city.datasets.get(&asked.id);
    let name = dataset.map_or_else(|| asked.id.to_string(), |dataset| dataset.title.clone());
    let mut response = Json(describe(&asked, &name, &origin)).into_response();
    let out = response.headers_mut();
    insert(out, header::ETAG, &tag);
    cached(out);
    Ok(response)
}

fn describe(asked: &Asked, name: &str, origin: &str) -> Value {
    let Asked {
        id, version, map, ..
    } = asked;
    let facts: Fields<String, Value> = map
        .index
        .names()
        .map(|name| (name.to_owned(), Value::String(String::new())))
        .collect();
    let counted = json!({"point_count": "places counted together", "parts_at": "the zoom at which they part"});
    let tally = map.index.tally();
    let mut described = json!({
        "tilejson": "3.0.0",
        "name": name,
        "version": format!("{version}.0.0"),
        "tiles": [format!("{origin}/tiles/{id}/{{z}}/{{x}}/{{y}}.mvt?at={version}")],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "vector_layers": [
            {"id": "places", "description": "places that are drawn themselves", "fields": facts},
            {"id": "clusters", "description": "places counted together", "fields": counted},
            {"id": "thinned", "description": "a note in a tile that would be too large", "fields": {"left_out": "lines and areas that cross the tile and are not drawn in it"}},
        ],
        "madang": {
            "dataset": id,
            "version": version,
            "rows": tally.rows,
            "places": tally.places,
            "without_place": tally.without,
            "broken_place": tally.broken,
            "lacks_facts": map.lacks_facts,
        },
    });
    if let (Some(bounds), Some(object)) = (map.index.bounds(), described.as_object_mut()) {
        object.insert("bounds".to_owned(), json!(bounds));
    }
    described
}

/// Where the tiles are: the city's public address, or the name by which the caller reached this server.
fn origin(state: &AppState, headers: &HeaderMap) -> String {
    if let Some(origin) = state.web.origin() {
        return origin.to_owned();
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let is_name = |host: &&str| {
        host.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter))
    };
    host.filter(is_name)
        .map(|host| format!("http://{host}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_one_address() {
        assert!(address("3", "7", "7.mvt").is_some());
        for (z, x, file) in [
            ("3", "8", "7.mvt"),
            ("03", "7", "7.mvt"),
            ("3", "+7", "7.mvt"),
            ("3", "7", "7.pbf"),
            ("3", "7", "7"),
            ("-1", "0", "0.mvt"),
            ("99", "0", "0.mvt"),
        ] {
            assert!(address(z, x, file).is_none(), "{z}/{x}/{file}");
        }
    }

    #[test]
    fn gzip_is_sent_to_whoever_takes_it() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            accepts_gzip(&headers)
        };
        assert!(of("gzip, br") && of("br;q=1.0, gzip;q=0.5") && of("*"));
        assert!(!of("br") && !of("gzip;q=0") && !accepts_gzip(&HeaderMap::new()));
    }
}
