//! How the values of a column become coarser: a tree, written as one line a leaf, from the leaf to the root.

use std::path::{Path, PathBuf};

use city::Fault;
use csv::{ByteRecord, ReaderBuilder};
use hashbrown::HashMap;

use super::input;
use super::trouble::Trouble;

/// A tree over the values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    /// The file it was read from.
    pub file: PathBuf,
    /// Level by level, from the leaves: the different values.
    pub names: Vec<Vec<String>>,
    /// Level by level: the value of each leaf, as a place in `names`.
    pub up: Vec<Vec<u32>>,
}

impl Hierarchy {
    /// How many levels, the leaves' own included.
    pub fn levels(&self) -> usize {
        self.up.len()
    }

    /// How many leaves.
    pub fn leaves(&self) -> usize {
        self.names.first().map_or(0, Vec::len)
    }

    /// The value of a leaf at a level.
    pub fn value(&self, level: usize, leaf: u32) -> &str {
        self.up
            .get(level)
            .and_then(|up| up.get(leaf as usize))
            .and_then(|&id| self.names.get(level)?.get(id as usize))
            .map_or("", String::as_str)
    }

    /// Leaves below each value of a level.
    pub fn below(&self, level: usize) -> Vec<u32> {
        let mut below = vec![0; self.names.get(level).map_or(0, Vec::len)];
        for &id in self.up.get(level).into_iter().flatten() {
            if let Some(count) = below.get_mut(id as usize) {
                *count += 1;
            }
        }
        below
    }

    /// From each value of a level to its value at a coarser one.
    pub fn lift(&self, from: usize, to: usize) -> Vec<u32> {
        let mut lift = vec![0; self.names.get(from).map_or(0, Vec::len)];
        let (from, to) = (self.up.get(from), self.up.get(to));
        for (&fine, &coarse) in from.into_iter().flatten().zip(to.into_iter().flatten()) {
            if let Some(place) = lift.get_mut(fine as usize) {
                *place = coarse;
            }
        }
        lift
    }

    /// The root's value, if there is more than one level.
    pub fn root(&self) -> Option<&str> {
        let top = self.names.last()?;
        match top.as_slice() {
            [root] if self.levels() > 1 => Some(root),
            _ => None,
        }
    }

    /// A hierarchy of values that become nothing but themselves.
    pub fn flat(file: &Path, values: Vec<String>) -> Self {
        let up = (0..values.len()).filter_map(|id| u32::try_from(id).ok());
        Self {
            file: file.to_owned(),
            up: vec![up.collect()],
            names: vec![values],
        }
    }
}

/// The file of a column in a folder: `<column>.csv`, or else the one whose name ends in `_<column>.csv`.
///
/// # Errors
/// The folder cannot be read, there is no such file, or there are two.
pub fn find(folder: &Path, column: &str) -> Result<PathBuf, Trouble> {
    let exact = folder.join(format!("{column}.csv"));
    if exact.is_file() {
        return Ok(exact);
    }
    let end = format!("_{column}.csv");
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| Trouble::io(folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| Trouble::io(folder, &error))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy());
        if name.is_some_and(|name| name.ends_with(&end)) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Trouble::fault(
            Fault::at(
                folder,
                format!("there is no hierarchy for column `{column}`"),
            )
            .expected(format!("`{column}.csv`, or one file ending in `{end}`"))
            .remedy("add the file, or take the column out of --quasi"),
        )),
        [first, second, ..] => Err(Trouble::fault(
            Fault::at(first, format!("two hierarchies for column `{column}`"))
                .expected("one")
                .remedy(format!("remove or rename {}", second.display())),
        )),
    }
}

/// Reads a hierarchy: semicolons, no head, leaf first, root last.
///
/// # Errors
/// The file cannot be read or is no tree: every fault with its line.
pub fn read(path: &Path) -> Result<Hierarchy, Trouble> {
    let file = std::fs::File::open(path).map_err(|error| Trouble::io(path, &error))?;
    let mut reader = ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(file);
    let mut growing = Growing::default();
    let mut record = ByteRecord::new();
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| input::broken(path, &error))?
    {
        let line = record.position().map_or(0, csv::Position::line);
        let mut cells = Vec::with_capacity(record.len());
        for (at, cell) in record.iter().enumerate() {
            let cell = input::text(path, cell, line)?;
            let is_first = at == 0 && line == 1;
            cells.push(if is_first {
                cell.trim_start_matches('\u{feff}').to_owned()
            } else {
                cell
            });
        }
        growing.line(path, &cells, line);
    }
    growing.done(path)
}

/// A level while its lines are read: the place of each value, the value above it and the line that said so.
#[derive(Default)]
struct Level {
    places: HashMap<String, u32>,
    names: Vec<String>,
    above: Vec<(String, u64)>,
    up: Vec<u32>,
}

#[derive(Default)]
struct Growing {
    levels: Vec<Level>,
    faults: Vec<Fault>,
}

impl Growing {
    fn line(&mut self, path: &Path, cells: &[String], line: u64) {
        if self.levels.is_empty() {
            self.levels.resize_with(cells.len(), Level::default);
        }
        if cells.len() != self.levels.len() {
            self.faults.push(
                Fault::at(path, format!("the line has {} levels", cells.len()))
                    .line(line)
                    .expected(format!("{}, as in the first line", self.levels.len()))
                    .remedy("write the leaf and every level above it, separated by semicolons"),
            );
            return;
        }
        let leaf = cells.first().cloned().unwrap_or_default();
        if self
            .levels
            .first()
            .is_some_and(|level| level.places.contains_key(&leaf))
        {
            self.faults.push(
                Fault::at(path, format!("leaf `{leaf}` is there twice"))
                    .line(line)
                    .remedy("keep one of the two lines"),
            );
            return;
        }
        let above = cells.iter().skip(1).cloned().chain([String::new()]);
        for (at, (cell, above)) in cells.iter().zip(above).enumerate() {
            let Some(level) = self.levels.get_mut(at) else {
                return;
            };
            if let Some(fault) = level.take(cell, above, line) {
                let told = Fault::at(path, fault)
                    .line(line)
                    .column(at as u64 + 1)
                    .expected("one value above each value: a tree")
                    .remedy("give it the same value above in every line");
                self.faults.push(told);
            }
        }
    }

    fn done(mut self, path: &Path) -> Result<Hierarchy, Trouble> {
        if self.levels.is_empty() {
            self.faults
                .push(Fault::at(path, "the hierarchy is empty").remedy("write one line a value"));
        }
        if let Some(top) = self.levels.last()
            && self.levels.len() > 1
            && let [first, second, ..] = top.names.as_slice()
        {
            let what = format!("the last level has `{first}` and `{second}`");
            self.faults.push(
                Fault::at(path, what)
                    .expected("one root above all: a tree")
                    .remedy("add a last column with the same value in every line, for example *"),
            );
        }
        if !self.faults.is_empty() {
            return Err(Trouble::Input(self.faults));
        }
        let (names, up) = self
            .levels
            .into_iter()
            .map(|level| (level.names, level.up))
            .unzip();
        Ok(Hierarchy {
            file: path.to_owned(),
            names,
            up,
        })
    }
}

impl Level {
    /// Takes a leaf's value at this level; says what is wrong when the value had another one above it before.
    fn take(&mut self, value: &str, above: String, line: u64) -> Option<String> {
        if let Some(&place) = self.places.get(value) {
            self.up.push(place);
            let (before, at) = self.above.get(place as usize)?;
            return (*before != above).then(|| {
                format!("`{value}` is below `{above}` here and below `{before}` in line {at}")
            });
        }
        let place = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.places.insert(value.to_owned(), place);
        self.names.push(value.to_owned());
        self.above.push((above, line));
        self.up.push(place);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Hierarchy, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let name = file.path().display().to_string();
        read(file.path()).map_err(|error| error.to_string().replace(&name, "F"))
    }

    #[test]
    fn a_tree_is_read_from_its_leaves() {
        let tree = parse("1;0-4;*\n2;0-4;*\n7;5-9;*\n").unwrap();
        assert_eq!(tree.levels(), 3);
        assert_eq!(tree.value(1, 1), "0-4");
        assert_eq!(tree.below(1), [2, 1]);
        assert_eq!(tree.lift(1, 2), [0, 0]);
        assert_eq!(tree.root(), Some("*"));
    }

    #[test]
    fn what_is_no_tree_is_told_with_its_line() {
        let told = |text| parse(text).unwrap_err();
        assert!(
            told("1;a;*\n2;a;+\n").contains("F:2:2: `a` is below `+` here and below `*` in line 1")
        );
        assert!(told("1;a\n2;b\n").starts_with("F: the last level has `a` and `b`"));
        assert!(told("1;a\n1;a\n").starts_with("F:2: leaf `1` is there twice"));
        assert!(told("1;a\n2\n").starts_with("F:2: the line has 1 levels; expected 2"));
        assert!(told("").starts_with("F: the hierarchy is empty"));
    }

    #[test]
    fn a_file_is_found_by_its_column_and_never_guessed_among_two() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| std::fs::write(folder.path().join(name), "a;*\n").unwrap();
        write("x_age.csv");
        assert!(find(folder.path(), "age").unwrap().ends_with("x_age.csv"));
        write("y_age.csv");
        assert!(find(folder.path(), "age").is_err());
        write("age.csv");
        assert!(find(folder.path(), "age").unwrap().ends_with("age.csv"));
        assert!(find(folder.path(), "ge").is_err());
    }
}
