use records::log::{Fault, Filter, LogError};
use records::{Act, Decision, Entry, RecordsError, Touched};

use crate::TestStore;

pub(crate) fn entry(who: &str, dataset: &str) -> Entry {
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
        subjects: Vec::new(),
        about: None,
        query: Some("SELECT name FROM parking WHERE name = ?".to_owned()),
        decision: Decision::Allowed,
        policy: "operator".to_owned(),
        rows: None,
        completes: None,
    }
}

#[tokio::test]
async fn entries_are_numbered_and_survive() {
    let store = TestStore::new().await;
    let log = store.records.log();
    let first = log.append(entry("kim", "parking")).await.unwrap();
    let store = store.reopened().await;
    let log = store.records.log();
    let second = log.append(entry("lee", "toilet")).await.unwrap();
    assert_eq!((first.seq, second.seq), (1, 2));
    assert_ne!(first.hash, second.hash);
    assert_eq!(log.verify().await.unwrap(), None);
}

#[tokio::test]
async fn many_at_once_share_groups_and_none_is_lost() {
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
async fn pages_filter_by_person_dataset_and_data_subject() {
    let store = TestStore::new().await;
    let log = store.records.log();
    let hong = log.pseudonym("resident", "홍길동").unwrap();
    assert_ne!(hong, log.pseudonym("resident", "홍길순").unwrap());
    assert_ne!(hong, log.pseudonym("account", "홍길동").unwrap());
    for (who, dataset) in [("kim", "parking"), ("lee", "parking"), ("kim", "toilet")] {
        let subjects = if who == "lee" {
            vec![hong.clone()]
        } else {
            Vec::new()
        };
        let entry = Entry {
            subjects,
            ..entry(who, dataset)
        };
        log.append(entry).await.unwrap();
    }
    let of = |filter: Filter| async move {
        let (entries, total) = log.page(&filter).await.unwrap();
        let seqs: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
        (seqs, total)
    };
    let who = Filter {
        who: Some("kim".into()),
        ..Filter::default()
    };
    assert_eq!(of(who).await, (vec![3, 1], 2));
    let dataset = Filter {
        dataset: Some("parking".into()),
        ..Filter::default()
    };
    assert_eq!(of(dataset).await, (vec![2, 1], 2));
    let subject = Filter {
        subject: Some(log.pseudonym("resident", "홍길동").unwrap()),
        ..Filter::default()
    };
    assert_eq!(of(subject).await, (vec![2], 1));
    let second = Filter {
        limit: 1,
        offset: 1,
        ..Filter::default()
    };
    assert_eq!(of(second).await, (vec![2], 3));
    let denied = Filter {
        decision: Some(Decision::Denied),
        ..Filter::default()
    };
    assert_eq!(of(denied).await, (vec![], 0));
}

#[tokio::test]
async fn a_log_that_is_gone_is_missed_and_nothing_is_added_until_it_is_put_right() {
    let store = TestStore::new().await;
    let log = store.records.log();
    log.append(entry("kim", "parking")).await.unwrap();
    let folder = store.folder.path().join("access-log");
    std::fs::remove_dir_all(&folder).unwrap();
    let refused = log.append(entry("kim", "parking")).await.unwrap_err();
    assert!(
        matches!(refused, RecordsError::Log(LogError::Damaged(_))),
        "{refused}"
    );
    let store = store.reopened().await;
    let log = store.records.log();
    assert!(log.append(entry("kim", "parking")).await.is_err());
    assert_eq!(log.verify().await.unwrap().unwrap().what, Fault::Missing);
    log.renew("admin", "디스크 교체").await.unwrap();
    assert_eq!(log.append(entry("kim", "parking")).await.unwrap().seq, 2);
    assert_eq!(log.verify().await.unwrap(), None);
    assert_eq!(log.page(&Filter::default()).await.unwrap().1, 2);
}

#[tokio::test]
async fn a_damaged_log_is_put_aside_and_the_new_one_says_so() {
    let store = TestStore::new().await;
    let log = store.records.log();
    log.append(entry("kim", "parking")).await.unwrap();
    let path = store
        .folder
        .path()
        .join("access-log/entries-000000000001.log");
    std::fs::write(&path, "").unwrap();
    let refused = log.append(entry("kim", "parking")).await.unwrap_err();
    assert!(
        refused.to_string().contains("madang log renew"),
        "{refused}"
    );
    let found = log.verify().await.unwrap().unwrap();
    assert_eq!((found.seq, found.what), (1, Fault::Missing));
    let kept = log.renew("admin", "잘린 기록").await.unwrap();
    assert!(kept.join("head").exists());
    let (entries, _) = log.page(&Filter::default()).await.unwrap();
    assert!(entries[0].entry.purpose.contains("잘린 기록"));
    assert_eq!(log.verify().await.unwrap(), None);
}
