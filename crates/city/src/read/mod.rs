//! Files → values and faults.
//!
//! Robust: everything wrong is reported, in one go, and a mistake in one file hides none in another.

mod folder;
mod meaning;
mod walk;

use std::ops::Range;
use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::fault::{Fault, Place};
use crate::{Board, City, CityManifest, Dataset, Measure, schema};

/// Reads a city's folder. Returns the city when it has no fault, and every fault found.
pub fn city(folder: &Path) -> (Option<City>, Vec<Fault>) {
    folder::read(folder)
}

/// Reads one dataset's manifest, without the city around it.
pub fn dataset_text(file: &Path, text: &str) -> (Option<Dataset>, Vec<Fault>) {
    let source = Text::new(file, text);
    let (dataset, mut faults) = source.parse::<Dataset>();
    if let Some(dataset) = &dataset {
        meaning::dataset(dataset, &source, &mut faults);
    }
    (dataset.filter(|_| faults.is_empty()), sorted(faults))
}

/// Reads `city.toml`'s text.
pub fn manifest_text(file: &Path, text: &str) -> (Option<CityManifest>, Vec<Fault>) {
    let source = Text::new(file, text);
    let (manifest, mut faults) = source.parse::<CityManifest>();
    if let Some(manifest) = &manifest {
        meaning::manifest(manifest, &source, &mut faults);
    }
    (manifest, sorted(faults))
}

/// Reads a measure's text.
pub fn measure_text(file: &Path, text: &str) -> (Option<Measure>, Vec<Fault>) {
    Text::new(file, text).parse()
}

/// Reads a board's text.
pub fn board_text(file: &Path, text: &str) -> (Option<Board>, Vec<Fault>) {
    Text::new(file, text).parse()
}

fn sorted(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by(|left, right| {
        left.place
            .cmp(&right.place)
            .then_with(|| left.what.cmp(&right.what))
    });
    faults.dedup();
    faults
}

/// A manifest's text with its name, its lines and its tree.
pub(crate) struct Text<'t> {
    file: &'t Path,
    text: &'t str,
    tree: Option<Spanned<DeTable<'t>>>,
    syntax: Vec<Fault>,
}

impl<'t> Text<'t> {
    pub(crate) fn new(file: &'t Path, text: &'t str) -> Self {
        let mut this = Self {
            file,
            text,
            tree: None,
            syntax: Vec::new(),
        };
        let (tree, errors) = DeTable::parse_recoverable(text);
        this.syntax = errors
            .iter()
            .map(|error| {
                let message = error
                    .message()
                    .lines()
                    .next()
                    .unwrap_or("not TOML")
                    .to_owned();
                this.fault(error.span().unwrap_or(0..0), message)
                    .remedy("check quotation marks, brackets and `=` in this line")
            })
            .collect();
        this.tree = Some(tree);
        this
    }

    /// A fault at a span of this text.
    pub(crate) fn fault(&self, span: Range<usize>, what: impl Into<String>) -> Fault {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        let mut fault = Fault::at(self.file, what);
        fault.place = Place {
            line: u64::try_from(line).ok(),
            column: u64::try_from(column).ok(),
            ..fault.place
        };
        fault
    }

    /// Where the value at `path` stands; the nearest enclosing value that exists. A step that is a
    /// number counts in a list.
    pub(crate) fn span(&self, path: &[&str]) -> Range<usize> {
        let Some(tree) = &self.tree else { return 0..0 };
        let mut here = None;
        let mut table = Some(tree.get_ref());
        let mut list: Option<Vec<&Spanned<DeValue<'_>>>> = None;
        for step in path {
            let next = match (&table, &list) {
                (Some(table), _) => table
                    .iter()
                    .find(|(key, _)| key.get_ref() == *step)
                    .map(|(_, value)| value),
                (None, Some(items)) => step
                    .parse::<usize>()
                    .ok()
                    .and_then(|at| items.get(at).copied()),
                (None, None) => None,
            };
            let Some(next) = next else { break };
            here = Some(next.span());
            table = next.get_ref().as_table();
            list = next
                .get_ref()
                .as_array()
                .map(|items| items.iter().collect());
        }
        here.unwrap_or(0..0)
    }

    /// A fault at the value at `path`.
    pub(crate) fn fault_at(&self, path: &[&str], what: impl Into<String>) -> Fault {
        self.fault(self.span(path), what)
    }

    /// The value, if the text is TOML, follows the schema and deserialises.
    fn parse<T: DeserializeOwned + JsonSchema>(&self) -> (Option<T>, Vec<Fault>) {
        let mut faults = self.syntax.clone();
        if let (true, Some(tree)) = (faults.is_empty(), &self.tree) {
            for slip in walk::walk(tree, &schema::of::<T>()) {
                let mut fault = self.fault(slip.span, slip.what);
                (fault.expected, fault.remedy) = (slip.expected, slip.remedy);
                faults.push(fault);
            }
        }
        if !faults.is_empty() {
            return (None, faults);
        }
        match toml::from_str(self.text) {
            Ok(value) => (Some(value), faults),
            Err(error) => {
                let fault = self.fault(
                    error.span().unwrap_or(0..0),
                    error.message().lines().next().unwrap_or_default(),
                );
                (None, vec![fault])
            }
        }
    }
}
