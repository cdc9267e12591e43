//! Traffic from files to travel times, by the real binary.

use std::fmt::Write as _;
use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::city::{Manifest, TestCity, column, parking};
use crate::serve::Serving;

const SITUATION: &str = r#"
[traffic]
stale = 30
weeks = 4
[traffic.links]
dataset = "links"
link = "link"
from = "from_node"
to = "to_node"
length = "length"
shape = "shape"
road = "road"
limit = "speed_limit"
[traffic.speeds]
dataset = "speeds"
link = "link"
measured = "measured"
speed = "speed"
[[traffic.bands]]
slow = 30.0
jammed = 15.0
basis = "시험 기준"
"#;

/// Four links of about 1 km along one street, one of no length, and one that is not driven.
const LINKS: [(&str, &str, &str, f64, f64, f64); 6] = [
    (
        "4890000001",
        "4880000001",
        "4880000002",
        127.000,
        127.011,
        974.0,
    ),
    (
        "4890000002",
        "4880000002",
        "4880000003",
        127.011,
        127.022,
        974.0,
    ),
    (
        "4890000003",
        "4880000003",
        "4880000004",
        127.022,
        127.033,
        974.0,
    ),
    (
        "4890000004",
        "4880000004",
        "4880000005",
        127.033,
        127.044,
        974.0,
    ),
    (
        "4890000005",
        "4880000005",
        "4880000006",
        127.044,
        127.055,
        0.0,
    ),
    (
        "4890000006",
        "4880000007",
        "4880000008",
        127.060,
        127.071,
        974.0,
    ),
];

fn links() -> String {
    let features = LINKS.map(|(link, from, to, west, east, length)| {
        json!({
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[west, 37.5], [east, 37.5]]},
            "properties": {"링크": link, "시작": from, "종료": to, "연장": length, "도로": "가람로", "제한": 60},
        })
    });
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// The first is as usual, the second jammed, the third silent since an hour ago, the fourth ahead of the clock; nobody
/// knows the ninth.
fn speeds(now: DateTime<Utc>) -> String {
    let now = (now + TimeDelta::hours(9)).naive_utc();
    let mut csv = "링크,시각,속도\n".to_owned();
    let mut row = |link: u32, minutes: i64, speed: f64| {
        let at = (now - TimeDelta::minutes(minutes)).format("%Y-%m-%d %H:%M");
        writeln!(csv, "489000000{link},{at},{speed}").unwrap();
    };
    for link in 1..=4 {
        for back in 1..=21 {
            // The hour may turn while the test runs.
            for minutes in [0, -60] {
                row(link, back * 24 * 60 + minutes, 40.0);
            }
        }
    }
    row(1, 5, 40.0);
    row(2, 5, 10.0);
    row(3, 70, 33.0);
    row(4, -40, 35.0);
    row(9, 5, 20.0);
    csv
}

fn manifest(id: &str, source: &str, format: &str, columns: Vec<String>) -> Manifest {
    Manifest {
        id: id.to_owned(),
        source: format!("{{ kind = \"file\", path = \"{source}\" }}"),
        format: format!("{{ kind = \"{format}\" }}"),
        load: "{ mode = \"snapshot\" }".to_owned(),
        columns,
        release: "internal".to_owned(),
        ..parking()
    }
}

fn city() -> TestCity {
    let of_links = vec![
        column("link", "링크", "code", ""),
        column("from_node", "시작", "code", ""),
        column("to_node", "종료", "code", ""),
        column("length", "연장", "number", ""),
        column("road", "도로", "text", ""),
        column("speed_limit", "제한", "number", ""),
        column("shape", "도형", "geometry", ""),
    ];
    let of_speeds = vec![
        column("link", "링크", "code", ""),
        column(
            "measured",
            "시각",
            "datetime",
            "forms = [\"%Y-%m-%d %H:%M\"]",
        ),
        column("speed", "속도", "number", ""),
    ];
    let city = TestCity::new()
        .dataset(&manifest("links", "links.geojson", "geojson", of_links))
        .dataset(&manifest("speeds", "speeds.csv", "csv", of_speeds))
        .file("links.geojson", links())
        .file("speeds.csv", speeds(Utc::now()));
    fs::write(city.path("situation.toml"), SITUATION).unwrap();
    city
}

#[test]
fn links_are_shown_as_what_they_are_and_a_way_says_what_is_unknown() {
    let city = city();
    let loaded = city.load();
    assert_eq!(loaded.code, 0, "{loaded:?}");
    let ran = city.run(&["traffic", "--all", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let all = ran.lines();
    let of = |number: u32| -> &Value {
        let id = format!("489000000{number}");
        all.iter().find(|own| own["link"] == id.as_str()).unwrap()
    };
    assert_eq!(all.len(), 5, "{ran:?}");
    let shown = |number: u32| {
        let own = of(number);
        (own["state"].as_str().unwrap(), own["level"].as_str())
    };
    assert_eq!(shown(1), ("known", Some("free")));
    assert_eq!(shown(2), ("known", Some("jammed")));
    assert_eq!(shown(3), ("stale", None));
    assert_eq!(shown(4), ("doubted", None));
    assert_eq!(shown(6), ("silent", None));
    assert_eq!(of(2)["usual"], 40.0);
    assert_eq!(of(3)["last"]["speed"], 33.0);
    assert_eq!(of(4)["doubts"][0]["doubt"], "ahead");
    assert!(
        ran.err
            .contains("link 4890000005 cannot be used: its length is not above 0"),
        "{ran:?}"
    );
    assert!(ran.err.contains("does not have: 4890000009"), "{ran:?}");

    let way = [
        "traffic",
        "--from",
        "127.0001,37.5",
        "--to",
        "127.0439,37.5",
    ];
    let told = city.run(&[&way[..], &["--json"]].concat());
    assert_eq!(told.code, 0, "{told:?}");
    let travel = &told.lines()[0]["travel"];
    assert_eq!(travel["now"]["unknown_links"], 2);
    let [now, usual] = ["now", "usual"].map(|own| travel[own]["seconds"].as_f64().unwrap());
    // A jammed kilometre takes 350 s and not 88; the other three are as usual.
    assert!((now - usual - 263.0).abs() < 2.0, "{now} {usual}");
    let said = city.run(&way);
    assert!(said.out.contains("min more."), "{said:?}");
    let nowhere = city.run(&[
        "traffic",
        "--from",
        "아무도 모르는 곳",
        "--to",
        "127.0,37.5",
    ]);
    assert_eq!(nowhere.code, 1, "{nowhere:?}");
    // In words that anybody knows.
    let told = city.run(&["traffic", "--all"]);
    for words in ["unknown: nothing has come since", "its clock is"] {
        assert!(told.out.contains(words), "{words}: {told:?}");
    }
    assert!(told.err.contains("speeds of 1 link that"), "{told:?}");
}

#[test]
fn the_situation_and_its_wall_show_traffic_on_a_map_to_whoever_may_see_it() {
    let city = city();
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &["--no-loads"]);
    let staff = serving.sign_in().unwrap();
    let told = "원활 1구간, 서행 0구간, 정체 1구간";
    let lines = "data-lines=\"/api/situation/traffic/links\"";
    for path in ["/situation", "/situation/wall"] {
        let page = serving.get(path, &staff).body;
        assert!(
            page.contains(told) && page.contains(lines),
            "{path}: {page}"
        );
        // What only a wall needs: it is told when there is something new.
        assert_eq!(page.contains("data-as-of"), path.ends_with("wall"));
        // The datasets are not released.
        let page = serving.get(path, "").body;
        assert!(
            !page.contains("구간") && !page.contains(lines),
            "{path}: {page}"
        );
    }
}

#[test]
fn a_column_that_is_not_there_and_bands_that_are_none_are_told_with_their_line() {
    let city = city();
    let text = SITUATION
        .replace("speed = \"speed\"", "speed = \"spede\"")
        .replace("shape = \"shape\"", "shape = \"road\"")
        .replace("measured = \"measured\"", "measured = \"link\"")
        .replace("jammed = 15.0", "jammed = 35.0\nclass = \"대로\"");
    fs::write(city.path("situation.toml"), text).unwrap();
    let ran = city.run(&["check"]);
    assert_eq!(ran.code, 1);
    for told in [
        "situation.toml:11:9: `road` is `text`; expected a geometry column",
        "situation.toml:17:12: `link` is `code`; expected a datetime column",
        "situation.toml:18:9: the dataset `speeds` has no column `spede`",
        "situation.toml:20:8: slow below 30 and jammed below 35 km/h are no bands",
        "no column of the links says what `class` asks for; name the column as `traffic.links.class`",
    ] {
        assert!(ran.out.contains(told), "{told}: {ran:?}");
    }
}
