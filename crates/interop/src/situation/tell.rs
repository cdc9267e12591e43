//! Street works as JSON: what is found, with the numbers of the permits, and where.

use geo_types::Geometry;
use serde_json::{Value, json};
use situation::plane::Plane;
use situation::works::{Conflict, Joinable, Permit, Protected, Unjudged};
use situation::wzdx::{Publisher, Zone, feed};

use super::works::Works;

/// A part of a list: totals are always those of the whole, and `next` is the offset of what comes behind.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// Rows to pass over.
    pub offset: usize,
    /// Most rows.
    pub limit: usize,
}

impl Slice {
    /// This part of a list, as JSON.
    pub fn of<T>(self, rows: &[T], more: bool, tell: impl Fn(&T) -> Value) -> Value {
        let shown: Vec<Value> = rows
            .iter()
            .skip(self.offset)
            .take(self.limit)
            .map(tell)
            .collect();
        let behind = self.offset.saturating_add(shown.len());
        let next = (behind < rows.len() && !shown.is_empty()).then_some(behind);
        json!({"total": rows.len(), "more": more, "offset": self.offset, "next": next, "rows": shown})
    }
}

/// The words of the parts.
pub const KINDS: [&str; 5] = ["conflicts", "protected", "joinable", "unjudged", "troubles"];

/// One part by its word, or all of them.
pub fn works(works: &Works, kind: Option<&str>, slice: Slice) -> Value {
    let mut told = json!({
        "as_of": works.today,
        "versions": works.versions.iter().map(|(id, number)| json!({"dataset": id, "version": number})).collect::<Vec<_>>(),
        "permits": works.permits.len(),
        "void_permits": works.void,
        "more_permits": works.more,
        "buffer_m": works.buffer,
    });
    for part in KINDS {
        if kind.is_none_or(|kind| kind == part) {
            told[part] = one(works, part, slice);
        }
    }
    told
}

fn one(works: &Works, part: &str, slice: Slice) -> Value {
    match part {
        "conflicts" => slice.of(&works.conflicts.rows, works.conflicts.more, |own| {
            conflict(works, own)
        }),
        "protected" => slice.of(&works.protected, false, |own| protected(works, own)),
        "joinable" => slice.of(&works.joinable, false, |own| joinable(works, own)),
        "unjudged" => slice.of(&works.unjudged, false, |own| unjudged(works, own)),
        _ => slice.of(&works.troubles, false, |own| json!(own)),
    }
}

/// A permit.
pub fn permit(works: &Works, at: usize) -> Value {
    works
        .permits
        .get(at)
        .map_or(Value::Null, |permit| of_permit(&works.plane, permit))
}

fn of_permit(plane: &Plane, permit: &Permit) -> Value {
    json!({
        "number": permit.number, "road": permit.road, "starts": permit.starts, "ends": permit.ends,
        "emergency": permit.emergency, "depth_m": permit.said.depth, "contractor": permit.said.contractor,
        "utility": permit.said.utility, "status": permit.said.status, "at": middle(plane, &permit.shape),
    })
}

/// The middle of a shape, longitude and latitude.
pub fn middle(plane: &Plane, shape: &Geometry<f64>) -> Option<[f64; 2]> {
    let (x, y) = plane.degrees(situation::shape::middle(shape)?)?;
    Some([short(x), short(y)])
}

fn short(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

/// Works in each other's way.
pub fn conflict(works: &Works, own: &Conflict) -> Value {
    json!({
        "first": permit(works, own.first), "second": permit(works, own.second),
        "metres": (own.metres * 100.0).round() / 100.0, "from": own.from, "to": own.to,
    })
}

/// Works on a protected road.
pub fn protected(works: &Works, own: &Protected) -> Value {
    let rule = works.rules.get(own.rule);
    json!({
        "permit": permit(works, own.permit), "paved": own.paved, "free_from": own.free_from,
        "surface": rule.map(|rule| &rule.surface), "years": rule.map(|rule| rule.years),
        "basis": rule.map(|rule| &rule.basis),
    })
}

/// Works that could be one.
pub fn joinable(works: &Works, own: &Joinable) -> Value {
    let permits = own.permits.iter().map(|at| permit(works, *at));
    json!({
        "road": own.road, "permits": permits.collect::<Vec<_>>(),
        "days_apart": own.days_apart, "days_together": own.days_together, "days_saved": own.days_saved(),
        "resurfaced_apart_m": own.resurfaced_apart, "resurfaced_together_m": own.resurfaced_together,
        "metres_saved": own.metres_saved(),
    })
}

/// Works of which it cannot be said whether the road is protected.
pub fn unjudged(works: &Works, own: &Unjudged) -> Value {
    let number = works.permits.get(own.permit).map(|permit| &permit.number);
    json!({"number": number, "lacks": own.lacks})
}

/// The works that something is found of, as places for a map, which gathers them where they lie close; each has the words
/// of what was found.
pub fn places(works: &Works) -> Value {
    let mut found: std::collections::BTreeMap<usize, Vec<&str>> = std::collections::BTreeMap::new();
    for own in &works.conflicts.rows {
        for at in [own.first, own.second] {
            let words = found.entry(at).or_default();
            if !words.contains(&"conflict") {
                words.push("conflict");
            }
        }
    }
    for own in &works.protected {
        found.entry(own.permit).or_default().push("protected");
    }
    let features = found.iter().filter_map(|(at, words)| {
        let permit = works.permits.get(*at)?;
        Some(json!({
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": middle(&works.plane, &permit.shape)?},
            "properties": {
                "허가번호": permit.number, "도로": permit.road, "시작일": permit.starts, "종료일": permit.ends,
                "목적": permit.said.utility, "found": words.join(","),
            },
        }))
    });
    let features: Vec<Value> = features.collect();
    json!({"type": "FeatureCollection", "total": features.len(), "truncated": works.conflicts.more, "features": features})
}

/// Works that are not over, as a feed of work zones.
pub fn zones(works: &Works, publisher: &Publisher, now: chrono::DateTime<chrono::Utc>) -> Value {
    let zones = works
        .permits
        .iter()
        .filter(|permit| permit.ends >= works.today)
        .filter_map(|permit| {
            let said = &permit.said;
            let words = [said.utility.as_deref(), said.status.as_deref()];
            let words: Vec<&str> = words.into_iter().flatten().collect();
            Some(Zone {
                id: permit.number.clone(),
                road: permit.road.clone(),
                description: words.join(", "),
                starts: permit.starts,
                ends: permit.ends,
                shape: works.plane.shape_in_degrees(&permit.shape)?,
            })
        });
    feed(publisher, &zones.collect::<Vec<_>>(), now)
}
