//! A closer look at a dataset, and quality of the city, from the command line.

use std::fmt::Write as _;

use serde_json::Value;

use crate::city::TestCity;

/// Car parks whose spaces change from row to row but for a run that was copied down.
fn copied_down() -> String {
    let mut text = "이름,면수\n".to_owned();
    for row in 0..80_u32 {
        let spaces = if (40..55).contains(&row) {
            77
        } else {
            10 + row * 37 % 61
        };
        writeln!(
            text,
            "주차장{},{spaces}",
            char::from_u32(0xac00 + row * 28).unwrap()
        )
        .unwrap();
    }
    // Of these two the contract has something to say.
    text.push_str("먼주차장,많음\n,12\n");
    text
}

fn object(text: &str) -> Value {
    serde_json::from_str(text.trim()).unwrap()
}

#[test]
fn what_no_rule_can_say_of_one_row_is_found() {
    let city = TestCity::parking(copied_down());
    assert_eq!(city.load().code, 0);
    let ran = city.run(&["profile", "parking", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let profile = object(&ran.out);
    assert_eq!(
        (profile["rows"].as_u64(), profile["version"].as_i64()),
        (Some(80), Some(1))
    );
    let findings = profile["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0]["what"], "copied-down");
    assert_eq!(findings[0]["longest"], 15);
    assert_eq!(findings[0]["examples"][0]["rows"][0]["row"], 42);
    assert_eq!(
        findings[0]["sentence_ko"],
        "‘면수’ 열에 같은 값이 15행 내리 이어집니다. 칸을 끌어 복사한 것일 수 있습니다."
    );
    let ran = city.run(&["profile", "parking"]);
    assert!(
        ran.out
            .contains("! 'spaces (면수)' has the same value in 15 rows"),
        "{ran:?}"
    );
    assert_eq!(city.run(&["profile", "prking"]).code, 1);
}

#[test]
fn quality_of_the_city_is_that_of_its_parts() {
    let city = TestCity::parking(copied_down());
    assert_eq!(city.load().code, 0);
    for by in ["field", "department", "dataset"] {
        let ran = city.run(&["quality", "--by", by, "--json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let quality = object(&ran.out);
        let (whole, part) = (&quality["whole"], &quality["groups"][0]);
        assert_eq!(whole["errors"].as_u64(), Some(2), "{by}");
        assert_eq!(whole["diagnosed"], part["diagnosed"], "{by}");
        let rules = part["rules"].as_array().unwrap();
        let of = |check: &str| rules.iter().find(|rule| rule["check"] == check).unwrap();
        assert_eq!(of("type")["errors"], 1);
        assert_eq!(of("required")["dimension"], "completeness");
    }
    let ran = city.run(&["quality"]);
    assert!(ran.out.starts_with("the city (가온시): "), "{ran:?}");
}
