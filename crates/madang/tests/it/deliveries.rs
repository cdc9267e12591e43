//! Deliveries as departments make them: the last good version stays in service, and what is wrong is told.

use std::process::Stdio;

use crate::city::{TestCity, column, parking};

/// Codes of zones, and lots that stand in one.
fn zones() -> TestCity {
    let mut zones = parking();
    "zones".clone_into(&mut zones.id);
    r#"{ kind = "file", path = "zones*.csv" }"#.clone_into(&mut zones.source);
    r#"{ mode = "snapshot", key = ["code"], drift = { rows = 0.3 } }"#.clone_into(&mut zones.load);
    zones.columns = vec![column("code", "코드", "code", "")];
    let mut lots = parking();
    lots.columns.push(column(
        "zone",
        "급지",
        "code",
        "checks = [{ refers-to = { dataset = \"zones\", column = \"code\" } }]",
    ));
    TestCity::new()
        .dataset(&zones)
        .dataset(&lots)
        .file("zones.csv", "코드\n1\n2\n3\n4\n")
        .file("parking.csv", "이름,면수,급지\n가온,10,1\n누리,20,4\n")
}

#[test]
fn a_code_table_that_loses_half_its_rows_waits_and_what_refers_to_it_goes_on() {
    let city = zones();
    assert_eq!(city.load().code, 0);
    let city = city.file("zones.csv", "코드\n1\n2\n").file(
        "parking.csv",
        "이름,면수,급지\n가온,10,1\n누리,20,4\n다솜,30,3\n",
    );
    let loaded = city.load();
    let outcomes: Vec<String> = loaded
        .lines()
        .iter()
        .map(|line| format!("{} {}", line["dataset"], line["outcome"]))
        .collect();
    assert_eq!(
        outcomes,
        ["\"zones\" \"held\"", "\"parking\" \"loaded\""],
        "{loaded:?}"
    );
    assert_eq!(city.query("select count(*) as n from parking"), "n\n3\n");
}

#[test]
fn a_column_that_a_department_renames_is_told_by_its_nearest_name_and_the_table_stays() {
    let city = TestCity::parking("이름,면수\n가온,10\n");
    city.load();
    let city = city.file("parking.csv", "이름,총면수\n가온,11\n");
    let failed = city.load();
    assert_eq!(failed.code, 1, "{failed:?}");
    let message = failed.lines()[0]["message"].as_str().unwrap().to_owned();
    for part in ["parking.csv", "no column `면수`", "did you mean `총면수`?"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(city.query("select spaces from parking"), "spaces\n10\n");
}

#[test]
fn a_key_that_repeats_across_files_is_accepted_once_and_quarantined_where_it_comes_again() {
    for mode in ["snapshot", "append"] {
        let mut manifest = parking();
        r#"{ kind = "file", path = "parking*.csv", take = "all" }"#
            .clone_into(&mut manifest.source);
        manifest.load = format!(r#"{{ mode = "{mode}", key = ["name"], quarantine-limit = 0.6 }}"#);
        let city = TestCity::new()
            .dataset(&manifest)
            .file("parking-1.csv", "이름,면수\n가온,10\n누리,20\n")
            .file("parking-2.csv", "이름,면수\n누리,21\n다솜,30\n");
        assert_eq!(
            city.load().accounting(),
            "loaded: read 4 = accepted 3 + quarantined 1"
        );
        let aside = city.run(&["quarantine", "parking"]).out;
        assert!(
            aside.contains("parking-2.csv") && aside.contains("누리"),
            "{aside}"
        );
        assert_eq!(
            city.query("select spaces from parking where name = '누리'"),
            "spaces\n20\n"
        );
    }
}

#[test]
fn two_loads_of_a_dataset_at_once_make_whole_versions_and_nothing_else() {
    use std::fmt::Write as _;
    let rows = (0..60_000).fold("이름,면수\n".to_owned(), |mut text, row| {
        writeln!(text, "주차장 {row},{row}").unwrap();
        text
    });
    let city = TestCity::parking(&rows);
    let start = || {
        let mut command = city.command(&["load", "--json"]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let racing: Vec<_> = (0..3).map(|_| start()).collect();
    let mut loaded = 0;
    for one in racing {
        let output = one.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let line: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        match line["outcome"].as_str().unwrap() {
            "loaded" => loaded += 1,
            "unchanged" => {}
            _ => {
                let message = line["message"].as_str().unwrap();
                assert!(message.contains("another load of `parking`"), "{text}");
            }
        }
    }
    assert_eq!(loaded, 1, "the same bytes make one version");
    assert_eq!(
        city.query("select count(*) as n, max(spaces) as m from parking"),
        "n,m\n60000,59999\n"
    );
    assert_eq!(city.run(&["verify"]).code, 0);
}

#[test]
fn a_day_in_the_future_is_quarantined_where_the_contract_says_so() {
    let mut manifest = parking();
    manifest.columns.push(column(
        "checked_on",
        "점검일",
        "date",
        "checks = [{ range = { max = \"today\" } }]",
    ));
    let city = TestCity::new().dataset(&manifest).file(
        "parking.csv",
        "이름,면수,점검일\n가온,10,2024-05-01\n누리,20,2199-01-01\n",
    );
    assert_eq!(
        city.load().accounting(),
        "loaded: read 2 = accepted 1 + quarantined 1"
    );
}
