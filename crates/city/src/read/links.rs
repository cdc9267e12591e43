//! What the files of a city say of each other: datasets, columns and measures they name exist.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Text;
use super::folder::{Read, unknown};
use crate::check::{Check, RefersTo};
use crate::dataset::Source;
use crate::fault::Fault;
use crate::{Column, Dataset, DatasetId, Standard};

/// What can be named; nothing beside the name of a file that could not be read.
pub(super) type Known<'r, T> = BTreeMap<String, Option<&'r T>>;

/// The names of what can be named.
pub(super) fn ids<'k, T>(known: &'k Known<'_, T>) -> Vec<&'k str> {
    known.keys().map(String::as_str).collect()
}

/// `refers-to` checks, each with its place.
fn references_of<'c>(
    columns: impl Iterator<Item = &'c [Check]>,
) -> impl Iterator<Item = ([String; 2], &'c RefersTo)> {
    columns.enumerate().flat_map(|(at, checks)| {
        let checks = checks.iter().enumerate();
        checks.filter_map(move |(number, check)| match check {
            Check::RefersTo(target) => Some(([at.to_string(), number.to_string()], target)),
            _ => None,
        })
    })
}

fn checks_of(dataset: &Dataset) -> impl Iterator<Item = &[Check]> {
    dataset
        .columns
        .iter()
        .map(|column| column.checks.as_slice())
}

/// What a dataset says of others.
pub(super) fn references(
    read: &Read<Dataset>,
    datasets: &Known<'_, Dataset>,
    faults: &mut Vec<Fault>,
) {
    let text = Text::new(&read.file, &read.text);
    targets(checks_of(&read.value), &text, datasets, faults);
    for (at, other) in derived_from(&read.value).iter().enumerate() {
        let path = ["source", "from", &at.to_string()];
        dataset(other, datasets, &text, &path, faults);
    }
}

/// The datasets that a derived one reads.
fn derived_from(dataset: &Dataset) -> &[DatasetId] {
    match &dataset.source {
        Source::Derived(source) => &source.from,
        _ => &[],
    }
}

/// What a standard says of the city's datasets.
pub(super) fn references_of_standard(
    read: &Read<Standard>,
    datasets: &Known<'_, Dataset>,
    faults: &mut Vec<Fault>,
) {
    let text = Text::new(&read.file, &read.text);
    let columns = read.value.columns.iter();
    targets(
        columns.map(|column| column.checks.as_slice()),
        &text,
        datasets,
        faults,
    );
}

fn targets<'c>(
    columns: impl Iterator<Item = &'c [Check]>,
    text: &Text<'_>,
    datasets: &Known<'_, Dataset>,
    faults: &mut Vec<Fault>,
) {
    for ([at, number], target) in references_of(columns) {
        let path = |key| ["columns", &at, "checks", &number, "refers-to", key];
        let Some(other) = dataset(&target.dataset, datasets, text, &path("dataset"), faults) else {
            continue;
        };
        column(other, &target.column, text, &path("column"), faults);
        if target.as_of.is_some() && other.valid.is_none() {
            let what = format!(
                "the dataset `{}` does not say from when to when its rows hold",
                other.id
            );
            let remedy = "write `valid = { from = \"...\", to = \"...\" }` into its manifest, or take `as-of` out";
            faults.push(text.fault_at(&path("as-of"), what).remedy(remedy));
        }
    }
}

/// Datasets that refer to each other in a circle: none of them could be loaded first.
pub(super) fn circles(datasets: &[Read<Dataset>], faults: &mut Vec<Fault>) {
    let edges: BTreeMap<&str, BTreeSet<&str>> = datasets
        .iter()
        .map(|read| {
            let targets =
                references_of(checks_of(&read.value)).map(|(_, target)| target.dataset.as_str());
            let from = derived_from(&read.value).iter().map(DatasetId::as_str);
            (read.value.id.as_str(), targets.chain(from).collect())
        })
        .collect();
    for read in datasets {
        let own = read.value.id.as_str();
        let text = Text::new(&read.file, &read.text);
        let referred = references_of(checks_of(&read.value)).map(|([at, number], target)| {
            let path = ["columns", &at, "checks", &number, "refers-to", "dataset"];
            (path.map(str::to_owned).to_vec(), &target.dataset)
        });
        let derived = derived_from(&read.value).iter().enumerate();
        let derived = derived.map(|(at, other)| {
            let path = ["source", "from", &at.to_string()];
            (path.map(str::to_owned).to_vec(), other)
        });
        for (path, target) in referred.chain(derived) {
            let Some(way) = way(target, own, &edges) else {
                continue;
            };
            // A circle is told once, at the first of its datasets.
            if way.iter().any(|other| *other < own) {
                continue;
            }
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            faults.push(
                text.fault_at(
                    &path,
                    format!(
                        "datasets need each other in a circle: {own} → {}",
                        way.join(" → ")
                    ),
                )
                .remedy("take one `refers-to` or `from` out: none of them could be loaded first"),
            );
        }
    }
}

/// The shortest way along `edges`, both ends in it.
fn way<'d>(
    from: &'d str,
    to: &str,
    edges: &BTreeMap<&'d str, BTreeSet<&'d str>>,
) -> Option<Vec<&'d str>> {
    let mut ways = VecDeque::from([vec![from]]);
    let mut seen = BTreeSet::from([from]);
    while let Some(way) = ways.pop_front() {
        let here = *way.last()?;
        if here == to {
            return Some(way);
        }
        for next in edges.get(here).into_iter().flatten() {
            if seen.insert(next) {
                ways.push_back(way.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}

/// The column of that name, or a fault at `path`.
pub(super) fn column<'d>(
    of: &'d Dataset,
    name: &str,
    text: &Text<'_>,
    path: &[&str],
    faults: &mut Vec<Fault>,
) -> Option<&'d Column> {
    let found = of.column(name);
    if found.is_none() {
        let known: Vec<&str> = of.columns.iter().map(|own| own.name.as_str()).collect();
        let what = format!("the dataset `{}` has no column `{name}`", of.id);
        faults.extend(unknown(text.fault_at(path, what), name, &known));
    }
    found
}

/// The dataset of that name, or a fault at `path`.
pub(super) fn dataset<'d>(
    id: &DatasetId,
    datasets: &Known<'d, Dataset>,
    text: &Text<'_>,
    path: &[&str],
    faults: &mut Vec<Fault>,
) -> Option<&'d Dataset> {
    if let Some(found) = datasets.get(id.as_str()) {
        return *found;
    }
    let what = format!("there is no dataset `{id}`");
    faults.extend(unknown(text.fault_at(path, what), id, &ids(datasets)));
    None
}
