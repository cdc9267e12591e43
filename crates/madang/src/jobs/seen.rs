//! What a dataset's columns hold, read through the door, for comparisons with a standard.

use access::{Question, Reader};
use arrow::array::{Array as _, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use city::{Column, ColumnType, Dataset};
use quality::standard::Seen;

use crate::exit::Failure;

/// Distinct values of a column that are looked at, the most frequent first.
const VALUES: usize = 2_000;

/// The columns of `dataset` with a sample of their values.
pub(crate) async fn seen(reader: &Reader, dataset: &Dataset) -> Result<Vec<Seen>, Failure> {
    let columns: Vec<&Column> = dataset
        .columns
        .iter()
        .filter(|column| column.column_type != ColumnType::Geometry)
        .collect();
    let counts: Vec<String> = columns
        .iter()
        .map(|column| format!("count({})", name(&column.name)))
        .collect();
    let sql = format!(
        "SELECT count(*), {} FROM {}",
        counts.join(", "),
        name(dataset.id.as_str())
    );
    let filled = numbers(&ask(reader, sql).await?);
    let rows = filled.first().copied().unwrap_or_default();
    let mut seen = Vec::with_capacity(columns.len());
    for (at, column) in columns.into_iter().enumerate() {
        let values = values(reader, dataset, column).await?;
        let filled = filled.get(at + 1).copied().unwrap_or_default();
        seen.push(Seen::new(column, rows, filled, values));
    }
    Ok(seen)
}

/// A column's most frequent values with how often they stand.
async fn values(
    reader: &Reader,
    dataset: &Dataset,
    column: &Column,
) -> Result<Vec<(String, u64)>, Failure> {
    let (value, table) = (as_text(column), name(dataset.id.as_str()));
    let own = name(&column.name);
    let sql = format!(
        "SELECT {value} AS said, count(*) AS times FROM {table} WHERE {own} IS NOT NULL GROUP BY {value} ORDER BY times DESC, said LIMIT {VALUES}"
    );
    let mut values = Vec::new();
    for batch in ask(reader, sql).await? {
        let (Some(said), Some(times)) = (
            batch.column(0).as_string_opt::<i32>(),
            batch.column(1).as_primitive_opt::<Int64Type>(),
        ) else {
            continue;
        };
        let pairs = said.iter().zip(times.values());
        values.extend(pairs.filter_map(|(said, times)| {
            Some((said?.to_owned(), u64::try_from(*times).unwrap_or_default()))
        }));
    }
    Ok(values)
}

/// A value as a standard writes it: `Y` and `N`, days and months in ISO 8601.
fn as_text(column: &Column) -> String {
    let own = name(&column.name);
    match column.column_type {
        ColumnType::Boolean => format!("CASE WHEN {own} THEN 'Y' ELSE 'N' END"),
        ColumnType::Month => format!("substr(CAST({own} AS VARCHAR), 1, 7)"),
        _ => format!("CAST({own} AS VARCHAR)"),
    }
}

fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

async fn ask(reader: &Reader, sql: String) -> Result<Vec<RecordBatch>, Failure> {
    let question = Question {
        sql,
        ..Question::default()
    };
    Ok(reader.ask(question).await?.collect().await?)
}

/// The first row's whole numbers.
fn numbers(batches: &[RecordBatch]) -> Vec<u64> {
    let first = batches.iter().find(|batch| batch.num_rows() > 0);
    first
        .into_iter()
        .flat_map(RecordBatch::columns)
        .map(|array| {
            let number = array
                .as_primitive_opt::<Int64Type>()
                .filter(|array| !array.is_empty())
                .map(|array| array.value(0));
            number
                .and_then(|number| u64::try_from(number).ok())
                .unwrap_or_default()
        })
        .collect()
}
