//! Not a test of right or wrong: how long encoding takes, told when asked for.

use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use city::dataset::LoadMode::Snapshot;

use crate::rows::{accounting, parking, store};

fn wide(rows: i64) -> RecordBatch {
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for number in 0_i64..20 {
        let name = format!("c{number}");
        let (data_type, column): (DataType, ArrayRef) = match number % 4 {
            0 => (
                DataType::Int64,
                Arc::new(
                    (0..rows)
                        .map(|row| Some(row * (number + 1)))
                        .collect::<Int64Array>(),
                ),
            ),
            1 => (
                DataType::Utf8,
                Arc::new(
                    (0..rows)
                        .map(|row| Some(format!("한빛동 {}", (row * 7) % 50)))
                        .collect::<StringArray>(),
                ),
            ),
            2 => (
                DataType::Float64,
                Arc::new(
                    (0..rows)
                        .map(|row| Some(f64::from(i32::try_from(row % 9973).unwrap()) / 7.0))
                        .collect::<Float64Array>(),
                ),
            ),
            _ => (
                DataType::Utf8,
                Arc::new(
                    (0..rows)
                        .map(|row| Some(format!("민원 {}", row * 31 % 100_003)))
                        .collect::<StringArray>(),
                ),
            ),
        };
        fields.push(Field::new(name, data_type, true));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

/// `LAKE_BENCH_BATCHES=30` writes 2 million rows of 20 columns; without it, one batch.
#[tokio::test]
async fn encoding_keeps_up() {
    let batches: u64 = std::env::var("LAKE_BENCH_BATCHES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let store = store();
    let batch = wide(65_536);
    let plan = store.plan(Snapshot, "x");
    let writer = store
        .lake
        .begin(
            &parking(),
            batch.schema(),
            lake::LoadPlan {
                key: vec![],
                ..plan
            },
        )
        .unwrap();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for lane in 0..2 {
            let (writer, batch) = (&writer, &batch);
            scope.spawn(move || {
                (0..batches)
                    .filter(|seq| seq % 2 == lane)
                    .for_each(|_| writer.accept(batch).unwrap());
            });
        }
    });
    let encoded = start.elapsed();
    let rows = usize::try_from(batches).unwrap() * batch.num_rows();
    let version = writer
        .commit(accounting(rows, 0), store.now())
        .await
        .unwrap();
    println!(
        "{} rows: {encoded:?} to encode, {:?} with the commit",
        version.rows,
        start.elapsed()
    );
    assert_eq!(version.rows, u64::try_from(rows).unwrap());
}
