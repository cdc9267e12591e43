//! One geometry of GML → one of GeoJSON.

use serde_json::{Value, json};

type Position = [f64; 2];

/// Elements that are a geometry.
pub(super) fn is_geometry(name: &str) -> bool {
    matches!(
        name,
        "Point"
            | "LineString"
            | "Curve"
            | "Polygon"
            | "Surface"
            | "MultiPoint"
            | "MultiLineString"
            | "MultiCurve"
            | "MultiPolygon"
            | "MultiSurface"
            | "MultiGeometry"
            | "CompositeCurve"
            | "CompositeSurface"
    )
}

/// Whether the name of a coordinate system is one that leaves the order of its axes to the EPSG's list, and the
/// list says northing (latitude) first.
fn is_north_first(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let is_strict = name.starts_with("urn:") || name.contains("/def/crs/");
    let code = name.rsplit([':', '/', '#']).next().unwrap_or_default();
    let code: Option<u32> = code.parse().ok();
    is_strict && name.contains("epsg") && code.is_some_and(city::crs::is_north_first)
}

/// A geometry while it is read.
#[derive(Debug)]
pub(super) struct Builder {
    is_single: bool,
    is_turned: bool,
    dimension: usize,
    text: Option<String>,
    /// Positions since the last part ended.
    line: Vec<Position>,
    ring_depth: usize,
    curve_depth: usize,
    is_exterior: bool,
    rings: Vec<Vec<Position>>,
    points: Vec<Position>,
    lines: Vec<Vec<Position>>,
    polygons: Vec<Vec<Vec<Position>>>,
}

impl Builder {
    pub(super) fn new(name: &str, system: Option<&str>, dimension: Option<&str>) -> Self {
        let is_curve = name == "Curve";
        Self {
            is_single: !name.starts_with("Multi") && !name.starts_with("Composite"),
            is_turned: system.is_some_and(is_north_first),
            dimension: dimension.and_then(|text| text.parse().ok()).unwrap_or(2),
            text: None,
            line: Vec::new(),
            ring_depth: 0,
            curve_depth: usize::from(is_curve),
            is_exterior: true,
            rings: Vec::new(),
            points: Vec::new(),
            lines: Vec::new(),
            polygons: Vec::new(),
        }
    }

    pub(super) fn open(
        &mut self,
        name: &str,
        attributes: &[(String, String)],
    ) -> Result<(), String> {
        let dimension = attributes.iter().find(|(own, _)| own == "srsDimension");
        if let Some(dimension) = dimension.and_then(|(_, text)| text.parse().ok()) {
            self.dimension = dimension;
        }
        match name {
            "pos" | "posList" | "coordinates" => self.text = Some(String::new()),
            "LinearRing" | "Ring" => self.ring_depth += 1,
            "Curve" => self.curve_depth += 1,
            "exterior" | "outerBoundaryIs" => self.is_exterior = true,
            "interior" | "innerBoundaryIs" => self.is_exterior = false,
            "Arc"
            | "ArcString"
            | "ArcByBulge"
            | "ArcByCenterPoint"
            | "Circle"
            | "CircleByCenterPoint"
            | "CubicSpline"
            | "BSpline"
            | "Bezier"
            | "Clothoid"
            | "OffsetCurve"
            | "Solid"
            | "MultiSolid" => {
                return Err(format!("a shape is a `{name}`, which is not simple"));
            }
            _ => (),
        }
        Ok(())
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(own) = &mut self.text {
            own.push_str(text);
        }
    }

    pub(super) fn close(&mut self, name: &str) -> Result<(), String> {
        match name {
            "pos" | "posList" | "coordinates" => {
                let text = self.text.take().unwrap_or_default();
                self.positions(&text, name == "coordinates")?;
            }
            "LinearRing" | "Ring" => {
                self.ring_depth = self.ring_depth.saturating_sub(1);
                if self.ring_depth == 0 {
                    let ring = std::mem::take(&mut self.line);
                    // The outer ring stands first, wherever it came.
                    let at = if self.is_exterior {
                        0
                    } else {
                        self.rings.len()
                    };
                    self.rings.insert(at, ring);
                }
            }
            "Polygon" | "PolygonPatch" | "Triangle" | "Rectangle" => {
                self.polygons.push(std::mem::take(&mut self.rings));
                self.is_exterior = true;
            }
            "Curve" => {
                self.curve_depth = self.curve_depth.saturating_sub(1);
                self.end_line();
            }
            "LineString" => self.end_line(),
            "Point" => self.points.append(&mut self.line),
            _ => (),
        }
        Ok(())
    }

    /// A line ends that is no part of a ring or of a longer line.
    fn end_line(&mut self) {
        if self.ring_depth == 0 && self.curve_depth == 0 {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }

    fn positions(&mut self, text: &str, is_old: bool) -> Result<(), String> {
        // The old way: positions apart by spaces, their numbers by commas.
        let dimension = match text.split_whitespace().next() {
            Some(first) if is_old => first.split(',').count(),
            _ => self.dimension,
        };
        let separator = |sign: char| sign.is_whitespace() || (is_old && sign == ',');
        let mut numbers = Vec::new();
        for word in text.split(separator).filter(|word| !word.is_empty()) {
            let number: f64 = word
                .parse()
                .map_err(|error| format!("a coordinate is no number: {error}"))?;
            numbers.push(number);
        }
        if dimension < 2 || !numbers.len().is_multiple_of(dimension) {
            return Err(format!(
                "{} coordinates are no positions of {dimension}",
                numbers.len()
            ));
        }
        for position in numbers.chunks_exact(dimension) {
            let [one, other, ..] = position else { continue };
            let position = if self.is_turned {
                [*other, *one]
            } else {
                [*one, *other]
            };
            // Where one part of a line ends the next begins.
            if self.line.last() != Some(&position) || self.ring_depth + self.curve_depth == 0 {
                self.line.push(position);
            }
        }
        Ok(())
    }

    pub(super) fn geometry(self) -> Result<Value, String> {
        let kinds = [
            !self.points.is_empty(),
            !self.lines.is_empty(),
            !self.polygons.is_empty(),
        ];
        match kinds {
            [false, false, false] => Ok(Value::Null),
            [true, false, false] => Ok(of("Point", &self.points, self.is_single)),
            [false, true, false] => Ok(of("LineString", &self.lines, self.is_single)),
            [false, false, true] => Ok(of("Polygon", &self.polygons, self.is_single)),
            _ => Err("a shape has points, lines and areas in one".to_owned()),
        }
    }
}

fn of<T: serde::Serialize>(kind: &str, parts: &[T], is_single: bool) -> Value {
    match parts {
        [only] if is_single => json!({"type": kind, "coordinates": only}),
        _ => json!({"type": format!("Multi{kind}"), "coordinates": parts}),
    }
}
