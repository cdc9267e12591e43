//! Rows that are read once and shown many times: who looks is in the log before it is shown, once an hour.

use access::{Person, Purpose, Reader, Rows};
use chrono::TimeDelta;
use city::DatasetId;
use records::log::Decision;

use crate::town::{Town, town};

fn question() -> Rows {
    Rows {
        dataset: DatasetId::from("parking"),
        columns: vec!["name".to_owned(), "longitude".to_owned()],
        ..Rows::default()
    }
}

fn public(town: &Town, from: &str, purpose: &str) -> Reader {
    let from = Some(from.to_owned());
    let person = Person::Public { from };
    town.door.reader(person, Purpose::new(purpose))
}

async fn looks(town: &Town) -> usize {
    let log = town.log().await;
    let looks = log
        .iter()
        .filter(|logged| logged.entry.query.as_deref() == Some("map of parking"));
    looks.count()
}

#[tokio::test]
async fn a_person_a_purpose_and_an_hour_are_one_look() {
    let town = town().await;
    let reader = public(&town, "203.0.113.9", "map");
    let (answer, looked) = reader.rows_to_show(&question()).await.unwrap();
    let rows: usize = answer
        .collect()
        .await
        .unwrap()
        .iter()
        .map(arrow::array::RecordBatch::num_rows)
        .sum();
    let looked = looked.of_rows(u64::try_from(rows).unwrap());
    // Many at once: all wait for the one entry.
    let many = (0..20).map(|_| reader.look(&looked));
    for look in futures::future::join_all(many).await {
        look.unwrap();
    }
    assert_eq!(looks(&town).await, 1);
    let entry = town.log().await.pop().unwrap().entry;
    assert_eq!(entry.rows, Some(u64::try_from(rows).unwrap()));
    assert_eq!(entry.touched[0].columns, ["name", "longitude"]);
    assert_eq!(entry.decision, Decision::Allowed);
    public(&town, "203.0.113.10", "map")
        .look(&looked)
        .await
        .unwrap();
    public(&town, "203.0.113.9", "another")
        .look(&looked)
        .await
        .unwrap();
    assert_eq!(looks(&town).await, 3);
    town.clock.advance(TimeDelta::hours(1));
    reader.look(&looked).await.unwrap();
    assert_eq!(looks(&town).await, 4);
}

#[tokio::test]
async fn whoever_sees_something_else_is_not_shown_what_others_read() {
    let town = town().await;
    let (answer, looked) = town.operator().rows_to_show(&question()).await.unwrap();
    drop(answer);
    assert!(town.public().look(&looked).await.is_err());
    let refused = town.log().await.pop().unwrap().entry;
    assert_eq!(refused.decision, Decision::Denied);
    town.operator().look(&looked).await.unwrap();
    // Two who see the same do not leave the same in the log: anybody's rows are kept apart from staff's.
    assert_ne!(town.public().seen_by(), town.operator().seen_by());
}
