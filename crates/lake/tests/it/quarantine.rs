//! Rows that failed.

use city::dataset::LoadMode::Snapshot;
use lake::{At, Outcome};

use crate::rows::{accounting, bad, batch, parking, read, store};

#[tokio::test]
async fn quarantined_rows_are_visible_with_their_load() {
    let store = store();
    let rows = batch(&[("가온", 120)]);
    let writer = store.begin(Snapshot, &rows);
    writer.accept(&rows).unwrap();
    writer.quarantine(&[bad(3)]).unwrap();
    let version = writer.commit(accounting(1, 1), store.now()).await.unwrap();
    let table = store
        .lake
        .quarantine(&parking(), Some(&version.load_id))
        .unwrap()
        .unwrap();
    let expected = "traffic/parking.csv 3 [\"번호\",\"이름\"] [\"누리\",\"일백\"] []";
    assert_eq!(read(table).await, [expected]);
    assert!(
        store
            .lake
            .quarantine(&parking(), Some("another"))
            .unwrap()
            .is_none()
    );
    assert_eq!(store.lake.verify(&parking()).unwrap(), []);
}

#[tokio::test]
async fn a_refused_load_keeps_the_last_good_version_and_its_own_rows() {
    let store = store();
    store.load(Snapshot, &[("가온", 120)]).await;
    let rows = batch(&[("누리", 80)]);
    let writer = store.begin(Snapshot, &rows);
    writer.accept(&rows).unwrap();
    writer.quarantine(&[bad(3), bad(4)]).unwrap();
    let load = writer
        .refuse(
            accounting(1, 2),
            store.now(),
            "2 of 3 rows failed".to_owned(),
        )
        .unwrap();
    assert_eq!((load.outcome, load.number), (Outcome::Refused, 0));
    assert_eq!(store.rows(At::Latest).await, ["가온 120"]);
    let loads = store.lake.loads(&parking()).unwrap();
    assert_eq!(
        loads.iter().map(|load| load.outcome).collect::<Vec<_>>(),
        [Outcome::Refused, Outcome::Loaded]
    );
    assert_eq!(
        read(store.lake.quarantine(&parking(), None).unwrap().unwrap())
            .await
            .len(),
        2
    );
    assert_eq!(store.lake.verify(&parking()).unwrap(), []);
}
