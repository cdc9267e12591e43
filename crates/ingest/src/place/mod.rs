//! Coordinate systems → WGS 84.

pub mod guess;
pub mod prj;
pub mod shape;

pub use city::crs::definition;
use proj4rs::Proj;
use proj4rs::transform::transform;

/// A coordinate system that Madang does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the coordinate system {0} is not known")]
pub struct UnknownCrs(pub String);

/// A way from one coordinate system to WGS 84.
pub struct Converter {
    /// None: the coordinates are degrees already.
    projections: Option<(Proj, Proj)>,
}

impl Converter {
    /// The way from `crs` (`EPSG:5186`, ...).
    ///
    /// # Errors
    /// When Madang does not know the system.
    pub fn new(crs: &str) -> Result<Self, UnknownCrs> {
        let unknown = || UnknownCrs(crs.to_owned());
        let code = city::crs::code(crs).ok_or_else(unknown)?;
        if code == 4326 {
            return Ok(Self { projections: None });
        }
        let projection = |code| {
            definition(code)
                .and_then(|text| Proj::from_proj_string(&text).ok())
                .ok_or_else(unknown)
        };
        Ok(Self {
            projections: Some((projection(code)?, projection(4326)?)),
        })
    }

    /// Longitude and latitude in degrees of one point; nothing where there is no such place.
    pub fn point(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        if !x.is_finite() || !y.is_finite() {
            return None;
        }
        let Some((from, to)) = &self.projections else {
            return Some((x, y));
        };
        let mut point = (x, y, 0.0);
        transform(from, to, &mut point).ok()?;
        let (longitude, latitude) = (point.0.to_degrees(), point.1.to_degrees());
        (longitude.is_finite() && latitude.is_finite()).then_some((longitude, latitude))
    }
}

/// Converts points in place; `NaN` where there is no such place.
///
/// # Errors
/// When Madang does not know the system.
pub fn to_wgs84(crs: &str, x: &mut [f64], y: &mut [f64]) -> Result<(), UnknownCrs> {
    let converter = Converter::new(crs)?;
    for (x, y) in x.iter_mut().zip(y) {
        (*x, *y) = converter.point(*x, *y).unwrap_or((f64::NAN, f64::NAN));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Control points computed with PROJ 9.5 from the EPSG definitions: code, easting, northing,
    /// longitude, latitude, error allowed in metres.
    const CONTROL: &[(u32, f64, f64, f64, f64, f64)] = &[
        (5174, 264_152.835_2, 486_770.084_4, 127.73, 37.8813, 0.1),
        (2097, 264_407.088_2, 486_772.075_5, 127.73, 37.8813, 0.1),
        (5178, 1_020_415.199_1, 1_986_550.185_6, 127.73, 37.8813, 0.1),
        (
            5179,
            1_020_225.904_1,
            1_986_855.048_7,
            127.73,
            37.8813,
            0.01,
        ),
        (5181, 264_221.338_3, 487_076.069_5, 127.73, 37.8813, 0.01),
        (5186, 264_221.338_3, 587_076.069_5, 127.73, 37.8813, 0.01),
        (5187, 88_270.944_1, 587_585.257_3, 127.73, 37.8813, 0.01),
        (3857, 14_218_838.559, 4_562_671.027_9, 127.73, 37.8813, 0.01),
        (32652, 388_315.635_7, 4_193_405.243_1, 127.73, 37.8813, 0.01),
        (5174, 176_186.657_9, 274_175.427, 126.7368, 35.9676, 0.1),
        (5186, 176_259.187_9, 374_481.616, 126.7368, 35.9676, 0.01),
    ];

    #[test]
    fn control_points_fall_where_proj_puts_them() {
        for (code, x, y, longitude, latitude, allowed) in CONTROL {
            let converter = Converter::new(&format!("EPSG:{code}")).unwrap();
            let (found_x, found_y) = converter.point(*x, *y).unwrap();
            let metres = ((found_x - longitude) * 88_000.0).hypot((found_y - latitude) * 111_000.0);
            assert!(metres <= *allowed, "EPSG:{code} is {metres} m off");
        }
    }

    #[test]
    fn a_system_nobody_knows_is_refused() {
        assert!(Converter::new("EPSG:9999").is_err());
    }
}
