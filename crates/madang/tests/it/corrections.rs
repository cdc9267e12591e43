//! Rows that people put right: now, whenever the error comes again, and until the source has put it right itself.

use crate::city::{Manifest, Ran, TestCity, column, parking};

const BAD: &str = "이름,면수\n가온,10\n누리,스물\n다솜,30\n";

fn correct(city: &TestCity, row: &str, set: &str) -> Ran {
    let words = ["correct", "parking", "--row", row, "--set", set];
    city.run(&[&words[..], &["--why", "현장에서 세었다", "--json"]].concat())
}

fn load_id(loaded: &Ran) -> String {
    loaded.lines()[0]["load_id"].as_str().unwrap().to_owned()
}

fn table(city: &TestCity) -> String {
    city.query("select name, spaces from parking order by name")
}

/// What came of the only correction.
fn came(city: &TestCity) -> String {
    let shown = city.run(&["corrections", "parking", "--json"]);
    let lines = shown.lines();
    assert_eq!(lines.len(), 1, "{shown:?}");
    lines[0]["came"].as_str().unwrap().to_owned()
}

#[test]
fn a_row_put_right_is_readmitted_and_the_error_put_right_until_the_source_does_it() {
    let city = TestCity::parking(BAD);
    assert_eq!(
        city.load().accounting(),
        "loaded: read 3 = accepted 2 + quarantined 1"
    );
    let corrected = correct(&city, "3", "면수=20");
    assert_eq!(corrected.code, 0, "{corrected:?}");
    let lines = corrected.lines();
    assert_eq!(lines[1]["version"], 2, "{corrected:?}");
    assert_eq!(table(&city), "name,spaces\n가온,10\n누리,20\n다솜,30\n");
    assert_eq!(came(&city), "applied");
    // Nothing new, nothing done.
    assert_eq!(city.load().lines()[0]["outcome"], "unchanged");

    // A later delivery repeats the error among other changes.
    let city = city.file("parking.csv", "이름,면수\n라온,40\n누리, 스물\n가온,11\n");
    assert_eq!(
        city.load().accounting(),
        "loaded: read 3 = accepted 3 + quarantined 0"
    );
    assert_eq!(table(&city), "name,spaces\n가온,11\n누리,20\n라온,40\n");
    assert_eq!(came(&city), "applied");

    // The source puts it right: with the same value, then with another.
    let city = city.file("parking.csv", "이름,면수\n누리,20\n");
    city.load();
    assert_eq!(came(&city), "fixed");
    let city = city.file("parking.csv", "이름,면수\n누리,25\n");
    city.load();
    assert_eq!(
        (came(&city).as_str(), table(&city).as_str()),
        ("changed", "name,spaces\n누리,25\n")
    );

    // The row is not delivered any more.
    let city = city.file("parking.csv", "이름,면수\n가온,1\n");
    city.load();
    assert_eq!(came(&city), "absent");
}

#[test]
fn a_correction_that_no_longer_applies_leaves_a_new_error_to_be_looked_at() {
    let city = TestCity::parking(BAD);
    city.load();
    correct(&city, "3", "면수=20");
    let city = city.file("parking.csv", "이름,면수\n가온,10\n누리,서른\n");
    assert_eq!(
        city.load().accounting(),
        "loaded: read 2 = accepted 1 + quarantined 1"
    );
    assert_eq!(came(&city), "changed");
}

#[test]
fn a_correction_that_is_none_is_refused_and_nothing_is_kept() {
    let city = TestCity::parking(BAD);
    city.load();
    for (set, told) in [
        (
            "면수=스물둘",
            "the row would be quarantined as you say it: '면수': ",
        ),
        ("면수= 스물", "nothing is changed"),
        (
            "면=20",
            "the source has no column `면`; did you mean `면수`?",
        ),
    ] {
        let refused = correct(&city, "3", set);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.err.contains(told), "{refused:?}");
    }
    let nowhere = correct(&city, "2", "면수=20");
    assert!(nowhere.err.contains("put no row 2 aside"), "{nowhere:?}");
    assert_eq!(city.run(&["corrections", "parking", "--json"]).out, "");
}

#[test]
fn a_correction_taken_back_is_no_longer_followed() {
    let city = TestCity::parking(BAD);
    city.load();
    let corrected = correct(&city, "3", "면수=20");
    let id = corrected.lines()[0]["correction"]
        .as_str()
        .unwrap()
        .to_owned();
    let words = ["corrections", "parking", "--withdraw", &id];
    let withdrawn = city.run(&[&words[..], &["--why", "다시 보니 맞았다", "--json"]].concat());
    assert_eq!(
        withdrawn.accounting(),
        "loaded: read 3 = accepted 2 + quarantined 1"
    );
    assert_eq!(table(&city), "name,spaces\n가온,10\n다솜,30\n");
}

#[test]
fn a_row_that_came_apart_is_put_together_by_giving_all_of_it() {
    let city = TestCity::parking("이름,면수\n가온,10\n누리,동쪽,20\n다솜,30\n");
    city.load();
    let one = correct(&city, "3", "면수=20");
    assert!(
        one.err.contains("say what is right in every column"),
        "{one:?}"
    );
    let words = [
        "correct",
        "parking",
        "--row",
        "3",
        "--set",
        "이름=누리,동쪽",
        "--set",
        "면수=20",
    ];
    let all = city.run(&[&words[..], &["--why", "쉼표가 들어간 이름", "--json"]].concat());
    assert_eq!(all.code, 0, "{all:?}");
    assert_eq!(
        table(&city),
        "name,spaces\n가온,10\n\"누리,동쪽\",20\n다솜,30\n"
    );
}

#[test]
fn a_row_left_out_is_quarantined_for_that_reason_alone() {
    let city = TestCity::parking(BAD);
    city.load();
    let words = [
        "correct",
        "parking",
        "--row",
        "3",
        "--leave-out",
        "--why",
        "없어진 주차장",
        "--json",
    ];
    let left = city.run(&words);
    assert_eq!(left.code, 0, "{left:?}");
    let aside = city.run(&["quarantine", "parking"]).out;
    assert!(
        aside.contains("담당자가 표에서 빼기로 한 행입니다"),
        "{aside}"
    );
    assert_eq!(table(&city), "name,spaces\n가온,10\n다솜,30\n");
}

fn growing(mode: &str) -> Manifest {
    let mut manifest = parking();
    r#"{ kind = "file", path = "parking*.csv", take = "all" }"#.clone_into(&mut manifest.source);
    manifest.load = format!(r#"{{ mode = "{mode}", key = ["name"], quarantine-limit = 0.6 }}"#);
    manifest
}

#[test]
fn a_table_that_grows_gets_the_row_that_was_put_right_once() {
    let city = TestCity::new()
        .dataset(&growing("append"))
        .file("parking-1.csv", BAD);
    let load = load_id(&city.load());
    let city = city.file("parking-2.csv", "이름,면수\n라온,40\n");
    city.load();
    let words = [
        "correct",
        "parking",
        "--row",
        "3",
        "--set",
        "면수=20",
        "--load",
        &load,
    ];
    let corrected = city.run(&[&words[..], &["--why", "현장 확인", "--json"]].concat());
    assert_eq!(corrected.code, 0, "{corrected:?}");
    let all = "name,spaces\n가온,10\n누리,20\n다솜,30\n라온,40\n";
    assert_eq!(table(&city), all);
    // Once only, and what comes later is not disturbed.
    city.load();
    assert_eq!(table(&city), all);
    let city = city.file("parking-3.csv", "이름,면수\n마루,50\n");
    assert_eq!(
        city.load().accounting(),
        "loaded: read 1 = accepted 1 + quarantined 0"
    );
    assert_eq!(city.query("select count(*) as n from parking"), "n\n5\n");
}

#[test]
fn what_a_newer_delivery_says_of_a_row_is_not_replaced_by_a_correction_of_an_older() {
    let city = TestCity::new()
        .dataset(&growing("upsert"))
        .file("parking-1.csv", BAD);
    let load = load_id(&city.load());
    let city = city.file("parking-2.csv", "이름,면수\n누리,22\n");
    city.load();
    let words = [
        "correct",
        "parking",
        "--row",
        "3",
        "--set",
        "면수=20",
        "--load",
        &load,
    ];
    let corrected = city.run(&[&words[..], &["--why", "현장 확인", "--json"]].concat());
    assert_eq!(corrected.code, 0, "{corrected:?}");
    assert_eq!(table(&city), "name,spaces\n가온,10\n누리,22\n다솜,30\n");
    assert_eq!(came(&city), "superseded");
}

#[test]
fn a_derived_table_is_asked_again_and_not_made_of_what_was_asked_before() {
    let mut sums = parking();
    "sums".clone_into(&mut sums.id);
    r#"{ kind = "derived", from = ["parking"], sql = "SELECT name, spaces FROM parking ORDER BY name" }"#.clone_into(&mut sums.source);
    r#"{ kind = "parquet" }"#.clone_into(&mut sums.format);
    sums.columns = vec![
        column("name", "name", "text", ""),
        column(
            "spaces",
            "spaces",
            "integer",
            "checks = [{ range = { max = 100 } }]",
        ),
    ];
    let city = TestCity::parking("이름,면수\n가온,10\n누리,999\n").dataset(&sums);
    let loaded = city.load();
    assert_eq!(loaded.lines()[1]["quarantined"], 1, "{loaded:?}");
    let aside = city.run(&["quarantine", "sums", "--format", "json"]);
    let row = aside.lines()[0]["row"].to_string();
    // What it reads changes before the row is put right.
    let city = city.file("parking.csv", "이름,면수\n가온,11\n누리,999\n");
    assert_eq!(city.run(&["load", "parking"]).code, 0);
    let words = ["correct", "sums", "--row", &row, "--set", "spaces=99"];
    let corrected = city.run(&[&words[..], &["--why", "대장 확인", "--json"]].concat());
    assert_eq!(corrected.code, 0, "{corrected:?}");
    let now = "name,spaces\n가온,11\n누리,99\n";
    assert_eq!(
        city.query("select name, spaces from sums order by name"),
        now
    );
    assert_eq!(city.load().lines()[1]["outcome"], "unchanged");
}
