//! The coordinate system that features are in, proven where it can be.

use std::fmt;

use city::Fault;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

/// Degrees of longitude and latitude.
const DEGREES: u32 = 4326;

/// The box around all positions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Extent {
    x: (f64, f64),
    y: (f64, f64),
}

impl Default for Extent {
    fn default() -> Self {
        let nothing = (f64::INFINITY, f64::NEG_INFINITY);
        Self {
            x: nothing,
            y: nothing,
        }
    }
}

impl Extent {
    pub(super) fn add(&mut self, other: Self) {
        let both = |one: (f64, f64), other: (f64, f64)| (one.0.min(other.0), one.1.max(other.1));
        self.x = both(self.x, other.x);
        self.y = both(self.y, other.y);
    }

    fn of(x: f64, y: f64) -> Self {
        Self {
            x: (x, x),
            y: (y, y),
        }
    }

    fn is_empty(&self) -> bool {
        self.x.0 > self.x.1
    }

    fn is_within(&self, x: f64, y: f64) -> bool {
        self.x.0 >= -x && self.x.1 <= x && self.y.0 >= -y && self.y.1 <= y
    }

    /// Whether all of it can be longitude and latitude.
    fn is_degrees(&self) -> bool {
        self.is_empty() || self.is_within(180.0, 90.0)
    }

    /// Whether it can only be latitude and longitude.
    fn is_turned(&self) -> bool {
        !self.is_degrees() && self.is_within(90.0, 180.0)
    }
}

/// Walks the coordinates of a geometry and keeps nothing but the box around them.
impl<'de> Deserialize<'de> for Extent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Node::deserialize(deserializer)? {
            Node::Positions(extent) => Ok(extent),
            Node::Number(_) => Ok(Self::default()),
        }
    }
}

enum Node {
    Number(f64),
    Positions(Extent),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("positions")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "a coordinate is far smaller")]
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "a coordinate is far smaller")]
    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Positions(Extent::default()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut nodes: A) -> Result<Node, A::Error> {
        let (mut extent, mut numbers) = (Extent::default(), Vec::new());
        while let Some(node) = nodes.next_element()? {
            match node {
                Node::Positions(inner) => extent.add(inner),
                // A third is a height.
                Node::Number(number) if numbers.len() < 2 => numbers.push(number),
                Node::Number(_) => (),
            }
        }
        if let [x, y] = numbers.as_slice() {
            extent.add(Extent::of(*x, *y));
        }
        Ok(Node::Positions(extent))
    }
}

/// What a name of a coordinate system says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Longitude and latitude, in this order.
    Crs84,
    /// A number of the EPSG's list.
    Epsg(u32),
    /// Something else.
    Other(String),
}

impl Named {
    /// Reads `EPSG:5186`, `urn:ogc:def:crs:EPSG::5186`, `http://www.opengis.net/def/crs/EPSG/0/5186` and the like.
    pub(super) fn read(name: &str) -> Self {
        let upper = name.trim().trim_matches(['<', '>']).to_uppercase();
        if upper.ends_with("CRS84") || upper.ends_with("CRS84H") {
            return Self::Crs84;
        }
        let last = upper.rsplit([':', '/', '#']).next().unwrap_or_default();
        match last.parse() {
            Ok(code) if upper.contains("EPSG") => Self::Epsg(code),
            _ => Self::Other(name.to_owned()),
        }
    }
}

/// The system that features are in: the one named in the answer, or the one asked for where only that can be.
///
/// # Errors
/// When Madang does not know the system, or the coordinates cannot be in it.
pub(super) fn of(
    place: &str,
    named: Option<Named>,
    asked: Option<u32>,
    extent: Extent,
) -> Result<u32, Fault> {
    let code = match named {
        Some(Named::Crs84) => DEGREES,
        Some(Named::Epsg(code)) if is_known(code) => code,
        Some(Named::Epsg(code)) => return Err(unknown(place, &format!("EPSG:{code}"))),
        Some(Named::Other(name)) => return Err(unknown(place, &name)),
        // The standard of GeoJSON: degrees, where nothing is said. Older servers say nothing of what was asked for.
        None if extent.is_degrees() => DEGREES,
        None => asked.unwrap_or(DEGREES),
    };
    if code == DEGREES && extent.is_turned() {
        return Err(Fault::at(
            place,
            "the features come with latitude where longitude belongs",
        )
        .remedy("ask for another coordinate system: srs = \"EPSG:3857\"; tell the provider; the last version stays"));
    }
    if code == DEGREES && !extent.is_degrees() {
        let what = format!(
            "the features' coordinates are no degrees (x {} to {}, y {} to {}), and nothing says what they are",
            extent.x.0, extent.x.1, extent.y.0, extent.y.1
        );
        return Err(Fault::at(place, what).remedy(
            "say which coordinate system to ask for: srs = \"EPSG:5186\"; the last version stays",
        ));
    }
    Ok(code)
}

fn is_known(code: u32) -> bool {
    city::crs::code(&format!("EPSG:{code}")).is_some()
}

fn unknown(place: &str, name: &str) -> Fault {
    let shown: String = name.chars().take(80).collect();
    Fault::at(
        place,
        format!("the features are in the coordinate system `{shown}`, which is not known"),
    )
    .remedy("ask for another: srs = \"EPSG:4326\"; the last version stays")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(text: &str) -> Extent {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_box_around_coordinates_of_any_depth() {
        assert_eq!(extent("[127.5, 37, 12.0]"), Extent::of(127.5, 37.0));
        let polygon = extent("[[[0,0],[4,-1],[4,3]],[[1,1],[2,2]]]");
        assert_eq!((polygon.x, polygon.y), ((0.0, 4.0), (-1.0, 3.0)));
        assert!(
            extent("[]").is_empty() && extent("null").is_empty() && extent("[null]").is_empty()
        );
        assert!(serde_json::from_str::<Extent>("[\"a\"]").is_err());
    }

    #[test]
    fn a_name_of_a_system_is_read_in_every_spelling() {
        for name in [
            "EPSG:5186",
            "urn:ogc:def:crs:EPSG::5186",
            "urn:ogc:def:crs:EPSG:6.9:5186",
            "http://www.opengis.net/def/crs/EPSG/0/5186",
            "http://www.opengis.net/gml/srs/epsg.xml#5186",
        ] {
            assert_eq!(Named::read(name), Named::Epsg(5186), "{name}");
        }
        for name in [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>",
            "http://www.opengis.net/def/crs/OGC/0/CRS84h",
        ] {
            assert_eq!(Named::read(name), Named::Crs84, "{name}");
        }
        assert_eq!(Named::read("local"), Named::Other("local".to_owned()));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let (degrees, metres) = (extent("[127.7, 37.9]"), extent("[264221.3, 587076.1]"));
        let turned = extent("[37.9, 127.7]");
        let told = |named, asked, extent| of("x", named, asked, extent).map_err(|fault| fault.what);
        assert_eq!(told(None, None, degrees), Ok(4326));
        assert_eq!(told(None, Some(5186), metres), Ok(5186));
        assert_eq!(told(None, Some(5186), degrees), Ok(4326));
        assert_eq!(told(Some(Named::Epsg(5186)), None, metres), Ok(5186));
        assert_eq!(
            told(Some(Named::Epsg(4326)), None, Extent::default()),
            Ok(4326)
        );
        assert!(told(None, None, metres).unwrap_err().contains("no degrees"));
        assert!(told(Some(Named::Crs84), None, metres).is_err());
        assert!(
            told(None, None, turned)
                .unwrap_err()
                .contains("latitude where longitude belongs")
        );
        assert!(
            told(Some(Named::Epsg(4737)), None, degrees)
                .unwrap_err()
                .contains("EPSG:4737")
        );
        assert!(told(Some(Named::Other("x".into())), None, degrees).is_err());
    }
}
