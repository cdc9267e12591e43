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
        .get("/api/situation/here?lon=127.0&lat=37.5")
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
