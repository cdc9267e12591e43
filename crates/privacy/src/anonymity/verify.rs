//! What a written file holds, measured by code of its own.
//!
//! Nothing here is shared with the search but the names of models: another reader of rows, other groups, formulas as their
//! authors wrote them. Every row of the file counts as it stands, suppressed ones (all `*`) as one class like any other. A
//! missing cell is equal to other missing cells only, and a missing sensitive value never counts as one more value.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use city::Fault;

use super::input::{broken, open, places, text};
use super::model::{Ground, Model};
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

type Spread = BTreeMap<String, u64>;
/// Each leaf's way to the root.
type Ways = HashMap<String, Vec<String>>;

/// Rows alike.
#[derive(Clone, Debug, Default)]
struct Alike {
    first: u64,
    rows: u64,
    values: Spread,
    population: u64,
}

/// Classes and what they are compared with.
#[derive(Clone, Debug, Default)]
struct Grounds {
    classes: Vec<Alike>,
    all: Spread,
    rows: u64,
    /// Population classes in which no row of the file is.
    is_absent: bool,
    /// Each value's way to the root.
    ways: Ways,
    /// Values in the order of the tree's lines.
    lines: Vec<String>,
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
            *all.entry(value).or_default() += 1;
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
        let way: Vec<String> = record.iter().map(str::to_owned).collect();
        if let Some(leaf) = way.first() {
            lines.push(leaf.clone());
            ways.insert(leaf.clone(), way);
        }
    }
    Ok((ways, lines))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of rows lie far below 2^53"
)]
fn real(count: u64) -> f64 {
    count as f64
}

/// Equal but for the rounding of the last digits.
const ROUNDING: f64 = 1e-12;

impl Grounds {
    /// Puts a row to those that are alike in every quasi-identifier.
    fn take(&mut self, places: &mut HashMap<Vec<u8>, usize>, key: &[u8], value: Option<&str>) {
        self.rows += 1;
        let place = places.get(key).copied().unwrap_or_else(|| {
            let place = self.classes.len();
            places.insert(key.to_vec(), place);
            self.classes.push(Alike {
                first: self.rows,
                ..Alike::default()
            });
            place
        });
        let Some(class) = self.classes.get_mut(place) else {
            return;
        };
        class.rows += 1;
        let Some(value) = value else {
            return;
        };
        for spread in [&mut class.values, &mut self.all] {
            match spread.get_mut(value) {
                Some(count) => *count += 1,
                None => {
                    spread.insert(value.to_owned(), 1);
                }
            }
        }
    }

    fn verdict(&self, models: &[Model]) -> Verdict {
        Verdict {
            rows: self.rows,
            classes: self.classes.len() as u64,
            min_class: self
                .classes
                .iter()
                .map(|class| class.rows)
                .min()
                .unwrap_or(0),
            models: models.iter().map(|&model| self.measured(model)).collect(),
        }
    }

    fn measured(&self, model: Model) -> Measured {
        match model {
            Model::AverageRisk(most) => {
                let risk = real(self.classes.len() as u64) / real(self.rows.max(1));
                return over_all(model, risk, most);
            }
            Model::Uniqueness(most) => {
                let alone = self.classes.iter().filter(|class| class.rows == 1).count();
                let share = real(alone as u64) / real(self.rows.max(1));
                return over_all(model, share, most);
            }
            _ => {}
        }
        let mut measured = Measured {
            model,
            holds: true,
            worst: f64::NAN,
            row: None,
        };
        let mut worst_excess = f64::NEG_INFINITY;
        for class in &self.classes {
            let (value, excess) = self.of_class(model, class);
            // What cannot be compared is no pass.
            let is_good = excess <= 0.0;
            measured.holds &= is_good;
            if excess > worst_excess || measured.row.is_none() || excess.is_nan() {
                worst_excess = excess;
                measured.worst = value;
                measured.row = Some(class.first);
            }
        }
        if let Model::DeltaPresence { min, .. } = model
            && self.is_absent
            && min > 0.0
        {
            measured.holds = false;
            measured.worst = 0.0;
            measured.row = None;
        }
        measured
    }

    /// A class's value in a model's measure, and how far it is beyond what is allowed: above 0 is too far.
    fn of_class(&self, model: Model, class: &Alike) -> (f64, f64) {
        let known: Vec<u64> = class
            .values
            .iter()
            .filter(|(value, _)| !value.is_empty())
            .map(|(_, &count)| count)
            .collect();
        let at_least = |value: f64, least: f64| (value, least - value);
        let at_most = |value: f64, most: f64| (value, value - most - ROUNDING);
        match model {
            Model::K(k) => at_least(real(class.rows), f64::from(k)),
            Model::DistinctL(l) => at_least(real(known.len() as u64), f64::from(l)),
            Model::EntropyL(l) => {
                let rows = real(known.iter().sum());
                let entropy: f64 = known
                    .iter()
                    .map(|&count| -(real(count) / rows) * (real(count) / rows).log2())
                    .sum();
                let effective = if known.is_empty() {
                    0.0
                } else {
                    entropy.exp2()
                };
                (effective, l - effective - 1e-9)
            }
            Model::RecursiveL { c, l } => {
                let mut sorted = known;
                sorted.sort_unstable();
                sorted.reverse();
                let most = real(sorted.first().copied().unwrap_or(0));
                let rest: u64 = sorted.iter().skip((l as usize).saturating_sub(1)).sum();
                let ratio = most / real(rest);
                let is_good = rest > 0 && most < c * real(rest);
                (ratio, if is_good { -1.0 } else { 1.0 })
            }
            Model::T { ground, t } => at_most(self.distance(ground, class), t),
            Model::Beta { is_enhanced, beta } => {
                let mut worst = (0.0, f64::NEG_INFINITY);
                for (value, &count) in &class.values {
                    let p = real(self.all.get(value).copied().unwrap_or(0))
                        / real(self.all.values().sum());
                    let q = real(count) / real(class.rows);
                    let most = if is_enhanced { beta.min(-p.ln()) } else { beta };
                    let (gain, excess) = at_most((q - p) / p, most);
                    if excess > worst.1 || excess.is_nan() {
                        worst = (gain, excess);
                    }
                }
                worst
            }
            Model::DeltaPresence { min, max } => {
                let presence = real(class.rows) / real(class.population);
                (presence, (min - presence).max(presence - max))
            }
            Model::KMap(k) => at_least(real(class.population), f64::from(k)),
            Model::AverageRisk(_) | Model::Uniqueness(_) => (f64::NAN, f64::NAN),
        }
    }

    /// How much must be moved how far to turn the class's spread into that of all rows.
    fn distance(&self, ground: Ground, class: &Alike) -> f64 {
        let total = real(self.all.values().sum());
        let gap = |value: &String| {
            let own = class.values.get(value).copied().unwrap_or(0);
            let all = self.all.get(value).copied().unwrap_or(0);
            real(own) / real(class.rows) - real(all) / total
        };
        let mut values: Vec<&String> = self.all.keys().chain(class.values.keys()).collect();
        values.sort_unstable();
        values.dedup();
        match ground {
            Ground::Equal => values.iter().map(|value| gap(value).max(0.0)).sum(),
            Ground::Ordered => {
                self.sort(&mut values);
                let mut carried = 0.0_f64;
                let mut work = 0.0;
                for value in &values {
                    carried += gap(value);
                    work += carried.abs();
                }
                work / real((values.len() as u64).saturating_sub(1).max(1))
            }
            Ground::Hierarchical => self.along_tree(&values, &gap),
        }
    }

    /// Numbers by size, else as in the tree, else as text.
    fn sort(&self, values: &mut [&String]) {
        let number = |value: &String| value.trim().parse::<f64>().ok();
        if values.iter().all(|value| number(value).is_some()) {
            values.sort_by(|a, b| {
                number(a)
                    .partial_cmp(&number(b))
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
        } else if !self.lines.is_empty() {
            values.sort_by_key(|value| self.lines.iter().position(|line| line == *value));
        }
    }

    /// The excess of each subtree is moved through its root: level ÷ height for what meets there.
    fn along_tree(&self, values: &[&String], gap: &dyn Fn(&String) -> f64) -> f64 {
        let height = self.ways.values().map(Vec::len).max().unwrap_or(1) - 1;
        let mut cost = 0.0;
        for level in 1..=height {
            // By the node at this level: the excess of each child.
            let mut nodes: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
            for value in values {
                let Some(way) = self.ways.get(*value) else {
                    return f64::NAN;
                };
                let (Some(child), Some(node)) = (way.get(level - 1), way.get(level)) else {
                    return f64::NAN;
                };
                *nodes.entry(node).or_default().entry(child).or_default() += gap(value);
            }
            for children in nodes.values() {
                let more: f64 = children.values().filter(|&&extra| extra > 0.0).sum();
                let less: f64 = -children.values().filter(|&&extra| extra < 0.0).sum::<f64>();
                cost += more.min(less) * real(level as u64) / real(height as u64);
            }
        }
        cost
    }
}

fn over_all(model: Model, value: f64, most: f64) -> Measured {
    Measured {
        model,
        holds: value <= most,
        worst: value,
        row: None,
    }
}
