use proptest::prelude::*;
use records::log::Filter;
use records::{Act, Decision, Entry, Touched};

use crate::TestStore;

fn entry(who: &str, dataset: &str) -> Entry {
    Entry {
        who: who.to_owned(),
        from: Some("10.0.0.1".to_owned()),
        act: Act::Read,
        purpose: "민원 응대".to_owned(),
        touched: vec![Touched {
            dataset: dataset.into(),
            version: Some(3),
            columns: vec!["name".to_owned()],
        }],
        query: Some("SELECT name FROM parking WHERE name = ?".to_owned()),
        decision: Decision::Allowed,
        policy: "operator".to_owned(),
        rows: None,
        completes: None,
    }
}

#[tokio::test]
async fn entries_are_numbered_chained_and_survive() {
    let store = TestStore::new().await;
    let first = store
        .records
        .log()
        .append(entry("kim", "parking"))
        .await
        .unwrap();
    let store = store.reopened().await;
    let second = store
        .records
        .log()
        .append(entry("lee", "toilet"))
        .await
        .unwrap();
    assert_eq!((first.seq, second.seq), (1, 2));
    assert_ne!(first.hash, second.hash);
    assert_eq!(store.records.log().verify().await.unwrap(), None);
}

#[tokio::test]
async fn many_at_once_share_transactions_and_none_is_lost() {
    let store = TestStore::new().await;
    let log = store.records.log();
    let tasks: Vec<_> = (0..500)
        .map(|n| {
            let log = log.clone();
            tokio::spawn(async move {
                log.append(entry(&format!("person{n}"), "parking"))
                    .await
                    .unwrap()
                    .seq
            })
        })
        .collect();
    let mut seqs = Vec::new();
    for task in tasks {
        seqs.push(task.await.unwrap());
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=500).collect::<Vec<_>>());
    assert_eq!(log.verify().await.unwrap(), None);
}

#[tokio::test]
async fn what_is_appended_later_is_there_after_a_flush() {
    let store = TestStore::new().await;
    store.records.log().append_later(entry("kim", "parking"));
    store.records.log().flush().await;
    let (entries, total) = store.records.log().page(&Filter::default()).await.unwrap();
    assert_eq!((entries.len(), total), (1, 1));
}

#[tokio::test]
async fn pages_filter_by_person_and_dataset() {
    let store = TestStore::new().await;
    let log = store.records.log();
    for (who, dataset) in [("kim", "parking"), ("lee", "parking"), ("kim", "toilet")] {
        log.append(entry(who, dataset)).await.unwrap();
    }
    let of = |filter: Filter| async move {
        log.page(&filter)
            .await
            .unwrap()
            .0
            .iter()
            .map(|e| e.seq)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(Filter {
            who: Some("kim".into()),
            ..Filter::default()
        })
        .await,
        [3, 1]
    );
    assert_eq!(
        of(Filter {
            dataset: Some("parking".into()),
            ..Filter::default()
        })
        .await,
        [2, 1]
    );
    assert_eq!(
        of(Filter {
            limit: 1,
            offset: 1,
            ..Filter::default()
        })
        .await,
        [2]
    );
    assert_eq!(
        of(Filter {
            decision: Some(Decision::Denied),
            ..Filter::default()
        })
        .await,
        [0_i64; 0]
    );
}

#[tokio::test]
async fn the_store_itself_refuses_changes() {
    let store = TestStore::new().await;
    store
        .records
        .log()
        .append(entry("kim", "parking"))
        .await
        .unwrap();
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(store.folder.path().join("records.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    for change in [
        "UPDATE access_log SET sealed = '{}'",
        "DELETE FROM access_log",
    ] {
        let refused = sqlx::raw_sql(change).execute(&pool).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

async fn broken_by(sql: &'static str) -> String {
    let store = TestStore::new().await;
    for n in 0..5 {
        store
            .records
            .log()
            .append(entry(&format!("person{n}"), "parking"))
            .await
            .unwrap();
    }
    store.tamper(sql).await;
    match store.records.log().verify().await.unwrap() {
        Some(found) => format!("{} {:?}", found.seq, found.what),
        None => "sound".to_owned(),
    }
}

#[tokio::test]
async fn verify_names_the_first_entry_that_is_not_what_it_was() {
    assert_eq!(
        broken_by(
            "UPDATE access_log SET sealed = replace(sealed, 'person2', 'person9') WHERE seq = 3"
        )
        .await,
        "3 Altered"
    );
    assert_eq!(
        broken_by("UPDATE access_log SET previous = 'x' WHERE seq = 2").await,
        "2 Altered"
    );
    assert_eq!(
        broken_by("DELETE FROM access_log WHERE seq = 2").await,
        "2 Missing"
    );
    assert_eq!(
        broken_by("DELETE FROM access_log WHERE seq >= 4").await,
        "4 Missing"
    );
    assert_eq!(
        broken_by("DELETE FROM access_log WHERE seq = 1").await,
        "1 Missing"
    );
    assert_eq!(
        broken_by("UPDATE access_log_head SET seq = 4").await,
        "5 Added"
    );
    assert_eq!(
        broken_by("UPDATE access_log_head SET hash = 'x'").await,
        "5 Altered"
    );
    assert_eq!(broken_by("SELECT 1").await, "sound");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Any one byte changed in any entry is found at that entry.
    #[test]
    fn any_changed_byte_is_found(at in 1_i64..8, byte in 0_usize..120) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let store = TestStore::new().await;
            for n in 0..8 {
                store.records.log().append(entry(&format!("person{n}"), "parking")).await.unwrap();
            }
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(store.folder.path().join("records.db"));
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            sqlx::raw_sql("DROP TRIGGER access_log_is_never_changed").execute(&pool).await.unwrap();
            let (sealed,): (String,) = sqlx::query_as("SELECT sealed FROM access_log WHERE seq = ?1").bind(at).fetch_one(&pool).await.unwrap();
            let changed: String = sealed.chars().enumerate().map(|(n, c)| if n == byte { if c == 'z' { 'y' } else { 'z' } } else { c }).collect();
            // A broken JSON cannot be indexed: that change the store refuses by itself.
            let stored = sqlx::query("UPDATE access_log SET sealed = ?1 WHERE seq = ?2").bind(&changed).bind(at).execute(&pool).await;
            if stored.is_ok() {
                let found = store.records.log().verify().await.unwrap().unwrap();
                assert_eq!(found.seq, at);
            }
        });
    }
}
