//! Entries keep their day and their words.

use std::sync::Arc;

use chrono::TimeDelta;
use city::promise::PromiseState;

use super::*;
use crate::clock::FixedClock;
use crate::store::Records;

const FILE: &str = "id = \"wifi\"\ntitle = \"와이파이\"\nsentence = \"100곳에 설치합니다.\"\nfigure = { value = 100, unit = \"곳\" }\ndue = \"2026\"\n";

fn promise(history: &str) -> Promise {
    let text = format!("{FILE}{history}");
    let (promise, faults) = city::read::promise_text("wifi.toml".as_ref(), &text);
    assert!(faults.is_empty(), "{faults:?}");
    promise.unwrap()
}

fn line(on: &str, state: &str) -> String {
    format!("[[history]]\non = \"{on}\"\nstate = \"{state}\"\ntext = \"{on}의 일\"\n")
}

async fn records() -> (tempfile::TempDir, Arc<FixedClock>, Records) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new("2026-11-26T03:00:00Z".parse().unwrap()));
    let file = folder.path().join("records.db");
    let records = Records::open(&file, Arc::clone(&clock) as _).await.unwrap();
    (folder, clock, records)
}

#[tokio::test]
async fn what_a_file_says_later_has_the_day_on_which_it_was_first_seen() {
    let (_folder, clock, records) = records().await;
    let ledger = records.promises();
    let first = line("2026-01-05", "planned");
    assert_eq!(ledger.see([&promise(&first)]).await.unwrap(), 2);
    assert_eq!(
        ledger.see([&promise(&first)]).await.unwrap(),
        0,
        "seen already"
    );
    clock.advance(TimeDelta::days(30));
    // The line is edited to have been kept all the time, and another is put behind it.
    let later = line("2026-01-05", "kept") + &line("2026-02-01", "kept");
    assert_eq!(ledger.see([&promise(&later)]).await.unwrap(), 2);
    let all = ledger.of(&"wifi".into()).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .filter_map(|entry| Some((entry.what.status()?, entry)))
        .map(|(status, entry)| (status.state, entry.entered_at.date_naive().to_string()))
        .collect();
    assert_eq!(
        told,
        [
            (PromiseState::Planned, "2026-11-26".to_owned()),
            (PromiseState::Kept, "2026-12-26".to_owned()),
            (PromiseState::Kept, "2026-12-26".to_owned()),
        ],
        "the first stays as it was seen"
    );
    let taken = all.iter().map(|entry| match &entry.what {
        Entered::File { taken_over, .. } => Some(*taken_over),
        _ => None,
    });
    let taken: Vec<_> = taken.flatten().collect();
    assert_eq!(taken, [true, false, false]);
}

#[tokio::test]
async fn another_target_in_the_file_is_another_claim() {
    let (_folder, _clock, records) = records().await;
    let ledger = records.promises();
    let own = promise("");
    ledger.see([&own]).await.unwrap();
    let mut less = own.clone();
    less.figure.as_mut().unwrap().value = Some(80.0);
    assert_eq!(ledger.see([&less]).await.unwrap(), 1);
    let all = ledger.of(&own.id).await.unwrap();
    let values: Vec<_> = all
        .iter()
        .filter_map(|entry| entry.what.claim()?.value)
        .collect();
    assert_eq!(values, [100.0, 80.0]);
}

#[tokio::test]
async fn entries_are_not_changed_and_an_edit_behind_the_program_shows() {
    let (folder, _clock, records) = records().await;
    let ledger = records.promises();
    let own = promise(&line("2026-01-05", "planned"));
    ledger.see([&own]).await.unwrap();
    let known = ledger.of(&own.id).await.unwrap();
    let now = records.clock().now();
    let what = Entered::Person {
        status: own.history[0].clone(),
    };
    let seal = Promises::next_seal(&own.id, &known, (now, "ict"), &what).unwrap();
    let entry = ledger.append(&own.id, &known, (now, "ict"), &what).await;
    assert_eq!(entry.unwrap().unwrap().seal, seal);
    let again = ledger.append(&own.id, &known, (now, "ict"), &what).await;
    assert!(again.unwrap().is_none(), "another was first");
    let mut write = ledger.store.write().await.unwrap();
    for edit in [
        "UPDATE promise_entries SET who = 'x'",
        "DELETE FROM promise_entries",
    ] {
        let refused = sqlx::query(edit).execute(&mut *write).await;
        assert!(refused.is_err(), "{edit}");
    }
    for edit in [
        "DROP TRIGGER promise_entries_stay",
        "UPDATE promise_entries SET entered_at = replace(entered_at, '2026-11', '2026-01') WHERE place = 1",
    ] {
        sqlx::query(edit).execute(&mut *write).await.unwrap();
    }
    write.commit().await.unwrap();
    drop(folder);
    let all = ledger.of(&own.id).await.unwrap();
    let intact: Vec<bool> = all.iter().map(|entry| entry.is_intact).collect();
    assert_eq!(intact, [true, false, true]);
}
