//! What a written file holds, measured by code of its own.
//!
//! Nothing here is shared with the search but the names of models: another reader of rows, other groups, formulas as their
//! authors wrote them. Every row of the file counts as it stands, suppressed ones (all `*`) as one class like any other. A
//! missing cell is equal to other missing cells only, and a missing sensitive value never counts as one more value, nor
//! does another spelling of one.

use std::collections::HashMap;
use std::path::Path;

use city::Fault;

use super::input::{broken, open, places, text};
use super::measure::{Grounds, Spread, Ways, steady};
use super::model::Model;
use super::trouble::Trouble;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The file.
    pub file: &'a Path,
    /// Its delimiter.
    pub delimiter: u8,
    /// The quasi-identifiers.
    pub quasi: &'a [String],
    /// The sensitive column.
    pub sensitive: Option<&'a str>,
    /// What must hold.
    pub models: &'a [Model],
    /// A file whose sensitive values are spread as those of all rows; the file itself otherwise.
    pub original: Option<&'a Path>,
    /// The whole file that this one is a subset of, equally generalised.
    pub population: Option<&'a Path>,
    /// The sensitive value's tree: each line from leaf to root.
    pub tree: Option<&'a Path>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Rows.
    pub rows: u64,
    /// Classes.
    pub classes: u64,
    /// Least rows of a class.
    pub min_class: u64,
    /// Rows that are alone in their class.
    pub alone: u64,
    /// Model by model.
    pub models: Vec<Measured>,
}

/// One model, measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The model.
    pub model: Model,
    /// Whether it holds.
    pub holds: bool,
    /// The worst value met, in the model's own measure.
    pub worst: f64,
    /// The first row, from 1, of the class where it was met.
    pub row: Option<u64>,
}

impl Verdict {
    /// Whether all hold.
    pub fn holds(&self) -> bool {
        self.rows > 0 && self.models.iter().all(|measured| measured.holds)
    }
}

/// Measures a file.
///
/// # Errors
/// A file cannot be read, lacks a column, or something needed was not given.
pub fn verify(ask: &Ask<'_>) -> Result<Verdict, Trouble> {
    missing(ask)?;
    let mut grounds = Grounds::default();
    let mut places = HashMap::new();
    each_row(ask.file, ask, &mut |key, value| {
        grounds.take(&mut places, key, ask.sensitive.map(|_| value));
    })?;
    if let Some(original) = ask.original
        && let Some(sensitive) = ask.sensitive
    {
        grounds.all = spread(original, ask.delimiter, sensitive)?;
    }
    if let Some(population) = ask.population {
        let whole = Ask {
            sensitive: None,
            ..*ask
        };
        each_row(population, &whole, &mut |key, _| match places
            .get(key)
            .and_then(|&at| grounds.classes.get_mut(at))
        {
            Some(class) => class.population += 1,
            None => grounds.is_absent = true,
        })?;
    }
    if let Some(tree) = ask.tree {
        (grounds.ways, grounds.lines) = ways(tree)?;
    }
    Ok(grounds.verdict(ask.models))
}

/// What a model needs and was not given.
fn missing(ask: &Ask<'_>) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    for &model in ask.models {
        let mut lack = |what: &str| {
            faults.push(
                Fault::at(
                    ask.file,
                    format!("{model} cannot be measured without {what}"),
                )
                .remedy(format!("give {what}")),
            );
        };
        if model.needs_sensitive() && ask.sensitive.is_none() {
            lack("--sensitive COLUMN");
        }
        if model.needs_subset() && ask.population.is_none() {
            lack("--population FILE, the whole file generalised alike");
        }
        if model.needs_tree() && ask.tree.is_none() {
            lack("--hierarchies DIR with the sensitive column's hierarchy");
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Trouble::Input(faults))
    }
}

/// Tells each row's quasi-identifiers, as one key that no other cells have, and its sensitive value.
fn each_row(file: &Path, ask: &Ask<'_>, tell: &mut dyn FnMut(&[u8], &str)) -> Result<(), Trouble> {
    let (mut reader, names) = open(file, ask.delimiter)?;
    let wanted: Vec<&str> = ask
        .quasi
        .iter()
        .map(String::as_str)
        .chain(ask.sensitive)
        .collect();
    let places = places(file, &names, &wanted)?;
    let (quasi, sensitive) = places.split_at(ask.quasi.len());
    let mut record = csv::StringRecord::new();
    let mut key = Vec::new();
    while reader
        .read_record(&mut record)
        .map_err(|error| broken(file, &error))?
    {
        key.clear();
        for &place in quasi {
            let cell = record.get(place).unwrap_or_default();
            key.extend_from_slice(cell.len().to_string().as_bytes());
            key.push(b':');
            key.extend_from_slice(cell.as_bytes());
        }
        let value = sensitive.first().and_then(|&place| record.get(place));
        tell(&key, value.unwrap_or_default());
    }
    Ok(())
}

fn spread(file: &Path, delimiter: u8, column: &str) -> Result<Spread, Trouble> {
    let (mut reader, names) = open(file, delimiter)?;
    let place = places(file, &names, &[column])?;
    let mut all = Spread::new();
    for record in reader.byte_records() {
        let record = record.map_err(|error| broken(file, &error))?;
        let line = record.position().map_or(0, csv::Position::line);
        for &place in &place {
            let value = text(file, record.get(place).unwrap_or_default(), line)?;
            *all.entry(steady(&value).into_owned()).or_default() += 1;
        }
    }
    Ok(all)
}

/// Each leaf's way to the root, and the leaves in order.
fn ways(tree: &Path) -> Result<(Ways, Vec<String>), Trouble> {
    let content = std::fs::read_to_string(tree).map_err(|error| Trouble::io(tree, &error))?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(content.trim_start_matches('\u{feff}').as_bytes());
    let mut ways = Ways::new();
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(tree, &error))?;
        let mut way: Vec<String> = record.iter().map(str::to_owned).collect();
        if let Some(leaf) = way.first_mut() {
            *leaf = steady(leaf).into_owned();
        }
        if let Some(leaf) = way.first() {
            lines.push(leaf.clone());
            ways.insert(leaf.clone(), way);
        }
    }
    Ok((ways, lines))
}
