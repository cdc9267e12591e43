use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use city::{DatasetId, DepartmentId};
use records::mails::{Letter, MailState, Reminded};

use crate::TestStore;

fn day() -> NaiveDate {
    "2026-11-06".parse().unwrap()
}

fn letter(department: &str, datasets: &[&str]) -> Letter {
    let of = datasets.iter().map(|dataset| Reminded {
        dataset: DatasetId::from(*dataset),
        due_on: day(),
        step: "soon".to_owned(),
    });
    Letter {
        department: DepartmentId::from(department),
        to: format!("{department}@city.example"),
        subject: "갱신 예정".to_owned(),
        text: "주차장".to_owned(),
        html: "<p>주차장</p>".to_owned(),
        of: of.collect(),
    }
}

#[tokio::test]
async fn a_step_is_queued_once_and_a_letter_that_repeats_one_keeps_nothing() {
    let store = TestStore::new().await;
    let mails = store.records.mails();
    assert!(
        mails
            .queue(&[letter("roads", &["lots"])], Some(day()))
            .await
            .unwrap()
    );
    let both = [
        letter("budget", &["costs"]),
        letter("roads", &["signs", "lots"]),
    ];
    assert!(
        !mails
            .queue(&both, Some(day() + TimeDelta::days(1)))
            .await
            .unwrap()
    );
    assert_eq!(mails.list(10).await.unwrap().len(), 1);
    assert_eq!(mails.day().await.unwrap(), Some(day()));
    let reminded = mails.reminded(day()).await.unwrap();
    assert_eq!(reminded.len(), 1);
    assert!(
        mails
            .reminded(day() + TimeDelta::days(1))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_mail_taken_and_never_told_of_is_taken_again_under_the_same_id() {
    let store = TestStore::new().await;
    assert!(
        store
            .records
            .mails()
            .queue(&[letter("roads", &["lots"])], None)
            .await
            .unwrap()
    );
    let first = store.records.mails().take().await.unwrap().unwrap();
    assert_eq!(
        store.records.mails().take().await.unwrap(),
        None,
        "it is under way"
    );
    // The program is killed between sending and telling.
    let store = store.reopened().await;
    let mails = store.records.mails();
    assert_eq!(mails.take().await.unwrap(), None, "not before its next try");
    store.clock.advance(TimeDelta::minutes(2));
    let second = mails.take().await.unwrap().unwrap();
    assert_eq!((second.id, second.attempts), (first.id, 2));
    mails.sent(&second).await.unwrap();
    store.clock.advance(TimeDelta::days(30));
    assert_eq!(mails.take().await.unwrap(), None);
    assert_eq!(mails.list(1).await.unwrap()[0].state, MailState::Sent);
}

#[tokio::test]
async fn a_failure_is_tried_again_for_days_and_then_given_up_and_one_that_is_final_at_once() {
    let store = TestStore::new().await;
    let mails = store.records.mails();
    assert!(
        mails
            .queue(&[letter("roads", &["lots"])], None)
            .await
            .unwrap()
    );
    let mut tries = 0;
    for _ in 0..10_000 {
        store.clock.advance(TimeDelta::minutes(1));
        if let Some(mail) = mails.take().await.unwrap() {
            tries += 1;
            mails
                .failed(&mail, "connection refused", false)
                .await
                .unwrap();
        }
    }
    let given_up = &mails.list(1).await.unwrap()[0];
    assert_eq!(given_up.state, MailState::Failed);
    assert_eq!(given_up.error.as_deref(), Some("connection refused"));
    assert!((20..40).contains(&tries), "{tries}");
    assert!(
        mails
            .queue(&[letter("budget", &["costs"])], None)
            .await
            .unwrap()
    );
    let mail = mails.take().await.unwrap().unwrap();
    assert_eq!(
        mails.failed(&mail, "no such user", true).await.unwrap(),
        MailState::Failed
    );
}

#[tokio::test]
async fn of_many_who_take_at_once_each_mail_goes_to_one() {
    let store = TestStore::new().await;
    let letters: Vec<Letter> = (0..8)
        .map(|at| letter("roads", &[&format!("lots{at}")]))
        .collect();
    assert!(store.records.mails().queue(&letters, None).await.unwrap());
    let records = Arc::new(store.records);
    let takers = (0..4).map(|_| {
        let records = Arc::clone(&records);
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(mail) = records.mails().take().await.unwrap() {
                taken.push(mail.id);
            }
            taken
        })
    });
    let mut taken = Vec::new();
    for taker in takers.collect::<Vec<_>>() {
        taken.extend(taker.await.unwrap());
    }
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 8);
}

#[tokio::test]
async fn the_newest_word_that_nothing_changed_stands_and_all_are_kept() {
    let store = TestStore::new().await;
    let lots = DatasetId::from("lots");
    store
        .records
        .confirmations()
        .add(&lots, "kim", "")
        .await
        .unwrap();
    store.clock.advance(TimeDelta::days(30));
    let second = store
        .records
        .confirmations()
        .add(&lots, "lee", "확인")
        .await
        .unwrap();
    let store = store.reopened().await;
    let newest = store.records.confirmations().newest().await.unwrap();
    assert_eq!(newest.get(&lots), Some(&second));
    assert_eq!(
        store.records.confirmations().of(&lots).await.unwrap().len(),
        2
    );
}
