//! Reviews of the access log: what was found stays, what is said of it is added, and the end is the end.

use chrono::NaiveDate;
use city::{Outlying, ReviewRules};
use records::log::review::Outlier;
use records::reviews::{Found, Outcome, ReviewError};

use crate::TestStore;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn outlier(who: &str) -> Outlier {
    Outlier {
        who: who.to_owned(),
        kind: Outlying::Night,
        of: "2026-10-05".to_owned(),
        count: 3,
        usual: 0,
        entries: vec![4, 7],
    }
}

fn found(outliers: Vec<Outlier>) -> Found {
    Found {
        days: (day("2026-10-01"), day("2026-11-01")),
        entries: 99,
        rules: ReviewRules::default(),
        answer_by: day("2026-11-12"),
        outliers,
    }
}

#[tokio::test]
async fn a_review_is_kept_once_and_read_as_it_was() {
    let store = TestStore::new().await;
    let reviews = store.records.reviews();
    assert_eq!(reviews.reviewed_until().await.unwrap(), None);
    let review = found(vec![outlier("kim"), outlier("lee")]);
    let id = reviews.keep(&review).await.unwrap().unwrap();
    assert_eq!(reviews.keep(&found(Vec::new())).await.unwrap(), None);
    let store = store.reopened().await;
    let reviews = store.records.reviews();
    let kept = reviews.one(id).await.unwrap().unwrap();
    assert_eq!((kept.since, kept.until), review.days);
    assert_eq!((kept.entries, &kept.rules), (99, &review.rules));
    let outliers: Vec<&Outlier> = kept.questions.iter().map(|own| &own.outlier).collect();
    assert_eq!(outliers, review.outliers.iter().collect::<Vec<_>>());
    assert_eq!(reviews.reviewed_until().await.unwrap(), Some(review.days.1));
    assert_eq!(reviews.of(review.days).await.unwrap(), Some(id));
}

#[tokio::test]
async fn people_answer_what_they_are_asked_and_a_closed_review_takes_no_more() {
    let store = TestStore::new().await;
    let reviews = store.records.reviews();
    let outliers = vec![outlier("kim"), outlier("lee")];
    let id = reviews.keep(&found(outliers)).await.unwrap().unwrap();
    let asked = reviews.asked_of("kim").await.unwrap();
    let [(_, own)] = asked.as_slice() else {
        unreachable!("{asked:?}")
    };
    let question = (id, own.id);
    let other = reviews.explain(question, "lee", "제가 아닙니다").await;
    assert!(matches!(other, Err(ReviewError::Absent)), "not lee's");
    reviews.explain(question, "kim", "재난 근무").await.unwrap();
    let early = reviews.close(id, "officer", "끝").await;
    assert!(matches!(early, Err(ReviewError::Open(2))), "{early:?}");
    for own in reviews.one(id).await.unwrap().unwrap().questions {
        let outcome = (Outcome::Instructed, "확인");
        reviews
            .conclude((id, own.id), "officer", outcome)
            .await
            .unwrap();
    }
    let changed = (Outcome::Accepted, "근무표와 맞음");
    reviews
        .conclude(question, "officer", changed)
        .await
        .unwrap();
    let absent = reviews.conclude((id, 99), "officer", changed).await;
    assert!(matches!(absent, Err(ReviewError::Absent)));
    reviews.close(id, "officer", "끝").await.unwrap();
    let kept = reviews.one(id).await.unwrap().unwrap();
    assert_eq!(kept.closed.as_ref().unwrap().words, "끝");
    let first = &kept.questions[0];
    assert_eq!(first.explained[0].words, "재난 근무");
    let (outcome, said) = first.outcome.as_ref().unwrap();
    assert_eq!(
        (*outcome, said.words.as_str()),
        (Outcome::Accepted, "근무표와 맞음")
    );
    let late = [
        reviews.explain(question, "kim", "더").await,
        reviews.conclude(question, "officer", changed).await,
        reviews.close(id, "officer", "또").await,
    ];
    for late in late {
        assert!(matches!(late, Err(ReviewError::Closed)), "{late:?}");
    }
    assert!(reviews.asked_of("kim").await.unwrap().is_empty());
}
