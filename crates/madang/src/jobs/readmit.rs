//! Rows of earlier loads read again because somebody put them right: for tables that only grow, or replace by key.

use std::collections::{BTreeMap, HashMap, HashSet};

use arrow::array::{ArrayRef, AsArray as _, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use arrow::row::{OwnedRow, RowConverter, SortField};
use city::Dataset;
use city::dataset::LoadMode;
use lake::{Correction, Lake, LakeError, Landed};

use crate::exit::Failure;
use crate::jobs::rows::Seen;

/// Which rows are read again, of which bytes, and how they change the table.
#[derive(Clone, Debug)]
pub(crate) struct Readmission {
    pub(crate) sources: Vec<Landed>,
    pub(crate) wanted: HashSet<(String, u64)>,
    pub(crate) corrections: Vec<Correction>,
    pub(crate) mode: LoadMode,
    pub(crate) key: Vec<String>,
}

impl Readmission {
    /// Rows that a load put aside are added; rows that stand in the table are replaced by their key. Not both at once:
    /// what is left over is the next readmission's.
    pub(crate) fn new(
        lake: &Lake,
        dataset: &Dataset,
        open: Vec<Correction>,
    ) -> Result<Option<Self>, Failure> {
        let (aside, accepted): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|correction| !correction.from.accepted);
        let corrections = if aside.is_empty() { accepted } else { aside };
        let loads = lake.loads(&dataset.id)?;
        let mut sources: BTreeMap<String, Landed> = BTreeMap::new();
        for correction in &corrections {
            let load = loads
                .iter()
                .find(|load| load.load_id == correction.from.load_id);
            let all = load.into_iter().flat_map(|load| &load.sources);
            sources.extend(all.map(|source| (source.sha256.clone(), source.clone())));
        }
        let is_in_table = corrections
            .first()
            .is_some_and(|correction| correction.from.accepted);
        let is_added = dataset.load.mode == LoadMode::Append && !is_in_table;
        Ok((!sources.is_empty()).then(|| Self {
            sources: sources.into_values().collect(),
            wanted: corrections.iter().map(row_of).collect(),
            corrections,
            mode: if is_added {
                LoadMode::Append
            } else {
                LoadMode::Upsert
            },
            key: dataset.load.key.clone(),
        }))
    }

    /// The accepted rows that still belong into the table, and the corrections of those that do not: a newer delivery
    /// has their key already.
    pub(crate) fn settle(
        &self,
        lake: &Lake,
        dataset: &Dataset,
        seen: Seen,
    ) -> Result<(Vec<RecordBatch>, Vec<&Correction>), LakeError> {
        if self.mode == LoadMode::Append || self.key.is_empty() {
            return Ok((seen.accepted, Vec::new()));
        }
        let newer = self.newer(lake, dataset, &seen)?;
        let kept = seen.accepted.iter().map(|rows| {
            let keep: BooleanArray = origins(rows)
                .into_iter()
                .map(|origin| Some(!newer.contains(&origin)))
                .collect();
            Ok(filter_record_batch(rows, &keep)?)
        });
        let kept = kept.collect::<Result<Vec<_>, LakeError>>()?;
        let gone = self
            .corrections
            .iter()
            .filter(|correction| newer.contains(&row_of(correction)));
        Ok((kept, gone.collect()))
    }

    /// Where rows come from whose key stands in the table with other values than they had.
    fn newer(
        &self,
        lake: &Lake,
        dataset: &Dataset,
        seen: &Seen,
    ) -> Result<HashSet<(String, u64)>, LakeError> {
        let mut newer = HashSet::new();
        let Some(first) = seen.accepted.first() else {
            return Ok(newer);
        };
        let columns: Vec<String> = dataset
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let (keys, values) = (
            Comparer::new(first, &self.key)?,
            Comparer::new(first, &columns)?,
        );
        let mut before: HashMap<(String, u64), OwnedRow> = HashMap::new();
        for rows in &seen.before {
            before.extend(origins(rows).into_iter().zip(values.of(rows)?));
        }
        let mut wanted: HashMap<OwnedRow, (String, u64)> = HashMap::new();
        for rows in &seen.accepted {
            wanted.extend(keys.of(rows)?.into_iter().zip(origins(rows)));
        }
        let in_table: HashSet<(String, u64)> = self
            .corrections
            .iter()
            .filter(|correction| correction.from.accepted)
            .map(row_of)
            .collect();
        lake.scan(&dataset.id, &columns, |rows| {
            for (key, value) in keys.of(&rows)?.iter().zip(values.of(&rows)?) {
                let Some(origin) = wanted.get(key) else {
                    continue;
                };
                let is_the_same = before.get(origin) == Some(&value);
                if !(is_the_same && in_table.contains(origin)) {
                    newer.insert(origin.clone());
                }
            }
            Ok(())
        })?;
        Ok(newer)
    }
}

fn row_of(correction: &Correction) -> (String, u64) {
    let from = &correction.from;
    (
        from.file.clone(),
        u64::try_from(from.row).unwrap_or_default(),
    )
}

/// File and row of each row.
fn origins(rows: &RecordBatch) -> Vec<(String, u64)> {
    let files = rows.column_by_name(ingest::types::FILE_COLUMN);
    let files = files.and_then(|files| files.as_string_opt::<i32>());
    let numbers = rows.column_by_name(ingest::types::ROW_COLUMN);
    let numbers = numbers.and_then(|numbers| numbers.as_primitive_opt::<Int64Type>());
    let (Some(files), Some(numbers)) = (files, numbers) else {
        return Vec::new();
    };
    (0..rows.num_rows())
        .map(|row| {
            let number = u64::try_from(numbers.value(row)).unwrap_or_default();
            (files.value(row).to_owned(), number)
        })
        .collect()
}

/// Some columns of rows as bytes that can be compared.
struct Comparer {
    columns: Vec<String>,
    converter: RowConverter,
}

impl Comparer {
    fn new(like: &RecordBatch, columns: &[String]) -> Result<Self, ArrowError> {
        let fields = columns.iter().map(|name| {
            let schema = like.schema();
            let field = schema.field_with_name(name)?;
            Ok(SortField::new(field.data_type().clone()))
        });
        Ok(Self {
            converter: RowConverter::new(fields.collect::<Result<_, ArrowError>>()?)?,
            columns: columns.to_vec(),
        })
    }

    fn of(&self, rows: &RecordBatch) -> Result<Vec<OwnedRow>, ArrowError> {
        let arrays = self.columns.iter().map(|name| {
            let array = rows.column_by_name(name).cloned();
            array.ok_or_else(|| ArrowError::SchemaError(format!("no column {name}")))
        });
        let arrays: Vec<ArrayRef> = arrays.collect::<Result<_, _>>()?;
        let rows = self.converter.convert_columns(&arrays)?;
        Ok(rows.iter().map(|row| row.owned()).collect())
    }
}
