use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use records::service::Answers;

use crate::TestStore;

fn answers(ms: &[f64], failed: u64) -> BTreeMap<String, Answers> {
    let mut own = Answers {
        failed,
        ..Answers::default()
    };
    for one in ms {
        own.spans.add(*one);
    }
    BTreeMap::from([("api".to_owned(), own)])
}

#[tokio::test]
async fn hours_add_up_and_minutes_in_which_nobody_asked_count_too() {
    let store = TestStore::new().await;
    let service = store.records.service();
    let begin: DateTime<Utc> = store.records.clock().now();
    service.add(&answers(&[1.0, 2.0], 0)).await.unwrap();
    service.add(&answers(&[400.0], 1)).await.unwrap();
    store.clock.advance(TimeDelta::minutes(61));
    service.add(&BTreeMap::new()).await.unwrap();
    let hours = service.since(begin - TimeDelta::hours(1)).await.unwrap();
    assert_eq!(hours.len(), 3);
    assert_eq!((hours[0].kind.as_str(), hours[0].minutes_up), ("api", 1));
    // It was there in one minute of the sixty, and in one of the two of the hour that has begun.
    assert_eq!((hours[0].minutes_all, hours[2].minutes_all), (60, 2));
    assert_eq!(
        (hours[0].answers.spans.total(), hours[0].answers.failed),
        (3, 1)
    );
    assert_eq!(
        (hours[1].answers.spans.total(), hours[1].minutes_up),
        (0, 1)
    );
    service.forget(begin + TimeDelta::hours(2)).await.unwrap();
    assert!(
        service
            .since(begin - TimeDelta::hours(1))
            .await
            .unwrap()
            .is_empty()
    );
}
