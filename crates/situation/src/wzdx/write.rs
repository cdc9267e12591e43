//! Permits → a feed of work zones.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use geo_types::{Coord, Geometry};
use serde_json::{Map, Value, json};

use super::VERSION;
use crate::shape::corners;

/// Who publishes the feed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Publisher {
    /// The city.
    pub name: String,
    /// Id of the source: the dataset.
    pub source: String,
    /// The department that answers for it.
    pub department: String,
    /// Its mail address.
    pub mail: Option<String>,
}

/// A work zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Number of the permit.
    pub id: String,
    /// The road; the standard wants one, and nothing said is `unknown`.
    pub road: Option<String>,
    /// What is done, in words.
    pub description: String,
    /// First day, in Korea.
    pub starts: NaiveDate,
    /// Last day, in Korea.
    pub ends: NaiveDate,
    /// Where, in degrees.
    pub shape: Geometry<f64>,
}

/// Begin of a Korean day.
fn begin(day: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = day.and_hms_opt(0, 0, 0)?;
    midnight.and_utc().checked_sub_signed(TimeDelta::hours(9))
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The feed as it was at a moment. A zone whose days the calendar of the standard does not reach is left out.
pub fn feed(publisher: &Publisher, zones: &[Zone], now: DateTime<Utc>) -> Value {
    let mut ids = Ids::default();
    let features: Vec<Value> = zones
        .iter()
        .filter_map(|zone| feature(zone, publisher, &mut ids))
        .collect();
    let mut source = Map::new();
    source.insert("data_source_id".to_owned(), json!(publisher.source));
    source.insert("organization_name".to_owned(), json!(publisher.department));
    if let Some(mail) = &publisher.mail {
        source.insert("contact_email".to_owned(), json!(mail));
    }
    json!({
        "type": "FeatureCollection",
        "feed_info": {
            "publisher": publisher.name,
            "update_date": moment(now),
            "version": VERSION,
            "data_sources": [source],
        },
        "features": features,
    })
}

/// Ids that were given: stretches of one permit are events of their own, and each id stands once.
#[derive(Debug, Default)]
struct Ids(HashSet<String>);

impl Ids {
    fn own(&mut self, number: &str) -> String {
        let mut id = number.to_owned();
        let mut count = 2;
        while !self.0.insert(id.clone()) {
            id = format!("{number}#{count}");
            count += 1;
        }
        id
    }
}

fn feature(zone: &Zone, publisher: &Publisher, ids: &mut Ids) -> Option<Value> {
    let start = begin(zone.starts)?;
    // The last second of the last day.
    let end = begin(zone.ends.succ_opt()?)? - TimeDelta::seconds(1);
    let geometry = geometry(&zone.shape)?;
    // What a permit does not say is not claimed: no lane, no direction, no verified place.
    Some(json!({
        "type": "Feature",
        "id": ids.own(&zone.id),
        "properties": {
            "core_details": {
                "event_type": "work-zone",
                "data_source_id": publisher.source,
                "road_names": [zone.road.as_deref().unwrap_or("unknown")],
                "direction": "unknown",
                "name": zone.id,
                "description": zone.description,
            },
            "start_date": moment(start),
            "end_date": moment(end),
            "is_start_date_verified": false,
            "is_end_date_verified": false,
            "is_start_position_verified": false,
            "is_end_position_verified": false,
            "location_method": "unknown",
            "vehicle_impact": "unknown",
            "types_of_work": [{"type_name": "below-road-work"}],
        },
        "geometry": geometry,
    }))
}

/// Seven digits are a centimetre.
fn position(at: Coord<f64>) -> Value {
    let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
    json!([round(at.x), round(at.y)])
}

/// A line stays a line; of all else the standard has the corners.
fn geometry(shape: &Geometry<f64>) -> Option<Value> {
    let places: Vec<Value> = match shape {
        Geometry::Polygon(area) => area
            .exterior()
            .coords()
            .skip(1)
            .copied()
            .map(position)
            .collect(),
        shape => corners(shape).into_iter().map(position).collect(),
    };
    let kind = match shape {
        Geometry::LineString(_) if places.len() > 1 => "LineString",
        _ => "MultiPoint",
    };
    (!places.is_empty()).then(|| json!({"type": kind, "coordinates": places}))
}
