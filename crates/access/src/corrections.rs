//! Corrections of rows: made, taken back and listed by staff, through the door like everything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use city::Dataset;
use lake::{CellChange, Correction, Remedy, RowName, Standing, Withdrawal};
use records::log::{Act, Entry, Touched};

use crate::error::AskError;
use crate::reader::Reader;

impl Reader {
    /// All corrections of a dataset, oldest first. Staff only: they hold cells.
    ///
    /// # Errors
    /// When this person may not see them, or there is no such dataset.
    pub fn corrections(&self, id: &str) -> Result<Arc<Vec<Standing>>, AskError> {
        let dataset = self.dataset(id)?;
        self.operator_only(id, "corrections")?;
        Ok(self.door.lake.corrections(&dataset.id)?)
    }

    /// All corrections of a dataset, oldest first, to be shown: that their cells were read stands in the access log.
    ///
    /// # Errors
    /// As for [`Self::corrections`], and when the log cannot be written.
    pub async fn read_corrections(&self, id: &str) -> Result<Arc<Vec<Standing>>, AskError> {
        let all = match self.corrections(id) {
            Ok(all) => all,
            Err(error) => return Err(self.log_denial(error).await),
        };
        let cells: Vec<(String, String)> = all
            .iter()
            .flat_map(|standing| named_cells(&standing.correction))
            .collect();
        self.read_by_hand(id, "corrections", &cells).await?;
        Ok(all)
    }

    /// Writes down that cells which lie beside the tables were read.
    pub(crate) async fn read_by_hand(
        &self,
        id: &str,
        what: &str,
        cells: &[(String, String)],
    ) -> Result<(), AskError> {
        let dataset = Arc::clone(self.dataset(id)?);
        let cells = cells.iter().map(|(column, cell)| (column, cell));
        let (subjects, about) = self.persons_of(&dataset, cells)?;
        let touched = Touched {
            dataset: dataset.id.clone(),
            version: None,
            columns: Vec::new(),
        };
        let entry = Entry {
            about: (!subjects.is_empty()).then_some(about),
            subjects,
            ..self.entry(vec![touched], Some(format!("{what} of {id}")))
        };
        self.door.records.log().append(entry).await?;
        Ok(())
    }

    /// Keeps a correction; it stands in the access log before it is in force, and the next load of the dataset follows
    /// it. Who and when are this reader's and the log's, whatever `correction` says.
    ///
    /// # Errors
    /// When this person may not correct, or the disk fails.
    pub async fn correct(&self, id: &str, correction: Correction) -> Result<Correction, AskError> {
        let columns = match &correction.remedy {
            Remedy::Change { cells } => cells.iter().map(|cell| cell.column.clone()).collect(),
            Remedy::Replace { cells } => cells.keys().cloned().collect(),
            Remedy::LeaveOut => Vec::new(),
        };
        let what = format!(
            "correction {} of row {} of {}",
            correction.id, correction.from.row, correction.from.file
        );
        let at = self
            .changed(
                id,
                columns,
                (what, format!("correct: {}", correction.why)),
                &named_cells(&correction),
            )
            .await?;
        let correction = Correction {
            at,
            who: self.person.name().to_owned(),
            ..correction
        };
        let dataset = self.dataset(id)?;
        self.door.lake.correct(&dataset.id, &correction)?;
        Ok(correction)
    }

    /// Takes a correction back; the next load of the dataset does without it.
    ///
    /// # Errors
    /// When this person may not, there is no such correction, or the disk fails.
    pub async fn withdraw(
        &self,
        id: &str,
        correction: &str,
        why: &str,
    ) -> Result<Withdrawal, AskError> {
        let what = format!("withdraw correction {correction}");
        let at = self
            .changed(id, Vec::new(), (what, format!("withdraw: {why}")), &[])
            .await?;
        let withdrawal = Withdrawal {
            at,
            who: self.person.name().to_owned(),
            why: why.to_owned(),
        };
        let dataset = self.dataset(id)?;
        Ok(self
            .door
            .lake
            .withdraw(&dataset.id, correction, withdrawal)?)
    }

    /// Writes a change by staff into the access log; when.
    pub(crate) async fn changed(
        &self,
        id: &str,
        columns: Vec<String>,
        (what, purpose): (String, String),
        cells: &[(String, String)],
    ) -> Result<chrono::DateTime<chrono::Utc>, AskError> {
        if let Err(error) = self.operator_only(id, "correcting rows") {
            return Err(self.log_denial(error).await);
        }
        let dataset = Arc::clone(self.dataset(id)?);
        let touched = Touched {
            dataset: dataset.id.clone(),
            version: None,
            columns,
        };
        let cells = cells.iter().map(|(column, cell)| (column, cell));
        let (subjects, about) = self.persons_of(&dataset, cells)?;
        let entry = Entry {
            act: Act::Change,
            purpose,
            about: (!subjects.is_empty()).then_some(about),
            subjects,
            ..self.entry(vec![touched], Some(what))
        };
        Ok(self.door.records.log().append(entry).await?.at)
    }
}

/// The cells that a correction names: those a row is known by, and those that change.
fn named_cells(correction: &Correction) -> Vec<(String, String)> {
    let mut cells = Vec::new();
    if let RowName::Key { cells: key } = &correction.row {
        cells.extend(key.iter().map(|(name, cell)| (name.clone(), cell.clone())));
    }
    match &correction.remedy {
        Remedy::Change { cells: changed } => {
            for cell in changed {
                cells.push((cell.column.clone(), cell.was.clone()));
                cells.push((cell.column.clone(), cell.becomes.clone()));
            }
        }
        Remedy::Replace { cells: all } => {
            cells.extend(all.iter().map(|(name, cell)| (name.clone(), cell.clone())));
        }
        Remedy::LeaveOut => {}
    }
    cells
}

/// Cells that a person says are right, by source column.
pub type RightCells = BTreeMap<String, String>;

/// How a row is known again, and what is done with it, from what a person says.
///
/// A row is known by its key, as its source has it, unless the key itself is put right or the row came apart: then by
/// all its cells.
///
/// # Errors
/// When nothing is changed, or a column is none of the source's.
pub fn name_row(
    dataset: &Dataset,
    row: &SourceRow,
    right: Option<&RightCells>,
) -> Result<(RowName, Remedy), String> {
    let whole = RowName::Whole {
        sha256: lake::correction::whole_sha256(&row.cells),
    };
    let Some(right) = right else {
        return Ok((key_of(dataset, row).unwrap_or(whole), Remedy::LeaveOut));
    };
    for column in right.keys() {
        if !row.columns.contains(column) {
            let near = crate::nearest(column, row.columns.iter().map(String::as_str));
            let hint = near.first().map_or_else(
                || format!("it has {}", row.columns.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(format!("the source has no column `{column}`; {hint}"));
        }
    }
    if row.cells.len() != row.columns.len() {
        let named = right.keys().filter(|column| row.columns.contains(column));
        if named.count() < row.columns.len() {
            return Err(format!(
                "the row came apart ({} cells for {} columns): say what is right in every column",
                row.cells.len(),
                row.columns.len()
            ));
        }
        let cells = right.clone();
        return Ok((whole, Remedy::Replace { cells }));
    }
    let own = row.columns.iter().zip(&row.cells);
    let changes: Vec<CellChange> = own
        .filter_map(|(column, was)| {
            let becomes = right.get(column)?.trim();
            (becomes != was.trim()).then(|| CellChange {
                column: column.clone(),
                was: was.trim().to_owned(),
                becomes: becomes.to_owned(),
            })
        })
        .collect();
    if changes.is_empty() {
        return Err("nothing is changed: every cell is as it came".to_owned());
    }
    let is_key = |name: &&CellChange| key_columns(dataset).contains(&name.column.as_str());
    let by_key = key_of(dataset, row).filter(|_| changes.iter().find(is_key).is_none());
    Ok((by_key.unwrap_or(whole), Remedy::Change { cells: changes }))
}

/// The source's names of the key's columns.
fn key_columns(dataset: &Dataset) -> Vec<&str> {
    let key = dataset.load.key.iter();
    key.filter_map(|name| Some(dataset.column(name)?.source_name()))
        .collect()
}

/// A row's key as its source has it, if it is whole and filled.
fn key_of(dataset: &Dataset, row: &SourceRow) -> Option<RowName> {
    let columns = key_columns(dataset);
    if columns.is_empty() || row.cells.len() != row.columns.len() {
        return None;
    }
    let cells = columns.into_iter().map(|column| {
        let at = row.columns.iter().position(|name| name == column)?;
        let cell = row.cells.get(at)?.trim();
        (!cell.is_empty()).then(|| (column.to_owned(), cell.to_owned()))
    });
    Some(RowName::Key {
        cells: cells.collect::<Option<_>>()?,
    })
}

/// A row as its source has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceRow {
    /// Names of the source's columns.
    pub columns: Vec<String>,
    /// Its cells; as many as columns, unless the row came apart.
    pub cells: Vec<String>,
}
