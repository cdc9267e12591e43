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
