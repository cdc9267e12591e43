//! A feed of our own and its slips; the feeds of a folder of test data where there is one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use geo_types::{Geometry, LineString, Point, polygon};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::check::{check_value, faults};
use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn ours() -> Value {
    let publisher = Publisher {
        name: "가람시".to_owned(),
        source: "excavation".to_owned(),
        department: "도로과".to_owned(),
        mail: Some("roads@garam.example".to_owned()),
    };
    let zone = |id: &str, shape| Zone {
        id: id.to_owned(),
        road: (id != "c").then(|| "가람대로".to_owned()),
        description: "상수도 굴착".to_owned(),
        starts: day("2026-03-01"),
        ends: day("2026-03-10"),
        shape,
    };
    let area = polygon![(x: 127.0, y: 37.3), (x: 127.001, y: 37.3), (x: 127.001, y: 37.301)];
    let line = LineString::from(vec![(127.0, 37.3), (127.001, 37.3)]);
    let zones = [
        zone("a", Geometry::LineString(line)),
        zone("b", Geometry::Polygon(area)),
        zone("c", Geometry::Point(Point::new(127.0, 37.3))),
        zone("a", Geometry::Point(Point::new(127.001, 37.3))),
    ];
    feed(&publisher, &zones, "2026-03-01T00:00:00Z".parse().unwrap())
}

#[test]
fn messages_show_what_was_found_and_what_it_may_be() {
    let told = |path: &str, value: Value| {
        let mut feed = ours();
        *feed.pointer_mut(path).unwrap() = value;
        let findings = check_value(&feed);
        let first = findings.first().unwrap();
        format!("{}; expected {}", first.what, first.expected)
    };
    let at = "/features/0/geometry/coordinates/0";
    assert_eq!(
        told(at, json!([37.3, 127.0])),
        "found `[37.3, 127.0]`, which may be swapped; expected longitude (-180 to 180) and latitude (-90 to 90), in this order"
    );
    assert!(told(at, json!([200_000.0, 520_000.5])).starts_with("found `[200000.0, 520000.5]`;"));
    assert_eq!(
        told("/feed_info/version", json!(4.2)),
        "found the number `4.2`; expected a version as text, such as \"4.2\""
    );
    assert_eq!(check::version(&ours().to_string()).as_deref(), Some("4.2"));
}

#[test]
fn what_we_write_is_valid_and_read_back() {
    let feed = ours();
    assert_eq!(check_value(&feed), []);
    let events = events(&feed.to_string()).unwrap();
    assert_eq!(events.len(), 4);
    // The first Korean day begins on the evening before in Greenwich, and the last one ends there in the afternoon.
    assert_eq!(events[0].starts.to_rfc3339(), "2026-02-28T15:00:00+00:00");
    assert_eq!(events[0].ends.to_rfc3339(), "2026-03-10T14:59:59+00:00");
    assert_eq!(events[0].roads, ["가람대로"]);
    assert_eq!(events[2].roads, ["unknown"]);
    // Stretches of one permit are events of their own.
    assert_eq!(events[3].id, "a#2");
    assert_eq!(events[0].organisation.as_deref(), Some("도로과"));
    assert_eq!(events[1].geometry["type"], "MultiPoint");
    assert_eq!(
        events[1].geometry["coordinates"].as_array().unwrap().len(),
        3
    );
    let table = read::table(&events);
    assert_eq!(table["features"][2]["properties"]["id"], "c");
}

/// The rules a changed feed breaks, and where.
fn broken(change: impl FnOnce(&mut Value)) -> Vec<(String, Rule)> {
    let mut feed = ours();
    change(&mut feed);
    check_value(&feed)
        .into_iter()
        .map(|own| (own.path, own.rule))
        .collect()
}

fn at(path: &str, rule: Rule) -> Vec<(String, Rule)> {
    vec![(path.to_owned(), rule)]
}

#[test]
fn each_slip_is_told_for_its_own_reason() {
    let properties = "$.features[0].properties";
    let set = |key: &'static str, value: Value| {
        broken(move |feed| feed["features"][0]["properties"][key] = value)
    };
    let drop = |table: &'static str, key: &'static str| {
        broken(move |feed| {
            feed.pointer_mut(table)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove(key);
        })
    };
    assert_eq!(
        drop("/features/0/properties", "start_date"),
        at(properties, Rule::Form)
    );
    assert_eq!(
        drop("/features/0/properties", "is_end_date_verified"),
        at(properties, Rule::Form)
    );
    assert_eq!(drop("/features/1", "id"), at("$.features[1]", Rule::Form));
    assert_eq!(drop("/feed_info", "version"), at("$.feed_info", Rule::Form));
    assert_eq!(drop("", "features"), at("$", Rule::Form));
    assert_eq!(
        set("vehicle_impact", json!("much")),
        at(&format!("{properties}.vehicle_impact"), Rule::Form)
    );
    assert_eq!(
        set(
            "restrictions",
            json!([{"type": "reduced-width", "value": 3}])
        ),
        at(&format!("{properties}.restrictions[0]"), Rule::Form)
    );
    let lane = |order: i64| json!({"order": order, "status": "open", "type": "general"});
    assert_eq!(
        set("lanes", json!([lane(1), lane(3)])),
        at(&format!("{properties}.lanes"), Rule::BR2)
    );
    assert_eq!(
        set("lanes", json!([lane(1), lane(1)])),
        at(&format!("{properties}.lanes[1].order"), Rule::BR3)
    );
    assert_eq!(set("lanes", json!([lane(2), lane(1)])), []);
    assert_eq!(
        set("start_date", json!("2026-03-01T00:00:00+09:00")),
        at(&format!("{properties}.start_date"), Rule::BR5)
    );
    assert_eq!(
        set("start_date", json!("2026-02-28T15:00:00+00:00")),
        [],
        "no offset is UTC"
    );
    assert_eq!(
        set("end_date", json!("2025-03-01T00:00:00Z")),
        at(&format!("{properties}.end_date"), Rule::Period)
    );
    assert_eq!(
        broken(
            |feed| feed["features"][0]["properties"]["core_details"]["data_source_id"] = json!("x")
        ),
        at(
            &format!("{properties}.core_details.data_source_id"),
            Rule::BR4
        )
    );
    assert_eq!(
        broken(|feed| feed["features"][1]["id"] = json!("a")),
        at("$.features[1].id", Rule::Id)
    );
    assert_eq!(
        broken(|feed| feed["features"][0]["geometry"]["coordinates"][0] = json!([37.3, 127.0])),
        at("$.features[0].geometry.coordinates[0]", Rule::Form)
    );
}

#[test]
fn a_fault_has_its_line() {
    let text =
        serde_json::to_string_pretty(&ours())
            .unwrap()
            .replacen("below-road-work", "digging", 1);
    let told = faults(Path::new("works.geojson"), &text, &check(&text));
    assert_eq!(told.len(), 1);
    let line = 1 + text
        .lines()
        .position(|line| line.contains("digging"))
        .unwrap();
    assert_eq!(told[0].place.line, Some(line as u64));
    assert_eq!(check("[").first().unwrap().rule, Rule::Json);
    assert_eq!(check("[]").first().unwrap().rule, Rule::Form);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z_]{0,8}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        "type|features|properties|core_details|lanes|order|geometry|coordinates|id",
        "[a-z]{1,4}"
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|table: BTreeMap<String, Value>| table.into_iter().collect()),
        ]
    })
}

proptest! {
    /// Whatever arrives is judged, and each finding has its place in the text.
    #[test]
    fn nothing_crashes_the_check(value in any_json()) {
        let text = value.to_string();
        for finding in check(&text) {
            prop_assert!(place::of(&text, &finding.path).is_some());
        }
    }
}

/// Valid feeds are accepted, and each broken one is told for its own reason.
#[test]
fn the_feeds_of_others_are_judged_right() {
    let Some(folder) =
        std::env::var_os("MADANG_TEST_DATA").map(|all| PathBuf::from(all).join("wzdx"))
    else {
        return;
    };
    let read = |file: &Path| std::fs::read_to_string(file).unwrap();
    let mut valid = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|ending| ending == "geojson") {
            assert_eq!(check(&read(&file)), [], "{}", file.display());
            valid += 1;
        }
    }
    assert_eq!(valid, 6);
    let reasons = [
        (
            "drop-version",
            "$.feed_info",
            Rule::Form,
            "`version` is missing",
        ),
        (
            "bad-vehicle-impact",
            "$.features[0].properties.vehicle_impact",
            Rule::Form,
            "kinda-closed",
        ),
        (
            "drop-event-type",
            "$.features[0].properties.core_details",
            Rule::Form,
            "`event_type` is missing",
        ),
        (
            "geometry-polygon",
            "$.features[0].geometry.type",
            Rule::Form,
            "Polygon",
        ),
        (
            "drop-start-date",
            "$.features[0].properties",
            Rule::Form,
            "`start_date` is missing",
        ),
        (
            "feature-id-missing",
            "$.features[0]",
            Rule::Form,
            "`id` is missing",
        ),
        (
            "BR5-offset-not-utc",
            "$.features[0].properties.start_date",
            Rule::BR5,
            "not in UTC",
        ),
        (
            "BR2-lane-gap",
            "$.features[0].properties.lanes",
            Rule::BR2,
            "lane 2 is left out",
        ),
    ];
    for (name, path, rule, what) in reasons {
        let findings = check(&read(&folder.join(format!("mutants/{name}.geojson"))));
        assert_eq!(findings.len(), 1, "{name}: {findings:?}");
        let own = &findings[0];
        assert_eq!((own.path.as_str(), own.rule), (path, rule), "{name}");
        assert!(own.what.contains(what), "{name}: {}", own.what);
    }
}
