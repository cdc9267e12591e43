//! What differs between two versions, as far as a person sees them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::Dataset;
use futures::StreamExt as _;
use lake::{At, Record};
use serde::Serialize;

use crate::error::AskError;
use crate::reader::Reader;
use crate::rows::touched;

/// Rows of each kind that are told one by one; of the others only their number.
pub const LISTED_MAX: usize = 100;

/// What differs between two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Rows only in the later.
    pub added: u64,
    /// Rows only in the earlier.
    pub removed: u64,
    /// Rows of the same key with other values; 0 where the dataset has no key that is shown.
    pub changed: u64,
    /// The first [`LISTED_MAX`] of each kind, in the order in which the versions hold them.
    pub rows: Vec<Differing>,
}

/// How a row differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Only in the later version.
    Added,
    /// Only in the earlier version.
    Removed,
    /// In both, with other values.
    Changed,
}

/// A row that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differing {
    /// How.
    pub kind: Kind,
    /// Its cells with their columns: as the later version has them, or the earlier where it is gone.
    pub cells: Vec<(String, Option<String>)>,
    /// Columns with another value: the column, before, after.
    pub changes: Vec<(String, Option<String>, Option<String>)>,
}

/// Rows of the earlier version by the hash of their key: how many are not met yet, and the hash of one.
type Before = HashMap<u128, (u64, u128)>;

impl Difference {
    fn count(&mut self, kind: Kind, row: impl FnOnce() -> Vec<(String, Option<String>)>) -> bool {
        let count = match kind {
            Kind::Added => &mut self.added,
            Kind::Removed => &mut self.removed,
            Kind::Changed => &mut self.changed,
        };
        *count += 1;
        let is_listed = usize::try_from(*count).is_ok_and(|count| count <= LISTED_MAX);
        if is_listed {
            self.rows.push(Differing {
                kind,
                cells: row(),
                changes: Vec::new(),
            });
        }
        is_listed
    }
}

impl Reader {
    /// What differs between two versions: by key where the key is shown, else row by row as a multiset. A
    /// row is remembered by 128 bits of hash. That a hidden value changed is not told.
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
        let pair = Pair {
            key: self.shown_key(&dataset),
            asked: format!("compare {} {}", earlier.number, later.number),
        };
        let mut before = Before::new();
        self.each_row(&earlier, &pair, |row| {
            before.entry(row.id).or_insert((0, row.whole)).0 += 1;
        })
        .await?;
        let mut difference = Difference::default();
        let mut changed: HashMap<u128, usize> = HashMap::new();
        self.each_row(&later, &pair, |row| {
            let kind = match before.get_mut(&row.id) {
                Some((left, known)) if *left > 0 => {
                    *left -= 1;
                    if *known == row.whole {
                        return;
                    }
                    Kind::Changed
                }
                _ => Kind::Added,
            };
            if difference.count(kind, || row.cells()) && kind == Kind::Changed {
                changed.insert(row.id, difference.rows.len() - 1);
            }
        })
        .await?;
        before.retain(|_, (left, _)| *left > 0);
        if !before.is_empty() || !changed.is_empty() {
            self.each_row(&earlier, &pair, |row| {
                if let Some(at) = changed.remove(&row.id)
                    && let Some(differing) = difference.rows.get_mut(at)
                {
                    differing.changes = changes(row.cells(), &differing.cells);
                } else if let Some((left, _)) = before.get_mut(&row.id)
                    && *left > 0
                {
                    *left -= 1;
                    difference.count(Kind::Removed, || row.cells());
                }
            })
            .await?;
        }
        Ok(difference)
    }

    /// Tells of each row a person sees, in the version's order.
    async fn each_row(
        &self,
        version: &Record,
        pair: &Pair,
        mut tell: impl FnMut(Seen<'_>),
    ) -> Result<(), AskError> {
        let plan = self
            .scan(version)?
            .build()
            .map_err(|error| self.failed(&error))?;
        let names = plan.schema().fields().iter();
        let read = touched(version, names.map(|field| field.name().clone()));
        let mut answer = self
            .run(plan, vec![read], Some(pair.asked.clone()), true, Vec::new())
            .await?;
        let failed = |error: ArrowError| AskError::Run(Some(error.to_string()));
        while let Some(batch) = answer.next().await {
            let batch = batch?;
            let whole = hashes(&batch, |_| true).map_err(failed)?;
            let key = &pair.key;
            let has_key =
                !key.is_empty() && key.iter().all(|name| batch.column_by_name(name).is_some());
            let ids = if has_key {
                hashes(&batch, |name| key.iter().any(|key| key == name)).map_err(failed)?
            } else {
                whole.clone()
            };
            for (at, (id, whole)) in ids.into_iter().zip(whole).enumerate() {
                tell(Seen {
                    id,
                    whole,
                    batch: &batch,
                    at,
                });
            }
        }
        Ok(())
    }
}

/// What is compared, by which key.
struct Pair {
    key: Vec<String>,
    asked: String,
}

impl Reader {
    /// The key, when all of it is shown as it is: matching rows by a hidden one would tell of it.
    fn shown_key(&self, dataset: &Dataset) -> Vec<String> {
        let key = &dataset.load.key;
        let seen = self.sight.dataset(&dataset.id);
        if key
            .iter()
            .all(|name| seen.is_some_and(|seen| seen.is_plain(name)))
        {
            key.clone()
        } else {
            Vec::new()
        }
    }
}

/// A row as it is read: a hash of its key (or of all of it) and of all of it.
struct Seen<'b> {
    id: u128,
    whole: u128,
    batch: &'b RecordBatch,
    at: usize,
}

impl Seen<'_> {
    fn cells(&self) -> Vec<(String, Option<String>)> {
        let schema = self.batch.schema();
        let fields = schema.fields().iter().zip(self.batch.columns());
        fields
            .map(|(field, array)| (field.name().clone(), said(array.as_ref(), self.at)))
            .collect()
    }
}

/// A cell as text; of a shape only its size.
fn said(array: &dyn Array, at: usize) -> Option<String> {
    if array.is_null(at) {
        return None;
    }
    let text = ArrayFormatter::try_new(array, &FormatOptions::default())
        .map(|cells| cells.value(at).to_string())
        .ok()?;
    Some(match array.data_type() {
        // In hexadecimal a byte takes two letters.
        DataType::Binary | DataType::LargeBinary => format!("{} B", text.len() / 2),
        _ => text,
    })
}

fn changes(
    before: Vec<(String, Option<String>)>,
    after: &[(String, Option<String>)],
) -> Vec<(String, Option<String>, Option<String>)> {
    let mut changes = Vec::new();
    for (name, before) in before {
        let after = after
            .iter()
            .find(|(other, _)| *other == name)
            .and_then(|(_, cell)| cell.clone());
        if before != after {
            changes.push((name, before, after));
        }
    }
    changes
}

/// A hash of some columns of each row, the same whatever other columns there are. Empty cells count as
/// absent, so that a column added later and empty changes nothing.
fn hashes(rows: &RecordBatch, wanted: impl Fn(&str) -> bool) -> Result<Vec<u128>, ArrowError> {
    let states = [
        ahash::RandomState::with_seeds(1, 2, 3, 4),
        ahash::RandomState::with_seeds(5, 6, 7, 8),
    ];
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
                let [high, low] = states
                    .each_ref()
                    .map(|state| u128::from(state.hash_one((field.name(), cell.as_ref()))));
                *sum = sum.wrapping_add((high << 64) | low);
            }
        }
    }
    Ok(sums)
}
