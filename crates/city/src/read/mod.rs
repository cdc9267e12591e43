//! Files → values and faults.
//!
//! Robust: everything wrong is reported, in one go, and a mistake in one file hides none in another.

mod accepts;
mod access_log;
mod api;
mod boards;
mod calendar;
mod checks;
mod database;
mod derived;
mod drift;
mod due;
mod folder;
mod harvest;
mod links;
mod listing;
mod map;
mod meaning;
mod measures;
mod mend;
mod messages;
mod people;
mod promises;
mod recipes;
mod releases;
mod remote;
mod sign_in;
mod situation;
mod sql;
mod standards;
mod subjects;
mod techniques;
mod terms;
mod views;
mod walk;

use std::cell::OnceCell;
use std::ops::Range;
use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::calendar::{Calendar, CalendarManifest};
use crate::fault::{Fault, Place};
use crate::standard::Domains;
use crate::{
    Board, City, CityManifest, Dataset, Measure, People, PolicyText, Promise, Standard, schema,
};
use mend::UNKNOWN;

pub use recipes::{recipe_text, recipes};

/// Reads a city's folder. Returns the city when it has no fault, and every fault found.
pub fn city(folder: &Path) -> (Option<City>, Vec<Fault>) {
    folder::read(folder)
}

/// Reads a city's folder as it would be if the measure of this file, relative to the folder, had this text.
pub fn city_with(folder: &Path, file: &Path, text: &str) -> (Option<City>, Vec<Fault>) {
    folder::read_with(folder, Some((file, text)))
}

/// Reads `people.toml` and the texts of `policies/` of a city whose manifest is known already.
pub fn people_and_policies(
    folder: &Path,
    manifest: &CityManifest,
) -> (People, Vec<PolicyText>, Vec<Fault>) {
    let mut faults = Vec::new();
    let departments = folder::department_ids(manifest);
    let people = people::read(folder, Some(&departments), &mut faults);
    let texts = people::policies(folder, &mut faults);
    (people, texts, sorted(faults))
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
    let (manifest, faults) = mended_manifest(&Text::new(file, text));
    (manifest.filter(|_| faults.is_empty()), sorted(faults))
}

/// Reads a measure's text.
pub fn measure_text(file: &Path, text: &str) -> (Option<Measure>, Vec<Fault>) {
    let (measure, faults) = Text::new(file, text).parse();
    (measure.filter(|_| faults.is_empty()), sorted(faults))
}

/// A fault at the value at `path` of a manifest's text, for what only others can judge.
pub fn fault_in(file: &Path, text: &str, path: &[&str], what: impl Into<String>) -> Fault {
    Text::new(file, text).fault_at(path, what)
}

/// Reads a board's text.
pub fn board_text(file: &Path, text: &str) -> (Option<Board>, Vec<Fault>) {
    let (board, faults) = Text::new(file, text).parse();
    (board.filter(|_| faults.is_empty()), sorted(faults))
}

/// Reads a promise's text, without the city around it.
pub fn promise_text(file: &Path, text: &str) -> (Option<Promise>, Vec<Fault>) {
    let source = Text::new(file, text);
    let (promise, mut faults) = source.parse::<Promise>();
    if let Some(promise) = &promise {
        promises::alone(promise, &source, &mut faults);
    }
    (promise.filter(|_| faults.is_empty()), sorted(faults))
}

/// Reads a standard's text. A domain it names is looked up in `domains`.
pub fn standard_text(file: &Path, text: &str, domains: &Domains) -> (Option<Standard>, Vec<Fault>) {
    let source = Text::new(file, text);
    let (standard, mut faults) = source.parse::<Standard>();
    if let Some(standard) = &standard {
        standards::standard(standard, Some(domains), &source, &mut faults);
    }
    (standard.filter(|_| faults.is_empty()), sorted(faults))
}

/// Reads the text of `calendar.toml`.
pub fn calendar_text(file: &Path, text: &str) -> (Option<Calendar>, Vec<Fault>) {
    let source = Text::new(file, text);
    let (manifest, mut faults) = source.parse::<CalendarManifest>();
    let calendar = manifest.map(|manifest| calendar::calendar(&manifest, &source, &mut faults));
    (calendar.filter(|_| faults.is_empty()), sorted(faults))
}

/// Reads the text of `people.toml`, without the city around it.
pub fn people_text(file: &Path, text: &str) -> (Option<People>, Vec<Fault>) {
    let (people, faults) = people::of_text(&Text::new(file, text), None);
    (people.filter(|_| faults.is_empty()), sorted(faults))
}

/// Reads the text of `standards/domains.toml`.
pub fn domains_text(file: &Path, text: &str) -> (Option<Domains>, Vec<Fault>) {
    let source = Text::new(file, text);
    let (domains, mut faults) = source.parse::<Domains>();
    if let Some(domains) = &domains {
        standards::of_domains(domains, &source, &mut faults);
    }
    (domains.filter(|_| faults.is_empty()), sorted(faults))
}

/// `city.toml` with its faults; where it has some, what it most likely means.
fn mended_manifest(source: &Text<'_>) -> (Option<CityManifest>, Vec<Fault>) {
    let (manifest, mut faults) = source.parse::<CityManifest>();
    if let Some(manifest) = &manifest {
        meaning::manifest(manifest, source, &mut faults);
    }
    (manifest, faults)
}

/// In the order of files and lines, once each, without those that only follow from another.
fn sorted(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.retain(|fault| !fault.what.contains(UNKNOWN));
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
    /// Made when it is first asked for: of most texts only a fault would ask.
    tree: OnceCell<Tree<'t>>,
}

/// A text taken apart.
struct Tree<'t> {
    table: Spanned<DeTable<'t>>,
    syntax: Vec<Fault>,
}

impl<'t> Text<'t> {
    pub(crate) fn new(file: &'t Path, text: &'t str) -> Self {
        Self {
            file,
            text,
            tree: OnceCell::new(),
        }
    }

    fn tree(&self) -> &Tree<'t> {
        self.tree.get_or_init(|| {
            let (table, errors) = DeTable::parse_recoverable(self.text);
            let syntax = self.syntax_of(&errors);
            Tree { table, syntax }
        })
    }

    /// The parser's errors. Behind a bracket that is never closed each further word is one more:
    /// only the first of those is told.
    fn syntax_of(&self, errors: &[toml::de::Error]) -> Vec<Fault> {
        let is_open = errors
            .iter()
            .any(|error| error.message().starts_with("unclosed"));
        let mut in_order: Vec<_> = errors.iter().collect();
        in_order.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        let mut faults = Vec::new();
        for error in in_order {
            let message = error.message().lines().next().unwrap_or("not TOML");
            let (what, expected) = match message.split_once(", expected ") {
                Some((what, expected)) => (what, Some(expected.to_owned())),
                None => (message, None),
            };
            let is_inside = ["array", "inline table", "unclosed"]
                .iter()
                .any(|word| what.contains(word));
            let span = error.span().unwrap_or(0..0);
            let behind = self.text.get(span.start..).unwrap_or_default();
            let mut fault = self.fault(span, what);
            fault.expected = expected;
            if what.contains("must be quoted") && behind.starts_with(['\n', '\r', '#']) {
                "there is no value behind the `=`".clone_into(&mut fault.what);
                fault.expected = Some("a value".to_owned());
            }
            if is_open && is_inside {
                let line = fault.place.line;
                faults.retain(|before: &Fault| before.place.line != line);
                let remedy = "close the bracket `[` or `{` that is opened before this place";
                faults.push(fault.remedy(remedy));
                break;
            }
            faults.push(if what.contains("duplicate key") {
                fault
                    .expected("each key once")
                    .remedy("keep one of the two")
            } else {
                fault.remedy("check quotation marks, brackets and `=` in this line")
            });
        }
        faults
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

    /// The value at `path`. A step that is a number counts in a list.
    fn at(&self, path: &[&str]) -> Option<&Spanned<DeValue<'t>>> {
        let (first, rest) = path.split_first()?;
        let table = self.tree().table.get_ref();
        let named = |table: &'_ DeTable<'t>, step: &str| {
            table.iter().position(|(key, _)| key.get_ref() == step)
        };
        let mut here = table.values().nth(named(table, first)?)?;
        for step in rest {
            here = match here.get_ref() {
                DeValue::Table(table) => table.values().nth(named(table, step)?)?,
                DeValue::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(here)
    }

    /// Whether the text itself has a value at `path`; what stands in for a mistake has none.
    pub(crate) fn has(&self, path: &[&str]) -> bool {
        self.at(path).is_some()
    }

    /// Whether the text itself says `word` at `path`.
    pub(crate) fn says(&self, path: &[&str], word: &str) -> bool {
        self.at(path)
            .is_some_and(|value| value.get_ref().as_str() == Some(word))
    }

    /// How many keys or items the text itself has at `path`, if it has a table or a list there.
    pub(crate) fn length(&self, path: &[&str]) -> Option<usize> {
        match self.at(path)?.get_ref() {
            DeValue::Table(table) => Some(table.len()),
            DeValue::Array(items) => Some(items.len()),
            _ => None,
        }
    }

    /// Where the value at `path` stands; the nearest enclosing value that exists.
    pub(crate) fn span(&self, path: &[&str]) -> Range<usize> {
        (1..=path.len())
            .rev()
            .find_map(|length| self.at(path.get(..length)?))
            .map_or(0..0, Spanned::span)
    }

    /// Where the byte `at` of the text value at `path` stands; its beginning, where it is written
    /// with escapes.
    pub(crate) fn inside(&self, path: &[&str], value: &str, at: usize) -> Range<usize> {
        let span = self.span(path);
        let written = self.text.get(span.clone()).unwrap_or_default();
        match written.find(value) {
            Some(mark) => span.start + mark + at..span.end,
            None => span,
        }
    }

    /// A fault at the value at `path`.
    pub(crate) fn fault_at(&self, path: &[&str], what: impl Into<String>) -> Fault {
        self.fault(self.span(path), what)
    }

    /// The value and everything wrong with it. Beside faults stands what the text most likely
    /// means, to be judged further and never to be used.
    fn parse<T: DeserializeOwned + JsonSchema>(&self) -> (Option<T>, Vec<Fault>) {
        self.parse_as(&schema::of::<T>())
    }

    /// The same with the schema of `T` at hand: making one takes longer than reading a manifest by it.
    fn parse_as<T: DeserializeOwned>(&self, schema: &Value) -> (Option<T>, Vec<Fault>) {
        let tree = self.tree();
        if !tree.syntax.is_empty() {
            return (None, tree.syntax.clone());
        }
        let (mended, slips) = walk::walk(&tree.table, schema);
        if !slips.is_empty() {
            let told = |slip: walk::Slip| {
                let mut fault = self.fault(slip.span, slip.what);
                (fault.expected, fault.remedy) = (slip.expected, slip.remedy);
                fault
            };
            let faults = slips.into_iter().map(told).collect();
            return (serde_json::from_value(mended).ok(), faults);
        }
        match toml::from_str(self.text) {
            Ok(value) => (Some(value), Vec::new()),
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
