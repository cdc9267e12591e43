//! "What is going on here?" by the real binary: closures and complaints as they are at this moment.

use std::fmt::Write as _;
use std::fs;

use chrono::{NaiveDateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::city::{Manifest, TestCity, column, parking};
use crate::serve::Serving;

const SITUATION: &str = r#"
[works]
buffer = 10.0
[works.permits]
dataset = "permits"
number = "number"
starts = "starts"
ends = "ends"
road = "road"
[works.roads]
dataset = "roads"
name = "name"
shape = "shape"
[works.closures]
dataset = "closures"
title = "title"
starts = "starts"
ends = "ends"
road = "road"
[complaints]
dataset = "complaints"
received = "received"
topic = "topic"
dong = "dong"
[addresses]
dataset = "addresses"
road = "road"
"#;
const PLACE: &str = "place = { x = \"lon\", y = \"lat\", crs = \"EPSG:4326\" }";
const MOMENTS: &str = "forms = [\"%Y-%m-%d %H:%M\"]";

/// The clock on the city's wall.
fn now() -> NaiveDateTime {
    Utc::now().naive_utc() + TimeDelta::hours(9)
}

fn moment(hours: i64) -> String {
    let at = now() + TimeDelta::hours(hours);
    at.format("%Y-%m-%d %H:%M").to_string()
}

fn manifest(id: &str, columns: Vec<String>) -> Manifest {
    let places = [
        column("lon", "경도", "number", ""),
        column("lat", "위도", "number", ""),
    ];
    Manifest {
        id: id.to_owned(),
        source: format!("{{ kind = \"file\", path = \"{id}.csv\" }}"),
        load: "{ mode = \"snapshot\" }".to_owned(),
        more: PLACE.to_owned(),
        columns: [columns, places.into()].concat(),
        ..parking()
    }
}

fn closures() -> String {
    let mut rows = "제목,시작,끝,도로,경도,위도\n".to_owned();
    for (title, starts, ends, road, place) in [
        ("끝 모름", -48, None, "가람로", "127.0,37.5"),
        ("위치 모름", -48, Some(48), "가람로", ","),
        ("어디인지 모름", -48, Some(48), "모르는길", ","),
        ("끝남", -48, Some(-1), "가람로", "127.0,37.5"),
        ("아직", 1, Some(4), "가람로", "127.0,37.5"),
        ("멀리", -48, Some(48), "가람로", "127.08,37.5"),
    ] {
        let (starts, ends) = (moment(starts), ends.map(moment).unwrap_or_default());
        writeln!(rows, "{title},{starts},{ends},{road},{place}").unwrap();
    }
    rows
}

/// 2,300 complaints near the place, one far away, one of tonight, two of clocks that are ahead.
fn complaints() -> String {
    let mut rows = "접수,분야,동,경도,위도\n".to_owned();
    for number in 0..2_300 {
        let topic = if number % 23 == 0 { "소음" } else { "도로" };
        let received = moment(-1 - number % 400);
        writeln!(rows, "{received},{topic},가온동,127.0005,37.5005").unwrap();
    }
    for (hours, place) in [
        (-2, "127.02,37.5"),
        (2, "127.0,37.5"),
        (72, "127.0,37.5"),
        (90, "127.0,37.5"),
    ] {
        writeln!(rows, "{},도로,가온동,{place}", moment(hours)).unwrap();
    }
    rows
}

fn city(complaints: String) -> TestCity {
    let road = json!({"type": "FeatureCollection", "features": [{
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [[126.99, 37.5], [127.09, 37.5]]},
        "properties": {"이름": "가람로"},
    }]});
    let day = now().date();
    let text = |name: &str, title: &str| column(name, title, "text", "");
    let at = |name: &str, title: &str| column(name, title, "datetime", MOMENTS);
    let roads = Manifest {
        source: "{ kind = \"file\", path = \"roads.geojson\" }".to_owned(),
        format: "{ kind = \"geojson\" }".to_owned(),
        more: String::new(),
        columns: vec![
            text("name", "이름"),
            column("shape", "도형", "geometry", ""),
        ],
        ..manifest("roads", Vec::new())
    };
    let permits = vec![
        column("number", "번호", "code", ""),
        column("starts", "시작", "date", ""),
        column("ends", "끝", "date", ""),
        text("road", "도로"),
    ];
    let closed = vec![
        text("title", "제목"),
        at("starts", "시작"),
        at("ends", "끝"),
        text("road", "도로"),
    ];
    let complained = vec![
        at("received", "접수"),
        text("topic", "분야"),
        text("dong", "동"),
    ];
    let city = TestCity::new()
        .dataset(&manifest("permits", permits))
        .dataset(&roads)
        .dataset(&manifest("closures", closed))
        .dataset(&manifest("complaints", complained))
        .dataset(&manifest("addresses", vec![text("road", "도로명")]))
        .file(
            "permits.csv",
            format!("번호,시작,끝,도로,경도,위도\nA-1,{day},{day},가람로,127.0,37.5\n"),
        )
        .file("roads.geojson", road.to_string())
        .file("closures.csv", closures())
        .file("complaints.csv", complaints)
        .file(
            "addresses.csv",
            "도로명,경도,위도\n가온시 가람로 1,127.0,37.5\n가온시 가람로 3,127.001,37.5\n",
        );
    fs::write(city.path("situation.toml"), SITUATION).unwrap();
    city
}

#[test]
fn closures_and_complaints_are_those_of_this_moment_and_all_of_them() {
    let city = city(complaints());
    let loaded = city.load();
    assert_eq!(loaded.code, 0, "{loaded:?}");
    let serving = Serving::start(&city, &["--no-loads"]);
    let staff = serving.sign_in().unwrap();
    let json = |address: &str| -> Value {
        let got = serving.get(address, &staff);
        serde_json::from_str(&got.body).unwrap_or_else(|error| panic!("{error}: {}", got.body))
    };
    let told = json("/api/situation/here?lon=127.0&lat=37.5&metres=300");
    let here = &told["here"];
    let closed: Vec<(&Value, bool)> = here["closures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| (&own["title"], own["metres"].is_null()))
        .collect();
    assert_eq!(
        closed,
        [(&json!("끝 모름"), false), (&json!("위치 모름"), true)]
    );
    assert_eq!(here["closures"][0]["ends"], Value::Null);
    assert_eq!(here["unplaced_closures"], 1);
    assert_eq!(here["complaints"], json!([["도로", 2_200], ["소음", 100]]));
    assert_eq!(here["complaints_ahead"], 2);
    let newest = told["newest_complaints"].as_array().unwrap();
    assert_eq!(newest.len(), 20);
    let metres = newest[0]["metres"].as_f64().unwrap();
    // 44.2 m eastward and 55.5 m northward.
    assert!((metres - 71.0).abs() < 0.5, "{metres}");
    let spoken = told["spoken"].as_str().unwrap();
    for words in [
        "통제 중인 곳은 2곳입니다.",
        "끝나는 때는 정해지지 않았습니다.",
        "위치를 모르는 통제가 시 전체에 1건 더 있습니다.",
        "민원은 2300건이며, 도로 민원이 2200건으로 가장 많습니다.",
        "하루 넘게 앞선 민원 2건은",
    ] {
        assert!(spoken.contains(words), "{words}: {spoken}");
    }
    let about = "/api/situation/here?lon=127.0&lat=37.5&metres=300&topic=";
    let noise = json(&format!("{about}%EC%86%8C%EC%9D%8C"));
    let newest = noise["newest_complaints"].as_array().unwrap();
    assert_eq!(newest.len(), 20);
    assert!(newest.iter().all(|own| own["topic"] == "소음"), "{noise}");
    assert_eq!(noise["here"]["complaints"], here["complaints"]);
    let spoken = noise["spoken"].as_str().unwrap();
    assert!(
        spoken.contains("이 가운데 소음 민원은 100건입니다."),
        "{spoken}"
    );
    // What is no topic is neither a question nor said aloud.
    let forged = "x'%20or%20'1'='1";
    let refused = serving.get(&format!("{about}{forged}"), &staff);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(
        refused.body.contains("expected 도로, 소음"),
        "{}",
        refused.body
    );
    let page = serving.get(
        "/situation/here?lon=127.0&lat=37.5&topic=nobody-knows",
        &staff,
    );
    assert!(page.body.contains("민원은 2300건"), "{}", page.body);
    assert!(!page.body.contains("nobody-knows 민원"), "{}", page.body);
    let surges = json("/api/situation/surges");
    // Nobody counted the people: how many there are is known all the same.
    let counts = surges["counts"].as_array().unwrap();
    let noise = counts.iter().find(|own| own["topic"] == "소음").unwrap();
    assert!(noise["count"].as_u64().unwrap() >= 100, "{noise}");
    assert_eq!(noise["rate_per_10k"], Value::Null);
    let today = now().date().to_string();
    assert!(
        surges["until"].as_str().unwrap() <= today.as_str(),
        "{surges}"
    );
    assert_eq!(surges["ahead"], 2);
    assert_eq!(surges["has_stopped"], false);
}

#[test]
fn the_page_says_what_place_it_is_about_and_what_it_is_not() {
    let city = city(complaints());
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &["--no-loads"]);
    let staff = serving.sign_in().unwrap();
    let page = |query: &str| {
        serving
            .get(&format!("/situation/here?{query}"), &staff)
            .body
    };
    let outside = page("q=128.5,35.1");
    assert!(outside.contains("이 도시 밖에 있어"), "{outside}");
    assert!(!outside.contains("진행 중인 공사는 없습니다"), "{outside}");
    let found = page("q=%EA%B0%80%EB%9E%8C%EB%A1%9C+1");
    assert!(found.contains("data-mark=\"127,37.5\""), "{found}");
    assert!(!found.contains("주소 자료에 없어"), "{found}");
    let other = page("q=%EA%B0%80%EB%9E%8C%EB%A1%9C+3&lon=127.001&lat=37.5");
    assert!(other.contains("가온시 가람로 3 둘레"), "{other}");
    let unsaid = page("q=%EA%B0%80%EB%9E%8C%EB%A1%9C");
    assert!(unsaid.contains("번호를 말씀하지 않으셔서"), "{unsaid}");
    // The other address leads to itself, by its name.
    assert!(unsaid.contains("lon=127.001&amp;lat=37.5"), "{unsaid}");
    let works = serving.get("/situation/works", &staff).body;
    assert!(works.contains("거리가 10m 이하"), "{works}");
}

#[test]
fn complaints_that_stopped_coming_are_told_as_that() {
    let mut rows = "접수,분야,동,경도,위도\n".to_owned();
    for number in 0..40 {
        writeln!(rows, "{},도로,가온동,127.0,37.5", moment(-24 * 5 - number)).unwrap();
    }
    let city = city(rows);
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &["--no-loads"]);
    let staff = serving.sign_in().unwrap();
    for path in ["/situation", "/situation/wall"] {
        let page = serving.get(path, &staff).body;
        assert!(page.contains("뒤로 민원 자료가 오지 않습니다."), "{page}");
        // How many people live where is not declared, and nobody says that it counts.
        assert!(!page.contains("사는 사람 수와 요일을"), "{page}");
    }
}
