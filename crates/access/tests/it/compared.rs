//! Two versions compared, and what loads tell of themselves: each as far as a person sees.

use access::{Reader, Record};
use city::dataset::LoadMode::Snapshot;
use lake::{Difference, QuarantineRow};
use serde_json::json;

use crate::town::{PARKS, Park, SECRETS, Town, bare, parking, town};

fn changed(number: u64) -> Difference {
    Difference {
        changed: number,
        ..Difference::default()
    }
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
        let compare =
            async |reader: Reader| reader.compare("parking", earlier, later).await.unwrap();
        (compare(town.public()).await, compare(town.operator()).await)
    };
    assert_eq!(both(1, 2).await, (changed(0), changed(2)));
    assert_eq!(both(2, 3).await, (changed(1), changed(1)));
    assert_eq!(both(1, 3).await, (changed(1), changed(3)));
}

#[tokio::test]
async fn rows_that_came_and_went_are_counted_for_everybody() {
    let town = bare().await;
    snapshot(&town, &PARKS).await;
    let next = [PARKS[0], PARKS[1], ("라온주차장", "누리동", 9, "한소리", 1)];
    snapshot(&town, &next).await;
    let expected = Difference {
        added: 1,
        removed: 1,
        changed: 0,
    };
    for reader in [town.public(), town.operator()] {
        assert_eq!(reader.compare("parking", 1, 2).await.unwrap(), expected);
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
async fn versions_and_loads_tell_the_public_nothing_of_hidden_columns() {
    let town = town().await;
    town.load(
        "parking",
        &parking(&[("마루주차장", "누리동", 7, "한소리", 7_654_321)]),
    )
    .await;
    let text = |records: &Vec<Record>| serde_json::to_string(records).unwrap();
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
