//! `madang load`, through to the rows.

use crate::city::{TestCity, column, parking};

#[test]
fn a_row_that_does_not_fit_is_quarantined_and_the_rest_is_a_version() {
    let city = TestCity::parking("이름,면수\n가온,120\n누리,일백\n");
    let ran = city.load();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.accounting(),
        "loaded: read 2 = accepted 1 + quarantined 1"
    );
    assert_eq!(
        (
            ran.lines()[0]["version"].as_i64(),
            ran.lines()[0]["rows"].as_u64()
        ),
        (Some(1), Some(1))
    );
    assert_eq!(city.run(&["verify"]).code, 0);
}

#[test]
fn the_same_bytes_again_make_no_version() {
    let city = TestCity::parking("이름,면수\n가온,120\n");
    city.load();
    let again = city.load();
    assert_eq!(
        (
            again.code,
            again.lines()[0]["outcome"].as_str(),
            again.lines()[0]["version"].as_i64()
        ),
        (0, Some("unchanged"), Some(1))
    );
    let city = city.file("parking.csv", "이름,면수\n가온,121\n");
    assert_eq!(city.load().lines()[0]["version"], 2);
}

#[test]
fn a_load_over_its_limit_is_refused_and_the_last_good_version_stays() {
    let mut manifest = parking();
    manifest.load = r#"{ mode = "snapshot", quarantine-limit = 0.2 }"#.to_owned();
    let city = TestCity::new()
        .dataset(&manifest)
        .file("parking.csv", "이름,면수\n가온,120\n");
    city.load();
    let city = city.file("parking.csv", "이름,면수\n가온,120\n누리,일백\n다솜,이백\n");
    let ran = city.load();
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.accounting(),
        "refused: read 3 = accepted 1 + quarantined 2"
    );
    assert!(
        ran.lines()[0]["message"]
            .as_str()
            .unwrap()
            .starts_with("2 of 3 rows failed (66.7 %), more than the 20.0 %"),
        "{ran:?}"
    );
    assert_eq!(
        city.query("select name, spaces from parking"),
        "name,spaces\n가온,120\n"
    );
    assert_eq!(city.run(&["verify"]).code, 0);
}

#[test]
fn an_append_takes_only_files_it_has_not_taken() {
    let mut manifest = parking();
    manifest.source = r#"{ kind = "file", path = "parking*.csv", take = "all" }"#.to_owned();
    manifest.load = r#"{ mode = "append" }"#.to_owned();
    let city = TestCity::new()
        .dataset(&manifest)
        .file("parking1.csv", "이름,면수\n가온,120\n");
    city.load();
    let city = city.file("parking2.csv", "이름,면수\n누리,80\n");
    assert_eq!(
        city.load().accounting(),
        "loaded: read 1 = accepted 1 + quarantined 0"
    );
    assert_eq!(city.load().lines()[0]["outcome"], "unchanged");
    assert_eq!(city.query("select count(*) as n from parking"), "n\n2\n");
}

#[test]
fn an_upsert_replaces_by_key_and_an_earlier_version_can_be_read() {
    let mut manifest = parking();
    manifest.load = r#"{ mode = "upsert", key = ["name"] }"#.to_owned();
    let city = TestCity::new()
        .dataset(&manifest)
        .file("parking.csv", "이름,면수\n가온,120\n누리,80\n");
    city.load();
    let city = city.file("parking.csv", "이름,면수\n누리,81\n다솜,5\n");
    assert_eq!(city.load().lines()[0]["rows"], 3);
    assert_eq!(
        city.query("select name, spaces from parking order by name"),
        "name,spaces\n가온,120\n누리,81\n다솜,5\n"
    );
    let earlier = city.run(&[
        "query",
        "select name, spaces from parking order by name",
        "--at",
        "1",
        "--format",
        "csv",
    ]);
    assert_eq!(
        earlier.out.trim_start_matches('\u{feff}').replace('\r', ""),
        "name,spaces\n가온,120\n누리,80\n"
    );
    let compared = city.run(&["compare", "parking", "--json"]);
    let line = &compared.lines()[0];
    assert_eq!(
        (
            line["added"].as_u64(),
            line["removed"].as_u64(),
            line["changed"].as_u64()
        ),
        (Some(1), Some(0), Some(1))
    );
}

#[test]
fn what_is_referred_to_is_loaded_first() {
    let mut other = parking();
    other.id = "a_permit".to_owned();
    other.source = r#"{ kind = "file", path = "permit.csv" }"#.to_owned();
    other.load = r"{ quarantine-limit = 0.9 }".to_owned();
    other.columns = vec![column(
        "lot",
        "주차장",
        "text",
        r#"checks = [{ refers-to = { dataset = "parking", column = "name" } }]"#,
    )];
    let city = TestCity::parking("이름,면수\n가온,120\n")
        .dataset(&other)
        .file("permit.csv", "주차장\n가온\n없는곳\n");
    let ran = city.load();
    assert_eq!(
        ran.lines()
            .iter()
            .map(|line| line["dataset"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>(),
        ["parking", "a_permit"]
    );
    assert_eq!(
        (
            ran.lines()[1]["accepted"].as_u64(),
            ran.lines()[1]["quarantined"].as_u64()
        ),
        (Some(1), Some(1)),
        "{ran:?}"
    );
}

#[test]
fn one_dataset_that_fails_does_not_stop_the_others() {
    let mut other = parking();
    other.id = "a_first".to_owned();
    other.source = r#"{ kind = "file", path = "missing.csv" }"#.to_owned();
    let city = TestCity::parking("이름,면수\n가온,120\n").dataset(&other);
    let ran = city.load();
    assert_eq!(ran.code, 1);
    let outcomes: Vec<_> = ran
        .lines()
        .iter()
        .map(|line| line["outcome"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(outcomes, ["failed", "loaded"]);
    assert!(
        ran.lines()[0]["message"]
            .as_str()
            .unwrap()
            .contains("missing.csv"),
        "{ran:?}"
    );
}

#[test]
fn rows_put_aside_are_shown_with_their_reasons() {
    let city = TestCity::parking("이름,면수\n가온,120\n누리,일백\n");
    city.load();
    let ran = city.run(&["quarantine", "parking", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let line = &ran.lines()[0];
    assert_eq!(
        (line["row"].as_u64(), line["reasons"][0]["column"].as_str()),
        (Some(3), Some("spaces")),
        "{line}"
    );
    assert_eq!(line["reasons"][0]["why"]["check"], "type");
}

#[test]
fn a_damaged_file_is_mended_where_its_manifest_says_so_and_the_load_counts_it() {
    let text = "이름,면수\n\"\"가온, 큰 곳\"\",120\n누리,80\n";
    assert_eq!(
        TestCity::parking(text).load().accounting(),
        "loaded: read 2 = accepted 1 + quarantined 1"
    );
    let mut manifest = parking();
    r#"{ kind = "csv", repair = ["doubled-quotes"] }"#.clone_into(&mut manifest.format);
    let city = TestCity::new().dataset(&manifest).file("parking.csv", text);
    let ran = city.load();
    let message = ran.lines()[0]["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with("2 rows, 2 places repaired"), "{message}");
    assert_eq!(
        city.query("select name from parking where spaces = 120"),
        "name\n\"가온, 큰 곳\"\n"
    );
    assert_eq!(
        city.run(&["verify"]).code,
        0,
        "the bytes stay as they arrived"
    );
}
