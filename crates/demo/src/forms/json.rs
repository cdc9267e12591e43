//! JSON documents, JSON lines and GeoJSON. Numbers of a record are those of its order.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::{Form, whole};
use crate::DemoError;
use crate::dirt::Plant;

fn value(text: &str) -> Value {
    let code = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    match text.parse::<f64>() {
        _ if text.is_empty() => Value::Null,
        Ok(_) if !code && text.len() < 10 => text
            .parse::<serde_json::Number>()
            .map_or_else(|_| Value::String(text.to_owned()), Value::Number),
        _ => Value::String(text.to_owned()),
    }
}

/// Names of a record's cells.
fn owned(heads: &[&str]) -> Vec<String> {
    heads.iter().map(|head| (*head).to_owned()).collect()
}

fn object(heads: &[String], cells: &[String]) -> Map<String, Value> {
    heads
        .iter()
        .zip(cells)
        .map(|(head, cell)| (head.clone(), value(cell)))
        .collect()
}

/// One document with the records below `data`.
pub struct Json {
    path: PathBuf,
    heads: Vec<String>,
    records: Vec<Value>,
}

impl Json {
    /// A document.
    pub fn new(path: &Path, heads: &[&str]) -> Self {
        Self {
            path: path.to_owned(),
            heads: owned(heads),
            records: Vec::new(),
        }
    }
}

impl Form for Json {
    fn row(&mut self, cells: &[String], _plant: Option<&Plant>) -> Result<u64, DemoError> {
        self.records.push(Value::Object(object(&self.heads, cells)));
        Ok(self.records.len() as u64)
    }

    fn finish(self: Box<Self>) -> Result<(), DemoError> {
        let text = serde_json::to_vec_pretty(
            &json!({"title": "한빛시", "count": self.records.len(), "data": self.records}),
        )?;
        Ok(whole(&self.path, &text)?)
    }
}

/// One record a line.
pub struct Lines {
    path: PathBuf,
    heads: Vec<String>,
    text: Vec<u8>,
    lines: u64,
}

impl Lines {
    /// A file of records.
    pub fn new(path: &Path, heads: &[&str]) -> Self {
        Self {
            path: path.to_owned(),
            heads: owned(heads),
            text: Vec::new(),
            lines: 0,
        }
    }
}

impl Form for Lines {
    fn row(&mut self, cells: &[String], _plant: Option<&Plant>) -> Result<u64, DemoError> {
        serde_json::to_writer(&mut self.text, &object(&self.heads, cells))?;
        self.text.push(b'\n');
        self.lines += 1;
        Ok(self.lines)
    }

    fn finish(self: Box<Self>) -> Result<(), DemoError> {
        Ok(whole(&self.path, &self.text)?)
    }
}

/// One record, as a line of text has it.
pub fn record(heads: &[&str], cells: &[String]) -> Value {
    Value::Object(object(&owned(heads), cells))
}

/// What is said of a point, and where it is.
pub fn parted(heads: &[String], cells: &[String]) -> (Map<String, Value>, Vec<f64>) {
    let (facts, point) = cells.split_at(heads.len().min(cells.len()));
    let point = point.iter().filter_map(|cell| cell.parse().ok()).collect();
    (object(heads, facts), point)
}

/// A point as a feature.
pub fn feature(id: Option<&str>, facts: Map<String, Value>, point: &[f64]) -> Value {
    let geometry = json!({"type": "Point", "coordinates": point});
    let mut feature = Map::new();
    feature.insert("type".to_owned(), json!("Feature"));
    if let Some(id) = id {
        feature.insert("id".to_owned(), json!(id));
    }
    feature.insert("geometry".to_owned(), geometry);
    feature.insert("properties".to_owned(), Value::Object(facts));
    Value::Object(feature)
}

/// Points as GeoJSON: the last two cells are longitude and latitude.
pub struct Geo {
    path: PathBuf,
    heads: Vec<String>,
    features: Vec<Value>,
}

impl Geo {
    /// A collection.
    pub fn new(path: &Path, heads: &[&str]) -> Self {
        Self {
            path: path.to_owned(),
            heads: owned(heads),
            features: Vec::new(),
        }
    }
}

impl Form for Geo {
    fn row(&mut self, cells: &[String], _plant: Option<&Plant>) -> Result<u64, DemoError> {
        let (facts, point) = parted(&self.heads, cells);
        self.features.push(feature(None, facts, &point));
        Ok(self.features.len() as u64)
    }

    fn finish(self: Box<Self>) -> Result<(), DemoError> {
        Ok(whole(
            &self.path,
            &serde_json::to_vec(&json!({"type": "FeatureCollection", "features": self.features}))?,
        )?)
    }
}
