//! Coordinate systems → WGS 84.

pub mod guess;
pub mod prj;
pub mod shape;

use proj4rs::Proj;
use proj4rs::transform::transform;

/// Seven parameters from the Korean datum of 1985 to WGS 84 (EPSG:1191 in position-vector signs).
const KOREA_1985: &str =
    "+ellps=bessel +towgs84=-115.80,474.99,674.11,1.16,-2.31,-1.63,6.43 +units=m +no_defs";
const KOREA_2000: &str = "+ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs";
/// 10.405 seconds, by which the old belts were found to be off.
const SHIFT: f64 = 10.405 / 3600.0;

/// A coordinate system that Madang does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the coordinate system {0} is not known")]
pub struct UnknownCrs(pub String);

/// The definition of an EPSG code. Our own: the tables that come with libraries put 5174 and 2097
/// hundreds of metres off.
pub fn definition(code: u32) -> Option<String> {
    let belt = |longitude: f64, northing: u32, datum: &str| {
        Some(format!(
            "+proj=tmerc +lat_0=38 +lon_0={longitude:.13} +k=1 +x_0=200000 +y_0={northing} {datum}"
        ))
    };
    let unified = |datum: &str| {
        Some(format!(
            "+proj=tmerc +lat_0=38 +lon_0=127.5 +k=0.9996 +x_0=1000000 +y_0=2000000 {datum}"
        ))
    };
    match code {
        4326 => Some("+proj=longlat +ellps=WGS84 +towgs84=0,0,0,0,0,0,0 +no_defs".to_owned()),
        5173 => belt(125.0 + SHIFT, 500_000, KOREA_1985),
        5174 => belt(127.0 + SHIFT, 500_000, KOREA_1985),
        5175 => belt(127.0 + SHIFT, 550_000, KOREA_1985),
        5176 => belt(129.0 + SHIFT, 500_000, KOREA_1985),
        5177 => belt(131.0 + SHIFT, 500_000, KOREA_1985),
        2096 => belt(129.0, 500_000, KOREA_1985),
        2097 => belt(127.0, 500_000, KOREA_1985),
        2098 => belt(125.0, 500_000, KOREA_1985),
        5178 => unified(KOREA_1985),
        5179 => unified(KOREA_2000),
        5180 => belt(125.0, 500_000, KOREA_2000),
        5181 => belt(127.0, 500_000, KOREA_2000),
        5182 => belt(127.0, 550_000, KOREA_2000),
        5183 => belt(129.0, 500_000, KOREA_2000),
        5184 => belt(131.0, 500_000, KOREA_2000),
        5185 => belt(125.0, 600_000, KOREA_2000),
        5186 => belt(127.0, 600_000, KOREA_2000),
        5187 => belt(129.0, 600_000, KOREA_2000),
        5188 => belt(131.0, 600_000, KOREA_2000),
        3857 => Some("+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs".to_owned()),
        32652 => Some("+proj=utm +zone=52 +datum=WGS84 +units=m +no_defs".to_owned()),
        _ => None,
    }
}

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
