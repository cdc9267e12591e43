//! Street works from files to findings, by the real binary.

use std::fs;

use serde_json::{Value, json};

use crate::city::{Manifest, TestCity, column, parking};

const SITUATION: &str = r#"
[works]
buffer = 10.0
[works.permits]
dataset = "permits"
number = "number"
starts = "starts"
ends = "ends"
road = "road"
length = "length"
emergency = { column = "urgency", is = "긴급" }
[works.roads]
dataset = "roads"
name = "name"
shape = "shape"
surface = "surface"
paved = "paved"
[[works.protection]]
surface = "차도"
years = 3
from = "2000-01-01"
basis = "시험 기준"
"#;

/// Far ahead of any clock that runs this: nothing of it has begun.
const PERMITS: &str = "번호,경도,위도,시작,종료,도로,연장,긴급\n\
    A-1,127.0000,37.5,2990-03-01,2990-03-10,가람로,40,일반\n\
    A-2,127.0003,37.5,2990-03-10,2990-03-20,가람로,40,일반\n\
    A-3,127.0100,37.5,2990-03-01,2990-03-10,가람로,40,긴급\n\
    A-4,127.0200,37.5,2990-03-10,2990-03-01,가람로,40,일반\n\
    A-5,128.5000,37.5,2990-03-01,2990-03-10,가람로,,일반\n\
    A-6,127.0000,37.5,2995-01-01,2995-01-02,모르는길,,일반\n";

fn manifest(id: &str, source: &str, format: &str, columns: Vec<String>) -> Manifest {
    Manifest {
        id: id.to_owned(),
        source: format!("{{ kind = \"file\", path = \"{source}\" }}"),
        format: format!("{{ kind = \"{format}\" }}"),
        load: "{ mode = \"snapshot\" }".to_owned(),
        columns,
        ..parking()
    }
}

fn permit_columns() -> Vec<String> {
    vec![
        column("number", "번호", "code", ""),
        column("lon", "경도", "number", ""),
        column("lat", "위도", "number", ""),
        column("starts", "시작", "date", ""),
        column("ends", "종료", "date", ""),
        column("road", "도로", "text", ""),
        column("length", "연장", "number", ""),
        column("urgency", "긴급", "text", ""),
    ]
}

fn city() -> TestCity {
    let road = json!({"type": "FeatureCollection", "features": [{
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [[126.99, 37.5], [127.03, 37.5]]},
        "properties": {"이름": "가람로", "포장": "차도", "포장일": "2988-01-01"},
    }]});
    let permits = Manifest {
        more: "place = { x = \"lon\", y = \"lat\", crs = \"EPSG:4326\" }".to_owned(),
        ..manifest("permits", "permits.csv", "csv", permit_columns())
    };
    let roads = vec![
        column("name", "이름", "text", ""),
        column("surface", "포장", "text", ""),
        column("paved", "포장일", "date", ""),
        column("shape", "도형", "geometry", ""),
    ];
    let city = TestCity::new()
        .dataset(&permits)
        .dataset(&manifest("roads", "roads.geojson", "geojson", roads))
        .file("permits.csv", PERMITS)
        .file("roads.geojson", road.to_string());
    fs::write(city.path("situation.toml"), SITUATION).unwrap();
    city
}

#[test]
fn works_are_judged_and_what_cannot_be_is_named() {
    let city = city();
    let loaded = city.load();
    assert_eq!(loaded.code, 0, "{loaded:?}");
    let found = |part: &str| {
        let ran = city.run(&["works", part, "--json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.lines()
    };
    let conflicts = found("conflicts");
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    let pair = [
        &conflicts[0]["first"]["number"],
        &conflicts[0]["second"]["number"],
    ];
    assert_eq!(pair, [&json!("A-1"), &json!("A-2")]);
    // A place and 40 metres are a stretch of road: the two of them overlap.
    assert_eq!(conflicts[0]["metres"], 0.0);
    assert_eq!(
        (&conflicts[0]["from"], &conflicts[0]["to"]),
        (&json!("2990-03-10"), &json!("2990-03-10"))
    );
    let protected = found("protected");
    let numbers: Vec<&Value> = protected
        .iter()
        .map(|own| &own["permit"]["number"])
        .collect();
    assert_eq!(numbers, ["A-1", "A-2"]);
    assert_eq!(protected[0]["free_from"], "2991-01-01");
    let joinable = found("joinable");
    assert_eq!(joinable.len(), 1);
    assert_eq!(
        (&joinable[0]["days_apart"], &joinable[0]["days_together"]),
        (&json!(20), &json!(11))
    );
    let troubles = found("troubles");
    let kinds: Vec<(&Value, &Value)> = troubles
        .iter()
        .map(|own| (&own["number"], &own["kind"]))
        .collect();
    assert_eq!(
        kinds,
        [
            (&json!("A-4"), &json!("ends-before-start")),
            (&json!("A-5"), &json!("elsewhere"))
        ]
    );
    let told = city.run(&["works", "protected"]);
    assert!(
        told.out.contains("protected until 2990-12-31 (시험 기준)"),
        "{told:?}"
    );
    assert!(
        told.err.contains("of 1 works it cannot be said"),
        "{told:?}"
    );
    let told = city.run(&["works", "unjudged"]);
    assert!(
        told.out.contains("A-6  모르는길  names no road"),
        "{told:?}"
    );
    assert_eq!(found("unjudged")[0]["lacks"], "road");
}

/// The road in two rows, resurfaced on different days; a boolean that says what may not wait; a status that says what
/// does not hold.
#[test]
fn rows_of_one_road_booleans_and_void_permits_are_understood() {
    let city = city();
    let half = |from: f64, to: f64, paved: &str| {
        json!({
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[from, 37.5], [to, 37.5]]},
            "properties": {"이름": "가람로", "포장": "차도", "포장일": paved},
        })
    };
    let roads = [
        half(126.99, 127.005, "2988-01-01"),
        half(127.005, 127.03, "2970-01-01"),
    ];
    let roads = json!({"type": "FeatureCollection", "features": roads});
    fs::write(city.path("inbox/roads.geojson"), roads.to_string()).unwrap();
    let permits = "번호,경도,위도,시작,종료,도로,연장,긴급,급함\n\
        B-1,127.0000,37.5,2990-03-01,2990-03-10,가람로,40,허가,N\n\
        B-2,127.0001,37.5,2990-03-01,2990-03-10,가람로,40,취소,N\n\
        B-3,127.0030,37.5,2990-03-01,2990-03-10,가람로,40,허가,Y\n\
        B-4,127.0200,37.5,2990-03-01,2990-03-10,가람로,40,허가,N\n\
        B-4,127.0200,37.5,2990-03-01,2990-03-10,가람로,40,허가,N\n";
    fs::write(city.path("inbox/permits.csv"), permits).unwrap();
    let permits = Manifest {
        more: "place = { x = \"lon\", y = \"lat\", crs = \"EPSG:4326\" }".to_owned(),
        ..manifest("permits", "permits.csv", "csv", {
            let mut columns = permit_columns();
            columns.push(column("hurry", "급함", "boolean", ""));
            columns
        })
    };
    let city = city.dataset(&permits);
    let situation = SITUATION.replace(
        "emergency = { column = \"urgency\", is = \"긴급\" }",
        "emergency = { column = \"hurry\", is = \"Y\" }\nvoid = { column = \"urgency\", is = [\"취소\"] }",
    );
    fs::write(city.path("situation.toml"), &situation).unwrap();
    let loaded = city.load();
    assert_eq!(loaded.code, 0, "{loaded:?}");
    let numbers = |part: &str, key: &str| -> Vec<Value> {
        let ran = city.run(&["works", part, "--json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.lines()
            .iter()
            .map(|own| own.pointer(key).unwrap().clone())
            .collect()
    };
    assert_eq!(numbers("protected", "/permit/number"), ["B-1"]);
    assert!(numbers("conflicts", "/first/number").is_empty());
    assert_eq!(numbers("troubles", "/kind"), ["twice"]);
    let told = city.run(&["works", "conflicts"]);
    assert!(told.err.contains("1 permits that do not hold"), "{told:?}");
    fs::write(
        city.path("situation.toml"),
        situation.replace("is = \"Y\"", "is = \"예\""),
    )
    .unwrap();
    let ran = city.run(&["check"]);
    assert!(
        ran.out
            .contains("`hurry` is `boolean` and never `예`; expected `Y` or `N`"),
        "{ran:?}"
    );
}

#[test]
fn what_is_exported_is_valid_and_can_be_imported() {
    let city = city();
    assert_eq!(city.load().code, 0);
    let (feed, table) = (city.path("works.geojson"), city.path("events.geojson"));
    let (feed, table) = (feed.to_str().unwrap(), table.to_str().unwrap());
    assert_eq!(
        city.run(&["works", "wzdx", "export", "--out", feed]).code,
        0
    );
    let checked = city.run(&["works", "wzdx", "check", feed]);
    assert_eq!((checked.code, checked.out.as_str()), (0, ""), "{checked:?}");
    assert_eq!(
        city.run(&["works", "wzdx", "import", feed, "--out", table])
            .code,
        0
    );
    let events: Value = serde_json::from_str(&fs::read_to_string(table).unwrap()).unwrap();
    assert_eq!(events["features"].as_array().unwrap().len(), 4);
    assert_eq!(
        events["features"][0]["properties"]["starts_at"],
        "2990-02-28T15:00:00Z"
    );
    let broken = fs::read_to_string(feed)
        .unwrap()
        .replacen("unknown", "sideways", 1);
    fs::write(feed, broken).unwrap();
    let checked = city.run(&["works", "wzdx", "check", feed]);
    assert_eq!(checked.code, 1);
    assert!(
        checked
            .out
            .contains("direction (schema): found `\"sideways\"`"),
        "{checked:?}"
    );
    assert_eq!(city.run(&["works", "wzdx", "import", feed]).code, 1);
}

#[test]
fn a_column_that_is_not_there_is_told_with_its_line() {
    let city = city();
    let text = SITUATION
        .replace("ends = \"ends\"", "ends = \"end\"")
        .replace("paved = \"paved\"", "paved = \"surface\"")
        .replace("from = \"2000-01-01\"", "from = \"2000\"");
    fs::write(city.path("situation.toml"), text).unwrap();
    let ran = city.run(&["check"]);
    assert_eq!(ran.code, 1);
    for told in [
        "situation.toml:8:8: the dataset `permits` has no column `end`; expected one of ",
        "length, urgency; did you mean `ends`?",
        "situation.toml:17:9: `surface` is `text`; expected a date column",
        "situation.toml:21:8: `2000` is not a day",
    ] {
        assert!(ran.out.contains(told), "{told}: {ran:?}");
    }
}
