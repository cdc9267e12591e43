//! A session's life, a password's, a link's.

use chrono::TimeDelta;
use people::invitation::Refusal;
use people::sign_in::Change;
use people::{Begin, By, Outcome, Presented, State, Weak};
use records::Token;

use crate::{Office, RIGHT, with};

const NEW: &str = "느린 기차가 바다를 건너간다";

async fn entered(office: &Office, replaces: Option<Token>) -> Token {
    let presented = Presented {
        replaces,
        ..with("kim", RIGHT, None)
    };
    match office.enter(presented).await {
        Outcome::In(begun) => begun.token,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_its_time_is_over() {
    let office = Office::new().await;
    let idle = entered(&office, None).await;
    assert!(office.accounts.session(&idle).await.unwrap().is_some());
    office.clock.advance(TimeDelta::minutes(30));
    assert!(office.accounts.session(&idle).await.unwrap().is_none());
    let busy = entered(&office, None).await;
    for _ in 0..35 {
        office.clock.advance(TimeDelta::minutes(20));
        assert!(office.accounts.session(&busy).await.unwrap().is_some());
    }
    office.clock.advance(TimeDelta::minutes(20));
    assert!(
        office.accounts.session(&busy).await.unwrap().is_none(),
        "after 12 hours"
    );
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let office = Office::new().await;
    let first = entered(&office, None).await;
    let second = entered(&office, Some(first.clone())).await;
    assert!(office.accounts.session(&first).await.unwrap().is_none());
    assert!(office.accounts.session(&second).await.unwrap().is_some());
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_and_the_old_one() {
    let office = Office::new().await;
    let session = entered(&office, None).await;
    let by = By::new("kim", None);
    let change = async |present: &str, new: &str| {
        let presented = with("kim", present, None);
        office
            .accounts
            .change_password(&office.people, presented, new, &by)
            .await
            .unwrap()
    };
    assert_eq!(change("wrong", NEW).await, Err(Change::Wrong));
    assert_eq!(
        change(RIGHT, "password1234").await,
        Err(Change::Weak(Weak::Common))
    );
    assert_eq!(change(RIGHT, NEW).await, Ok(()));
    assert!(office.accounts.session(&session).await.unwrap().is_none());
    assert!(matches!(
        office.enter(with("kim", RIGHT, None)).await,
        Outcome::Refused
    ));
    assert!(matches!(
        office.enter(with("kim", NEW, None)).await,
        Outcome::In(_)
    ));
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_a_weak_one_leaves_it_good() {
    let office = Office::new().await;
    let (accounts, people) = (&office.accounts, &office.people);
    let first = accounts.invite("kim", &By::local()).await.unwrap();
    let link = accounts.invite("kim", &By::local()).await.unwrap();
    let gone = accounts.accept(people, &first, NEW, None).await.unwrap();
    assert_eq!(
        gone,
        Err(Refusal::Gone),
        "a later link takes the place of an earlier one"
    );
    let weak = accounts.accept(people, &link, "짧다", None).await.unwrap();
    assert_eq!(weak, Err(Refusal::Change(Change::Weak(Weak::Short(12)))));
    assert_eq!(
        accounts.accept(people, &link, NEW, None).await.unwrap(),
        Ok("kim".to_owned())
    );
    assert_eq!(
        accounts.accept(people, &link, NEW, None).await.unwrap(),
        Err(Refusal::Gone)
    );
    let late = accounts.invite("kim", &By::local()).await.unwrap();
    office.clock.advance(TimeDelta::hours(25));
    assert_eq!(accounts.invited(people, &late).await.unwrap(), None);
}

#[tokio::test]
async fn who_is_blocked_opens_nothing() {
    let office = Office::new().await;
    let session = entered(&office, None).await;
    let by = By::new("data", Some("192.0.2.9"));
    assert!(office.accounts.block("kim", &by).await.unwrap());
    assert!(
        !office.accounts.block("kim", &by).await.unwrap(),
        "once is enough"
    );
    assert_eq!(
        office.accounts.standing("kim").await.unwrap().state,
        State::Blocked
    );
    assert!(office.accounts.session(&session).await.unwrap().is_none());
    assert!(matches!(
        office.enter(with("kim", RIGHT, None)).await,
        Outcome::Refused
    ));
    let begin = Begin {
        account: "kim".to_owned(),
        how: "openid",
        ..Begin::default()
    };
    assert!(
        office.accounts.begin(begin).await.unwrap().is_none(),
        "by no way"
    );
    assert!(office.accounts.unblock("kim", &by).await.unwrap());
    assert!(
        office.accounts.session(&session).await.unwrap().is_none(),
        "it ended"
    );
    assert!(matches!(
        office.enter(with("kim", RIGHT, None)).await,
        Outcome::In(_)
    ));
}

#[tokio::test]
async fn nobody_begins_under_a_name_that_is_no_accounts() {
    let office = Office::new().await;
    for name in ["local", "public", "staff", "system"] {
        let begin = Begin {
            account: name.to_owned(),
            how: "openid",
            ..Begin::default()
        };
        assert!(
            office.accounts.begin(begin).await.unwrap().is_none(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn no_secret_lies_in_the_records() {
    let office = Office::new().await;
    let session = entered(&office, None).await;
    let link = office.accounts.invite("kim", &By::local()).await.unwrap();
    office.records.close().await;
    for file in ["records.db", "records.db-wal"] {
        let bytes = std::fs::read(office.folder.path().join(file)).unwrap_or_default();
        for secret in [RIGHT, session.reveal(), link.reveal()] {
            let is_there = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!is_there, "{file}");
        }
    }
    assert_eq!(format!("{session:?}"), "Token(…)");
}
