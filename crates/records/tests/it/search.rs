//! What an officer looks for in the log, by everything there is to look by; and all entries of a stretch of time.

use chrono::{DateTime, TimeDelta, Utc};
use records::log::{About, Filter, Logged};
use records::{Act, Clock, Entry, Touched};

use crate::TestStore;
use crate::faults::number;
use crate::log::entry;

async fn seqs(store: &TestStore, filter: Filter) -> Vec<i64> {
    let (found, total) = store.records.log().page(&filter).await.unwrap();
    assert_eq!(u64::try_from(found.len()).unwrap(), total);
    found.iter().map(|logged| logged.seq).collect()
}

/// Four reads an hour apart: the second ended later, the third is of a whole version, the fourth asks in other words.
async fn filled() -> TestStore {
    let store = TestStore::new().await;
    let log = store.records.log();
    log.append(entry("kim", "parking")).await.unwrap();
    store.clock.advance(TimeDelta::hours(1));
    let begun = log.append(entry("lee", "homes")).await.unwrap();
    store.clock.advance(TimeDelta::hours(1));
    let whole = Entry {
        about: Some(About::All),
        purpose: "통계 작성".to_owned(),
        ..entry("kim", "homes")
    };
    log.append(whole).await.unwrap();
    store.clock.advance(TimeDelta::hours(1));
    let end = Entry {
        act: Act::ReadEnd,
        touched: Vec::new(),
        query: None,
        rows: Some(7),
        completes: Some(begun.seq),
        subjects: vec!["phone:1".to_owned()],
        ..entry("lee", "homes")
    };
    log.append(end).await.unwrap();
    let other = Entry {
        query: Some("SELECT phone FROM homes GROUP BY Phone".to_owned()),
        purpose: "50% 할인".to_owned(),
        ..entry("lee", "homes")
    };
    log.append(other).await.unwrap();
    store
}

#[tokio::test]
async fn entries_are_found_by_purpose_words_and_time() {
    let store = filled().await;
    let begun = Filter {
        begun: true,
        ..Filter::default()
    };
    assert_eq!(seqs(&store, begun.clone()).await, [5, 3, 2, 1]);
    let words = |words: &[&str]| Filter {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        ..begun.clone()
    };
    assert_eq!(seqs(&store, words(&["group"])).await, [5]);
    assert_eq!(seqs(&store, words(&["select", "NAME"])).await, [3, 2, 1]);
    assert_eq!(seqs(&store, words(&["select", "street"])).await, [0_i64; 0]);
    assert_eq!(
        seqs(&store, words(&["%"])).await,
        [0_i64; 0],
        "no sign stands for others"
    );
    let purpose = |words: &str| Filter {
        purpose: Some(words.to_owned()),
        ..begun.clone()
    };
    assert_eq!(seqs(&store, purpose("통계")).await, [3]);
    assert_eq!(seqs(&store, purpose("50%")).await, [5]);
    let start: DateTime<Utc> = store.clock.now() - TimeDelta::hours(3);
    let between = |since: i64, until: i64| Filter {
        since: Some(start + TimeDelta::hours(since)),
        until: Some(start + TimeDelta::hours(until)),
        ..begun.clone()
    };
    assert_eq!(seqs(&store, between(1, 2)).await, [2], "the end is not in");
    assert_eq!(seqs(&store, between(1, 9)).await, [5, 3, 2]);
    assert_eq!(seqs(&store, between(4, 9)).await, [0_i64; 0]);
    assert_eq!(seqs(&store, between(-5, -1)).await, [0_i64; 0]);
}

#[tokio::test]
async fn what_an_end_says_is_found_with_its_beginning() {
    let store = filled().await;
    let log = store.records.log();
    let subject = Filter {
        subject: Some("phone:1".to_owned()),
        begun: true,
        ..Filter::default()
    };
    assert_eq!(seqs(&store, subject.clone()).await, [2]);
    let ends = log.ends(&[1, 2, 3]).await.unwrap();
    assert_eq!(ends.keys().copied().collect::<Vec<_>>(), [2]);
    assert_eq!((ends[&2].seq, ends[&2].entry.rows), (4, Some(7)));
    assert_eq!(log.read_whole(&"homes".into()).await.unwrap(), [3]);
    assert_eq!(log.read_whole(&"home".into()).await.unwrap(), [0_i64; 0]);
    let held = Filter {
        held_by: vec![("homes".into(), 3)],
        ..subject
    };
    assert_eq!(seqs(&store, held).await, [3, 2]);
    assert_eq!(log.entry(5).await.unwrap().unwrap().seq, 5);
    assert_eq!(log.entry(6).await.unwrap(), None);
}

#[tokio::test]
async fn all_entries_of_a_stretch_are_shown_once_and_in_order() {
    let store = TestStore::new().await;
    let log = store.records.log();
    let start = store.clock.now();
    // More than a file holds.
    for hour in 0..20 {
        let many = (0..900).map(|n| log.append(entry(&format!("p{hour}-{n}"), "parking")));
        futures_all(many).await;
        store.clock.advance(TimeDelta::hours(1));
    }
    let keep: fn(&mut Vec<i64>, &Logged) = |to, logged| to.push(logged.seq);
    let hours = |from: i64, to: i64| (start + TimeDelta::hours(from), start + TimeDelta::hours(to));
    let (seen, count) = log.each(hours(0, 99), Vec::new(), keep).await.unwrap();
    assert_eq!(seen, (1..=18_000).collect::<Vec<_>>());
    assert_eq!(count, 18_000);
    let (seen, _) = log.each(hours(18, 19), Vec::new(), keep).await.unwrap();
    assert_eq!((seen.first(), seen.last()), (Some(&16_201), Some(&17_100)));
    let (seen, _) = log.each(hours(50, 60), Vec::new(), keep).await.unwrap();
    assert!(seen.is_empty());
}

/// Waits for many at once: they share groups.
async fn futures_all<F: Future>(many: impl Iterator<Item = F>) {
    let mut waiting: Vec<std::pin::Pin<Box<F>>> = many.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if waiting.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

#[tokio::test]
async fn an_older_index_is_made_anew() {
    let store = filled().await.reopened().await;
    let touching = Filter {
        dataset: Some("homes".into()),
        begun: true,
        ..Filter::default()
    };
    assert_eq!(seqs(&store, touching).await, [5, 3, 2]);
    let touched = Touched {
        dataset: "homes".into(),
        version: Some(3),
        columns: vec!["name".to_owned()],
    };
    let shown = store.records.log().entry(3).await.unwrap().unwrap();
    assert_eq!(shown.entry.touched, [touched]);
}

/// Entries of a log that is searched. `MADANG_ENTRIES` makes it more: with a million it prints how long each search takes.
const ENTRIES: u64 = 20_000;

/// Searches with how many entries each finds.
fn searches(count: u64, middle: DateTime<Utc>) -> Vec<(&'static str, Filter, u64)> {
    let begun = Filter {
        begun: true,
        limit: 50,
        ..Filter::default()
    };
    vec![
        ("all", begun.clone(), count),
        (
            "deep page",
            Filter {
                offset: count - 50,
                ..begun.clone()
            },
            count,
        ),
        (
            "person",
            Filter {
                who: Some("person7".into()),
                ..begun.clone()
            },
            count / 400,
        ),
        (
            "dataset",
            Filter {
                dataset: Some("d7".into()),
                ..begun.clone()
            },
            count / 80,
        ),
        (
            "subject",
            Filter {
                subject: Some("phone:7".into()),
                ..begun.clone()
            },
            count / 5000,
        ),
        (
            "purpose",
            Filter {
                purpose: Some("업무 17".into()),
                ..begun.clone()
            },
            count / 200 * 11,
        ),
        (
            "words",
            Filter {
                words: vec!["c7".into(), "d7".into()],
                ..begun.clone()
            },
            0,
        ),
        (
            "half of the time",
            Filter {
                since: Some(middle),
                ..begun.clone()
            },
            count / 2,
        ),
        (
            "denied",
            Filter {
                decision: Some(records::Decision::Denied),
                ..begun
            },
            0,
        ),
    ]
}

#[tokio::test]
async fn a_large_log_is_searched_by_everything() {
    let count = number("MADANG_ENTRIES", ENTRIES);
    let store = TestStore::new().await;
    let log = store.records.log();
    let start = std::time::Instant::now();
    for group in 0..count / 1000 {
        let many = (0..1000).map(|n| {
            let at = group * 1000 + n;
            let own = Entry {
                purpose: format!("업무 {}", at % 200),
                subjects: vec![format!("phone:{}", at % 5000)],
                query: Some(format!("SELECT c{} FROM d{}", at % 300, at % 80)),
                ..entry(&format!("person{}", at % 400), &format!("d{}", at % 80))
            };
            log.append(own)
        });
        futures_all(many).await;
        store.clock.advance(TimeDelta::minutes(1));
    }
    println!("{count} entries written in {:?}", start.elapsed());
    let start = std::time::Instant::now();
    log.page(&Filter::default()).await.unwrap();
    println!("indexed in {:?}", start.elapsed());
    let middle = store.clock.now() - TimeDelta::minutes(i64::try_from(count / 2000).unwrap());
    for (name, filter, expected) in searches(count, middle) {
        let start = std::time::Instant::now();
        let (found, total) = log.page(&filter).await.unwrap();
        println!("{name}: {total} in {:?}", start.elapsed());
        assert!(u64::try_from(found.len()).unwrap() <= 50);
        if name != "words" {
            assert_eq!(total, expected, "{name}");
        }
    }
}
