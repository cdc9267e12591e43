//! A feed of work zones → events.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::check::{Finding, check_value};

/// A work zone or a detour.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// `work-zone` or `detour`.
    pub kind: String,
    /// Roads.
    pub roads: Vec<String>,
    /// Direction of traffic.
    pub direction: String,
    /// In words.
    pub description: Option<String>,
    /// Begin.
    pub starts: DateTime<Utc>,
    /// End.
    pub ends: DateTime<Utc>,
    /// What it does to traffic; a detour says nothing of it.
    pub impact: Option<String>,
    /// Lanes: all, and those that are closed.
    pub lanes: Option<(usize, usize)>,
    /// Who says so.
    pub organisation: Option<String>,
    /// Where, as GeoJSON in degrees.
    pub geometry: Value,
}

/// The events of a sound feed.
///
/// # Errors
/// With everything that is wrong with it.
pub fn events(text: &str) -> Result<Vec<Event>, Vec<Finding>> {
    let feed: Value = match serde_json::from_str(text) {
        Ok(feed) => feed,
        Err(_) => return Err(super::check(text)),
    };
    let findings = check_value(&feed);
    if !findings.is_empty() {
        return Err(findings);
    }
    let features = feed["features"].as_array().map(Vec::as_slice);
    let features = features.unwrap_or_default().iter();
    Ok(features
        .filter_map(|feature| event(&feed, feature))
        .collect())
}

/// Events as plain GeoJSON: one feature an event, its facts as columns, so that it can be loaded as a dataset.
pub fn table(events: &[Event]) -> Value {
    let features = events.iter().map(|event| {
        let lanes = event.lanes;
        json!({
            "type": "Feature",
            "geometry": event.geometry,
            "properties": {
                "id": event.id,
                "kind": event.kind,
                "roads": event.roads.join(", "),
                "direction": event.direction,
                "description": event.description,
                "starts_at": event.starts.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "ends_at": event.ends.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "impact": event.impact,
                "lanes": lanes.map(|(all, _)| all),
                "lanes_closed": lanes.map(|(_, closed)| closed),
                "organisation": event.organisation,
            },
        })
    });
    json!({"type": "FeatureCollection", "features": features.collect::<Vec<_>>()})
}

fn event(feed: &Value, feature: &Value) -> Option<Event> {
    let properties = feature.get("properties")?;
    let core = properties.get("core_details")?;
    let text = |of: &Value, key: &str| Some(of.get(key)?.as_str()?.to_owned());
    let moment = |key: &str| {
        let moment = DateTime::parse_from_rfc3339(properties.get(key)?.as_str()?);
        moment.ok().map(|moment| moment.to_utc())
    };
    let roads = core.get("road_names")?.as_array()?.iter();
    let lanes = properties.get("lanes").and_then(Value::as_array);
    let source = text(core, "data_source_id");
    let info = feed
        .get("feed_info")
        .or_else(|| feed.get("road_event_feed_info"));
    let sources = info.and_then(|info| info.get("data_sources")?.as_array());
    let organisation = sources.into_iter().flatten().find_map(|known| {
        let is_it = text(known, "data_source_id") == source;
        is_it.then(|| text(known, "organization_name")).flatten()
    });
    Some(Event {
        id: text(feature, "id")?,
        // A device is no event.
        kind: text(core, "event_type")?,
        roads: roads
            .filter_map(|road| Some(road.as_str()?.to_owned()))
            .collect(),
        direction: text(core, "direction")?,
        description: text(core, "description"),
        starts: moment("start_date")?,
        ends: moment("end_date")?,
        impact: text(properties, "vehicle_impact"),
        lanes: lanes.map(|lanes| {
            let is_closed =
                |lane: &&Value| lane.get("status").and_then(Value::as_str) == Some("closed");
            (lanes.len(), lanes.iter().filter(is_closed).count())
        }),
        organisation,
        geometry: feature.get("geometry")?.clone(),
    })
}
