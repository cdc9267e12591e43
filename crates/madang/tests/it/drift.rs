//! A delivery that differs too much from the one before waits for a person.

use std::fmt::Write as _;

use crate::city::{TestCity, parking};

/// Lots `from..to`, one a line.
fn lots(from: u32, to: u32) -> String {
    (from..to).fold("이름,면수\n".to_owned(), |mut text, lot| {
        writeln!(text, "주차장 {lot},{lot}").unwrap();
        text
    })
}

/// A city whose parking lots may change by three in ten, and whose names must mostly stay.
fn city() -> TestCity {
    let mut manifest = parking();
    r#"{ mode = "snapshot", key = ["name"], drift = { rows = 0.3, keys = 0.8, nulls = 0.1 } }"#
        .clone_into(&mut manifest.load);
    let city = TestCity::new()
        .dataset(&manifest)
        .file("parking.csv", lots(0, 100));
    assert_eq!(city.load().lines()[0]["outcome"], "loaded");
    city
}

#[test]
fn half_a_delivery_waits_and_the_last_good_version_stays_until_a_person_accepts() {
    let city = city().file("parking.csv", lots(0, 50));
    let held = city.load();
    assert_eq!(held.code, 1, "{held:?}");
    let line = &held.lines()[0];
    assert_eq!(line["outcome"], "held");
    let message = line["message"].as_str().unwrap();
    for part in [
        "The rows changed from 100 to 50",
        "Of 100 keys only 50 are still there",
        "madang decide parking accept",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(line["differences"][0]["what"], "rows");
    assert_eq!(city.query("select count(*) as n from parking"), "n\n100\n");
    // The same bytes wait on; nothing is read again.
    let again = city.load();
    assert_eq!(
        (again.code, &again.lines()[0]["load_id"]),
        (1, &line["load_id"])
    );
    // The source may have delivered something else meanwhile: what waited is what is accepted.
    let city = city.file("parking.csv", lots(0, 100));
    let without_why = city.run(&["decide", "parking", "accept"]);
    assert_eq!(without_why.code, 2);
    let accepted = city.run(&[
        "decide",
        "parking",
        "accept",
        "--why",
        "절반을 민간에 넘겼습니다",
        "--json",
    ]);
    assert_eq!(accepted.code, 0, "{accepted:?}");
    assert_eq!(accepted.lines()[0]["version"], 2);
    assert_eq!(city.query("select count(*) as n from parking"), "n\n50\n");
    assert_eq!(city.run(&["verify"]).code, 0);
    let nothing = city.run(&["decide", "parking", "accept", "--why", "다시"]);
    assert_eq!(nothing.code, 1, "{nothing:?}");
}

#[test]
fn bytes_that_were_turned_down_are_not_loaded_again_and_the_next_delivery_is() {
    let city = city().file("parking.csv", lots(50, 150));
    let held = city.load();
    let message = held.lines()[0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("Of 100 keys only 50"), "{message}");
    assert!(!message.contains("The rows changed"), "{message}");
    let rejected = city.run(&[
        "decide",
        "parking",
        "reject",
        "--why",
        "다른 시의 파일입니다",
    ]);
    assert_eq!(rejected.code, 0, "{rejected:?}");
    let again = city.load();
    assert_eq!(again.code, 1);
    assert!(
        again.lines()[0]["message"]
            .as_str()
            .unwrap()
            .contains("turned down by"),
        "{again:?}"
    );
    let city = city.file("parking.csv", lots(0, 90));
    assert_eq!(city.load().lines()[0]["outcome"], "loaded");
    assert_eq!(city.query("select count(*) as n from parking"), "n\n90\n");
}

#[test]
fn a_large_delivery_that_lands_while_it_is_decoded_is_compared_too() {
    let city = city().file("parking.csv", lots(0, 90_000));
    let held = city.load();
    assert_eq!(
        (held.code, &held.lines()[0]["outcome"]),
        (1, &"held".into())
    );
    let accepted = city.run(&[
        "decide",
        "parking",
        "accept",
        "--why",
        "전국 자료로 바뀌었습니다",
        "--json",
    ]);
    assert_eq!(accepted.lines()[0]["rows"], 90_000, "{accepted:?}");
}
