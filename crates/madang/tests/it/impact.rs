//! What a changed manifest would do, by the real binary; and a load that waits because of it.

use std::fs;

use crate::city::{Manifest, TestCity, column, parking};

const ROWS: &str = "이름,면수\n가온,120\n누리,80\n다솜,5\n라온,일백\n마루,7\n";

/// Car parks whose spaces must lie in a range.
fn stricter() -> Manifest {
    let mut manifest = parking();
    manifest.columns[1] = column(
        "spaces",
        "면수",
        "integer",
        "unit = \"면\"\nchecks = [{ range = { min = 50 } }]",
    );
    manifest
}

#[test]
fn rows_that_would_newly_fail_or_pass_are_told_and_nothing_is_loaded() {
    let city = TestCity::parking(ROWS);
    assert_eq!(city.load().code, 0);
    let same = city.run(&["impact", "--json"]);
    assert_eq!((same.code, same.out.as_str()), (0, ""), "{same:?}");
    let city = city.dataset(&stricter());
    let ran = city.run(&["impact", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let line = &ran.lines()[0];
    let impact = &line["impact"];
    assert_eq!(
        (&impact["dataset"], &impact["version"]),
        (&"parking".into(), &1.into())
    );
    assert_eq!(
        impact["changes"],
        serde_json::json!([{"what": "contract", "column": "spaces"}])
    );
    assert_eq!(
        (
            &impact["before"]["quarantined"],
            &impact["now"]["quarantined"]
        ),
        (&1.into(), &3.into())
    );
    let moved = &impact["moved"];
    assert_eq!(
        (&moved["failing"], &moved["passing"]),
        (&2.into(), &0.into())
    );
    assert_eq!(moved["failing_by_reason"]["spaces.range"], 2);
    let rows: Vec<i64> = moved["failing_examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|example| example["row"].as_i64().unwrap())
        .collect();
    assert_eq!(rows, [4, 6]);
    // Nothing was loaded: the version in force is the one before.
    assert_eq!(city.query("select count(*) as n from parking"), "n\n4\n");
    // The other way round: what failed passes.
    assert_eq!(city.load().code, 0);
    let city = city.dataset(&parking());
    let back = city.run(&["impact", "parking"]);
    assert!(
        back.out.contains("2 rows would newly pass: spaces.range 2"),
        "{back:?}"
    );
    assert!(back.out.contains("0 rows would newly fail"), "{back:?}");
}

#[test]
fn bytes_that_a_changed_manifest_cannot_read_are_told() {
    let city = TestCity::parking(ROWS);
    assert_eq!(city.load().code, 0);
    let mut renamed = parking();
    renamed.columns[1] = column("spaces", "주차면수", "integer", "unit = \"면\"");
    let ran = city.dataset(&renamed).run(&["impact", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let impact = &ran.lines()[0]["impact"];
    assert!(
        impact["now"].is_null() && impact["faults"][0].as_str().unwrap().contains("주차면수"),
        "{impact}"
    );
    let kinds: Vec<&str> = impact["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["what"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["source"]);
}

#[test]
fn what_depends_on_a_changed_dataset_is_told() {
    let mut sizes = parking();
    "sizes".clone_into(&mut sizes.id);
    r#"{ kind = "derived", from = ["parking"], sql = "SELECT name AS 이름, spaces AS 면수 FROM parking" }"#
        .clone_into(&mut sizes.source);
    r#"{ kind = "parquet" }"#.clone_into(&mut sizes.format);
    let city = TestCity::parking(ROWS).dataset(&sizes);
    assert_eq!(city.load().code, 0);
    let ran = city.dataset(&stricter()).run(&["impact", "parking"]);
    assert!(ran.out.contains("depends on it: dataset sizes"), "{ran:?}");
}

#[test]
fn a_stricter_manifest_waits_for_a_person_where_changes_are_confirmed() {
    let city = TestCity::parking(ROWS);
    fs::write(city.path("madang.toml"), "changes = \"confirm\"\n").unwrap();
    assert_eq!(city.load().code, 0);
    let city = city.dataset(&stricter());
    let held = city.load();
    assert!(held.out.contains("\"outcome\":\"held\""), "{held:?}");
    assert!(
        held.out
            .contains("The manifest was changed: 3 of 5 rows fail by it; before, 1 of 5 did."),
        "{held:?}"
    );
    assert_eq!(city.query("select count(*) as n from parking"), "n\n4\n");
    let decided = city.run(&["decide", "parking", "accept", "--why", "맞습니다"]);
    assert_eq!(decided.code, 0, "{decided:?}");
    assert_eq!(city.query("select count(*) as n from parking"), "n\n2\n");
    // One that lets more rows pass waits for nobody.
    let city = city.dataset(&parking());
    let loaded = city.load();
    assert_eq!(
        loaded.accounting(),
        "loaded: read 5 = accepted 4 + quarantined 1"
    );
}
