//! A recipe carried out: rows in, rows out, in two passes at most.
//!
//! What can be replaced value by value streams. Only columns that must be seen whole are held, and no more of
//! them than a limit allows. Order: rows are sampled, rows that stand out go, then everything else is replaced
//! among the rows that stay. The same recipe, key and rows give the same bytes.

mod question;
mod track;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use city::{Fault, Recipe};
use serde::Serialize;

use super::counts::Answers;
use super::failed::{Failed, Unfit};
use super::keys::Key;
use super::techniques::{Chooser, Ladder, Tools};
use super::vault::Vault;
use question::Tally;
use track::{Held, Track};

/// Most faults that are told at once.
const FAULTS_MAX: usize = 20;

/// Rows that can be read twice.
pub trait Source {
    /// The file, as the person named it.
    fn file(&self) -> &Path;

    /// The names of the columns.
    fn header(&self) -> &[String];

    /// Begins again before the first row.
    ///
    /// # Errors
    /// The rows cannot be read again.
    fn rewind(&mut self) -> Result<(), Failed>;

    /// Reads the next row into `row`; false behind the last.
    ///
    /// # Errors
    /// The row cannot be read.
    fn next(&mut self, row: &mut Vec<String>) -> Result<bool, Failed>;

    /// The line that the row read last begins in, from 1.
    fn line(&self) -> u64;
}

/// What a recipe is carried out with.
pub struct Means<'m> {
    /// The project's key, of the recipe's version.
    pub key: &'m Key,
    /// The vault, where the recipe makes tokens.
    pub vault: Option<&'m RefCell<dyn Vault>>,
    /// Answers given before, where the recipe counts.
    pub answers: Option<&'m mut (dyn Answers + 'static)>,
    /// Hierarchies by the names that the recipe gives them.
    pub ladders: &'m HashMap<String, Ladder>,
    /// Other names under which a column may stand in the rows: its name in the source, its title.
    pub names: &'m HashMap<String, Vec<String>>,
    /// Most bytes of columns that are held.
    pub memory_max: usize,
}

/// What was done, for the record. Holds no value of a cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Outcome {
    /// The project.
    pub project: String,
    /// Version of its key.
    pub key_version: u32,
    /// Fingerprint of its key.
    pub key_fingerprint: String,
    /// Rows that were read.
    pub rows_read: u64,
    /// Rows that were not in the sample.
    pub rows_not_sampled: u64,
    /// Rows that went because they stood out.
    pub rows_deleted: u64,
    /// Rows that left; of counts, the groups.
    pub rows_written: u64,
    /// What became of each column of the recipe.
    pub columns: Vec<ColumnOutcome>,
    /// Columns of the rows that the recipe does not name: they did not leave.
    pub left_out: Vec<String>,
    /// The loss of privacy of the counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epsilon: Option<f64>,
    /// That of all counts of the project together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epsilon_spent: Option<f64>,
}

/// What became of a column.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ColumnOutcome {
    /// Its name.
    pub name: String,
    /// Its techniques, by their words.
    pub techniques: Vec<&'static str>,
    /// The same by their names in the guideline.
    pub techniques_ko: Vec<&'static str>,
    /// Filled cells among the rows that left.
    pub cells: u64,
    /// Those of them that left as they came.
    pub cells_unchanged: u64,
}

/// Carries a recipe out. `sink` takes the header first, then the rows.
///
/// # Errors
/// Columns are absent, values do not fit their techniques, too much would have to be held, or the machine fails.
/// What `sink` took until then is no result.
pub fn process(
    recipe: &Recipe,
    source: &mut dyn Source,
    means: &mut Means<'_>,
    sink: &mut dyn FnMut(&[String]) -> Result<(), Failed>,
) -> Result<Outcome, Failed> {
    let tools = Tools {
        key: means.key,
        vault: means.vault,
        ladders: means.ladders,
    };
    let mut tracks = track::tracks(recipe, source, means.names, &tools)?;
    let mut outcome = begun(recipe, source, &tracks, means.key);
    let is_held = recipe.sample.is_some() || tracks.iter().any(Track::is_held);
    let held = if is_held {
        let mut held = Held::gather(source, &mut tracks, means.memory_max)?;
        outcome.rows_read = held.rows();
        if let Some(sample) = &recipe.sample {
            let stream = means.key.stream("sample");
            let mut chooser = Chooser::new(sample, held.rows(), stream);
            outcome.rows_not_sampled = held.keep(&mut tracks, &mut |_| chooser.takes());
        }
        outcome.rows_deleted = held.delete(&mut tracks, source.file())?;
        held.replace(&mut tracks, source.file())?;
        source.rewind()?;
        Some(held)
    } else {
        None
    };
    if let Some(counts) = &recipe.counts {
        let mut tally = Tally::new(recipe, counts, means.key);
        stream(
            source,
            &mut tracks,
            held.as_ref(),
            &mut outcome,
            &mut |row| {
                tally.take(row);
                Ok(())
            },
        )?;
        let answers = means.answers.as_deref_mut();
        tally.answer(source, answers, &mut outcome, sink)?;
    } else {
        let names = tracks.iter().filter(|track| track.leaves());
        sink(&names.map(|track| track.name.clone()).collect::<Vec<_>>())?;
        stream(source, &mut tracks, held.as_ref(), &mut outcome, sink)?;
    }
    if let Some(vault) = means.vault {
        // A token that left must be in the vault: durable before the result is.
        let committed = vault.borrow_mut().commit();
        committed.map_err(|error| Failed::Machine(error.to_string()))?;
    }
    outcome.columns = tracks.into_iter().map(|track| track.outcome).collect();
    Ok(outcome)
}

fn begun(recipe: &Recipe, source: &dyn Source, tracks: &[Track<'_>], key: &Key) -> Outcome {
    let is_named = |at: usize| tracks.iter().any(|track| track.at == at);
    let left_out = source
        .header()
        .iter()
        .enumerate()
        .filter(|(at, _)| !is_named(*at))
        .map(|(_, name)| name.clone())
        .collect();
    Outcome {
        project: recipe.id.to_string(),
        key_version: key.version,
        key_fingerprint: key.fingerprint(),
        left_out,
        ..Outcome::default()
    }
}

/// The second pass: every row that is still there, replaced.
fn stream(
    source: &mut dyn Source,
    tracks: &mut [Track<'_>],
    held: Option<&Held>,
    outcome: &mut Outcome,
    sink: &mut dyn FnMut(&[String]) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let (mut row, mut out) = (Vec::new(), Vec::new());
    let mut faults = Vec::new();
    let (mut read, mut written) = (0_u64, 0_usize);
    while source.next(&mut row)? {
        let place = usize::try_from(read).unwrap_or(usize::MAX);
        read += 1;
        if held.is_some_and(|held| !held.keeps(place)) {
            continue;
        }
        out.clear();
        for track in tracks.iter_mut() {
            let value = row.get(track.at).map_or("", String::as_str);
            match track.value(value, written) {
                Ok(Some(value)) => out.push(value),
                Ok(None) => (),
                Err(unfit) => faults.push(told(source, &track.name, source.line(), &unfit)),
            }
        }
        written += 1;
        if faults.is_empty() {
            sink(&out)?;
        } else if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    if !faults.is_empty() {
        return Err(Failed::Input(faults));
    }
    if held.is_some_and(|held| held.rows() != read) {
        return Err(Failed::Machine(format!(
            "{}: the file changed while it was read; try again",
            source.file().display()
        )));
    }
    outcome.rows_read = read;
    outcome.rows_written = u64::try_from(written).unwrap_or_default();
    Ok(())
}

fn told(source: &dyn Source, column: &str, line: u64, unfit: &Unfit) -> Fault {
    fault(source.file(), column, Some(line), unfit)
}

/// A fault of a column's value.
fn fault(file: &Path, column: &str, line: Option<u64>, unfit: &Unfit) -> Fault {
    let mut fault = unfit.at(Fault::at(file, ""));
    fault.place.line = line;
    fault.what = format!("column `{column}`: {}", unfit.what);
    fault
}

#[cfg(test)]
mod tests;
