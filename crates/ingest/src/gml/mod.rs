//! Simple features of GML 3 → features of GeoJSON: points, lines, polygons, and several of them.
//!
//! An answer of a Web Feature Service is read element by element. Values stay the text they are. Coordinates are
//! put with the easting first; whether they come so is said by how their coordinate system is named.

mod shape;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::{Map, Value};

use shape::{Builder, is_geometry};

/// Deeper nesting than any feature has.
const DEPTH_MAX: usize = 64;

/// What an answer holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// Features of GeoJSON.
    pub features: Vec<Value>,
    /// All features there are, where the answer says so.
    pub matched: Option<u64>,
    /// Name of their coordinate system, as the answer says it.
    pub system: Option<String>,
}

/// Reads an answer. `asked` is the name of the coordinate system that was asked for, where the answer names none.
///
/// # Errors
/// When it is no XML, ends in the middle, or has shapes that are not simple: a sentence that says what.
pub fn features(text: &str, asked: Option<&str>) -> Result<Features, String> {
    let text = match text.trim_start().strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").ok_or("it ends in the middle")?.1,
        None => text,
    };
    let mut walk = Walk {
        found: Features::default(),
        depth: 0,
        within: None,
        feature: None,
        property: None,
        shape: None,
        fallback: asked.map(str::to_owned),
        is_boxed: false,
        skipped: None,
    };
    let mut reader = Reader::from_str(text);
    loop {
        let event = reader
            .read_event()
            .map_err(|error| format!("it is no sound XML: {error}"))?;
        match event {
            Event::Start(tag) => walk.open(&tag)?,
            Event::Empty(tag) => {
                walk.open(&tag)?;
                walk.close(&local(&tag))?;
            }
            Event::End(tag) => walk.close(tag.local_name().as_ref())?,
            Event::Text(text) => walk.text(&text.xml10_content()),
            Event::CData(text) => walk.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let sign = reference.resolve_char_ref().ok().flatten();
                let known = quick_xml::escape::resolve_xml_entity(&reference).map(str::to_owned);
                walk.text(&sign.map(String::from).or(known).unwrap_or_default());
            }
            Event::Eof => break,
            _ => (),
        }
    }
    if walk.depth > 0 {
        return Err("it ends in the middle".to_owned());
    }
    Ok(walk.found)
}

/// A feature while it is read.
#[derive(Default)]
struct Feature {
    depth: usize,
    id: Option<String>,
    geometry: Option<Value>,
    properties: Map<String, Value>,
}

/// A property while it is read.
struct Property {
    depth: usize,
    name: String,
    text: String,
    is_shape: bool,
}

struct Walk {
    found: Features,
    depth: usize,
    /// Depth of the element that features stand in.
    within: Option<usize>,
    feature: Option<Feature>,
    property: Option<Property>,
    shape: Option<(usize, Builder)>,
    /// The system of shapes that name none: the one of the box around everything, or the one asked for.
    fallback: Option<String>,
    is_boxed: bool,
    /// Depth of an element that is passed over.
    skipped: Option<usize>,
}

impl Walk {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("its elements are nested too deep".to_owned());
        }
        let name = local(tag);
        if self.skipped.is_some() {
            if !self.is_boxed
                && let Some(system) = attribute(tag, "srsName")
            {
                self.is_boxed = true;
                self.fallback = Some(system);
            }
            return Ok(());
        }
        if self.depth == 1 {
            self.found.matched = attribute(tag, "numberMatched").and_then(|all| all.parse().ok());
            return Ok(());
        }
        // A box is no shape of a feature; often only the one around everything says the system.
        if name == "boundedBy" {
            self.skipped = Some(self.depth);
            return Ok(());
        }
        if let Some((_, shape)) = &mut self.shape {
            return shape.open(&name, &attributes(tag));
        }
        if self.property.is_some() {
            if is_geometry(&name) {
                self.begin_shape(&name, tag);
            }
            return Ok(());
        }
        if let Some(feature) = &self.feature {
            if self.depth == feature.depth + 1 {
                self.property = Some(Property {
                    depth: self.depth,
                    name,
                    text: String::new(),
                    is_shape: false,
                });
            }
            return Ok(());
        }
        match self.within {
            Some(within) if self.depth == within + 1 => {
                self.feature = Some(Feature {
                    depth: self.depth,
                    id: attribute(tag, "id").or_else(|| attribute(tag, "fid")),
                    ..Feature::default()
                });
            }
            None if matches!(name.as_str(), "member" | "featureMember" | "featureMembers") => {
                self.within = Some(self.depth);
            }
            _ => (),
        }
        Ok(())
    }

    fn begin_shape(&mut self, name: &str, tag: &BytesStart<'_>) {
        let system = attribute(tag, "srsName")
            .or_else(|| self.found.system.clone())
            .or_else(|| self.fallback.clone());
        if self.found.system.is_none() {
            self.found.system.clone_from(&system);
        }
        let dimension = attribute(tag, "srsDimension");
        if let Some(property) = &mut self.property {
            property.is_shape = true;
        }
        self.shape = Some((
            self.depth,
            Builder::new(name, system.as_deref(), dimension.as_deref()),
        ));
    }

    fn text(&mut self, text: &str) {
        if self.skipped.is_some() {
            return;
        }
        match (&mut self.shape, &mut self.property) {
            (Some((_, shape)), _) => shape.text(text),
            (None, Some(property)) => property.text.push_str(text),
            (None, None) => (),
        }
    }

    fn close(&mut self, name: &str) -> Result<(), String> {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        if let Some(skipped) = self.skipped {
            if skipped == depth {
                self.skipped = None;
            }
            return Ok(());
        }
        if let Some((at, mut shape)) = self.shape.take() {
            shape.close(name)?;
            if at == depth {
                let geometry = shape.geometry()?;
                if let Some(feature) = &mut self.feature {
                    feature.geometry.get_or_insert(geometry);
                }
            } else {
                self.shape = Some((at, shape));
            }
            return Ok(());
        }
        if let Some(property) = self.property.take_if(|property| property.depth == depth) {
            if let Some(feature) = &mut self.feature
                && !property.is_shape
            {
                put(&mut feature.properties, property);
            }
            return Ok(());
        }
        if let Some(feature) = self.feature.take_if(|feature| feature.depth == depth) {
            self.found.features.push(feature.into_json());
            return Ok(());
        }
        if self.within == Some(depth) {
            self.within = None;
        }
        Ok(())
    }
}

impl Feature {
    fn into_json(self) -> Value {
        let mut json = Map::new();
        json.insert("type".to_owned(), "Feature".into());
        if let Some(id) = self.id {
            json.insert("id".to_owned(), id.into());
        }
        json.insert("geometry".to_owned(), self.geometry.unwrap_or(Value::Null));
        json.insert("properties".to_owned(), self.properties.into());
        json.into()
    }
}

/// A property that comes several times is one value with all of them.
fn put(properties: &mut Map<String, Value>, property: Property) {
    let text = property.text.trim();
    match properties.get_mut(&property.name) {
        Some(Value::String(known)) if !text.is_empty() => {
            known.push_str(", ");
            known.push_str(text);
        }
        Some(known @ Value::Null) if !text.is_empty() => *known = text.into(),
        Some(_) => (),
        None => {
            let value = if text.is_empty() {
                Value::Null
            } else {
                text.into()
            };
            properties.insert(property.name, value);
        }
    }
}

fn local(tag: &BytesStart<'_>) -> String {
    tag.local_name().as_ref().to_owned()
}

fn attributes(tag: &BytesStart<'_>) -> Vec<(String, String)> {
    let attributes = tag.attributes().filter_map(Result::ok);
    attributes
        .map(|attribute| {
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_or_else(
                    |_| attribute.value.to_string(),
                    std::borrow::Cow::into_owned,
                );
            (attribute.key.local_name().as_ref().to_owned(), value)
        })
        .collect()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = attributes(tag).into_iter();
    attributes
        .find(|(own, _)| own == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests;
