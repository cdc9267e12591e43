//! Two versions compared, and what loads tell of themselves: each as far as a person sees.

use std::sync::Arc;

use access::compare::{Differing, Kind, LISTED_MAX};
use access::{Difference, Reader, Record};
use city::dataset::LoadMode::Snapshot;
use lake::QuarantineRow;
use serde_json::json;

use crate::town::{PARKS, Park, SECRETS, Town, bare, parking, town};

/// Rows added, removed, changed.
fn counts(difference: &Difference) -> (u64, u64, u64) {
    (difference.added, difference.removed, difference.changed)
}

/// What is told of a row: `added 라온주차장`, `changed 마루주차장 spaces 40>41`.
fn told(differing: &Differing) -> String {
    let cell = |cell: &Option<String>| cell.clone().unwrap_or_default();
    let kind = format!("{:?}", differing.kind).to_lowercase();
    let changes = differing
        .changes
        .iter()
        .map(|(name, before, after)| format!(" {name} {}>{}", cell(before), cell(after)));
    format!(
        "{kind} {}{}",
        cell(&differing.cells[0].1),
        changes.collect::<String>()
    )
}

async fn snapshot(town: &Town, parks: &[Park]) {
    town.load_as("parking", Some(Snapshot), &parking(parks), &[])
        .await;
}

#[tokio::test]
async fn a_change_of_a_hidden_value_is_no_change_for_the_public() {
    let town = bare().await;
    snapshot(&town, &PARKS).await;
    let mut next = PARKS;
    next[0].3 = "한소리";
    next[1].4 = 7_654_321;
    snapshot(&town, &next).await;
    next[2].2 = 41;
    snapshot(&town, &next).await;
    let both = async |earlier, later| {
        let compare = async |reader: Reader| {
            let difference = reader.compare("parking", earlier, later).await.unwrap();
            let text = format!("{difference:?}");
            (counts(&difference).2, text)
        };
        let (public, text) = compare(town.public()).await;
        for hidden in SECRETS {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
        (public, compare(town.operator()).await.0)
    };
    assert_eq!(both(1, 2).await, (0, 2));
    assert_eq!(both(2, 3).await, (1, 1));
    assert_eq!(both(1, 3).await, (1, 3));
    let difference = town.public().compare("parking", 1, 3).await.unwrap();
    let rows: Vec<String> = difference.rows.iter().map(told).collect();
    let name = PARKS[2].0;
    assert_eq!(
        rows,
        [format!(
            "changed {name} spaces {}>41 x 127.04>127.041 longitude 127.04>127.041",
            PARKS[2].2
        )],
        "what is shown"
    );
}

#[tokio::test]
async fn rows_that_came_and_went_are_counted_for_everybody() {
    let town = bare().await;
    snapshot(&town, &PARKS).await;
    let next = [PARKS[0], PARKS[1], ("라온주차장", "누리동", 9, "한소리", 1)];
    snapshot(&town, &next).await;
    for reader in [town.public(), town.operator()] {
        let difference = reader.compare("parking", 1, 2).await.unwrap();
        assert_eq!(counts(&difference), (1, 1, 0));
        let rows: Vec<String> = difference.rows.iter().map(told).collect();
        assert_eq!(
            rows,
            [
                "added 라온주차장".to_owned(),
                format!("removed {}", PARKS[2].0)
            ]
        );
        let error = reader.compare("parking", 1, 9).await.unwrap_err();
        assert_eq!(error.to_string(), "dataset 'parking' has no version 9");
    }
}

#[tokio::test]
async fn a_hidden_key_does_not_tell_the_public_which_rows_are_the_same() {
    use crate::town::{table, text};
    let town = bare().await;
    for code in ["고길동", "한소리"] {
        let rows = table(&[("name", text(["솔밭쉼터"])), ("code", text([code]))]);
        town.load_as("shelters", Some(Snapshot), &rows, &[]).await;
    }
    let difference = town.public().compare("shelters", 1, 2).await.unwrap();
    assert_eq!(
        difference,
        Difference::default(),
        "what is shown is the same"
    );
    let difference = town.operator().compare("shelters", 1, 2).await.unwrap();
    assert_eq!((difference.added, difference.removed), (1, 1));
}

#[tokio::test]
async fn every_row_is_counted_and_the_first_are_listed() {
    use crate::town::{table, text, whole};
    const ROWS: usize = 3 * LISTED_MAX;
    let town = bare().await;
    let dongs = |from: usize, people: i64| {
        let names = (from..from + ROWS).map(|number| format!("동{number:04}"));
        let names: Vec<String> = names.collect();
        table(&[
            ("dong", text(names.iter().map(String::as_str))),
            ("people", whole(vec![people; ROWS])),
        ])
    };
    for rows in [dongs(0, 1), dongs(ROWS / 2, 1), dongs(ROWS / 2, 1)] {
        town.load_as("dongs", Some(Snapshot), &rows, &[]).await;
    }
    let difference = town.public().compare("dongs", 1, 2).await.unwrap();
    let half = u64::try_from(ROWS / 2).unwrap();
    assert_eq!(counts(&difference), (half, half, 0));
    for kind in [Kind::Added, Kind::Removed] {
        let listed = difference.rows.iter().filter(|row| row.kind == kind);
        assert_eq!(listed.count(), LISTED_MAX, "{kind:?}");
    }
    assert_eq!(told(&difference.rows[0]), format!("added 동{ROWS:04}"));
    let same = town.public().compare("dongs", 2, 3).await.unwrap();
    assert_eq!(same, Difference::default());
}

#[tokio::test]
async fn versions_and_loads_tell_the_public_nothing_of_hidden_columns() {
    let town = town().await;
    town.load(
        "parking",
        &parking(&[("마루주차장", "누리동", 7, "한소리", 7_654_321)]),
    )
    .await;
    let text = |records: &[Arc<Record>]| {
        let texts: Vec<String> = records
            .iter()
            .map(|record| serde_json::to_string(&**record).unwrap())
            .collect();
        texts.join("\n")
    };
    let public = text(&town.public().versions("parking").unwrap());
    for hidden in SECRETS.iter().chain(&["income", "manager"]) {
        assert!(!public.contains(hidden), "{hidden} in {public}");
    }
    assert_eq!(public, text(&town.public().loads("parking").unwrap()));
    let newest = &town.public().versions("parking").unwrap()[0];
    assert_eq!(
        (newest.number, newest.rows, newest.key.as_slice()),
        (2, 4, ["name".to_owned()].as_slice())
    );
    assert_eq!(
        newest.report["columns"],
        json!([{"name": "spaces", "rows": 3, "nulls": 0, "min": "40", "max": "120"}])
    );
    assert_eq!(
        newest.report["checks"].as_array().unwrap().len(),
        2,
        "that of the shown column and that of whole rows"
    );
    assert!(
        town.public().versions("shelters").unwrap()[0]
            .key
            .is_empty(),
        "the key is hidden"
    );
    let operator = text(&town.operator().versions("parking").unwrap());
    assert!(operator.contains("7654321") && operator.contains("income"));
    assert_eq!(
        town.operator().versions("shelters").unwrap()[0].key,
        ["code"]
    );
}

fn aside(row: i64, name: &str) -> QuarantineRow {
    QuarantineRow {
        file: "traffic/a.csv".to_owned(),
        row,
        columns: r#"["번호","이름"]"#.into(),
        raw: json!([name, "일백"]).to_string(),
        reasons: "[]".to_owned(),
    }
}

#[tokio::test]
async fn rows_put_aside_are_for_the_operator_page_by_page() {
    let town = bare().await;
    let rows: Vec<QuarantineRow> = (2..7).map(|row| aside(row, "고길동")).collect();
    let load = town.load_as("parking", None, &parking(&PARKS), &rows).await;
    let reader = town.operator();
    let page = reader.quarantine("parking", None, 1, 2).await.unwrap();
    let found: Vec<(i64, &str)> = page
        .iter()
        .map(|put| (put.row, put.raw[0].as_str()))
        .collect();
    assert_eq!(found, [(3, "고길동"), (4, "고길동")]);
    let whole = reader
        .quarantine("parking", Some(&load.load_id), 0, 100)
        .await
        .unwrap();
    assert_eq!(whole.len(), 5);
    assert!(
        reader
            .quarantine("parking", Some("another"), 0, 100)
            .await
            .unwrap()
            .is_empty()
    );
    for id in ["parking", "complaints"] {
        let error = town
            .public()
            .quarantine(id, None, 0, 100)
            .await
            .unwrap_err();
        assert!(matches!(&error, access::AskError::Denied(_)), "{error}");
        assert!(
            !SECRETS
                .iter()
                .any(|secret| crate::town::words(&error).contains(secret))
        );
    }
}
