use chrono::{NaiveDate, TimeDelta};
use records::jobs::Progress;
use records::quota::Take;
use records::{Clock as _, Heard, State};

use crate::TestStore;

#[tokio::test]
async fn a_job_that_another_program_ended_is_heard_of_once() {
    let store = TestStore::new().await;
    let other = crate::open(&store.folder, &store.clock).await;
    let jobs = store.records.jobs();
    let mut heard = Heard::since(store.clock.now());
    let mut events = jobs.subscribe();
    let job = other.jobs().start("load", None).await.unwrap();
    jobs.hear(&mut heard).await.unwrap();
    assert!(events.try_recv().is_err(), "it has not ended");
    let done = |id| other.jobs().finish(id, State::Done, "");
    done(job.id).await.unwrap();
    for times in [1, 0] {
        jobs.hear(&mut heard).await.unwrap();
        store.clock.advance(TimeDelta::minutes(1));
        let told: Vec<_> = std::iter::from_fn(|| events.try_recv().ok()).collect();
        assert_eq!(told.len(), times, "{told:?}");
        assert!(
            told.iter()
                .all(|own| own.id == job.id && own.state == State::Done)
        );
    }
    store.clock.advance(TimeDelta::hours(1));
    jobs.hear(&mut heard).await.unwrap();
    // What ends here is told as it happens, and not again.
    let own = jobs.start("load", None).await.unwrap();
    jobs.finish(own.id, State::Done, "").await.unwrap();
    let next = other.jobs().start("load", None).await.unwrap();
    done(next.id).await.unwrap();
    jobs.hear(&mut heard).await.unwrap();
    let told: Vec<_> = std::iter::from_fn(|| events.try_recv().ok()).collect();
    assert_eq!(
        told.len(),
        4,
        "three of its own, one of the other: {told:?}"
    );
    assert_eq!(told[3].id, next.id);
    other.close().await;
}

#[tokio::test]
async fn a_job_is_told_live_and_kept() {
    let store = TestStore::new().await;
    let mut events = store.records.jobs().subscribe();
    let job = store
        .records
        .jobs()
        .start("load", Some(&"parking".into()))
        .await
        .unwrap();
    store.clock.advance(TimeDelta::seconds(2));
    store.records.jobs().progress(
        job.id,
        Progress {
            rows_done: 12,
            ..Progress::default()
        },
        "12행",
    );
    store
        .records
        .jobs()
        .finish(job.id, State::Done, "12행을 적재했습니다")
        .await
        .unwrap();
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        told.push((event.state, event.progress.rows_done));
    }
    assert_eq!(
        told,
        [
            (State::Queued, 0),
            (State::Running, 0),
            (State::Running, 12),
            (State::Done, 12)
        ]
    );
    let store = store.reopened().await;
    let kept = store
        .records
        .jobs()
        .list(Some(&"parking".into()), 10)
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (
            kept[0].state,
            kept[0].progress.rows_done,
            kept[0].message.as_str()
        ),
        (State::Done, 12, "12행을 적재했습니다")
    );
    assert_eq!(
        kept[0].finished_at.unwrap() - kept[0].started_at.unwrap(),
        TimeDelta::seconds(2)
    );
}

#[tokio::test]
async fn what_a_crash_left_running_is_marked_at_the_next_start() {
    let store = TestStore::new().await;
    store.records.jobs().start("load", None).await.unwrap();
    let done = store.records.jobs().start("load", None).await.unwrap();
    store
        .records
        .jobs()
        .finish(done.id, State::Failed, "")
        .await
        .unwrap();
    let store = store.reopened().await;
    assert_eq!(store.records.jobs().mark_interrupted().await.unwrap(), 1);
    let states: Vec<_> = store
        .records
        .jobs()
        .list(None, 10)
        .await
        .unwrap()
        .iter()
        .map(|job| job.state)
        .collect();
    assert_eq!(states, [State::Failed, State::Interrupted]);
}

#[tokio::test]
async fn a_quota_counts_by_day_and_ends_at_its_limit() {
    let store = TestStore::new().await;
    let quota = store.records.quota();
    let day = NaiveDate::from_ymd_opt(2026, 11, 5).unwrap();
    assert_eq!(
        quota.take("air", day, Some(2)).await.unwrap(),
        Take::Taken(1)
    );
    assert_eq!(
        quota.take("air", day, Some(2)).await.unwrap(),
        Take::Taken(2)
    );
    assert_eq!(
        quota.take("air", day, Some(2)).await.unwrap(),
        Take::Exhausted(2)
    );
    assert_eq!(
        quota
            .take("air", day.succ_opt().unwrap(), Some(2))
            .await
            .unwrap(),
        Take::Taken(1)
    );
    assert_eq!(
        quota.take("other", day, Some(0)).await.unwrap(),
        Take::Exhausted(0)
    );
}

#[tokio::test]
async fn settings_are_kept() {
    let store = TestStore::new().await;
    store.records.settings().set("seed", "1").await.unwrap();
    store.records.settings().set("seed", "2").await.unwrap();
    let store = store.reopened().await;
    assert_eq!(
        store
            .records
            .settings()
            .get("seed")
            .await
            .unwrap()
            .as_deref(),
        Some("2")
    );
    assert_eq!(store.records.settings().get("none").await.unwrap(), None);
    let secret = store.records.settings().secret("key").await.unwrap();
    let again = store.records.settings().secret("key").await.unwrap();
    assert!(secret == again && secret.reveal().len() == 64);
}
