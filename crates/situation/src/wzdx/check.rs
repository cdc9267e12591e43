//! A text beside the forms of its kind, and the rules that no form can say.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, Offset};
use city::Fault;
use serde::Serialize;
use serde_json::Value;

use super::form::Form::{Geometry, List, Number, Table, Text, Word};
use super::form::{Shape, Walk, may, must, whole};
use super::{devices, place, zones};

/// One thing wrong with a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which value: `$.features[0].properties.start_date`.
    pub path: String,
    /// By which rule.
    pub rule: Rule,
    /// What is wrong.
    pub what: String,
    /// What was expected.
    pub expected: String,
}

/// A rule of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Rule {
    /// The text is JSON.
    #[serde(rename = "json")]
    Json,
    /// Keys and values have their forms: what the standard's schema says.
    #[serde(rename = "schema")]
    Form,
    /// Business rule 2: lanes are all there, or none of them.
    BR2,
    /// Business rule 3: lane 1 is the left-most, and each order stands once.
    BR3,
    /// Business rule 4: the source of an event is one of the feed's.
    BR4,
    /// Business rule 5: moments are in UTC.
    BR5,
    /// An event does not end before it begins.
    #[serde(rename = "period")]
    Period,
    /// An id stands once.
    #[serde(rename = "id")]
    Id,
}

impl Rule {
    /// Its word in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "schema",
            Self::BR2 => "BR2",
            Self::BR3 => "BR3",
            Self::BR4 => "BR4",
            Self::BR5 => "BR5",
            Self::Period => "period",
            Self::Id => "id",
        }
    }
}

const HEAD: Shape = Shape {
    keys: &[
        must("type", Word(&["FeatureCollection"])),
        may("feed_info", Table(&zones::FEED_INFO)),
        may("road_event_feed_info", Table(&zones::FEED_INFO)),
        may("bbox", List(4, &Number(f64::MIN))),
    ],
    either: &[["feed_info", "road_event_feed_info"]],
    with: &[],
};

const ZONE: Shape = Shape::of(&[
    must("id", Text),
    must("type", Word(&["Feature"])),
    must("geometry", Geometry(&["LineString", "MultiPoint"])),
    may("bbox", List(4, &Number(f64::MIN))),
]);

const DEVICE: Shape = Shape::of(&[
    must("id", Text),
    must("type", Word(&["Feature"])),
    must("geometry", Geometry(&["Point"])),
    may("bbox", List(4, &Number(f64::MIN))),
]);

/// Everything that is wrong with a feed of work zones or devices. A sound feed has no finding.
pub fn check(text: &str) -> Vec<Finding> {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => check_value(&value),
        Err(error) => vec![Finding {
            path: "$".to_owned(),
            rule: Rule::Json,
            what: format!("the text is not JSON: {error}"),
            expected: "a GeoJSON FeatureCollection".to_owned(),
        }],
    }
}

/// The same of a text that was read already.
pub fn check_value(value: &Value) -> Vec<Finding> {
    let mut walk = Walk {
        findings: Vec::new(),
    };
    walk.shape(value, &HEAD, "$");
    match value.get("features") {
        Some(Value::Array(features)) => {
            let sources = sources(value);
            let mut ids = BTreeSet::new();
            for (at, feature) in features.iter().enumerate() {
                let path = format!("$.features[{at}]");
                walk.feature(feature, &path);
                walk.identity(feature, &path, &mut ids);
                walk.source(feature, &path, sources.as_ref());
            }
        }
        Some(_) => walk.tell("$.features", "found no list".to_owned(), "a list"),
        None if value.is_object() => {
            walk.tell("$", "`features` is missing".to_owned(), "a list of events");
        }
        None => {}
    }
    walk.moments(value, "$");
    walk.findings
}

/// The version a feed says it is of.
pub fn version(text: &str) -> Option<String> {
    let feed: Value = serde_json::from_str(text).ok()?;
    let info = feed
        .get("feed_info")
        .or_else(|| feed.get("road_event_feed_info"))?;
    Some(info.get("version")?.as_str()?.to_owned())
}

/// Findings as faults of a file, each with its line and column.
pub fn faults(file: &Path, text: &str, findings: &[Finding]) -> Vec<Fault> {
    findings
        .iter()
        .map(|finding| {
            let what = format!(
                "{} ({}): {}",
                finding.path,
                finding.rule.word(),
                finding.what
            );
            let fault = Fault::at(file, what).expected(&finding.expected);
            match place::of(text, &finding.path) {
                Some((line, column)) => fault.line(line).column(column),
                None => fault,
            }
        })
        .collect()
}

/// Ids of the feed's sources.
fn sources(feed: &Value) -> Option<BTreeSet<&str>> {
    let info = feed
        .get("feed_info")
        .or_else(|| feed.get("road_event_feed_info"))?;
    let sources = info.get("data_sources")?.as_array()?;
    // A source without an id is told by its form; nothing is said of events then.
    sources
        .iter()
        .map(|source| source.get("data_source_id")?.as_str())
        .collect()
}

impl Walk {
    fn feature(&mut self, feature: &Value, path: &str) {
        let properties = feature.get("properties");
        let core = properties.and_then(|own| own.get("core_details"));
        let device = core.and_then(|core| core.get("device_type"));
        self.shape(
            feature,
            if device.is_some() { &DEVICE } else { &ZONE },
            path,
        );
        let Some(properties) = properties else {
            if feature.is_object() {
                self.tell(path, "`properties` is missing".to_owned(), "an object");
            }
            return;
        };
        let path = format!("{path}.properties");
        if let Some(device) = device {
            if let Some(core) = core {
                self.shape(core, &devices::CORE, &format!("{path}.core_details"));
            }
            if let Some(shape) = device.as_str().and_then(devices::of_kind) {
                self.shape(properties, shape, &path);
            }
            return;
        }
        let kind = core
            .and_then(|core| core.get("event_type"))
            .and_then(Value::as_str);
        if kind == Some("detour") {
            self.shape(properties, &zones::DETOUR, &path);
        } else {
            self.shape(properties, &zones::WORK_ZONE, &path);
        }
        self.lanes(properties, &path);
        self.period(properties, &path);
    }

    fn identity<'v>(&mut self, feature: &'v Value, path: &str, ids: &mut BTreeSet<&'v str>) {
        if let Some(id) = feature.get("id").and_then(Value::as_str)
            && !ids.insert(id)
        {
            let what = format!("the id `{id}` stands twice");
            self.tell_of(Rule::Id, &format!("{path}.id"), what, "each id once");
        }
    }

    fn source(&mut self, feature: &Value, path: &str, sources: Option<&BTreeSet<&str>>) {
        let own = feature
            .get("properties")
            .and_then(|own| own.get("core_details")?.get("data_source_id")?.as_str());
        if let (Some(own), Some(sources)) = (own, sources)
            && !sources.contains(own)
        {
            let what = format!("`{own}` is no source of this feed");
            let path = format!("{path}.properties.core_details.data_source_id");
            let known: Vec<&str> = sources.iter().copied().collect();
            self.tell_of(
                Rule::BR4,
                &path,
                what,
                format!("one of {}", known.join(", ")),
            );
        }
    }

    /// Lanes are numbered from the left, each once, none left out.
    fn lanes(&mut self, properties: &Value, path: &str) {
        let Some(lanes) = properties.get("lanes").and_then(Value::as_array) else {
            return;
        };
        let mut seen = BTreeSet::new();
        for (at, lane) in lanes.iter().enumerate() {
            let Some(order) = lane.get("order").and_then(whole) else {
                continue;
            };
            if !seen.insert(order) {
                let path = format!("{path}.lanes[{at}].order");
                let what = format!("lane {order} stands twice");
                self.tell_of(Rule::BR3, &path, what, "each lane once, 1 is the left-most");
            }
        }
        let last = seen.last().copied().unwrap_or_default();
        let missing: Vec<String> = (1..=last.min(99))
            .filter(|order| !seen.contains(order))
            .map(|order| order.to_string())
            .collect();
        if !missing.is_empty() {
            let what = format!("lane {} is left out", missing.join(", "));
            let expected = format!("every lane from 1 to {last}, or no `lanes` at all");
            self.tell_of(Rule::BR2, &format!("{path}.lanes"), what, expected);
        }
    }

    fn period(&mut self, properties: &Value, path: &str) {
        let moment = |key: &str| {
            let text = properties.get(key)?.as_str()?;
            DateTime::parse_from_rfc3339(text).ok()
        };
        if let (Some(start), Some(end)) = (moment("start_date"), moment("end_date"))
            && end < start
        {
            let what = "the event ends before it begins".to_owned();
            let path = format!("{path}.end_date");
            self.tell_of(Rule::Period, &path, what, "an end on or after the start");
        }
    }

    /// Moments are told by the names of their keys: every one of the standard's ends so.
    fn moments(&mut self, value: &Value, path: &str) {
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.moments(item, &format!("{path}[{at}]"));
                }
            }
            Value::Object(table) => {
                for (key, own) in table {
                    let path = format!("{path}.{key}");
                    let is_moment = key.ends_with("_date") || key.ends_with("_timestamp");
                    match own.as_str().filter(|_| is_moment) {
                        Some(text) => self.utc(text, &path),
                        None => self.moments(own, &path),
                    }
                }
            }
            _ => {}
        }
    }

    fn utc(&mut self, text: &str, path: &str) {
        let Ok(moment) = DateTime::parse_from_rfc3339(text) else {
            return;
        };
        if moment.offset().fix().local_minus_utc() != 0 {
            let what = format!("`{text}` is not in UTC");
            let right = moment.to_utc().format("%Y-%m-%dT%H:%M:%SZ");
            self.tell_of(Rule::BR5, path, what, format!("`{right}`"));
        }
    }
}
