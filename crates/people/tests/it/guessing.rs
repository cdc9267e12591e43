//! Ten thousand wrong passwords.

use std::sync::Arc;

use people::{Outcome, Presented};
use tokio::task::JoinSet;

use crate::{Office, RIGHT, seconds, with};

#[tokio::test]
async fn ten_thousand_wrong_passwords_are_hardly_looked_at_and_shut_nobody_out_for_ever() {
    let office = Office::new().await;
    let Outcome::In(begun) = office.enter(with("kim", RIGHT, None)).await else {
        panic!("the right one");
    };
    let mut looked_at = 0;
    for number in 0..10_000 {
        match office
            .enter(with("kim", &format!("wrong {number}"), None))
            .await
        {
            Outcome::Refused => looked_at += 1,
            Outcome::Wait(until) => {
                assert!(until - office.records.clock().now() <= people::backoff::LONGEST);
            }
            other => panic!("{other:?}"),
        }
        // A guess each second, for nearly three hours.
        office.clock.advance(seconds(1));
    }
    assert!((10..=30).contains(&looked_at), "{looked_at} were looked at");
    let Outcome::Wait(until) = office.enter(with("kim", RIGHT, None)).await else {
        panic!("the right one is not looked at while the account waits");
    };
    let known = Some(begun.browser.clone());
    let outcome = office.enter(with("kim", RIGHT, known)).await;
    assert!(
        matches!(outcome, Outcome::In(_)),
        "a browser that signed in before passes: {outcome:?}"
    );
    let office = office.again().await;
    let still = office.enter(with("kim", RIGHT, None)).await;
    let is_new = matches!(&still, Outcome::In(_));
    // Signing in with the known browser began the account's count anew; the address still waits.
    assert!(is_new || matches!(still, Outcome::Wait(_)), "{still:?}");
    office.clock.advance(until - office.records.clock().now());
    let outcome = office.enter(with("kim", RIGHT, None)).await;
    assert!(
        matches!(outcome, Outcome::In(_)),
        "after the pause it is: {outcome:?}"
    );
}

#[tokio::test]
async fn a_pause_outlives_a_restart() {
    let office = Office::new().await;
    for number in 0..6 {
        office.clock.advance(seconds(1));
        office
            .enter(with("kim", &format!("wrong {number}"), None))
            .await;
    }
    let office = office.again().await;
    assert!(matches!(
        office.enter(with("kim", RIGHT, None)).await,
        Outcome::Wait(_)
    ));
    office.clock.advance(seconds(3));
    assert!(matches!(
        office.enter(with("kim", RIGHT, None)).await,
        Outcome::In(_)
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_at_once_are_sent_away_and_never_more_than_a_few_hashed() {
    let office = Arc::new(Office::new().await);
    let begun = std::time::Instant::now();
    let mut all = JoinSet::new();
    for number in 0..10_000_u32 {
        let office = Arc::clone(&office);
        all.spawn(async move {
            // Of many addresses: that of the account alone must hold.
            let presented = Presented {
                address: Some(format!("10.{}.{}.1", number / 250, number % 250)),
                ..with("kim", "wrong", None)
            };
            office.enter(presented).await
        });
    }
    let (mut refused, mut waited, mut busy) = (0, 0, 0);
    while let Some(outcome) = all.join_next().await {
        match outcome.unwrap() {
            Outcome::Refused => refused += 1,
            Outcome::Wait(_) => waited += 1,
            Outcome::Busy => busy += 1,
            Outcome::In(_) => panic!("a wrong password is none"),
        }
    }
    assert_eq!(refused + waited + busy, 10_000);
    // The fifth brings the first pause, and the clock stands still.
    assert!(
        (1..=5).contains(&refused),
        "{refused} of them were answered"
    );
    assert!(begun.elapsed().as_secs() < 120, "{:?}", begun.elapsed());
    assert!(matches!(
        office.enter(with("kim", RIGHT, None)).await,
        Outcome::Wait(_)
    ));
}

#[tokio::test]
async fn a_name_nobody_has_is_answered_as_a_wrong_password_is_and_takes_as_long() {
    let office = Office::new().await;
    office.accounts.warm().await;
    let mut times = Vec::new();
    for (number, name) in ["kim", "lee", "kim", "lee"].into_iter().enumerate() {
        let begun = std::time::Instant::now();
        let presented = Presented {
            address: Some(format!("192.0.2.{number}")),
            ..with(name, "wrong", None)
        };
        assert!(
            matches!(office.enter(presented).await, Outcome::Refused),
            "{name}"
        );
        times.push(begun.elapsed());
    }
    let of = |at: usize| times[at].min(times[at + 2]).as_secs_f64();
    let ratio = of(0) / of(1);
    assert!((0.3..3.0).contains(&ratio), "{times:?}");
    for number in 0..4 {
        office
            .enter(with("lee", &format!("wrong {number}"), None))
            .await;
    }
    assert!(matches!(
        office.enter(with("lee", "wrong", None)).await,
        Outcome::Wait(_)
    ));
}

#[tokio::test]
async fn a_known_browser_that_guesses_is_known_no_more() {
    let office = Office::new().await;
    let Outcome::In(begun) = office.enter(with("kim", RIGHT, None)).await else {
        panic!("the right one");
    };
    for number in 0..10 {
        let known = Some(begun.browser.clone());
        office
            .enter(with("kim", &format!("wrong {number}"), known))
            .await;
    }
    let sessions = office.records.sessions();
    assert!(!sessions.knows_browser("kim", &begun.browser).await.unwrap());
    assert!(!sessions.knows_browser("lee", &begun.browser).await.unwrap());
}
