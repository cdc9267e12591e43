//! The same rows, shared out in many ways.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::Float64Type;
use datafusion::datasource::MemTable;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

const ROWS: usize = 40_000;

/// Values of very different sizes, every ninth missing; groups; a number that is small or not.
fn rows() -> RecordBatch {
    let values = (0..ROWS).map(|row| {
        let size = [1e-3, 1.0, 1e4, 1e11][row % 4];
        // The golden ratio strews them over -0.2 to 0.8.
        let strewn = (f64::from(u32::try_from(row).unwrap()) * 0.618_033_988_749_894_8).fract();
        (row % 9 != 0).then_some((strewn - 0.2) * size)
    });
    let values: Float64Array = values.collect();
    let numbers = |most: i64| -> ArrayRef {
        let numbers = (0_i64..).take(ROWS).map(|row| row % most);
        Arc::new(Int64Array::from_iter_values(numbers))
    };
    RecordBatch::try_from_iter([
        ("x", Arc::new(values) as ArrayRef),
        ("g", numbers(7)),
        ("many", numbers(9_973)),
    ])
    .unwrap()
}

/// A machine of so many processors, whose table lies in so many parts.
fn machine(processors: usize, parts: usize, is_exact: bool) -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(processors)
        .with_batch_size(ROWS / 13);
    let mut builder = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features();
    if is_exact && let Some(functions) = builder.aggregate_functions() {
        super::exact(functions);
    }
    let context = SessionContext::new_with_state(builder.build());
    let rows = rows();
    let length = ROWS.div_ceil(parts);
    let parts = (0..parts).map(|part| {
        let from = part * length;
        vec![rows.slice(from, length.min(ROWS - from))]
    });
    let table = MemTable::try_new(rows.schema(), parts.collect()).unwrap();
    context.register_table("t", Arc::new(table)).unwrap();
    context
}

async fn told(context: &SessionContext, sql: &str) -> Vec<Option<u64>> {
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    let doubles = batches.iter().flat_map(|batch| {
        let doubles = batch
            .columns()
            .iter()
            .filter_map(|column| column.as_primitive_opt::<Float64Type>());
        doubles.flat_map(|column| column.iter().map(|own| own.map(f64::to_bits)))
    });
    doubles.collect()
}

#[tokio::test]
async fn a_sum_is_the_same_however_rows_are_shared_out() {
    for sql in [
        "select sum(x), avg(x), mean(x) from t",
        "select g, sum(x), avg(x) from t group by g order by g",
        "select many, sum(x), avg(x) from t group by many order by many",
        "select g, sum(x) filter (where many > 5000), avg(x) filter (where x > 0) from t group by g order by g",
        "select sum(x) / count(x), sum(x * 3) from t where g < 4",
        "select sum(distinct x) from t where many < 3",
    ] {
        let right = told(&machine(1, 1, true), sql).await;
        assert!(right.iter().any(Option::is_some), "{sql}");
        for (processors, parts) in [(2, 1), (3, 5), (16, 16), (7, 40)] {
            let told = told(&machine(processors, parts, true), sql).await;
            assert_eq!(told, right, "{sql}: {processors} processors, {parts} parts");
        }
    }
    // The engine's own is not: otherwise none of this would be needed.
    let sql = "select g, sum(x), avg(x) from t group by g order by g";
    let [one, many] = [machine(1, 1, false), machine(16, 16, false)];
    assert_ne!(told(&one, sql).await, told(&many, sql).await);
}

#[tokio::test]
async fn what_is_nothing_stays_nothing_and_windows_and_whole_numbers_are_as_they_were() {
    let (own, plain) = (machine(3, 5, true), machine(3, 5, false));
    let none = "select sum(x), avg(x) from t where g > 100";
    assert_eq!(told(&own, none).await, [None, None]);
    let empty = "select g, sum(x) from t where x is null group by g order by g";
    assert_eq!(told(&own, empty).await, vec![None; 7]);
    for sql in [
        "select avg(g), cast(sum(g) as double) from t",
        "select avg(distinct many), avg(cast(g as decimal(10, 2)))::double from t",
        "select sum(1.0 * g) over (order by many, g rows between 3 preceding and current row) from t order by many, g limit 50",
    ] {
        assert_eq!(told(&own, sql).await, told(&plain, sql).await, "{sql}");
    }
}
