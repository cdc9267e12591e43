//! Degrees and metres.
//!
//! Distances are measured in the plane that the city keeps its own maps in, so that a buffer of ten metres is ten metres
//! on them. A city that keeps its maps in degrees is measured in the unified system of the whole country.

use geo_types::{Coord, Geometry, LineString, Point, Rect, coord};
use geozero::ToGeo;
use geozero::wkb::Wkb;
use proj4rs::Proj;
use proj4rs::transform::transform;

use crate::shape::{Pieces, bounds, moved, overlap};

/// Metres all over the country; what a city is measured in whose own system is no plane.
const UNIFIED: u32 = 5179;
/// Systems that are no plane in metres: degrees, and the one that stretches with the latitude.
const NO_PLANE: [u32; 2] = [4326, 3857];

/// The way between degrees and the city's metres.
pub struct Plane {
    degrees: Proj,
    metres: Proj,
}

impl std::fmt::Debug for Plane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plane")
    }
}

impl Plane {
    /// The plane of a city whose maps are kept in `crs` (`EPSG:5186`, ...); nothing where Madang does not know it.
    pub fn new(crs: &str) -> Option<Self> {
        let code = city::crs::code(crs)?;
        let code = if NO_PLANE.contains(&code) {
            UNIFIED
        } else {
            code
        };
        let projection = |code| Proj::from_proj_string(&city::crs::definition(code)?).ok();
        Some(Self {
            degrees: projection(4326)?,
            metres: projection(code)?,
        })
    }

    fn project(from: &Proj, to: &Proj, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        let mut point = (x, y, 0.0);
        transform(from, to, &mut point).ok()?;
        (point.0.is_finite() && point.1.is_finite()).then_some((point.0, point.1))
    }

    /// Metres of a longitude and a latitude; nothing where there is no such place.
    pub fn metres(&self, longitude: f64, latitude: f64) -> Option<Coord<f64>> {
        if !longitude.is_finite() || !latitude.is_finite() || latitude.abs() > 90.0 {
            return None;
        }
        let degrees = (longitude.to_radians(), latitude.to_radians());
        let (x, y) = Self::project(&self.degrees, &self.metres, degrees)?;
        Some(coord! { x: x, y: y })
    }

    /// Longitude and latitude of a place in metres.
    pub fn degrees(&self, at: Coord<f64>) -> Option<(f64, f64)> {
        let (x, y) = Self::project(&self.metres, &self.degrees, (at.x, at.y))?;
        Some((x.to_degrees(), y.to_degrees()))
    }

    /// A shape in degrees as it is in metres; nothing where a corner of it is nowhere.
    pub fn shape(&self, shape: &Geometry<f64>) -> Option<Geometry<f64>> {
        moved(shape, &|at| self.metres(at.x, at.y))
    }

    /// A shape in metres as it is in degrees.
    pub fn shape_in_degrees(&self, shape: &Geometry<f64>) -> Option<Geometry<f64>> {
        moved(shape, &|at| {
            self.degrees(at).map(|(x, y)| coord! { x: x, y: y })
        })
    }

    /// A shape as a dataset keeps it (well-known binary, degrees), in metres.
    pub fn stored(&self, bytes: &[u8]) -> Option<Geometry<f64>> {
        self.shape(&stored(bytes)?)
    }

    /// A place as a dataset keeps it, in metres.
    pub fn place(&self, longitude: f64, latitude: f64) -> Option<Geometry<f64>> {
        let at = self.metres(longitude, latitude)?;
        Some(Geometry::Point(Point::from(at)))
    }
}

/// A shape as a dataset keeps it, in degrees.
pub fn stored(bytes: &[u8]) -> Option<Geometry<f64>> {
    Wkb(bytes).to_geo().ok()
}

/// Where the city is, in metres: what lies elsewhere is not its business.
#[derive(Clone, Debug)]
pub struct Territory {
    bounds: Rect<f64>,
    areas: Vec<Geometry<f64>>,
}

impl Territory {
    /// The city between these corners; its areas, where a dataset has them, say it more exactly.
    pub fn new(bounds: Rect<f64>, areas: Vec<Geometry<f64>>) -> Self {
        Self { bounds, areas }
    }

    /// The city between west, south, east and north in degrees.
    pub fn within(plane: &Plane, [west, south, east, north]: [f64; 4]) -> Option<Self> {
        let corners = [(west, south), (east, south), (east, north), (west, north)];
        let corners: Option<Vec<Coord<f64>>> =
            corners.iter().map(|(x, y)| plane.metres(*x, *y)).collect();
        let bounds = bounds(&Geometry::LineString(LineString::new(corners?)))?;
        Some(Self::new(bounds, Vec::new()))
    }

    /// The same, with the city's areas.
    #[must_use]
    pub fn with_areas(self, areas: Vec<Geometry<f64>>) -> Self {
        Self { areas, ..self }
    }

    /// Whether some of a shape lies in the city.
    pub fn touches(&self, shape: &Geometry<f64>) -> bool {
        let near = bounds(shape).is_some_and(|bounds| overlap(&self.bounds, &bounds));
        if !near || self.areas.is_empty() {
            return near;
        }
        let own = Pieces::of(shape);
        let mut areas = self.areas.iter();
        areas.any(|area| Pieces::of(area).distance(&own) == Some(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_is_the_same_place() {
        for crs in ["EPSG:5186", "EPSG:5179", "EPSG:4326"] {
            let plane = Plane::new(crs).unwrap();
            let at = plane.metres(127.05, 37.29).unwrap();
            let (longitude, latitude) = plane.degrees(at).unwrap();
            assert!((longitude - 127.05).abs() < 1e-9 && (latitude - 37.29).abs() < 1e-9);
        }
        assert!(Plane::new("EPSG:1").is_none());
    }

    #[test]
    fn a_minute_of_latitude_is_a_sea_mile() {
        let plane = Plane::new("EPSG:5186").unwrap();
        let from = plane.metres(127.0, 37.0).unwrap();
        let to = plane.metres(127.0, 37.0 + 1.0 / 60.0).unwrap();
        assert!(((to.x - from.x).hypot(to.y - from.y) - 1850.0).abs() < 3.0);
    }

    #[test]
    fn what_is_nowhere_has_no_metres() {
        let plane = Plane::new("EPSG:5186").unwrap();
        assert!(plane.metres(f64::NAN, 37.0).is_none());
        assert!(plane.metres(127.0, 137.0).is_none());
        assert!(plane.stored(&[1, 2, 3]).is_none());
    }
}
