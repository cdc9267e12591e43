//! Recipes from the command line: keys, results, refusals.

use std::fs;

use crate::city::{Ran, TestCity, column, parking};

const ROWS: &str = "이름,면수,성명,연락처\n가온주차장,120,김가온,010-1234-5678\n누리주차장,80,이누리,+82 10 1234 5678\n";

fn city(period_to: &str) -> TestCity {
    let mut manifest = parking();
    for (name, title) in [("person", "성명"), ("phone", "연락처")] {
        let personal = column(name, title, "text", "");
        let class = "privacy = \"identifier\"";
        manifest
            .columns
            .push(personal.replace("privacy = \"none\"", class));
    }
    let recipe = format!(
        r#"id = "study"
title = "주차 연구"
purpose = "statistics"
reason = "주차장별 담당자를 셉니다."
dataset = "parking"
recipient = "통계과"
period = {{ from = "2020-01-01", to = "{period_to}" }}
processor = "김가온"
reviewers = ["이누리"]

[[columns]]
name = "person"
technique = {{ token = {{ as = "name" }} }}

[[columns]]
name = "phone"
technique = {{ keyed-one-way = {{ as = "phone" }} }}
"#
    );
    let city = TestCity::new().dataset(&manifest).file("parking.csv", ROWS);
    fs::create_dir_all(city.path("projects")).unwrap();
    fs::write(city.path("projects/study.toml"), recipe).unwrap();
    city
}

fn pseudonymise(city: &TestCity, out: &str, more: &[&str]) -> Ran {
    let path = |name: &str| city.path(name).display().to_string();
    let (recipe, input, out) = (
        path("projects/study.toml"),
        path("inbox/parking.csv"),
        path(out),
    );
    let mut words = vec!["privacy", "pseudonymise", "--json"];
    words.extend(["--recipe", &recipe, "--input", &input, "--out", &out]);
    words.extend(more);
    city.run(&words)
}

fn make_key(city: &TestCity) {
    let ran = city.run(&[
        "privacy",
        "key",
        "make",
        "study",
        "--by",
        "김가온",
        "--reason",
        "시작",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_recipe_gives_the_same_bytes_and_no_person() {
    let city = city("2099-12-31");
    assert_eq!(city.run(&["check"]).code, 0);
    make_key(&city);
    let ran = pseudonymise(&city, "one.csv", &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let report = &ran.lines()[0];
    assert_eq!(report["rows-read"], 2);
    assert_eq!(report["rows-written"], 2);
    assert_eq!(report["purpose"], "통계작성");
    let one = fs::read_to_string(city.path("one.csv")).unwrap();
    assert!(one.starts_with("\u{feff}person,phone\r\n"), "{one}");
    assert!(!one.contains("가온") && !one.contains("1234"), "{one}");
    let phones: Vec<&str> = one
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .collect();
    assert_eq!(phones[0], phones[1], "one telephone, two spellings");
    assert_eq!(pseudonymise(&city, "two.csv", &[]).code, 0);
    assert_eq!(fs::read_to_string(city.path("two.csv")).unwrap(), one);
}

#[test]
fn without_its_key_nothing_is_made() {
    let city = city("2099-12-31");
    let ran = pseudonymise(&city, "one.csv", &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("madang privacy key make study"), "{ran:?}");
    make_key(&city);
    fs::remove_file(city.path(".madang-keys/study.1.key")).unwrap();
    let ran = pseudonymise(&city, "one.csv", &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("is lost"), "{ran:?}");
    assert!(!city.path("one.csv").exists());
    assert!(!city.path(".madang-keys/study.1.key").exists());
}

#[test]
fn a_destroyed_key_stays_destroyed() {
    let city = city("2099-12-31");
    make_key(&city);
    let destroy = [
        "privacy",
        "key",
        "destroy",
        "study",
        "--version",
        "1",
        "--by",
        "김가온",
        "--reason",
        "만료",
    ];
    assert_eq!(city.run(&destroy).code, 0);
    let ran = pseudonymise(&city, "one.csv", &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("was destroyed"), "{ran:?}");
    let told = city.run(&["privacy", "key", "list", "--json"]);
    assert_eq!(told.lines().len(), 2);
}

#[test]
fn behind_its_period_and_over_another_file_nothing_is_made() {
    let past = city("2020-12-31");
    make_key(&past);
    let ran = pseudonymise(&past, "one.csv", &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("the period ended on 2020-12-31"),
        "{ran:?}"
    );
    let city = city("2099-12-31");
    make_key(&city);
    fs::write(city.path("one.csv"), "mine").unwrap();
    let ran = pseudonymise(&city, "one.csv", &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(fs::read_to_string(city.path("one.csv")).unwrap(), "mine");
}
