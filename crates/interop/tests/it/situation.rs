//! What is going on: through the same door as all else.

use records::log::{Act, Filter};
use serde_json::Value;

use crate::town::town;

fn found(answer: &Value) -> Vec<&str> {
    let addresses = answer["addresses"].as_array().unwrap();
    addresses
        .iter()
        .filter_map(|hit| hit["record"]["road"].as_str())
        .collect()
}

#[tokio::test]
async fn a_hidden_column_finds_no_place_for_anybody() {
    let town = town().await;
    let address = "/api/situation/addresses?q=고길동";
    assert!(found(&town.get(address).await.json()).is_empty());
    let staff = town.operator_get(address).await.json();
    assert!(!found(&staff).is_empty(), "{staff}");
}

#[tokio::test]
async fn every_answer_from_what_is_kept_is_a_read_of_its_own() {
    let town = town().await;
    let reads = Filter {
        purpose: Some("addresses".to_owned()),
        act: Some(Act::Read),
        ..Filter::default()
    };
    for _ in 0..3 {
        town.get("/api/situation/addresses?q=가온").await.json();
    }
    town.records.log().flush().await;
    let (_, total) = town.records.log().page(&reads).await.unwrap();
    // Each question is one of the places and one of the addresses.
    assert_eq!(total, 6);
}

#[tokio::test]
async fn a_place_nobody_knows_is_no_place_and_what_may_not_be_seen_is_absent() {
    let town = town().await;
    let nowhere = town.get("/api/situation/here?q=화성").await.json();
    assert_eq!(
        (&nowhere["at"], &nowhere["spoken"]),
        (&Value::Null, &Value::Null)
    );
    let here = town
        .get("/api/situation/here?lon=127.0&lat=37.2")
        .await
        .json();
    assert_eq!(here["here"]["works"], Value::Null);
    let spoken = here["spoken"].as_str().unwrap();
    assert!(
        spoken.contains("공사 자료는 지금 확인할 수 없습니다"),
        "{spoken}"
    );
    let wrong = town.get("/api/situation/here?lon=east").await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn a_place_outside_the_city_is_told_as_one() {
    let town = town().await;
    let here = "/api/situation/here?lon=128.5&lat=35.1";
    let told = town.get(here).await.json();
    assert_eq!(told["outside"], true);
    let spoken = told["spoken"].as_str().unwrap();
    assert!(spoken.contains("이 도시 밖"), "{spoken}");
    assert_eq!(told["here"]["complaints"], Value::Null);
    let inside = town.get("/api/situation/here?lon=127.0&lat=37.2").await;
    assert_eq!(inside.json()["outside"], false);
}

#[tokio::test]
async fn a_question_without_a_place_says_what_is_missing() {
    let town = town().await;
    for (query, told) in [
        ("", "say a place"),
        ("?q=%20", "say a place"),
        ("?lon=127.0", "`lat` is missing"),
        ("?lat=37.2", "`lon` is missing"),
        ("?lon=nan&lat=37.2", "expected degrees"),
        ("?lon=37.2&lat=127.0", "swapped"),
        ("?lon=127.0&lat=237.2", "expected degrees"),
        ("?lon=127.0&lat=37.2&metres=9000", "expected 10 to 2000"),
        ("?lng=127.0&lat=37.2", "lng"),
    ] {
        let answer = town.get(&format!("/api/situation/here{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        let detail = answer.json().to_string();
        assert!(detail.contains(told), "{query}: {detail}");
    }
}

/// Names of the places that were found, with whether each came from the dataset of places.
fn named(answer: &Value) -> Vec<&str> {
    let addresses = answer["addresses"].as_array().unwrap();
    let records = addresses.iter().map(|hit| &hit["record"]);
    let places = records.filter(|record| record["dataset"] == "parking");
    places
        .filter_map(|record| record["name"].as_str())
        .collect()
}

#[tokio::test]
async fn a_place_of_a_dataset_is_found_by_its_name_and_calls_what_is_near_it() {
    let town = town().await;
    let found = town
        .get("/api/situation/addresses?q=누리주차장")
        .await
        .json();
    let first = found["addresses"][0]["record"].clone();
    let name = first["name"].as_str().unwrap_or_default();
    assert!(named(&found).contains(&name), "{found}");
    let here = town
        .get(&format!("/api/situation/here?q={name} 앞"))
        .await
        .json();
    assert_eq!(
        (&here["here"]["place"], &here["at"]),
        (&first["name"], &first["at"])
    );
    let [x, y] = [0, 1].map(|at| first["at"][at].as_f64().unwrap());
    let picked = format!("/api/situation/here?lon={}&lat={y}", x + 0.000_2);
    let picked = town.get(&picked).await.json();
    assert_eq!(picked["here"]["is_near"], true, "{picked}");
    assert_eq!(picked["here"]["place"], first["name"]);
}
