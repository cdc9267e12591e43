//! The three modes, and what may go wrong in a load.

use std::fs;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use city::dataset::LoadMode::{Append, Snapshot, Upsert};
use lake::{At, LakeError};

use crate::rows::{accounting, bad, batch, parking, store};

#[tokio::test]
async fn a_snapshot_replaces_what_was_there() {
    let store = store();
    let first = store.load(Snapshot, &[("가온", 120), ("누리", 80)]).await;
    let second = store.load(Snapshot, &[("다솜", 40)]).await;
    assert_eq!(
        (first.number, first.rows, second.number, second.rows),
        (1, 2, 2, 1)
    );
    assert_eq!(store.rows(At::Latest).await, ["다솜 40"]);
    assert_eq!(store.rows(At::Version(1)).await, ["가온 120", "누리 80"]);
}

#[tokio::test]
async fn an_append_adds() {
    let store = store();
    store.load(Append, &[("가온", 120)]).await;
    let version = store.load(Append, &[("누리", 80)]).await;
    assert_eq!(version.rows, 2);
    assert_eq!(store.rows(At::Latest).await, ["가온 120", "누리 80"]);
}

#[tokio::test]
async fn an_upsert_replaces_rows_of_the_same_key_and_leaves_other_files_alone() {
    let store = store();
    store.load(Upsert, &[("가온", 120), ("누리", 80)]).await;
    store.load(Upsert, &[("다솜", 40)]).await;
    let parquet = || {
        let folder = store.folder.path().join("tables/parking");
        fs::read_dir(folder)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().is_file())
            .count()
    };
    let version = store.load(Upsert, &[("누리", 81), ("라온", 7)]).await;
    assert_eq!(version.rows, 4);
    assert_eq!(
        store.rows(At::Latest).await,
        ["가온 120", "누리 81", "다솜 40", "라온 7"]
    );
    assert_eq!(
        store.rows(At::Version(2)).await,
        ["가온 120", "누리 80", "다솜 40"]
    );
    assert_eq!(
        parquet(),
        4,
        "two files of old loads, one rewritten, one new"
    );
}

#[tokio::test]
async fn a_load_dropped_before_its_commit_leaves_no_trace() {
    let store = store();
    let rows = batch(&[("가온", 120)]);
    let writer = store.begin(Snapshot, &rows);
    writer.accept(&rows).unwrap();
    writer.quarantine(&[bad(2)]).unwrap();
    drop(writer);
    assert_eq!(store.lake.loads(&parking()).unwrap(), []);
    assert_eq!(
        store.load(Snapshot, &[("누리", 1)]).await.number,
        1,
        "the lock is free again"
    );
    let files = fs::read_dir(store.folder.path().join("tables/parking")).unwrap();
    assert_eq!(
        files
            .filter(|entry| entry.as_ref().unwrap().path().is_file())
            .count(),
        1,
        "the next load sweeps what was left"
    );
    assert!(store.lake.quarantine(&parking(), None).unwrap().is_none());
}

#[tokio::test]
async fn a_second_load_of_a_dataset_waits_its_turn() {
    let store = store();
    let rows = batch(&[("가온", 120)]);
    let _running = store.begin(Snapshot, &rows);
    let error = store
        .lake
        .begin(&parking(), rows.schema(), store.plan(Snapshot, "y"))
        .err()
        .unwrap();
    assert!(matches!(error, LakeError::Busy(_)), "{error}");
}

fn with_operator() -> RecordBatch {
    let schema = Schema::new(vec![
        Field::new("name", DataType::Utf8, true),
        Field::new("operator", DataType::Utf8, true),
        Field::new("spaces", DataType::Int64, true),
    ]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec!["누리"])),
        Arc::new(StringArray::from(vec!["공영"])),
        Arc::new(Int64Array::from(vec![80])),
    ];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

#[tokio::test]
async fn a_new_column_is_empty_in_older_rows() {
    for mode in [Append, Upsert] {
        let store = store();
        store.load(mode, &[("가온", 120)]).await;
        store.load_batch(mode, &with_operator()).await;
        assert_eq!(store.rows(At::Latest).await, ["가온  120", "누리 공영 80"]);
        assert_eq!(store.rows(At::Version(1)).await, ["가온 120"]);
        store.load(mode, &[("다솜", 3)]).await;
        assert_eq!(store.rows(At::Latest).await.len(), 3);
        assert_eq!(store.lake.verify(&parking()).unwrap(), []);
    }
}

#[tokio::test]
async fn an_append_cannot_change_a_type_and_a_snapshot_can() {
    let store = store();
    store.load(Append, &[("가온", 120)]).await;
    let schema = Schema::new(vec![
        Field::new("name", DataType::Utf8, true),
        Field::new("spaces", DataType::Utf8, true),
    ]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec!["누리"])),
        Arc::new(StringArray::from(vec!["팔십"])),
    ];
    let rows = RecordBatch::try_new(Arc::new(schema), columns).unwrap();
    let error = store
        .lake
        .begin(&parking(), rows.schema(), store.plan(Append, "z"))
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .contains("column `spaces` was Int64 and is declared Utf8"),
        "{error}"
    );
    store.load_batch(Snapshot, &rows).await;
    assert_eq!(store.rows(At::Latest).await, ["누리 팔십"]);
    assert_eq!(store.rows(At::Version(1)).await, ["가온 120"]);
}

#[tokio::test]
async fn many_threads_write_one_load() {
    let store = store();
    let rows: Vec<(String, i64)> = (0..4000).map(|n| (format!("주차장 {n}"), n)).collect();
    let rows: Vec<(&str, i64)> = rows.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    let writer = store.begin(Snapshot, &batch(&rows));
    std::thread::scope(|scope| {
        for part in rows.chunks(100) {
            let writer = &writer;
            scope.spawn(move || writer.accept(&batch(part)).unwrap());
        }
    });
    let version = writer
        .commit(accounting(4000, 0), store.now())
        .await
        .unwrap();
    assert_eq!(
        (version.rows, store.rows(At::Latest).await.len()),
        (4000, 4000)
    );
}

#[tokio::test]
async fn the_newest_load_is_the_last_even_when_the_clock_was_put_back() {
    let store = store();
    let first = store.begin(Snapshot, &batch(&[("가온", 1)]));
    let ahead = store.now() + chrono::TimeDelta::days(400);
    first.accept(&batch(&[("가온", 1)])).unwrap();
    first.commit(accounting(1, 0), ahead).await.unwrap();
    let refused = store.begin(Snapshot, &batch(&[("누리", 2)]));
    refused
        .refuse(accounting(1, 9), store.now(), "too many".to_owned())
        .unwrap();
    let second = store.load(Snapshot, &[("다솜", 3)]).await;
    let loads = store.lake.loads(&parking()).unwrap();
    let numbers: Vec<i64> = loads.iter().map(|load| load.number).collect();
    assert_eq!(numbers, [second.number, 0, 1]);
    assert!(loads[0].committed_at > loads[1].committed_at);
    assert!(loads[1].committed_at > ahead);
}
