//! Boards by the real binary: the page, the wall, the frame of another site, paper, and alerts that begin while it serves.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::city::{Manifest, TestCity, parking};
use crate::serve::Serving;

const MEASURE: &str = r#"
id = "spaces"
title = "주차면"
question = "주차면은 얼마입니까?"
dataset = "parking"
expression = "sum(spaces)"
dimensions = ["name"]
unit = "면"
"#;

const SECRET: &str = r#"
id = "staff_spaces"
title = "직원 주차면"
question = "직원 주차면은 얼마입니까?"
dataset = "staff"
expression = "sum(spaces)"
unit = "면"
"#;

const BOARD: &str = r#"
id = "today"
title = "오늘의 주차"
description = "한눈에 봅니다."
embed = true
filters = ["name"]
panels = [
  { measure = "spaces", view = "number" },
  { measure = "staff_spaces", view = "number" },
  { measure = "spaces", view = "bar", by = "name" },
]

[[alerts]]
id = "few"
measure = "spaces"
below = 10
department = "transport"
say = "자리가 모자랍니다."
"#;

const CLOSED: &str = r#"
id = "inside"
title = "안쪽"
description = "안에서 봅니다."
panels = [{ measure = "spaces", view = "number" }]
"#;

fn city() -> TestCity {
    let staff = Manifest {
        id: "staff".to_owned(),
        source: r#"{ kind = "file", path = "staff*.csv" }"#.to_owned(),
        release: "internal".to_owned(),
        ..parking()
    };
    let city = TestCity::parking("이름,면수\n가온,3\n누리,4\n")
        .dataset(&staff)
        .file("staff.csv", "이름,면수\n가온,7777\n");
    for (name, text) in [
        ("measures/spaces.toml", MEASURE),
        ("measures/staff_spaces.toml", SECRET),
        ("boards/today.toml", BOARD),
        ("boards/inside.toml", CLOSED),
    ] {
        let path = city.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let loaded = city.run(&["load"]);
    assert_eq!(loaded.code, 0, "{loaded:?}");
    city
}

#[test]
fn a_board_is_a_page_a_wall_a_frame_and_a_sheet_of_paper() {
    let city = city();
    let serving = Serving::start(&city, &[]);
    let staff = serving.sign_in().unwrap();
    let page = serving.get("/boards/today", &staff);
    assert!(page.body.contains("7,777"), "{}", page.body);
    let wall = serving.get("/boards/today/wall", "");
    assert_eq!(wall.status, 200);
    assert!(wall.body.contains("data-events=\"/boards/today/events\""));
    assert!(!wall.body.contains("krds-header") && !wall.body.contains("7,777"));
    // A frame of another site shows what the public sees, whoever has signed in.
    let frame = serving.get("/boards/today/embed", &staff);
    assert_eq!(frame.status, 200);
    assert!(frame.body.contains("오늘의 주차") && !frame.body.contains("7,777"));
    assert!(frame.head.contains("frame-ancestors *"), "{}", frame.head);
    assert!(
        page.head.contains("frame-ancestors 'none'"),
        "{}",
        page.head
    );
    let closed = serving.get("/boards/inside/embed", "");
    assert_eq!(closed.status, 404);
    assert!(
        closed.head.contains("frame-ancestors 'none'"),
        "{}",
        closed.head
    );
    let paper = serving.get("/boards/today/paper.pdf", "");
    assert_eq!(paper.status, 200);
    assert!(paper.head.contains("application/pdf") && paper.body.starts_with("%PDF"));
    for address in [
        "/boards/none",
        "/boards/none/wall",
        "/boards/none/events",
        "/boards/none/paper.pdf",
    ] {
        assert_eq!(serving.get(address, "").status, 404, "{address}");
    }
}

#[test]
fn a_board_is_narrowed_by_its_address_wherever_it_is_shown() {
    let city = city();
    let serving = Serving::start(&city, &[]);
    // All figures here have one digit.
    let number = |address: &str| {
        let body = serving.get(address, "").body;
        let value = body.split("<p class=\"figure-value\">").nth(1).unwrap();
        value.chars().find(char::is_ascii_digit).unwrap()
    };
    let narrowed = "?name=%EA%B0%80%EC%98%A8";
    assert_eq!(number("/boards/today"), '7');
    for way in ["", "/wall", "/embed"] {
        assert_eq!(
            number(&format!("/boards/today{way}{narrowed}")),
            '3',
            "{way}"
        );
    }
    // A part leads to the board narrowed by it, and from there back to the whole.
    let link = format!("<a href=\"/boards/today{narrowed}\">");
    let page = serving.get("/boards/today", "").body;
    assert!(page.contains(&link), "{page}");
    assert!(
        !serving
            .get(&format!("/boards/today{narrowed}"), "")
            .body
            .contains(&link)
    );
    // What cannot be narrowed so is not shown whole.
    let staff = serving.sign_in().unwrap();
    let page = serving
        .get(&format!("/boards/today{narrowed}"), &staff)
        .body;
    assert!(!page.contains("7,777"), "{page}");
    // What the board does not declare narrows nothing.
    assert_eq!(number("/boards/today?kind=x"), '7');
}

#[test]
fn what_another_program_loads_reaches_an_open_wall() {
    let city = city();
    let serving = Serving::start(&city, &["--no-loads"]);
    let wall = BufReader::new(serving.ask("/boards/today/events", ""));
    let city = city.file("parking.csv", "이름,면수\n가온,3\n누리,9\n");
    let began = Instant::now();
    assert_eq!(city.load().code, 0);
    // It waits no longer than the stream is silent; the server's own clock would draw the wall anew after five minutes.
    let mut lines = wall.lines().map_while(Result::ok);
    let drawn = lines.find(|line| line.contains("figure-value") && line.contains("12"));
    assert!(drawn.is_some(), "the stream ended");
    assert!(began.elapsed() < Duration::from_mins(1), "{began:?}");
}

#[test]
fn paper_has_receipts_that_give_back_what_is_printed_after_another_load() {
    let city = city();
    let serving = Serving::start(&city, &[]);
    let receipt = |address: &str, session: &str| {
        let head = serving.get(address, session).head.to_lowercase();
        let (_, link) = head.split_once("link: <")?;
        let (path, _) = link.split_once(">; rel=\"describedby\"")?;
        Some(path.to_owned())
    };
    let whole = receipt("/boards/today/paper.pdf", "").unwrap();
    let again = receipt("/boards/today/paper.pdf", "").unwrap();
    assert_eq!(whole, again, "the same figures have one receipt");
    let part = receipt("/boards/today/paper.pdf?name=%EA%B0%80%EC%98%A8", "").unwrap();
    // Whatever anybody writes into an address is not kept.
    assert_eq!(receipt("/boards/today/paper.pdf?name=x", ""), None);
    fs::write(
        city.path("inbox/parking.csv"),
        "이름,면수\n가온,100\n누리,200\n",
    )
    .unwrap();
    assert_eq!(city.run(&["load"]).code, 0);
    let until = Instant::now() + Duration::from_secs(20);
    while !serving.get("/boards/today", "").body.contains("\"300\"") {
        assert!(Instant::now() < until, "the load is not seen");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_ne!(receipt("/boards/today/paper.pdf", "").unwrap(), whole);
    // The beginning of the address, as it is printed, means the same.
    let short = whole.get(.."/receipts/".len() + 16).unwrap();
    for (address, figure, bars) in [
        (short, 7.0, vec![("누리", 4.0), ("가온", 3.0)]),
        (part.as_str(), 3.0, vec![("가온", 3.0)]),
    ] {
        let told = serving.get(&format!("/api{address}"), "").body;
        let told: Value = serde_json::from_str(&told).unwrap();
        let panels = told["panels"].as_array().unwrap();
        // What the public does not see is not among them.
        assert_eq!(panels.len(), 2, "{told}");
        for panel in panels {
            assert_eq!(panel["again"]["outcome"], "same", "{panel}");
            let value = &panel["again"]["receipt"]["figure"]["value"];
            assert_eq!(value.as_f64(), Some(figure), "{panel}");
        }
        let parts = panels[1]["again"]["shown"]["parts"].as_array().unwrap();
        let parts: Vec<(&str, f64)> = parts
            .iter()
            .map(|own| {
                (
                    own["label"].as_str().unwrap(),
                    own["value"].as_f64().unwrap(),
                )
            })
            .collect();
        assert_eq!(parts, bars);
        let page = serving.get(address, "");
        assert_eq!(page.status, 200);
        assert!(
            page.body.contains("마지막 자리까지 같습니다"),
            "{}",
            page.body
        );
        let own = format!("/receipts/{}", panels[1]["id"].as_str().unwrap());
        let page = serving.get(&own, "").body;
        assert!(page.contains("마지막 자리까지 같은 값"), "{page}");
        assert!(
            page.contains("class=\"bars\"") && !page.contains(">200"),
            "{page}"
        );
    }
    let shorter = short.get(..short.len() - 1).unwrap();
    assert_eq!(serving.get(shorter, "").status, 404);
}

#[test]
fn a_filter_offers_what_any_panel_has_and_says_what_there_is_not() {
    let city = city();
    let serving = Serving::start(&city, &[]);
    let page = serving
        .get("/boards/today?name=%EC%97%86%EC%9D%8C", "")
        .body;
    assert!(page.contains("‘없음’이라는"), "{page}");
    assert!(
        !serving
            .get("/boards/today", "")
            .body
            .contains("목록에서 골라")
    );
}

#[test]
fn an_alert_begins_by_itself_and_one_person_takes_it_on() {
    let city = city();
    let serving = Serving::start(&city, &[]);
    let staff = serving.sign_in().unwrap();
    // The first look is at the start; the test does not wait a minute for the next.
    let until = Instant::now() + Duration::from_secs(30);
    let told = loop {
        let told = serving.get("/api/alerts", &staff);
        if told.body.contains("\"few\"") || Instant::now() > until {
            break told.body;
        }
        std::thread::sleep(Duration::from_millis(200));
    };
    assert!(told.contains("\"began_with\":7.0"), "{told}");
    assert_eq!(serving.get("/api/alerts", "").status, 403);
    let page = serving.get("/alerts", &staff);
    assert!(page.body.contains("7면, 기준 10면 미만"), "{}", page.body);
    let form = "alert=1&words=%EB%B4%85%EB%8B%88%EB%8B%A4";
    let taken = serving.post("/alerts", &staff, form, "same-origin");
    assert_eq!(taken.status, 303, "{taken:?}");
    let again = serving.post("/alerts", &staff, form, "same-origin");
    assert!(again.body.contains("이미 맡았거나"), "{}", again.body);
    assert!(serving.get("/alerts", &staff).body.contains("봅니다"));
    assert_eq!(serving.post("/alerts", "", form, "same-origin").status, 403);
}
