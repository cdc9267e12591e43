//! Corrections followed by a load: the wrong cells that come again are put right before anything is judged.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use city::dataset::LoadMode;
use city::{Dataset, Reason, Why};
use ingest::decode::DecodeError;
use ingest::{Block, BrokenRow, Mending, SourceTable};
use lake::correction::{Came, CellChange, Correction, Remedy, RowName, whole_sha256};
use lake::{Lake, Landed, Outcome, Record};

use crate::exit::Failure;

/// The corrections of a dataset that stand, ready to be looked up.
#[derive(Debug, Default)]
pub(crate) struct Corrections {
    all: Vec<Correction>,
    /// Places in `all` by what names the row: the cells of some source columns.
    by_key: BTreeMap<Vec<String>, HashMap<Vec<String>, Vec<usize>>>,
    /// Places in `all` by the hash of the whole row.
    by_row: HashMap<String, Vec<usize>>,
    came: Mutex<BTreeMap<String, Came>>,
}

/// What is done with one row.
#[derive(Debug, Default, PartialEq)]
struct Done {
    cells: Option<Vec<String>>,
    leave_out: Option<String>,
}

impl Corrections {
    pub(crate) fn new(all: Vec<Correction>) -> Self {
        let mut found = Self::default();
        for (at, correction) in all.iter().enumerate() {
            match &correction.row {
                RowName::Key { cells } => {
                    let columns = cells.keys().cloned().collect();
                    let values = cells.values().cloned().collect();
                    let named = found.by_key.entry(columns).or_default();
                    named.entry(values).or_default().push(at);
                }
                RowName::Whole { sha256 } => {
                    found.by_row.entry(sha256.clone()).or_default().push(at);
                }
            }
        }
        // What no row is found for has not come.
        found.came = Mutex::new(
            all.iter()
                .map(|correction| (correction.id.clone(), Came::Absent))
                .collect(),
        );
        found.all = all;
        found
    }

    /// What came of each, once all rows have passed.
    pub(crate) fn came(&self) -> BTreeMap<String, Came> {
        self.came
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A newer delivery has the row: the correction of the older one has nothing to do.
    pub(crate) fn superseded(&self, id: &str) {
        let mut came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        came.insert(id.to_owned(), Came::Superseded);
    }

    /// Puts a block's rows right.
    pub(crate) fn apply(
        &self,
        block: Block,
        dataset: &Dataset,
        city_crs: &str,
    ) -> Result<Block, DecodeError> {
        if self.all.is_empty() {
            return Ok(block);
        }
        let keys = self.places(&block.source);
        let mut mending = Mending::default();
        let mut left_out: Vec<BrokenRow> = Vec::new();
        let mut gone: BTreeSet<usize> = BTreeSet::new();
        let numbers = block.numbers();
        for (row, number) in numbers.iter().enumerate() {
            let cells = block.raw.cells(row);
            let done = self.of_row(&block.source, &keys, &cells);
            if let Some(correction) = done.leave_out {
                gone.insert(row);
                left_out.push(left(&block.source.file, *number, cells, correction));
            } else if let Some(cells) = done.cells {
                mending.rows.insert(row, cells);
            }
        }
        let mut block = block;
        for (at, broken) in block.broken.iter_mut().enumerate() {
            let done = self.of_row(&block.source, &[], &broken.raw);
            if let Some(correction) = done.leave_out {
                let raw = std::mem::take(&mut broken.raw);
                *broken = left(&broken.file, broken.row, raw, correction);
            } else if let Some(cells) = done.cells {
                mending.broken.insert(at, cells);
            }
        }
        let mut block = block.mended(dataset, city_crs, &mending)?;
        if !gone.is_empty() {
            block = block.without(&gone)?;
            block.broken.extend(left_out);
        }
        Ok(block)
    }

    /// Where each set of key columns stands in the source; a set that it has not all of names none of its rows.
    fn places(&self, source: &SourceTable) -> Vec<(&Vec<String>, Vec<usize>)> {
        let of = |columns: &Vec<String>| {
            columns
                .iter()
                .map(|column| place(source, column))
                .collect::<Option<Vec<_>>>()
        };
        self.by_key
            .keys()
            .filter_map(|columns| Some((columns, of(columns)?)))
            .collect()
    }

    fn of_row(
        &self,
        source: &SourceTable,
        keys: &[(&Vec<String>, Vec<usize>)],
        cells: &[String],
    ) -> Done {
        let mut found: BTreeSet<usize> = BTreeSet::new();
        for (columns, places) in keys {
            let key: Option<Vec<String>> = places
                .iter()
                .map(|place| cells.get(*place).map(|cell| cell.trim().to_owned()))
                .collect();
            let named = self.by_key.get(*columns);
            if let Some(all) = key.and_then(|key| named?.get(&key)) {
                found.extend(all);
            }
        }
        if !self.by_row.is_empty()
            && let Some(all) = self.by_row.get(&whole_sha256(cells))
        {
            found.extend(all);
        }
        let mut done = Done::default();
        for correction in found.into_iter().filter_map(|at| self.all.get(at)) {
            let came = follow(correction, source, cells, &mut done);
            let mut all = self.came.lock().unwrap_or_else(PoisonError::into_inner);
            let known = all.entry(correction.id.clone()).or_insert(Came::Absent);
            *known = came.max(*known);
        }
        done
    }
}

/// Follows one correction; what came of it.
fn follow(
    correction: &Correction,
    source: &SourceTable,
    cells: &[String],
    done: &mut Done,
) -> Came {
    match &correction.remedy {
        Remedy::LeaveOut => {
            done.leave_out = Some(correction.id.clone());
            Came::Applied
        }
        Remedy::Replace { cells: new } => {
            let own = source.columns.iter();
            done.cells = Some(
                own.map(|column| new.get(column).cloned().unwrap_or_default())
                    .collect(),
            );
            Came::Applied
        }
        Remedy::Change { cells: changes } => {
            let came = changes
                .iter()
                .map(|change| change_cell(change, source, cells, done));
            came.max().unwrap_or(Came::Absent)
        }
    }
}

fn change_cell(
    change: &CellChange,
    source: &SourceTable,
    cells: &[String],
    done: &mut Done,
) -> Came {
    let Some(at) = place(source, &change.column) else {
        return Came::Changed;
    };
    let now = cells.get(at).map(|cell| cell.trim()).unwrap_or_default();
    if now == change.was.trim() {
        let all = done.cells.get_or_insert_with(|| cells.to_vec());
        if let Some(cell) = all.get_mut(at) {
            cell.clone_from(&change.becomes);
        }
        Came::Applied
    } else if now == change.becomes.trim() {
        Came::Fixed
    } else {
        Came::Changed
    }
}

fn place(source: &SourceTable, column: &str) -> Option<usize> {
    source.columns.iter().position(|name| name == column)
}

fn left(file: &str, row: u64, raw: Vec<String>, correction: String) -> BrokenRow {
    BrokenRow {
        file: file.to_owned(),
        row,
        raw,
        reason: Reason {
            column: None,
            value: None,
            why: Why::LeftOut { correction },
        },
    }
}

/// What corrections ask of the next load.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pending {
    /// Nothing.
    Nothing,
    /// The bytes of the newest load are loaded again, with these corrections.
    Again(Vec<Landed>, Vec<String>),
    /// Rows of earlier loads are read again, and nothing else.
    Rows(Vec<Correction>),
}

/// What the corrections that stand ask of a dataset's next load.
pub(crate) fn pending(lake: &Lake, dataset: &Dataset) -> Result<Pending, Failure> {
    let standing = lake.standing_corrections(&dataset.id)?;
    let loads = lake.loads(&dataset.id)?;
    let Some(newest) = loads.first() else {
        return Ok(Pending::Nothing);
    };
    if dataset.load.mode == LoadMode::Snapshot {
        let is_followed = follows(newest, &standing);
        return Ok(if is_followed || newest.outcome == Outcome::Held {
            Pending::Nothing
        } else {
            let ids = standing.into_iter().map(|correction| correction.id);
            Pending::Again(newest.sources.clone(), ids.collect())
        });
    }
    let done: BTreeSet<&String> = loads.iter().flat_map(|load| &load.readmits).collect();
    let open: Vec<Correction> = standing
        .into_iter()
        .filter(|correction| !done.contains(&correction.id))
        .filter(|correction| !matches!(correction.remedy, Remedy::LeaveOut))
        .collect();
    Ok(if open.is_empty() {
        Pending::Nothing
    } else {
        Pending::Rows(open)
    })
}

/// Whether a load followed these corrections and no other.
pub(crate) fn follows(load: &Record, standing: &[Correction]) -> bool {
    load.corrections.len() == standing.len()
        && standing
            .iter()
            .all(|correction| load.corrections.contains_key(&correction.id))
}

#[cfg(test)]
mod tests;
