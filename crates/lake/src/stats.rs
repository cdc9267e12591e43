//! What a written file tells of its columns: Delta's statistics, from the Parquet footer.

use parquet::basic::{ConvertedType, LogicalType};
use parquet::data_type::ByteArray;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescriptor;
use serde_json::{Map, Value, json};

/// Longest text kept as a bound; a longer one says no more.
const TEXT_BYTES_MAX: usize = 64;

/// Statistics of a file in Delta's form.
pub(crate) fn delta_stats(metadata: &ParquetMetaData) -> String {
    let mut minimum = Map::new();
    let mut maximum = Map::new();
    let mut nulls = Map::new();
    for (index, column) in metadata.file_metadata().schema_descr().columns().iter().enumerate() {
        let chunks: Option<Vec<&Statistics>> =
            metadata.row_groups().iter().map(|group| group.column(index).statistics()).collect();
        let Some(chunks) = chunks else { continue };
        let null_count: Option<u64> = chunks.iter().map(|chunk| chunk.null_count_opt()).sum();
        if let Some(count) = null_count {
            nulls.insert(column.name().to_owned(), json!(count));
        }
        if let Some((least, greatest)) = bounds(column, &chunks) {
            minimum.insert(column.name().to_owned(), least);
            maximum.insert(column.name().to_owned(), greatest);
        }
    }
    let rows = metadata.file_metadata().num_rows();
    json!({"numRecords": rows, "minValues": minimum, "maxValues": maximum, "nullCount": nulls}).to_string()
}

fn bounds(column: &ColumnDescriptor, chunks: &[&Statistics]) -> Option<(Value, Value)> {
    let logical = column.logical_type_ref();
    match chunks.first()? {
        Statistics::Int32(_) => {
            let (least, greatest) = spread(chunks, |chunk| match chunk {
                Statistics::Int32(value) => Some((value.min_opt().copied(), value.max_opt().copied())),
                _ => None,
            })?;
            let day = matches!(logical, Some(LogicalType::Date)) || column.converted_type() == ConvertedType::DATE;
            if day { Some((date(least)?, date(greatest)?)) } else { Some((json!(least), json!(greatest))) }
        }
        Statistics::Int64(_) => {
            let (least, greatest) = spread(chunks, |chunk| match chunk {
                Statistics::Int64(value) => Some((value.min_opt().copied(), value.max_opt().copied())),
                _ => None,
            })?;
            match logical {
                Some(LogicalType::Timestamp { .. }) => Some((moment(least)?, moment(greatest)?)),
                Some(LogicalType::Decimal { .. }) => None,
                _ => Some((json!(least), json!(greatest))),
            }
        }
        Statistics::Double(_) => {
            let (least, greatest) = spread(chunks, |chunk| match chunk {
                Statistics::Double(value) => Some((value.min_opt().copied(), value.max_opt().copied())),
                _ => None,
            })?;
            (least.is_finite() && greatest.is_finite()).then(|| (json!(least), json!(greatest)))
        }
        Statistics::ByteArray(_) if matches!(logical, Some(LogicalType::String)) => text_bounds(chunks),
        _ => None,
    }
}

fn text_bounds(chunks: &[&Statistics]) -> Option<(Value, Value)> {
    let (least, greatest) = spread(chunks, |chunk| match chunk {
        Statistics::ByteArray(value) => Some((value.min_opt().map(text), value.max_opt().map(text))),
        _ => None,
    })?;
    let (least, greatest) = (least?, greatest?);
    (least.len() <= TEXT_BYTES_MAX && greatest.len() <= TEXT_BYTES_MAX).then(|| (json!(least), json!(greatest)))
}

fn text(bytes: &ByteArray) -> Option<String> {
    bytes.as_utf8().ok().map(str::to_owned)
}

type Bounds<T> = (Option<T>, Option<T>);

/// Least and greatest over all chunks; chunks that hold only nulls have none.
fn spread<T: PartialOrd + Clone>(chunks: &[&Statistics], of: impl Fn(&Statistics) -> Option<Bounds<T>>) -> Option<(T, T)> {
    let mut found: Option<(T, T)> = None;
    for chunk in chunks {
        let (Some(least), Some(greatest)) = of(chunk)? else {
            if chunk.null_count_opt().is_some() && chunk.min_bytes_opt().is_none() {
                continue;
            }
            return None;
        };
        found = Some(match found {
            None => (least, greatest),
            Some((a, b)) => (if least < a { least } else { a }, if greatest > b { greatest } else { b }),
        });
    }
    found
}

fn date(days: i32) -> Option<Value> {
    let day = chrono::NaiveDate::from_epoch_days(days)?;
    Some(json!(day.format("%Y-%m-%d").to_string()))
}

fn moment(micros: i64) -> Option<Value> {
    let moment = chrono::DateTime::from_timestamp_micros(micros)?.naive_utc();
    Some(json!(moment.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()))
}

