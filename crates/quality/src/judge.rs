//! A dataset's contract, compiled once per load.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use chrono::NaiveDate;
use city::check::{Check, TableCheck};
use city::{Dataset, Reason, Why};

use crate::checks::{self, RowCheck};
use crate::known::Known;
use crate::report::{Counted, Profile, Report};
use crate::unique::{self, Aborted, Turn, Unique};

/// Values of other datasets' columns that `refers-to` checks look up.
pub type References = HashMap<(String, String), Arc<Known>>;

/// Longitude and latitude bounds of the city: west, south, east, north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area(pub [f64; 4]);

/// Rows to judge: the table's shape, with what decoding found wrong.
pub struct Candidate<'c> {
    /// Typed rows, `_file` and `_row` among their columns.
    pub rows: RecordBatch,
    /// Cells that did not fit their type: row in the batch, reason.
    pub faults: Vec<(u32, Reason)>,
    /// Source cells of a row.
    pub raw: &'c dyn Fn(usize) -> Vec<String>,
}

/// A row that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Quarantined {
    /// File it stands in.
    pub file: String,
    /// Line or ordinal in the file.
    pub row: i64,
    /// Its cells as they came.
    pub raw: Vec<String>,
    /// Why, all of it.
    pub reasons: Vec<Reason>,
}

/// Both halves: every row that came in is in one of them.
#[derive(Debug)]
pub struct Verdict {
    /// Rows that satisfy the contract.
    pub accepted: RecordBatch,
    /// Rows that do not.
    pub quarantined: Vec<Quarantined>,
}

/// Why a batch could not be judged. Rows that fail are no error.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// Another thread gave up.
    #[error("the load was stopped")]
    Aborted(#[from] Aborted),
    /// The batch has not the table's shape.
    #[error("the batch has not the shape of the table")]
    Shape(#[from] ArrowError),
}

struct Compiled {
    check: Box<dyn RowCheck>,
    errors: AtomicU64,
    diagnosed: AtomicU64,
}

/// A dataset's contract. Shared by the threads of a load.
pub struct Judge {
    checks: Vec<Compiled>,
    unique: Vec<Unique>,
    turn: Turn,
    type_errors: Mutex<BTreeMap<(String, &'static str), u64>>,
    rows: AtomicU64,
    profile: Profile,
    fresh: Vec<city::check::FreshWithin>,
}

impl Judge {
    /// Compiles the checks of `dataset`. `today` stands for `"today"` in ranges.
    pub fn new(dataset: &Dataset, references: &References, area: Area, today: NaiveDate) -> Self {
        let mut compiled: Vec<Box<dyn RowCheck>> = Vec::new();
        let mut unique = Vec::new();
        if !dataset.load.key.is_empty() {
            unique.push(Unique::new(dataset.load.key.clone()));
        }
        for column in &dataset.columns {
            // Of a key no part may be missing.
            if dataset.load.key.contains(&column.name) && !column.checks.contains(&Check::Required)
            {
                compiled.extend(checks::of_column(
                    dataset,
                    column,
                    &Check::Required,
                    references,
                    today,
                ));
            }
            for check in &column.checks {
                match check {
                    Check::Unique => unique.push(Unique::new(vec![column.name.clone()])),
                    other => compiled
                        .extend(checks::of_column(dataset, column, other, references, today)),
                }
            }
        }
        let mut fresh = Vec::new();
        for check in &dataset.checks {
            match check {
                TableCheck::UniqueTogether(columns) => {
                    unique.push(Unique::new(columns.clone()));
                }
                TableCheck::FreshWithin(within) => fresh.push(within.clone()),
                other => compiled.extend(checks::of_table(dataset, other, area)),
            }
        }
        Self {
            checks: compiled
                .into_iter()
                .map(|check| Compiled {
                    check,
                    errors: AtomicU64::new(0),
                    diagnosed: AtomicU64::new(0),
                })
                .collect(),
            unique,
            turn: Turn::default(),
            type_errors: Mutex::new(BTreeMap::new()),
            rows: AtomicU64::new(0),
            profile: Profile::new(dataset),
            fresh,
        }
    }

    /// Keys that stand in the table already: for loads that append.
    ///
    /// # Errors
    /// When the batch lacks a key column.
    pub fn remember(&self, rows: &RecordBatch) -> Result<(), ArrowError> {
        self.unique
            .iter()
            .try_for_each(|unique| unique.remember(rows))
    }

    /// How many of these rows' keys (of [`city::dataset::Load::key`]) were accepted by this load.
    ///
    /// # Errors
    /// When the batch lacks a key column.
    pub fn keys_kept(&self, rows: &RecordBatch) -> Result<u64, ArrowError> {
        self.unique
            .first()
            .map_or(Ok(0), |unique| unique.known_among(rows))
    }

    /// Whether any check needs the keys that stand in the table already.
    pub fn has_unique(&self) -> bool {
        !self.unique.is_empty()
    }

    /// Lets threads that wait for their turn go: another failed.
    pub fn abort(&self) {
        self.turn.abort();
    }

    /// Judges the `seq`-th batch. Batches may come from several threads in any order; uniqueness is
    /// decided in the order of `seq`, so every number from 0 must come once.
    ///
    /// # Errors
    /// When the load was stopped, or the batch has not the table's shape.
    pub fn judge(&self, seq: u64, candidate: Candidate<'_>) -> Result<Verdict, JudgeError> {
        let Candidate { rows, faults, raw } = candidate;
        self.rows.fetch_add(
            u64::try_from(rows.num_rows()).unwrap_or_default(),
            Ordering::Relaxed,
        );
        let mut bad: BTreeMap<usize, Vec<Reason>> = BTreeMap::new();
        self.count_types(&faults);
        self.profile.see(&rows);
        // A place that cannot be converted leaves its cells as they are.
        let cells = faults
            .iter()
            .filter(|(_, reason)| !matches!(reason.why, Why::Place { .. }))
            .filter_map(|(row, reason)| Some((*row as usize, reason.column.clone()?)));
        let mistyped: HashSet<(usize, String)> = cells.collect();
        for (row, reason) in faults {
            bad.entry(row as usize).or_default().push(reason);
        }
        for compiled in &self.checks {
            let mut errors = 0;
            let diagnosed = compiled.check.judge(&rows, &mut |row, reason: Reason| {
                if !is_told(&mistyped, row, &reason) {
                    errors += 1;
                    bad.entry(row).or_default().push(reason);
                }
            })?;
            compiled.errors.fetch_add(errors, Ordering::Relaxed);
            compiled.diagnosed.fetch_add(diagnosed, Ordering::Relaxed);
        }
        if self.has_unique() {
            unique::judge(&self.unique, &self.turn, seq, &rows, &mut bad)?;
        }
        self.split(rows, bad, raw)
    }

    fn count_types(&self, faults: &[(u32, Reason)]) {
        if faults.is_empty() {
            return;
        }
        let mut counts = self
            .type_errors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (_, reason) in faults {
            *counts
                .entry((
                    reason.column.clone().unwrap_or_default(),
                    reason.why.check(),
                ))
                .or_default() += 1;
        }
    }

    fn split(
        &self,
        rows: RecordBatch,
        bad: BTreeMap<usize, Vec<Reason>>,
        raw: &dyn Fn(usize) -> Vec<String>,
    ) -> Result<Verdict, JudgeError> {
        if bad.is_empty() {
            self.profile.add(&rows);
            return Ok(Verdict {
                accepted: rows,
                quarantined: Vec::new(),
            });
        }
        let files = rows
            .column_by_name("_file")
            .and_then(|array| array.as_any().downcast_ref::<StringArray>())
            .cloned();
        let numbers = rows
            .column_by_name("_row")
            .and_then(|array| array.as_any().downcast_ref::<Int64Array>())
            .cloned();
        let mut keep = vec![true; rows.num_rows()];
        let mut quarantined = Vec::with_capacity(bad.len());
        for (row, reasons) in bad {
            if let Some(keep) = keep.get_mut(row) {
                *keep = false;
            }
            let file = files
                .as_ref()
                .filter(|files| row < files.len())
                .map_or_else(String::new, |files| files.value(row).to_owned());
            let number = numbers
                .as_ref()
                .filter(|numbers| row < numbers.len())
                .map_or(0, |numbers| numbers.value(row));
            quarantined.push(Quarantined {
                file,
                row: number,
                raw: raw(row),
                reasons,
            });
        }
        let accepted = filter_record_batch(&rows, &BooleanArray::from(keep))?;
        self.profile.add(&accepted);
        Ok(Verdict {
            accepted,
            quarantined,
        })
    }

    /// What was found over the whole load. `broken` rows could not be rows at all.
    pub fn finish(&self, broken: &[Why], today: NaiveDate) -> Report {
        let rows = self.rows.load(Ordering::Relaxed);
        let mut counted: Vec<Counted> = self
            .checks
            .iter()
            .map(|compiled| Counted {
                column: compiled.check.column().map(str::to_owned),
                check: compiled.check.name().to_owned(),
                errors: compiled.errors.load(Ordering::Relaxed),
                diagnosed: compiled.diagnosed.load(Ordering::Relaxed),
            })
            .collect();
        counted.extend(self.unique.iter().map(Unique::counted));
        let types = self
            .type_errors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        counted.extend(self.profile.type_checks(&types, rows));
        let all = rows + u64::try_from(broken.len()).unwrap_or_default();
        counted.push(Counted {
            column: None,
            check: "record".to_owned(),
            errors: all - rows,
            diagnosed: all,
        });
        counted.extend(
            self.fresh
                .iter()
                .filter_map(|within| self.profile.freshness(within, today)),
        );
        Report::new(all, counted, self.profile.columns())
    }
}

/// Whether a reason only follows from a cell that is not of its type: such a cell is empty only
/// here, and was told already.
fn is_told(mistyped: &HashSet<(usize, String)>, row: usize, reason: &Reason) -> bool {
    let has = |column: &String| mistyped.contains(&(row, column.clone()));
    if mistyped.is_empty() {
        return false;
    }
    match (&reason.column, &reason.why) {
        (Some(column), _) => has(column),
        (None, Why::AnyOf { columns } | Why::When { columns, .. }) => columns.iter().any(has),
        (None, _) => false,
    }
}
