//! Coordinate systems that Korean files come in.

/// EPSG codes Madang converts from, with what they are.
pub const KNOWN: &[(u32, &str)] = &[
    (4326, "WGS 84 longitude and latitude"),
    (5173, "Bessel, western belt with 10.405 seconds"),
    (5174, "Bessel, central belt with 10.405 seconds"),
    (5175, "Bessel, Jeju belt with 10.405 seconds"),
    (5176, "Bessel, eastern belt with 10.405 seconds"),
    (5177, "Bessel, East Sea belt with 10.405 seconds"),
    (5178, "Bessel, unified (UTM-K)"),
    (5179, "GRS 80, unified (UTM-K)"),
    (5180, "GRS 80, western belt, northing 500,000"),
    (5181, "GRS 80, central belt, northing 500,000"),
    (5182, "GRS 80, Jeju belt, northing 550,000"),
    (5183, "GRS 80, eastern belt, northing 500,000"),
    (5184, "GRS 80, East Sea belt, northing 500,000"),
    (5185, "GRS 80, western belt, northing 600,000"),
    (5186, "GRS 80, central belt, northing 600,000"),
    (5187, "GRS 80, eastern belt, northing 600,000"),
    (5188, "GRS 80, East Sea belt, northing 600,000"),
    (2096, "Bessel, eastern belt"),
    (2097, "Bessel, central belt"),
    (2098, "Bessel, western belt"),
    (3857, "Web Mercator"),
    (32652, "WGS 84, UTM zone 52N"),
];

/// Seven parameters from the Korean datum of 1985 to WGS 84 (EPSG:1191 in position-vector signs).
const KOREA_1985: &str =
    "+ellps=bessel +towgs84=-115.80,474.99,674.11,1.16,-2.31,-1.63,6.43 +units=m +no_defs";
const KOREA_2000: &str = "+ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs";
/// 10.405 seconds, by which the old belts were found to be off.
const SHIFT: f64 = 10.405 / 3600.0;

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

/// The code in `EPSG:5186`, if it is one Madang knows.
pub fn code(name: &str) -> Option<u32> {
    let digits = name
        .strip_prefix("EPSG:")
        .or_else(|| name.strip_prefix("epsg:"))?;
    let code = digits.parse().ok()?;
    KNOWN
        .iter()
        .any(|(known, _)| *known == code)
        .then_some(code)
}

/// Whether the EPSG's list has the northing, or the latitude, of a system first; of every other only what writes
/// coordinates knows. All Korean systems have it first, as surveyors do.
pub fn is_north_first(code: u32) -> bool {
    KNOWN.iter().any(|(known, _)| *known == code) && !matches!(code, 3857 | 32652)
}

/// All known names, `EPSG:4326` and so on.
pub fn names() -> Vec<String> {
    KNOWN
        .iter()
        .map(|(code, _)| format!("EPSG:{code}"))
        .collect()
}

/// The name that was meant by a bare code (`5186`) or by a system's own name (`WGS84`, `UTM-K`).
pub fn meant(name: &str) -> Option<String> {
    let plain = |text: &str| text.replace([' ', '-', ':', '_'], "").to_lowercase();
    let name = plain(name);
    let digits = name.trim_start_matches("epsg");
    KNOWN
        .iter()
        .find(|(code, what)| {
            code.to_string() == digits || (name.len() > 3 && plain(what).contains(&name))
        })
        .map(|(code, _)| format!("EPSG:{code}"))
}

#[cfg(test)]
mod tests {
    use super::{code, meant};

    #[test]
    fn a_system_that_goes_by_another_name_is_recognised() {
        for (name, right) in [
            ("5186", Some("EPSG:5186")),
            ("EPSG 5179", Some("EPSG:5179")),
            ("WGS84", Some("EPSG:4326")),
            ("UTM-K", Some("EPSG:5178")),
            ("EPSG:9999", None),
            ("km", None),
        ] {
            assert_eq!(code(name), None, "{name}");
            assert_eq!(meant(name).as_deref(), right, "{name}");
        }
    }
}
