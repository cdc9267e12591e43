//! Versions: finding, comparing, verifying, leaving be.

use std::fs;

use city::dataset::LoadMode::{Append, Snapshot, Upsert};
use lake::{At, Lake};
use proptest::prelude::{ProptestConfig, proptest};

use crate::rows::{parking, store};

#[tokio::test]
async fn the_same_bytes_by_the_same_manifest_change_nothing() {
    let store = store();
    let version = store.load(Snapshot, &[("가온", 120)]).await;
    let sha256s: Vec<String> = version
        .sources
        .iter()
        .map(|source| source.sha256.clone())
        .collect();
    let unchanged = |sha256s: &[String], manifest: &str| {
        store.lake.unchanged(&parking(), sha256s, manifest).unwrap()
    };
    assert!(unchanged(&sha256s, "m1") && !unchanged(&sha256s, "m2") && !unchanged(&[], "m1"));
    assert_eq!(
        store
            .lake
            .loaded_before(&parking())
            .unwrap()
            .into_iter()
            .collect::<Vec<_>>(),
        sha256s
    );
}

#[tokio::test]
async fn a_version_is_found_by_number_and_by_time_also_by_another_process() {
    let store = store();
    let first = store.load(Snapshot, &[("가온", 120)]).await;
    let second = store.load(Snapshot, &[("누리", 80)]).await;
    let other = Lake::open(store.folder.path()).unwrap();
    let number = |at| {
        other
            .version(&parking(), &at)
            .unwrap()
            .map(|version| version.number)
    };
    assert_eq!(number(At::Latest), Some(2));
    assert_eq!(number(At::Version(1)), Some(1));
    assert_eq!(number(At::Version(3)), None);
    assert_eq!(number(At::Time(first.committed_at)), Some(1));
    assert_eq!(number(At::Time(second.committed_at)), Some(2));
    assert_eq!(number(At::Time(first.started_at)), None);
    let error = other.table(&parking(), 3).unwrap_err();
    assert_eq!(error.to_string(), "`parking` has no version 3");
}

#[tokio::test]
async fn every_version_of_many_stays_readable() {
    let store = store();
    for number in 0..52 {
        store.load(Append, &[("가온", number)]).await;
    }
    let other = Lake::open(store.folder.path()).unwrap();
    assert_eq!(
        other
            .version(&parking(), &At::Latest)
            .unwrap()
            .unwrap()
            .rows,
        52
    );
    assert_eq!(store.rows(At::Version(52)).await.len(), 52);
    assert_eq!(store.rows(At::Version(7)).await.len(), 7);
}

#[tokio::test]
async fn verify_finds_bytes_and_rows_that_changed() {
    let store = store();
    let version = store.load(Snapshot, &[("가온", 120)]).await;
    assert_eq!(store.lake.verify(&parking()).unwrap(), []);
    fs::write(
        store.lake.landing().path(&version.sources[0].sha256),
        "other bytes",
    )
    .unwrap();
    let table = store.folder.path().join("tables/parking");
    let file = fs::read_dir(&table)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_file())
        .unwrap();
    fs::write(file, "torn").unwrap();
    let findings = store.lake.verify(&parking()).unwrap();
    let told: Vec<&str> = findings
        .iter()
        .map(|finding| finding.what.as_str())
        .collect();
    assert!(
        told[0].contains("landed bytes of traffic/parking.csv were altered"),
        "{told:?}"
    );
    assert!(
        told[1].contains("version 1") && told[1].contains("cannot be read"),
        "{told:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn an_upsert_does_what_a_map_does(loads in proptest::collection::vec(proptest::collection::btree_map(0_u8..20, 0_i64..5, 1..8), 1..6)) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = store();
            let mut expected = std::collections::BTreeMap::new();
            for load in loads {
                let named: Vec<(String, i64)> = load.iter().map(|(key, value)| (format!("{key:02}"), *value)).collect();
                let rows: Vec<(&str, i64)> = named.iter().map(|(key, value)| (key.as_str(), *value)).collect();
                let version = store.load(Upsert, &rows).await;
                expected.extend(named);
                assert_eq!(version.rows, u64::try_from(expected.len()).unwrap());
            }
            let expected: Vec<String> = expected.into_iter().map(|(key, value)| format!("{key} {value}")).collect();
            assert_eq!(store.rows(At::Latest).await, expected);
        });
    }
}

#[tokio::test]
async fn only_other_bytes_are_something_new() {
    let store = store();
    assert_eq!(store.lake.renewed(&parking()).unwrap(), None);
    let first = store.load(Snapshot, &[("가온", 120)]).await;
    store.load(Snapshot, &[("가온", 120)]).await;
    let renewed = || store.lake.renewed(&parking()).unwrap();
    assert_eq!(renewed(), Some(first.committed_at), "the same bytes again");
    let other = store.load(Snapshot, &[("누리", 80)]).await;
    assert_eq!(renewed(), Some(other.committed_at));
    let back = store.load(Snapshot, &[("가온", 120)]).await;
    assert_eq!(
        renewed(),
        Some(back.committed_at),
        "what was there before came back"
    );
}
