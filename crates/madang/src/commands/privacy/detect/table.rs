//! The rows of a dataset, through the one door.

use std::sync::Arc;

use access::Rows;
use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use futures::StreamExt as _;
use privacy::detect::Day;
use privacy::detect::column::Scan;

use super::{Found, Looker, Words};
use crate::config::Config;
use crate::exit::Failure;
use crate::platform::Platform;

/// Looks at every cell that the reader may see of a dataset's newest version.
pub(super) async fn look(
    config: &Config,
    name: &str,
    words: &Words,
    today: Day,
) -> Result<Found, Failure> {
    let platform = Platform::open(config).await?;
    let outcome = read(&platform, name, words, today).await;
    platform.close().await;
    outcome
}

async fn read(
    platform: &Platform,
    name: &str,
    words: &Words,
    today: Day,
) -> Result<Found, Failure> {
    let dataset = platform.dataset(name)?;
    let reader = platform.reader(words.person.as_deref(), Some(&words.purpose));
    let mut answer = reader
        .rows(&Rows {
            dataset: dataset.id.clone(),
            ..Rows::default()
        })
        .await?;
    let mut found = Found::new(dataset.id.to_string());
    let mut looker = Looker::new(today, words.each, words.json);
    let columns = answer.schema.fields().iter().filter(|field| {
        let is_shape = matches!(field.data_type(), DataType::Binary | DataType::BinaryView);
        !is_shape && !field.name().starts_with('_')
    });
    for field in columns {
        let declared = dataset.column(field.name());
        let names = declared.map(|column| [column.title.as_str(), column.source_name()]);
        let names = names.into_iter().flatten().chain([field.name().as_str()]);
        let scan = Scan::new(names);
        found.columns.push((field.name().clone(), scan));
    }
    let id: Arc<str> = dataset.id.as_str().into();
    while let Some(rows) = answer.next().await {
        let rows = rows?;
        see(&mut found, &mut looker, &rows, &id)?;
        found.rows += u64::try_from(rows.num_rows()).unwrap_or_default();
    }
    Ok(found)
}

fn see(
    found: &mut Found,
    looker: &mut Looker,
    rows: &RecordBatch,
    id: &Arc<str>,
) -> Result<(), Failure> {
    let before = found.rows;
    let text = |name: &str| {
        let array = rows.column_by_name(name)?;
        cast(array, &DataType::Utf8).ok()
    };
    let files = text(ingest::types::FILE_COLUMN);
    let files = files
        .as_ref()
        .and_then(|array| array.as_string_opt::<i32>());
    let numbers = rows
        .column_by_name(ingest::types::ROW_COLUMN)
        .and_then(|array| array.as_primitive_opt::<Int64Type>());
    // Where a row came from; its place in the version where that is not told.
    let place = |row: usize| {
        let file = files
            .filter(|files| files.is_valid(row))
            .map(|files| files.value(row));
        let number = numbers
            .filter(|numbers| numbers.is_valid(row))
            .map(|numbers| numbers.value(row));
        let number = number.and_then(|number| u64::try_from(number).ok());
        if let (Some(file), Some(number)) = (file, number) {
            return (Arc::from(file), number);
        }
        let place = u64::try_from(row).unwrap_or_default();
        (Arc::clone(id), before + place + 1)
    };
    for column in &mut found.columns {
        let Some(array) = text(&column.0) else {
            continue;
        };
        let Some(cells) = array.as_string_opt::<i32>() else {
            continue;
        };
        for (row, cell) in cells.iter().enumerate() {
            if let Some(cell) = cell {
                let (file, number) = place(row);
                looker.see(column, cell, (&file, number))?;
            }
        }
    }
    Ok(())
}
