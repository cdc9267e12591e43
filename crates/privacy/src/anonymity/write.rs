//! The released file: written beside, measured by separate code, and only then given its name.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use city::Fault;
use csv::{ByteRecord, WriterBuilder};

use super::ask::Ask;
use super::grouped::{Finder, Grouped};
use super::hierarchy;
use super::input::{broken, open};
use super::judge::{Desk, Judge, Wish};
use super::key::{Key, Wide};
use super::model::{Class, Ground, Model};
use super::problem::{Problem, whole};
use super::trouble::Trouble;
use super::verify::{self, Verdict};

/// What is written for a value nothing is left of, when the hierarchy has no root.
const NOTHING: &str = "*";

/// A file that was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// Rows in it.
    pub rows: u64,
    /// Suppressed rows in it, without their quasi-identifiers.
    pub emptied: u64,
    /// Suppressed rows that are not in it, because even together they would not meet the models.
    pub left_out: u64,
    /// What was measured on the bytes.
    pub verdict: Verdict,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Kept,
    Suppressed,
    /// Not in the subset.
    Outside,
    /// Not in the subset, in a class whose released rows are suppressed.
    OutsideSuppressed,
}

/// Writes the released rows, each with its values at their levels.
///
/// Suppressed rows are written without their quasi-identifiers if together they meet the models as one class, and left out
/// otherwise: so every row of the file can be measured like any other.
///
/// # Errors
/// The input changed meanwhile, the file cannot be written, or what was written does not hold: then there is no file.
pub fn write(
    problem: &Problem,
    ask: &Ask,
    wish: &Wish,
    levels: &[u8],
    out: &Path,
) -> Result<Written, Trouble> {
    for (own, what) in [
        (Some(&ask.input), "the input"),
        (ask.subset.as_ref(), "the subset"),
    ] {
        if own.is_some_and(|own| is_same(own, out)) {
            return Err(Trouble::fault(
                Fault::at(out, format!("the output is {what}"))
                    .remedy("give --out another name: the input stays as it is"),
            ));
        }
    }
    let fates = if problem.bits <= 64 {
        fates::<u64>(problem, wish, levels)
    } else if problem.bits <= 128 {
        fates::<u128>(problem, wish, levels)
    } else {
        fates::<Wide>(problem, wish, levels)
    };
    let is_written = meets_together(problem, wish, &fates.0, fates.1);
    let fates = fates.0;
    let suppressed = fates
        .iter()
        .filter(|&&fate| fate == Fate::Suppressed)
        .count() as u64;
    let part = beside(out, "part");
    let outcome = (|| {
        let rows = rewrite(problem, ask, levels, &part, &|row| match fates
            .get(row)
            .copied()
            .unwrap_or(Fate::Outside)
        {
            Fate::Kept => Put::Levels,
            Fate::Suppressed if is_written => Put::Nothing,
            _ => Put::Away,
        })?;
        let verdict = measured(problem, ask, wish, levels, &part, &fates)?;
        if rows > 0 && !verdict.holds() {
            return Err(Trouble::fault(
                Fault::at(
                    out,
                    "what was written does not meet the models, so it was not kept",
                )
                .expected(models(&wish.models))
                .remedy("this is an error of the program: tell its makers"),
            ));
        }
        fs::rename(&part, out).map_err(|error| Trouble::io(out, &error))?;
        Ok(Written {
            rows,
            emptied: if is_written { suppressed } else { 0 },
            left_out: if is_written { 0 } else { suppressed },
            verdict,
        })
    })();
    if outcome.is_err() {
        // It may not be there; the fault that is told is the first one.
        let _gone = fs::remove_file(&part);
    }
    outcome
}

fn models(models: &[Model]) -> String {
    let names: Vec<String> = models.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn is_same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

fn beside(out: &Path, end: &str) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{end}"));
    out.with_file_name(name)
}

/// Measures the bytes; models that compare with the whole file get it generalised alike.
fn measured(
    problem: &Problem,
    ask: &Ask,
    wish: &Wish,
    levels: &[u8],
    part: &Path,
    fates: &[Fate],
) -> Result<Verdict, Trouble> {
    let population = beside(part, "whole");
    let needs_whole = wish.models.iter().any(|model| model.needs_subset());
    let has = |ground: Ground| {
        let is_one =
            |model: &Model| matches!(model, Model::T { ground: own, .. } if *own == ground);
        wish.models.iter().any(is_one)
    };
    let tree = match &ask.sensitive {
        Some(column) if has(Ground::Hierarchical) => {
            Some(hierarchy::find(&ask.hierarchies, column)?)
        }
        // An order follows the tree if there is one.
        Some(column) if has(Ground::Ordered) => hierarchy::find(&ask.hierarchies, column).ok(),
        _ => None,
    };
    let outcome = (|| {
        if needs_whole {
            // A class that is not released is not compared either.
            rewrite(
                problem,
                ask,
                levels,
                &population,
                &|row| match fates.get(row) {
                    Some(Fate::Kept | Fate::Outside) => Put::Levels,
                    _ => Put::Away,
                },
            )?;
        }
        verify::verify(&verify::Ask {
            file: part,
            delimiter: ask.delimiter,
            quasi: &ask.quasi,
            sensitive: problem.sensitive.as_ref().and(ask.sensitive.as_deref()),
            models: &wish.models,
            original: Some(ask.subset.as_deref().unwrap_or(&ask.input)),
            population: needs_whole.then_some(population.as_path()),
            tree: tree.as_deref(),
        })
    })();
    if needs_whole {
        let _gone = fs::remove_file(&population);
    }
    outcome
}

/// What becomes of each row, and how many classes stay.
fn fates<K: Key>(problem: &Problem, wish: &Wish, levels: &[u8]) -> (Vec<Fate>, u64) {
    let mut desk = Desk::default();
    let leaves: Grouped<K> = problem.grouped(&mut Finder::default());
    let grouped = leaves.lifted(problem, levels, &mut desk.finder);
    drop(leaves);
    let judge = Judge::new(problem, wish);
    let classes = judge.classes(&grouped, &mut desk);
    let suppressed: Vec<K> = classes.suppressed.iter().map(|&(key, _)| key).collect();
    let mut finder = Finder::default();
    finder.clear(suppressed.len());
    for (place, &key) in suppressed.iter().enumerate() {
        finder.place(key, place, |_| false);
    }
    let lifts: Vec<_> = problem
        .quasi
        .iter()
        .zip(levels)
        .map(|(quasi, &level)| (quasi, quasi.lift(0, level)))
        .collect();
    let count = usize::try_from(problem.population).unwrap_or(usize::MAX);
    let mut members = problem.subset.iter();
    let fates = (0..count)
        .map(|row| {
            let is_released = members.next().is_none_or(|&is_in| is_in);
            let key = lifts.iter().fold(K::default(), |key, (quasi, lift)| {
                let leaf = quasi.codes.get(row).copied().unwrap_or(0);
                key.with(quasi.field, lift.get(leaf as usize).copied().unwrap_or(0))
            });
            let is_there = finder.holds(key, |place| suppressed.get(place) == Some(&key));
            match (is_released, is_there) {
                (true, true) => Fate::Suppressed,
                (true, false) => Fate::Kept,
                (false, true) => Fate::OutsideSuppressed,
                (false, false) => Fate::Outside,
            }
        })
        .collect();
    (fates, classes.kept.len() as u64)
}

/// Whether the suppressed rows, as one class with nothing in it, meet the models.
fn meets_together(problem: &Problem, wish: &Wish, fates: &[Fate], kept: u64) -> bool {
    let mut rows = 0_u32;
    let mut all = 0_u64;
    let mut counts = vec![0_u32; problem.sensitive.as_ref().map_or(0, |own| own.names.len())];
    for (row, &fate) in fates.iter().enumerate() {
        all += u64::from(matches!(fate, Fate::Kept | Fate::Suppressed));
        if fate != Fate::Suppressed {
            continue;
        }
        rows += 1;
        let codes = problem.sensitive.as_ref().map(|own| &own.codes);
        if let Some(&code) = codes.and_then(|codes| codes.get(row))
            && let Some(count) = counts.get_mut(code as usize)
        {
            *count += 1;
        }
    }
    let counts: Vec<(u32, u32)> = (0..).zip(counts).filter(|&(_, count)| count > 0).collect();
    let class = Class {
        rows,
        population: rows,
        counts: &counts,
    };
    rows > 0
        && wish.models.iter().all(|&model| match model {
            Model::KMap(_) | Model::DeltaPresence { .. } => false,
            Model::AverageRisk(risk) => whole(kept + 1) / whole(all) <= risk,
            Model::Uniqueness(_) => rows > 1,
            model => model.holds(class, problem.sensitive.as_ref()),
        })
}

/// How a row is written.
#[derive(Clone, Copy)]
enum Put {
    Levels,
    Nothing,
    Away,
}

/// Reads the input again and writes its rows; returns how many.
fn rewrite(
    problem: &Problem,
    ask: &Ask,
    levels: &[u8],
    out: &Path,
    put: &dyn Fn(usize) -> Put,
) -> Result<u64, Trouble> {
    let (mut reader, names) = open(&ask.input, ask.delimiter)?;
    let file = File::create(out).map_err(|error| Trouble::io(out, &error))?;
    let mut writer = WriterBuilder::new()
        .delimiter(ask.delimiter)
        .from_writer(BufWriter::new(file));
    let failed = |error: csv::Error| Trouble::Machine(format!("{}: {error}", out.display()));
    writer.write_record(&names).map_err(failed)?;
    // By the place of a cell: its column among the quasi-identifiers.
    let places: Vec<Option<usize>> = names
        .iter()
        .map(|name| problem.quasi.iter().position(|quasi| quasi.name == *name))
        .collect();
    let mut record = ByteRecord::new();
    let mut row = 0;
    let mut rows = 0;
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| broken(&ask.input, &error))?
    {
        let how = put(row);
        if !matches!(how, Put::Away) {
            rows += 1;
            for (cell, place) in record.iter().zip(&places) {
                let quasi = place.and_then(|at| Some((problem.quasi.get(at)?, *levels.get(at)?)));
                let Some((quasi, level)) = quasi else {
                    writer.write_field(cell).map_err(failed)?;
                    continue;
                };
                let value = if matches!(how, Put::Nothing) {
                    quasi.tree.root().unwrap_or(NOTHING)
                } else {
                    let leaf = quasi.codes.get(row).copied().unwrap_or(u32::MAX);
                    if quasi.tree.value(0, leaf).as_bytes() != cell {
                        return Err(changed(&ask.input));
                    }
                    quasi.tree.value(usize::from(level), leaf)
                };
                writer.write_field(value).map_err(failed)?;
            }
            writer.write_record(None::<&[u8]>).map_err(failed)?;
        }
        row += 1;
    }
    if row as u64 != problem.population {
        return Err(changed(&ask.input));
    }
    let buffer = writer
        .into_inner()
        .map_err(|error| Trouble::io(out, error.error()))?;
    let mut file = buffer
        .into_inner()
        .map_err(|error| Trouble::io(out, error.error()))?;
    file.flush()
        .and_then(|()| file.sync_all())
        .map_err(|error| Trouble::io(out, &error))?;
    Ok(rows)
}

fn changed(file: &Path) -> Trouble {
    Trouble::fault(
        Fault::at(file, "the file changed while it was read")
            .remedy("wait until nobody writes it, then start again"),
    )
}
