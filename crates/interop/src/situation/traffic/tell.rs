//! Traffic as JSON, and as layers of a map.

use geo_types::Geometry;
use serde_json::{Value, json};
use situation::plane::Plane;
use situation::traffic::Level;

use super::super::tell::{Slice, middle};
use super::super::works::Works;
use super::{Incident, Traffic};

/// Most links and marks that a map is given; beyond it says so.
const DRAWN: usize = 20_000;

/// The traffic: how many links flow how, then the slowest, those that cannot be believed, and what is in the way.
pub fn traffic(found: &Traffic, slice: Slice) -> Value {
    let network = &found.roads.network;
    json!({
        "as_of": found.now, "newest": found.newest, "stopped": found.has_stopped(), "datasets": found.datasets,
        "stale_minutes": found.stale, "more_readings": found.more,
        "links": network.links.len(),
        "levels": {
            "free": found.count(Some(Level::Free)), "slow": found.count(Some(Level::Slow)),
            "jammed": found.count(Some(Level::Jammed)), "unknown": found.count(None),
        },
        "known": slice.of(&found.slowest(), false, |at| link(found, *at)),
        "unknown": slice.of(&found.doubted(), false, |at| link(found, *at)),
        "links_without_use": slice.of(&network.troubles, false, |own| json!(own)),
        "speeds_without_link": slice.of(&found.strangers, false, |own| json!(own)),
        "incidents": found.incidents.as_ref().map(|all| slice.of(all, false, |own| incident(&found.roads.plane, own))),
        "bands": found.bands,
    })
}

/// A link as it is now.
pub fn link(found: &Traffic, at: usize) -> Value {
    let own = found.roads.network.links.get(at).zip(found.links.get(at));
    own.map_or(Value::Null, |(link, now)| {
        json!({
            "link": link.id, "road": link.road, "class": link.class, "length_m": link.length, "lanes": link.lanes,
            "limit": link.limit, "state": now.present.state, "speed": now.present.speed(), "last": now.present.last,
            "age_minutes": now.present.age_minutes, "usual": now.usual, "level": now.level,
            "doubts": now.present.doubts,
        })
    })
}

/// What is in the way.
pub fn incident(plane: &Plane, own: &Incident) -> Value {
    json!({
        "title": own.title, "kind": own.kind, "road": own.road, "starts": own.starts, "ends": own.ends,
        "at": own.shape.as_ref().and_then(|shape| middle(plane, shape)),
    })
}

fn collection(features: &[Value], total: usize) -> Value {
    let truncated = total > features.len();
    json!({"type": "FeatureCollection", "total": total, "truncated": truncated, "features": features})
}

/// The links as lines, each with how it flows.
pub fn lines(found: &Traffic) -> Value {
    let links = &found.roads.network.links;
    let all = links.iter().zip(&found.links);
    let features = all.take(DRAWN).filter_map(|(link, now)| {
        Some(json!({
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": points(&found.roads.plane, &link.shape)?},
            "properties": {
                "도로": link.road, "링크": link.id,
                "속도(km/h)": now.present.speed().map(f64::round), "평소(km/h)": now.usual.map(f64::round),
                "level": now.level.map_or("unknown", Level::word),
            },
        }))
    });
    collection(&features.collect::<Vec<_>>(), links.len())
}

/// A line in degrees, longitude before latitude.
fn points(plane: &Plane, shape: &Geometry<f64>) -> Option<Vec<[f64; 2]>> {
    let corners = situation::shape::corners(shape).into_iter();
    let points = corners.map(|at| {
        let (x, y) = plane.degrees(at)?;
        Some([round(x), round(y)])
    });
    points.collect()
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

/// What is in the way, as places: incidents, closures, and works that are under way.
pub fn marks(found: &Traffic, works: Option<&Works>) -> Value {
    let mut all = Vec::new();
    let mut mark = |plane: &Plane, shape: Option<&Geometry<f64>>, properties: Value| {
        if let Some(at) = shape.and_then(|shape| middle(plane, shape)) {
            all.push(json!({
                "type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": properties,
            }));
        }
    };
    for own in found.incidents.iter().flatten() {
        let properties = json!({
            "내용": own.title, "종류": own.kind, "도로": own.road, "시작": own.starts, "끝": own.ends, "mark": "incident",
        });
        mark(&found.roads.plane, own.shape.as_ref(), properties);
    }
    if let Some(works) = works {
        for own in works.closures_at(found.now) {
            let properties = json!({
                "내용": own.title, "도로": own.road, "시작": own.starts, "끝": own.ends, "mark": "closure",
            });
            mark(&works.plane, own.shape.as_ref(), properties);
        }
        for own in works.permits_now() {
            let properties = json!({
                "허가번호": own.number, "도로": own.road, "목적": own.said.utility, "시작": own.starts, "끝": own.ends,
                "mark": "works",
            });
            mark(&works.plane, Some(&own.shape), properties);
        }
    }
    let total = all.len();
    all.truncate(DRAWN);
    collection(&all, total)
}
