//! `.prj` files → EPSG codes, by what they say rather than by what they are called.

/// The coordinate system a `.prj` text describes, if it is one Madang knows.
pub fn crs(text: &str) -> Option<String> {
    let upper = text.to_uppercase();
    if !upper.contains("PROJCS") {
        return upper.contains("GEOGCS").then(|| "EPSG:4326".to_owned());
    }
    let bessel = upper.contains("BESSEL");
    let parameter = |name: &str| -> Option<f64> {
        let behind = upper.split_once(&format!("\"{name}\""))?.1;
        let number: String = behind
            .chars()
            .skip_while(|sign| *sign == ',' || *sign == ' ')
            .take_while(|sign| sign.is_ascii_digit() || matches!(sign, '.' | '-' | '+' | 'E'))
            .collect();
        number.parse().ok()
    };
    if upper.contains("MERCATOR_AUXILIARY_SPHERE") || upper.contains("PSEUDO-MERCATOR") {
        return Some("EPSG:3857".to_owned());
    }
    let (longitude, easting, northing) = (
        parameter("CENTRAL_MERIDIAN")?,
        parameter("FALSE_EASTING")?,
        parameter("FALSE_NORTHING")?,
    );
    let near = |left: f64, right: f64| (left - right).abs() < 1e-3;
    if near(easting, 500_000.0) && near(longitude, 129.0) && near(northing, 0.0) {
        return Some("EPSG:32652".to_owned());
    }
    if near(easting, 1_000_000.0) && near(northing, 2_000_000.0) {
        return Some(if bessel { "EPSG:5178" } else { "EPSG:5179" }.to_owned());
    }
    if !near(easting, 200_000.0) {
        return None;
    }
    let shifted = longitude.fract() > 0.001;
    let belt = match longitude.trunc() {
        125.0 => 0,
        127.0 => 1,
        129.0 => 2,
        131.0 => 3,
        _ => return None,
    };
    let pick = |codes: [Option<u32>; 4]| {
        codes
            .get(belt)
            .copied()
            .flatten()
            .map(|code| format!("EPSG:{code}"))
    };
    match (bessel, shifted, northing.round().abs()) {
        (true, true, 500_000.0) => pick([Some(5173), Some(5174), Some(5176), Some(5177)]),
        (true, _, 550_000.0) => pick([None, Some(5175), None, None]),
        (true, false, 500_000.0) => pick([Some(2098), Some(2097), Some(2096), None]),
        (false, _, 500_000.0) => pick([Some(5180), Some(5181), Some(5183), Some(5184)]),
        (false, _, 550_000.0) => pick([None, Some(5182), None, None]),
        (false, _, 600_000.0) => pick([Some(5185), Some(5186), Some(5187), Some(5188)]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_central_belt_is_recognised() {
        let text = "PROJCS[\"Korea_2000_Korea_Central_Belt_2010\",GEOGCS[\"GCS_Korea_2000\",DATUM[\"D_Korea_2000\",SPHEROID[\"GRS_1980\",6378137.0,298.257222101]]],\
            PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"False_Easting\",200000.0],PARAMETER[\"False_Northing\",600000.0],PARAMETER[\"Central_Meridian\",127.0],UNIT[\"Meter\",1.0]]";
        assert_eq!(super::crs(text).as_deref(), Some("EPSG:5186"));
    }
}
