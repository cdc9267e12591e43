use city::BoardId;
use city::alert::Alert;
use records::Letter;

use crate::TestStore;

fn board() -> BoardId {
    BoardId::from("today")
}

fn alert(id: &str) -> Alert {
    Alert {
        id: id.into(),
        measure: "pm10".into(),
        above: Some(80.0),
        below: None,
        change: None,
        clear: None,
        quiet: None,
        department: "air".into(),
        say: "살펴 주십시오.".to_owned(),
        say_en: None,
    }
}

fn letter() -> Letter {
    Letter {
        department: "air".into(),
        to: "air@city.example".to_owned(),
        subject: "미세먼지".to_owned(),
        text: "81".to_owned(),
        html: "<p>81</p>".to_owned(),
        of: Vec::new(),
    }
}

#[tokio::test]
async fn an_alert_is_on_once_and_can_begin_again_when_it_is_over() {
    let store = TestStore::new().await;
    let alerts = store.records.alerts();
    alerts.begin(&board(), &alert("high"), 81.0).await.unwrap();
    alerts.begin(&board(), &alert("high"), 99.0).await.unwrap();
    alerts.begin(&board(), &alert("low"), 1.0).await.unwrap();
    let on = alerts.on().await.unwrap();
    assert_eq!(on.len(), 2);
    assert!((on[0].began_with - 81.0).abs() < f64::EPSILON);
    alerts.end(on[0].id, 70.0).await.unwrap();
    // What has ended stays as it ended.
    alerts.end(on[0].id, 1.0).await.unwrap();
    let over = alerts.over(10).await.unwrap();
    assert_eq!(over.len(), 1);
    assert_eq!(over[0].ended_with, Some(70.0));
    alerts.begin(&board(), &alert("high"), 90.0).await.unwrap();
    assert_eq!(alerts.on().await.unwrap().len(), 2);
}

#[tokio::test]
async fn nobody_is_told_twice_and_a_letter_goes_with_what_it_tells() {
    let store = TestStore::new().await;
    let alerts = store.records.alerts();
    for id in ["high", "low"] {
        alerts.begin(&board(), &alert(id), 81.0).await.unwrap();
    }
    let ids: Vec<i64> = alerts.on().await.unwrap().iter().map(|on| on.id).collect();
    assert!(alerts.tell(&ids[..1], Some(&letter())).await.unwrap());
    // The second is not told by a letter that tells the first again.
    assert!(!alerts.tell(&ids, Some(&letter())).await.unwrap());
    let on = alerts.on().await.unwrap();
    assert!(on[0].told_at.is_some() && on[1].told_at.is_none());
    assert_eq!(store.records.mails().list(10).await.unwrap().len(), 1);
    assert!(alerts.tell(&ids[1..], None).await.unwrap());
    assert_eq!(store.records.mails().list(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_person_takes_an_alert_on() {
    let store = TestStore::new().await;
    let alerts = store.records.alerts();
    alerts.begin(&board(), &alert("high"), 81.0).await.unwrap();
    let id = alerts.on().await.unwrap()[0].id;
    assert!(alerts.take(id, "kim", "현장에 나갑니다").await.unwrap());
    assert!(!alerts.take(id, "lee", "제가 봅니다").await.unwrap());
    let taken = alerts.on().await.unwrap().remove(0).taken.unwrap();
    assert_eq!(
        (taken.by.as_str(), taken.words.as_str()),
        ("kim", "현장에 나갑니다")
    );
    assert!(!alerts.take(id + 1, "lee", "").await.unwrap());
}
