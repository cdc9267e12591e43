//! A recipe's columns on their way, and what is held of them.

use std::collections::HashMap;
use std::path::Path;

use city::recipe::Technique;
use city::{Fault, Recipe};

use super::super::failed::{Failed, Unfit};
use super::super::techniques::{Operator, Tools, Whole, operator};
use super::{ColumnOutcome, FAULTS_MAX, Source, fault};

/// One column of the recipe.
pub(super) struct Track<'t> {
    /// Its name.
    pub(super) name: String,
    /// Its place in a row.
    pub(super) at: usize,
    /// What was done so far.
    pub(super) outcome: ColumnOutcome,
    operators: Vec<Operator<'t>>,
    /// Numbers of operators, one behind the other, of which the last makes rows go.
    until_rows: Vec<usize>,
    is_deleted: bool,
    looks_at: Vec<(String, usize)>,
    held: Option<Vec<String>>,
}

impl Track<'_> {
    /// Whether the column has to be seen whole.
    pub(super) fn is_held(&self) -> bool {
        self.operators
            .iter()
            .any(|operator| matches!(operator, Operator::Columns(_)))
    }

    /// Whether the column leaves.
    pub(super) fn leaves(&self) -> bool {
        !self.is_deleted
    }

    /// What leaves in a value's place; nothing of a column that does not leave.
    pub(super) fn value(&mut self, value: &str, row: usize) -> Result<Option<String>, Unfit> {
        if self.is_deleted {
            return Ok(None);
        }
        let replaced = match &mut self.held {
            Some(held) => held.get_mut(row).map(std::mem::take).unwrap_or_default(),
            None => applied(&mut self.operators, value)?,
        };
        if !replaced.is_empty() {
            self.outcome.cells += 1;
            self.outcome.cells_unchanged += u64::from(replaced == value);
        }
        Ok(Some(replaced))
    }
}

/// Value by value. An empty cell stays empty.
fn applied(operators: &mut [Operator<'_>], value: &str) -> Result<String, Unfit> {
    let mut value = value.to_owned();
    for operator in operators {
        if let (Operator::Cells(cells), false) = (operator, value.is_empty()) {
            value = cells.replace(&value)?;
        }
    }
    Ok(value)
}

/// Finds each column of the recipe among those of the rows, and makes its techniques ready.
pub(super) fn tracks<'t>(
    recipe: &'t Recipe,
    source: &dyn Source,
    names: &HashMap<String, Vec<String>>,
    tools: &Tools<'t>,
) -> Result<Vec<Track<'t>>, Failed> {
    let (mut tracks, mut faults) = (Vec::new(), Vec::new());
    for column in &recipe.columns {
        let Some(at) = place(source, names, &column.name) else {
            faults.push(absent(source, &column.name));
            continue;
        };
        let mut looks_at = Vec::new();
        for (_, other) in column.techniques().flat_map(Technique::looks_at) {
            match place(source, names, other) {
                Some(at) => looks_at.push((other.to_owned(), at)),
                None => faults.push(absent(source, other)),
            }
        }
        let (mut operators, mut until_rows, mut since) = (Vec::new(), Vec::new(), 0);
        for (number, technique) in column.techniques().enumerate() {
            let own = format!("{} {number} {}", column.name, technique.names().0);
            match operator(technique, &own, tools) {
                Ok(operator) => operators.push(operator),
                Err(unfit) => faults.push(fault(source.file(), &column.name, None, &unfit)),
            }
            since += 1;
            if matches!(technique, Technique::DeleteRows(_)) {
                until_rows.push(std::mem::take(&mut since));
            }
        }
        let (words, korean) = column.techniques().map(Technique::names).unzip();
        tracks.push(Track {
            name: column.name.clone(),
            at,
            outcome: ColumnOutcome {
                name: column.name.clone(),
                techniques: words,
                techniques_ko: korean,
                ..ColumnOutcome::default()
            },
            operators,
            until_rows,
            is_deleted: column
                .techniques()
                .any(|technique| *technique == Technique::Delete),
            looks_at,
            held: None,
        });
    }
    if faults.is_empty() {
        Ok(tracks)
    } else {
        Err(Failed::Input(faults))
    }
}

fn place(source: &dyn Source, names: &HashMap<String, Vec<String>>, name: &str) -> Option<usize> {
    let find = |wanted: &str| {
        let mut header = source.header().iter();
        header.position(|found| found.trim() == wanted)
    };
    find(name).or_else(|| names.get(name)?.iter().find_map(|other| find(other)))
}

fn absent(source: &dyn Source, name: &str) -> Fault {
    let known: Vec<&str> = source.header().iter().map(String::as_str).collect();
    Fault::at(source.file(), format!("there is no column `{name}`"))
        .line(1)
        .expected(format!("one of {}", known.join(", ")))
        .remedy("correct the recipe, or take the file it was written for")
}

/// What is known of rows that had to be seen whole.
pub(super) struct Held {
    keep: Vec<bool>,
    /// Lines of the rows that are still there.
    lines: Vec<u64>,
    others: HashMap<String, Vec<String>>,
}

impl Held {
    /// The first pass.
    pub(super) fn gather(
        source: &mut dyn Source,
        tracks: &mut [Track<'_>],
        memory_max: usize,
    ) -> Result<Self, Failed> {
        let others = looked_at(tracks);
        let mut held = Self {
            keep: Vec::new(),
            lines: Vec::new(),
            others: others
                .iter()
                .map(|(name, _)| (name.clone(), Vec::new()))
                .collect(),
        };
        for track in tracks.iter_mut().filter(|track| track.is_held()) {
            track.held = Some(Vec::new());
        }
        let (mut row, mut bytes) = (Vec::new(), 0_usize);
        while source.next(&mut row)? {
            held.keep.push(true);
            held.lines.push(source.line());
            bytes += 9;
            let read = |at: usize| row.get(at).cloned().unwrap_or_default();
            for track in tracks.iter_mut() {
                if let Some(column) = &mut track.held {
                    let value = read(track.at);
                    bytes += value.len() + size_of::<String>();
                    column.push(value);
                }
            }
            for (name, at) in &others {
                let value = read(*at);
                bytes += value.len() + size_of::<String>();
                held.others.entry(name.clone()).or_default().push(value);
            }
            if bytes > memory_max {
                return Err(too_much(source, tracks, memory_max));
            }
        }
        Ok(held)
    }

    /// Rows that were read.
    pub(super) fn rows(&self) -> u64 {
        u64::try_from(self.keep.len()).unwrap_or_default()
    }

    /// Whether a row, by its place among all that were read, is still there.
    pub(super) fn keeps(&self, row: usize) -> bool {
        self.keep.get(row).copied().unwrap_or_default()
    }

    /// Keeps the rows that `stays` says, of those still there; answers how many went.
    pub(super) fn keep(
        &mut self,
        tracks: &mut [Track<'_>],
        stays: &mut dyn FnMut(usize) -> bool,
    ) -> u64 {
        let marks: Vec<bool> = (0..self.lines.len()).map(stays).collect();
        let mut of_rows = marks.iter();
        for keep in self.keep.iter_mut().filter(|keep| **keep) {
            *keep = of_rows.next().copied().unwrap_or_default();
        }
        retain(&mut self.lines, &marks);
        self.others
            .values_mut()
            .for_each(|column| retain(column, &marks));
        let held = tracks.iter_mut().filter_map(|track| track.held.as_mut());
        held.for_each(|column| retain(column, &marks));
        let gone = marks.iter().filter(|stays| !**stays).count();
        u64::try_from(gone).unwrap_or_default()
    }

    /// Rows that stand out go; answers how many.
    pub(super) fn delete(&mut self, tracks: &mut [Track<'_>], file: &Path) -> Result<u64, Failed> {
        let mut gone = 0;
        for at in 0..tracks.len() {
            let parts = tracks
                .get_mut(at)
                .map(|track| std::mem::take(&mut track.until_rows));
            // Rows go at once: what is rare is counted among those that are still there.
            for part in parts.unwrap_or_default() {
                let Some(track) = tracks.get_mut(at) else {
                    continue;
                };
                let operators: Vec<Operator<'_>> = track.operators.drain(..part).collect();
                let going = self.run(track, operators, file)?;
                let stays = &mut |row: usize| !going.get(row).copied().unwrap_or_default();
                gone += self.keep(tracks, stays);
            }
        }
        Ok(gone)
    }

    /// All that is left to do with columns that are held.
    pub(super) fn replace(&mut self, tracks: &mut [Track<'_>], file: &Path) -> Result<(), Failed> {
        for track in tracks.iter_mut().filter(|track| track.held.is_some()) {
            let operators = std::mem::take(&mut track.operators);
            self.run(track, operators, file)?;
        }
        Ok(())
    }

    /// Runs techniques over a held column; answers which rows go.
    fn run<'t>(
        &self,
        track: &mut Track<'t>,
        operators: Vec<Operator<'t>>,
        file: &Path,
    ) -> Result<Vec<bool>, Failed> {
        let mut values = track.held.take().unwrap_or_default();
        let mut going = vec![false; values.len()];
        for mut operator in operators {
            let misfits = match &mut operator {
                Operator::Cells(cells) => {
                    let mut misfits = Vec::new();
                    for (at, value) in values.iter_mut().enumerate() {
                        if value.is_empty() {
                            continue;
                        }
                        match cells.replace(value) {
                            Ok(replaced) => *value = replaced,
                            Err(unfit) => misfits.push((Some(at), unfit)),
                        }
                    }
                    misfits
                }
                Operator::Columns(columns) => {
                    let mut whole = Whole {
                        values: &mut values,
                        going: &mut going,
                        others: &self.others,
                    };
                    columns.replace(&mut whole).err().unwrap_or_default()
                }
            };
            if !misfits.is_empty() {
                let faults = misfits.iter().take(FAULTS_MAX).map(|(at, unfit)| {
                    let line = at.and_then(|at| self.lines.get(at).copied());
                    fault(file, &track.name, line, unfit)
                });
                return Err(Failed::Input(faults.collect()));
            }
        }
        track.held = Some(values);
        Ok(going)
    }
}

fn retain<T>(values: &mut Vec<T>, marks: &[bool]) {
    let mut marks = marks.iter();
    values.retain(|_| marks.next().copied().unwrap_or_default());
}

/// Columns that techniques look at beside their own, and their places.
fn looked_at(tracks: &[Track<'_>]) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for (name, at) in tracks.iter().flat_map(|track| &track.looks_at) {
        if !found.iter().any(|(known, _)| known == name) {
            found.push((name.clone(), *at));
        }
    }
    found
}

fn too_much(source: &dyn Source, tracks: &[Track<'_>], memory_max: usize) -> Failed {
    let names: Vec<&str> = tracks
        .iter()
        .filter(|track| track.is_held())
        .map(|track| track.name.as_str())
        .collect();
    let mib = memory_max >> 20;
    Fault::at(
        source.file(),
        format!(
            "columns that must be seen whole take more than {mib} MiB: {}",
            names.join(", ")
        ),
    )
    .line(source.line())
    .remedy("take techniques that work value by value, fewer rows, or a greater --memory")
    .into()
}
