//! Profiles: made of rows that only staff may read with their origin, and told to each person as far as they may see.

use std::time::Duration;

use access::AskError;
use arrow::array::RecordBatch;
use city::DatasetId;
use city::profile::{ColumnProfile, Counted, Example, Finding, PLACE, Profile, RowOf, What};
use records::log::{Act, Decision};

use crate::town::{HIDDEN, SECRETS, Town, town};

const NOW: Duration = Duration::ZERO;

fn finding(what: What, columns: &[&str], value: &str) -> Finding {
    Finding {
        what,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        count: 1,
        of: 3,
        examples: vec![Example {
            values: vec![value.to_owned()],
            rows: vec![RowOf {
                file: "secret-file.csv".to_owned(),
                row: 2,
            }],
        }],
    }
}

fn column(name: &str, value: &str) -> ColumnProfile {
    ColumnProfile {
        name: name.to_owned(),
        rows: 3,
        top: vec![Counted {
            value: value.to_owned(),
            count: 2,
        }],
        ..ColumnProfile::default()
    }
}

fn profile(version: i64) -> Profile {
    Profile {
        dataset: DatasetId::from("parking"),
        version,
        manifest_sha256: "abc".to_owned(),
        rows: 3,
        sample: None,
        columns: vec![
            column("dong", "가온동"),
            column("manager", "고길동"),
            column("phone", "031-555-0199"),
            column("income", "7654321"),
        ],
        findings: vec![
            finding(What::OneValue, &["dong"], "가온동"),
            finding(What::OneValue, &["phone"], "031-555-0199"),
            finding(What::Spellings, &["manager", "dong"], "고길동"),
            finding(What::OnePoint, &PLACE, "127.1"),
            finding(What::AddressArea, &["dong", PLACE[0], PLACE[1]], "누리동"),
            finding(
                What::SameRows {
                    nearly: false,
                    without: vec!["manager".to_owned(), "name".to_owned()],
                },
                &["dong", "spaces"],
                "가온동",
            ),
        ],
    }
}

fn newest(town: &Town) -> i64 {
    town.operator()
        .version("parking", &access::At::Latest)
        .unwrap()
        .number
}

#[tokio::test]
async fn the_public_sees_of_a_profile_what_it_sees_of_the_dataset() {
    let town = town().await;
    let version = newest(&town);
    town.operator().keep_profile(profile(version)).unwrap();
    let known = town.public().profile("parking", NOW).await.unwrap();
    assert!(known.is_current());
    let shown = known.profile.unwrap();
    let said = serde_json::to_string(&*shown).unwrap();
    for secret in SECRETS.iter().chain(&HIDDEN) {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    let words: Vec<&str> = shown.findings.iter().map(|own| own.what.word()).collect();
    assert_eq!(words, ["one-value", "one-point", "same-rows"]);
    let entry = town.log().await.pop().unwrap().entry;
    assert_eq!((entry.act, entry.decision), (Act::Read, Decision::Allowed));
    assert_eq!(entry.touched[0].columns, ["dong"]);
    // Staff see all of it, with where each row came from.
    let known = town.operator().profile("parking", NOW).await.unwrap();
    assert_eq!(*known.profile.unwrap(), profile(version));
}

#[tokio::test]
async fn rows_with_their_origin_are_for_staff() {
    let town = town().await;
    let columns: Vec<String> = ["name", "manager", "_file", "_row", "not_there_yet"]
        .map(str::to_owned)
        .into();
    let refused = town.public().profile_rows("parking", &columns).await;
    assert!(matches!(refused.err(), Some(AskError::Denied(_))));
    let entry = town.log().await.pop().unwrap().entry;
    assert_eq!(entry.decision, Decision::Denied);
    let (version, answer) = town
        .operator()
        .profile_rows("parking", &columns)
        .await
        .unwrap();
    assert_eq!(version.number, newest(&town));
    let entry = town.log().await.pop().unwrap().entry;
    assert_eq!(
        entry.touched[0].columns,
        ["name", "manager", "_file", "_row"]
    );
    let rows: Vec<RecordBatch> = answer.collect().await.unwrap();
    assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>(), 3);
    assert!(town.public().keep_profile(profile(1)).is_err());
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_asked_for() {
    let town = town().await;
    let version = newest(&town);
    let known = town.public().profile("parking", NOW).await.unwrap();
    assert!(known.profile.is_none() && !known.is_current());
    assert_eq!(town.door.profile_wanted().await.as_str(), "parking");
    // One of a version before is shown meanwhile.
    town.operator().keep_profile(profile(version - 1)).unwrap();
    let known = town.public().profile("parking", NOW).await.unwrap();
    assert!(known.profile.is_some() && !known.is_current());
    // Whoever waits has it as soon as it is there.
    let reader = town.public();
    let waiting = tokio::spawn(async move {
        let patience = Duration::from_mins(1);
        reader.profile("parking", patience).await.unwrap()
    });
    assert_eq!(town.door.profile_wanted().await.as_str(), "parking");
    town.operator().keep_profile(profile(version)).unwrap();
    assert!(waiting.await.unwrap().is_current());
    assert!(town.door.has_profile(&DatasetId::from("parking"), version));
    let hidden = town.public().profile("complaints", NOW).await;
    assert!(matches!(hidden.err(), Some(AskError::Denied(_))));
}
