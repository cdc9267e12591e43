//! The catalogue, searched and filtered.

use serde_json::Value;

use crate::town::town;

fn ids(found: &Value) -> Vec<String> {
    let datasets = found["datasets"].as_array().unwrap();
    assert_eq!(found["total"], datasets.len());
    datasets
        .iter()
        .map(|dataset| dataset["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_word_finds_the_datasets_in_which_it_stands_best_first() {
    let town = town().await;
    for (query, expected) in [
        ("q=주차장", &["parking"][..]),
        ("q=공영 주차", &["parking"]),
        ("q=PUBLIC CAR", &["parking"]),
        ("q=소음", &["readings"]),
        ("q=측정소", &["readings"]),
        ("q=교통", &["parking", "readings"]),
        ("q=버스", &[]),
        ("q=", &["notes", "parking", "readings"]),
        ("field=traffic", &["parking", "readings"]),
        ("department=civil", &["notes"]),
        ("format=json", &["readings"]),
        ("cadence=monthly", &["parking"]),
        ("q=교통&cadence=hourly&format=json", &["readings"]),
        ("q=주차장&field=welfare", &[]),
    ] {
        let found = town.get(&format!("/api/datasets?{query}")).await.json();
        let mut ids = ids(&found);
        if query == "q=교통" {
            ids.sort();
        }
        assert_eq!(ids, expected, "{query}");
    }
}

#[tokio::test]
async fn what_is_not_open_is_found_by_whoever_runs_the_city_only() {
    let town = town().await;
    let public = town.get("/api/datasets?q=주차장").await.json();
    assert_eq!(ids(&public), ["parking"]);
    let operator = town.operator_get("/api/datasets?q=주차장").await.json();
    assert_eq!(ids(&operator), ["complaints", "parking"]);
    let all = town.operator_get("/api/datasets").await.json();
    assert_eq!(ids(&all), ["complaints", "notes", "parking", "readings"]);
}

#[tokio::test]
async fn a_column_that_is_not_shown_does_not_find_its_dataset() {
    let town = town().await;
    assert_eq!(
        ids(&town.get("/api/datasets?q=월수입").await.json()),
        [""; 0]
    );
    assert_eq!(
        ids(&town.operator_get("/api/datasets?q=월수입").await.json()),
        ["parking"]
    );
}

#[tokio::test]
async fn a_dataset_in_the_catalogue_says_what_it_is_and_which_version_is_in_force() {
    let town = town().await;
    let found = town.get("/api/datasets?q=주차장").await.json();
    let parking = &found["datasets"][0];
    assert_eq!(found["city"], "가람시");
    assert_eq!(
        (&parking["title"], &parking["release"]),
        (&Value::from("공영주차장"), &Value::from("open"))
    );
    assert_eq!(
        (
            &parking["version"]["number"],
            &parking["version"]["rows"],
            &parking["version"]["quarantined"]
        ),
        (&Value::from(2), &Value::from(4), &Value::from(1))
    );
}
