//! What differs between two versions.

use std::collections::HashMap;
use std::hash::Hash;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};
use city::DatasetId;
use serde::Serialize;

use crate::table::reader;
use crate::{At, Lake, LakeError};

/// Rows that differ between two versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Rows only in the later.
    pub added: u64,
    /// Rows only in the earlier.
    pub removed: u64,
    /// Rows of the same key with other values; 0 where the dataset has no key.
    pub changed: u64,
}

/// Columns that say where a row came from are not what it says.
const ORIGIN: [&str; 2] = ["_file", "_row"];

impl Lake {
    /// Compares two versions: by key where the later declares one, else row by row as a multiset. A row is
    /// remembered by 128 bits of hash.
    ///
    /// # Errors
    /// When a version is not there or cannot be read.
    pub fn compare(
        &self,
        dataset: &DatasetId,
        earlier: i64,
        later: i64,
    ) -> Result<Difference, LakeError> {
        let missing = |number: i64| LakeError::NoVersion {
            dataset: dataset.to_string(),
            asked: number.to_string(),
        };
        let record = self
            .version(dataset, &At::Version(later))?
            .ok_or_else(|| missing(later))?;
        self.version(dataset, &At::Version(earlier))?
            .ok_or_else(|| missing(earlier))?;
        let key = &record.key;
        let mut before: HashMap<u128, (i64, u128)> = HashMap::new();
        self.rows(dataset, earlier, key, |id, row| {
            let entry = before.entry(id).or_insert((0, row));
            entry.0 += 1;
        })?;
        let mut difference = Difference::default();
        self.rows(dataset, later, key, |id, row| match before.get_mut(&id) {
            Some((left, known)) if *left > 0 => {
                *left -= 1;
                difference.changed += u64::from(*known != row);
            }
            _ => difference.added += 1,
        })?;
        difference.removed = before
            .values()
            .map(|(left, _)| u64::try_from(*left).unwrap_or_default())
            .sum();
        Ok(difference)
    }

    /// Tells of each row: a hash of its key (or of all of it) and of all of it.
    fn rows(
        &self,
        dataset: &DatasetId,
        number: i64,
        key: &[String],
        mut tell: impl FnMut(u128, u128),
    ) -> Result<(), LakeError> {
        for file in self.files(dataset, number)? {
            let path = self.table_folder(dataset).join(&file.path);
            for batch in reader(&path, None)? {
                let batch = batch?;
                let whole = hashes(&batch, |name| !ORIGIN.contains(&name))?;
                let has_key =
                    !key.is_empty() && key.iter().all(|name| batch.column_by_name(name).is_some());
                let ids = if has_key {
                    hashes(&batch, |name| key.iter().any(|key| key == name))?
                } else {
                    whole.clone()
                };
                ids.into_iter()
                    .zip(whole)
                    .for_each(|(id, row)| tell(id, row));
            }
        }
        Ok(())
    }
}

/// A hash of some columns of each row, the same whatever other columns there are. Empty cells count as absent,
/// so that a column added later and empty changes nothing.
fn hashes(rows: &RecordBatch, wanted: impl Fn(&str) -> bool) -> Result<Vec<u128>, ArrowError> {
    let states = [
        ahash::RandomState::with_seeds(1, 2, 3, 4),
        ahash::RandomState::with_seeds(5, 6, 7, 8),
    ];
    let mut sums = vec![0_u128; rows.num_rows()];
    let schema = rows.schema();
    for (field, array) in schema
        .fields()
        .iter()
        .zip(rows.columns())
        .filter(|(field, _)| wanted(field.name()))
    {
        let converter = RowConverter::new(vec![SortField::new(field.data_type().clone())])?;
        let values = converter.convert_columns(std::slice::from_ref(array))?;
        for ((at, value), sum) in values.iter().enumerate().zip(&mut sums) {
            if array.is_valid(at) {
                let half = |state: &ahash::RandomState| {
                    u128::from(hash(state, field.name(), value.as_ref()))
                };
                *sum = sum.wrapping_add(half(&states[0]) << 64 | half(&states[1]));
            }
        }
    }
    Ok(sums)
}

fn hash(state: &ahash::RandomState, name: &str, value: &[u8]) -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let mut hasher = state.build_hasher();
    name.hash(&mut hasher);
    value.hash(&mut hasher);
    hasher.finish()
}
