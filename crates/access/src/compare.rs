//! What differs between two versions, as far as a person sees them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};
use city::Dataset;
use futures::StreamExt as _;
use lake::{At, Difference, Record};

use crate::error::AskError;
use crate::policy::SYSTEM_COLUMNS;
use crate::reader::Reader;
use crate::rows::touched;

impl Reader {
    /// What differs between two versions.
    ///
    /// # Errors
    /// When the dataset may not be seen, or a version is not there.
    pub async fn compare(
        &self,
        id: &str,
        earlier: i64,
        later: i64,
    ) -> Result<Difference, AskError> {
        match self.try_compare(id, earlier, later).await {
            Err(error) => Err(self.log_denial(error).await),
            difference => difference,
        }
    }

    async fn try_compare(
        &self,
        id: &str,
        earlier: i64,
        later: i64,
    ) -> Result<Difference, AskError> {
        let dataset = Arc::clone(self.dataset(id)?);
        let earlier = self.find_version(id, &At::Version(earlier))?;
        let later = self.find_version(id, &At::Version(later))?;
        if !self.sees_all(&earlier)? || !self.sees_all(&later)? {
            return self.compare_shown(&dataset, &earlier, &later).await;
        }
        let columns = dataset.columns.iter().map(|column| column.name.clone());
        let entry = self.entry(
            vec![touched(&earlier, columns.clone()), touched(&later, columns)],
            Some(described(&earlier, &later)),
        );
        self.door.records.log().append(entry).await?;
        let lake = Arc::clone(&self.door.lake);
        let compared = tokio::task::spawn_blocking(move || {
            lake.compare(&dataset.id, earlier.number, later.number)
        });
        compared
            .await
            .map_err(|error| AskError::Run(Some(error.to_string())))?
            .map_err(AskError::from)
    }

    fn sees_all(&self, version: &Record) -> Result<bool, AskError> {
        let all = self.door.table(version)?.schema();
        let shown = self.window(version, false)?.schema();
        Ok(all
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .filter(|name| !SYSTEM_COLUMNS.contains(name))
            .all(|name| shown.field_with_name(name).is_ok()))
    }

    /// Compares what this person sees: that a hidden value changed is not for them. By key where the key is
    /// shown, else row by row as a multiset.
    async fn compare_shown(
        &self,
        dataset: &Dataset,
        earlier: &Record,
        later: &Record,
    ) -> Result<Difference, AskError> {
        let key = &dataset.load.key;
        let keyed = !key.is_empty() && key.iter().all(|name| dataset.column(name).is_some());
        let key: &[String] = if keyed { key } else { &[] };
        let mut before: HashMap<u128, (u64, u128)> = HashMap::new();
        let asked = described(earlier, later);
        self.each_row(earlier, key, &asked, |id, row| {
            before.entry(id).or_insert((0, row)).0 += 1;
        })
        .await?;
        let mut difference = Difference::default();
        self.each_row(later, key, &asked, |id, row| match before.get_mut(&id) {
            Some((left, known)) if *left > 0 => {
                *left -= 1;
                difference.changed += u64::from(*known != row);
            }
            _ => difference.added += 1,
        })
        .await?;
        difference.removed = before.values().map(|(left, _)| left).sum();
        Ok(difference)
    }

    /// Tells of each row: a hash of its key (or of all of it) and of all of it.
    async fn each_row(
        &self,
        version: &Record,
        key: &[String],
        asked: &str,
        mut tell: impl FnMut(u128, u128),
    ) -> Result<(), AskError> {
        let plan = self
            .scan(version)?
            .build()
            .map_err(|error| self.failed(&error))?;
        let names = plan.schema().fields().iter();
        let read = touched(version, names.map(|field| field.name().clone()));
        let mut answer = self
            .run(plan, vec![read], Some(asked.to_owned()), false, Vec::new())
            .await?;
        let failed = |error: ArrowError| AskError::Run(Some(error.to_string()));
        while let Some(batch) = answer.next().await {
            let batch = batch?;
            let rows = hashes(&batch, |_| true).map_err(failed)?;
            let has_key =
                !key.is_empty() && key.iter().all(|name| batch.column_by_name(name).is_some());
            let ids = if has_key {
                hashes(&batch, |name| key.iter().any(|key| key == name)).map_err(failed)?
            } else {
                rows.clone()
            };
            ids.into_iter()
                .zip(rows)
                .for_each(|(id, row)| tell(id, row));
        }
        Ok(())
    }
}

fn described(earlier: &Record, later: &Record) -> String {
    format!("compare {} {}", earlier.number, later.number)
}

/// A hash of some columns of each row. Empty cells count as absent, so that a column added later and empty
/// changes nothing.
fn hashes(rows: &RecordBatch, wanted: impl Fn(&str) -> bool) -> Result<Vec<u128>, ArrowError> {
    let mut sums = vec![0_u128; rows.num_rows()];
    let schema = rows.schema();
    for (field, array) in schema.fields().iter().zip(rows.columns()) {
        if !wanted(field.name()) {
            continue;
        }
        let converter = RowConverter::new(vec![SortField::new(field.data_type().clone())])?;
        let cells = converter.convert_columns(&[Arc::clone(array)])?;
        for (at, (sum, cell)) in sums.iter_mut().zip(&cells).enumerate() {
            if array.is_valid(at) {
                let (high, low) = (
                    half(1, field.name(), cell.as_ref()),
                    half(2, field.name(), cell.as_ref()),
                );
                *sum = sum.wrapping_add((u128::from(high) << 64) | u128::from(low));
            }
        }
    }
    Ok(sums)
}

fn half(salt: u8, name: &str, cell: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (salt, name, cell).hash(&mut hasher);
    hasher.finish()
}
