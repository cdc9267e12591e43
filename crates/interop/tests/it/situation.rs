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
    assert_eq!(total, 3);
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
