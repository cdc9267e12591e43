//! The same question over another state: by number and by time.

use access::{AskError, At, Reader, Rows};
use city::DatasetId;
use city::dataset::LoadMode::Snapshot;

use crate::town::{PARKS, Town, bare, kind, parking, rows, table, text, told};

const SQL: &str = "select name, spaces from parking order by spaces";

/// Two versions, an hour and more apart; the clock stands at the second.
async fn twice() -> Town {
    let town = bare().await;
    town.load_as("parking", Some(Snapshot), &parking(&PARKS[..2]), &[])
        .await;
    town.load_as("parking", Some(Snapshot), &parking(&PARKS[2..]), &[])
        .await;
    town
}

async fn names(reader: &Reader, at: At) -> Result<Vec<String>, AskError> {
    let lines = told(reader, SQL, at.clone()).await?;
    let question = Rows {
        dataset: DatasetId::from("parking"),
        columns: vec!["name".to_owned(), "spaces".to_owned()],
        at,
        ..Rows::default()
    };
    let mut same = rows(reader, &question).await?;
    same.sort();
    let mut sorted = lines.clone();
    sorted.sort();
    assert_eq!(same, sorted, "both ways to rows see the same state");
    Ok(lines.into_iter().skip(1).collect())
}

#[tokio::test]
async fn the_same_question_is_answered_over_any_version() {
    let town = twice().await;
    let (first, second) = (["누리주차장,80", "가온주차장,120"], ["다솜주차장,40"]);
    let reader = town.public();
    let versions = reader.versions("parking").unwrap();
    let [newest, oldest] = versions.as_slice() else {
        panic!("{versions:?}")
    };
    for (at, expected) in [
        (At::Latest, second.as_slice()),
        (At::Version(2), &second),
        (At::Version(1), &first),
        (At::Time(newest.committed_at), &second),
        (
            At::Time(newest.committed_at - chrono::TimeDelta::seconds(1)),
            &first,
        ),
        (At::Time(oldest.committed_at), &first),
    ] {
        assert_eq!(
            names(&reader, at.clone()).await.unwrap(),
            expected,
            "{at:?}"
        );
    }
    for at in [
        At::Version(3),
        At::Version(0),
        At::Version(-1),
        At::Time(oldest.started_at - chrono::TimeDelta::seconds(1)),
    ] {
        let error = names(&reader, at).await.unwrap_err();
        assert_eq!(kind(&error), "no-version", "{error}");
        assert!(error.is_missing());
    }
}

#[tokio::test]
async fn an_old_version_hides_what_the_present_manifest_hides() {
    let town = bare().await;
    let old = table(&[
        ("name", text(["가온주차장"])),
        ("owner_phone", text(["031-555-0199"])),
        ("manager", text(["고길동"])),
    ]);
    town.load_as("parking", Some(Snapshot), &old, &[]).await;
    town.load_as("parking", Some(Snapshot), &parking(&PARKS), &[])
        .await;
    let all = "select * from parking";
    let lines = told(&town.public(), all, At::Version(1)).await.unwrap();
    assert_eq!(lines, ["name", "가온주차장"]);
    let lines = told(&town.operator(), all, At::Version(1)).await.unwrap();
    assert_eq!(
        lines,
        ["name,owner_phone,manager", "가온주차장,031-555-0199,고길동"]
    );
    let error = told(
        &town.public(),
        "select owner_phone from parking",
        At::Version(1),
    )
    .await
    .unwrap_err();
    assert_eq!(kind(&error), "no-column", "{error}");
}

#[tokio::test]
async fn an_answer_names_the_versions_it_was_read_from() {
    let town = twice().await;
    for (at, number) in [(At::Latest, 2), (At::Version(1), 1)] {
        let question = access::Question {
            sql: SQL.to_owned(),
            at,
        };
        let answer = town.public().ask(question).await.unwrap();
        assert_eq!(answer.versions, [(DatasetId::from("parking"), number)]);
        let logged = town.log().await.pop().unwrap().entry;
        assert_eq!(logged.touched[0].version, Some(number));
    }
}
