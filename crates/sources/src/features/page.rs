//! The features of one answer.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use city::Fault;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::system::{self, Extent, Named};

/// Letters shown of a parser's words.
const MESSAGE_MAX: usize = 120;

/// A page, read.
#[derive(Debug)]
pub(super) struct Page {
    /// GeoJSON to keep.
    pub(super) text: String,
    /// Features in it.
    pub(super) features: u64,
    /// All features there are, where the service says so.
    pub(super) matched: Option<u64>,
    /// Address of the next page.
    pub(super) next: Option<String>,
    /// The features' ids, as numbers of them.
    pub(super) ids: Vec<u64>,
    /// What tells the page from another.
    pub(super) hash: [u8; 32],
}

#[derive(Deserialize)]
struct Document<'d> {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(borrow, default)]
    features: Option<&'d RawValue>,
    #[serde(rename = "numberMatched", default)]
    matched: Option<Value>,
    #[serde(rename = "totalFeatures", default)]
    total: Option<Value>,
    #[serde(default)]
    links: Option<Value>,
    #[serde(default)]
    crs: Option<Value>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(default)]
    coordinates: Option<Extent>,
}

/// What is known of a page before it is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'e> {
    /// What faults name.
    pub(super) place: &'e str,
    /// The coordinate system that was asked for.
    pub(super) asked: Option<u32>,
}

/// Reads an answer in GeoJSON.
pub(super) fn read(bytes: &[u8], expected: Expected<'_>) -> Result<Page, Fault> {
    let place = expected.place;
    let text = std::str::from_utf8(bytes)
        .map_err(|error| unsound(place, &error))?
        .trim_start_matches('\u{feff}');
    let document: Document<'_> =
        serde_json::from_str(text).map_err(|error| unsound(place, &error))?;
    let Some(raw) = document.features else {
        let kind = document.kind.unwrap_or_default();
        let shown: String = kind.chars().take(MESSAGE_MAX).collect();
        return Err(Fault::at(
            place,
            format!("the answer has no features (type `{shown}`)"),
        )
        .expected("a FeatureCollection")
        .remedy("check the address; the last version stays"));
    };
    let features: Vec<&RawValue> =
        serde_json::from_str(raw.get()).map_err(|error| unsound(place, &error))?;
    let (mut extent, mut ids) = (Extent::default(), Vec::new());
    for feature in &features {
        let feature: Feature =
            serde_json::from_str(feature.get()).map_err(|error| unsound(place, &error))?;
        let geometry = feature.geometry.and_then(|geometry| geometry.coordinates);
        extent.add(geometry.unwrap_or_default());
        ids.extend(
            feature
                .id
                .filter(|id| !id.is_null())
                .map(|id| number_of(&id.to_string())),
        );
    }
    let named = document
        .crs
        .as_ref()
        .and_then(|crs| crs.pointer("/properties/name")?.as_str())
        .map(Named::read);
    let code = system::of(place, named, expected.asked, extent)?;
    Ok(Page {
        text: collection(code, raw.get()),
        features: features.len() as u64,
        matched: [document.matched, document.total]
            .iter()
            .flatten()
            .find_map(Value::as_u64),
        next: document.links.as_ref().and_then(next),
        ids,
        hash: Sha256::digest(raw.get()).into(),
    })
}

/// Reads an answer in GML. Its coordinates are put with the easting first, as GeoJSON has them.
pub(super) fn read_gml(text: &str, expected: Expected<'_>) -> Result<Page, Fault> {
    let place = expected.place;
    let asked = expected.asked.map(|code| format!("EPSG:{code}"));
    let found = ingest::gml::features(text, asked.as_deref()).map_err(|why| {
        let why: String = why.chars().take(MESSAGE_MAX).collect();
        Fault::at(place, format!("the answer's GML cannot be read: {why}")).remedy(
            "load again later; when it stays so, ask the provider for GeoJSON; the last version stays",
        )
    })?;
    let (mut extent, mut ids) = (Extent::default(), Vec::new());
    for feature in &found.features {
        let geometry = feature.pointer("/geometry/coordinates");
        let geometry = geometry.and_then(|positions| Extent::deserialize(positions).ok());
        extent.add(geometry.unwrap_or_default());
        let id = feature.get("id").filter(|id| !id.is_null());
        ids.extend(id.map(|id| number_of(&id.to_string())));
    }
    let named = found.system.as_deref().map(Named::read);
    let code = system::of(place, named, expected.asked, extent)?;
    let features: Vec<String> = found.features.iter().map(Value::to_string).collect();
    let raw = format!("[{}]", features.join(","));
    Ok(Page {
        text: collection(code, &raw),
        features: features.len() as u64,
        matched: found.matched,
        next: None,
        ids,
        hash: Sha256::digest(&raw).into(),
    })
}

/// The features with the coordinate system before them, as it is read later.
pub(super) fn collection(code: u32, features: &str) -> String {
    format!(
        "{{\"type\":\"FeatureCollection\",\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"EPSG:{code}\"}}}},\"features\":{features}}}\n"
    )
}

/// An id as a number: two of a million ids are hardly ever the same number.
pub(super) fn number_of(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// The link to the next page; those in other forms than JSON are for people.
fn next(links: &Value) -> Option<String> {
    let links = links.as_array()?.iter();
    let mut links: Vec<&Value> = links
        .filter(|link| link["rel"] == "next")
        .filter(|link| {
            link["type"]
                .as_str()
                .is_none_or(|kind| kind.contains("json"))
        })
        .collect();
    links.sort_by_key(|link| link["type"] != "application/geo+json");
    Some(links.first()?["href"].as_str()?.to_owned())
}

fn unsound(place: &str, error: &dyn std::error::Error) -> Fault {
    let why: String = error.to_string().chars().take(MESSAGE_MAX).collect();
    Fault::at(place, format!("the answer is no sound GeoJSON: {why}")).remedy(
        "load again later; open the address in a browser; when it stays so, tell the provider; the last version stays",
    )
}
