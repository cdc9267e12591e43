//! Rows replaced or deleted by key in tables larger than a row group.

use arrow::array::{Int64Array, RecordBatch, StringArray};
use city::dataset::LoadMode::Upsert;
use lake::{At, Record};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::RowGroupMetaData;
use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use crate::rows::{Store, accounting, batch, parking, store};

/// Three row groups, the last one short.
const ROWS: usize = 600_000;

fn name(number: usize) -> String {
    format!("주차장 {number:07}")
}

fn many(numbers: impl Iterator<Item = usize>, spaces: i64) -> RecordBatch {
    let names: Vec<String> = numbers.map(name).collect();
    let spaces = Int64Array::from(vec![spaces; names.len()]);
    let schema = batch(&[]).schema();
    let names = Arc::new(StringArray::from(names));
    RecordBatch::try_new(schema, vec![names, Arc::new(spaces)]).unwrap()
}

async fn load(store: &Store, rows: &RecordBatch, existing: Option<&RecordBatch>) -> Record {
    let writer = store.begin(Upsert, rows);
    writer.accept(rows).unwrap();
    if let Some(existing) = existing {
        writer.exist(existing).unwrap();
    }
    let count = accounting(rows.num_rows(), 0);
    writer.commit(count, store.now()).await.unwrap()
}

/// What stands in the table, by name.
fn table(store: &Store) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    let columns = ["name", "spaces"].map(str::to_owned);
    let take = |rows: RecordBatch| {
        let names = rows
            .column(0)
            .as_any()
            .downcast_ref::<StringArray>()
            .unwrap();
        let spaces = rows
            .column(1)
            .as_any()
            .downcast_ref::<Int64Array>()
            .unwrap();
        for (name, spaces) in names.iter().zip(spaces) {
            let before = found.insert(name.unwrap().to_owned(), spaces.unwrap());
            assert_eq!(before, None, "a key stands twice");
        }
        Ok(())
    };
    store.lake.scan(&parking(), &columns, take).unwrap();
    found
}

fn groups(store: &Store) -> Vec<Vec<i64>> {
    let folder = store.folder.path().join("tables/parking");
    let mut all: Vec<Vec<i64>> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "parquet"))
        .map(|path| {
            let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap());
            let metadata = Arc::clone(file.unwrap().metadata());
            let groups = metadata.row_groups().iter();
            groups.map(RowGroupMetaData::num_rows).collect()
        })
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn only_the_row_group_that_holds_a_key_is_written_again() {
    let store = store();
    load(&store, &many(0..ROWS, 1), None).await;
    let new = many([ROWS - 1, ROWS - 7, ROWS + 1].into_iter(), 2);
    let version = load(&store, &new, None).await;
    assert_eq!(
        (version.rows, version.deleted),
        (u64::try_from(ROWS + 1).unwrap(), 0)
    );
    let mut expected: BTreeMap<String, i64> = (0..ROWS).map(|row| (name(row), 1)).collect();
    expected.extend([ROWS - 1, ROWS - 7, ROWS + 1].map(|row| (name(row), 2)));
    assert!(table(&store) == expected);
    let group = 256 << 10;
    let last = i64::try_from(ROWS).unwrap() - 2 * group;
    assert_eq!(
        groups(&store),
        [
            vec![3],
            vec![last - 2],
            vec![group, group],
            vec![group, group, last]
        ],
        "the two groups without a key are copied, the third is written again"
    );
}

#[tokio::test]
async fn rows_that_the_source_has_no_more_go_and_what_arrived_stays() {
    let store = store();
    let rows = [("가온", 1), ("누리", 2), ("다솜", 3), ("라온", 4)];
    load(&store, &batch(&rows), None).await;
    let version = load(
        &store,
        &batch(&[("마루", 5), ("누리", 22)]),
        Some(&batch(&[("가온", 0), ("누리", 0), ("라온", 0)])),
    )
    .await;
    assert_eq!((version.rows, version.deleted), (4, 1));
    assert_eq!(
        store.rows(At::Latest).await,
        ["가온 1", "누리 22", "라온 4", "마루 5"]
    );
    assert_eq!(store.rows(At::Version(1)).await.len(), 4);
}

#[tokio::test]
async fn it_is_known_before_whether_any_row_goes() {
    let store = store();
    load(&store, &batch(&[("가온", 1), ("누리", 2)]), None).await;
    for (existing, any) in [(["가온", "누리"], false), (["가온", "마루"], true)] {
        let nothing = batch(&[]);
        let writer = store.begin(Upsert, &nothing);
        let existing = existing.map(|name| (name, 0));
        writer.exist(&batch(&existing)).unwrap();
        assert_eq!(writer.replaces_any().unwrap(), any);
    }
}
