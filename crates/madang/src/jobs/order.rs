//! Datasets in an order in which what is referred to is loaded first.

use std::collections::BTreeSet;

use city::check::Check;
use city::dataset::Source;
use city::{City, Dataset, DatasetId};

/// Datasets that `dataset` refers to or is derived from, itself aside.
pub(crate) fn referred(dataset: &Dataset) -> BTreeSet<DatasetId> {
    let checks = dataset.columns.iter().flat_map(|column| &column.checks);
    let names = checks.filter_map(|check| match check {
        Check::RefersTo(reference) => Some(reference.dataset.clone()),
        _ => None,
    });
    let from = match &dataset.source {
        Source::Derived(source) => source.from.as_slice(),
        _ => &[],
    };
    names
        .chain(from.iter().cloned())
        .filter(|name| *name != dataset.id)
        .collect()
}

/// The wanted datasets (all when none is named), each after those it refers to. Circles are broken
/// where they are met: the later load then sees the earlier version of the other.
pub(crate) fn order<'a>(city: &'a City, wanted: &[&'a Dataset]) -> Vec<&'a Dataset> {
    let all: Vec<&Dataset> = if wanted.is_empty() {
        city.datasets.values().collect()
    } else {
        wanted.to_vec()
    };
    let mut ordered = Vec::new();
    let mut met = BTreeSet::new();
    for dataset in &all {
        visit(dataset, &all, &mut met, &mut ordered);
    }
    // What the platform knows of itself is told last: the loads before it are in it.
    ordered.sort_by_key(|dataset| is_own(dataset));
    ordered
}

/// Whether a dataset is made of what the platform knows of itself.
pub(crate) fn is_own(dataset: &Dataset) -> bool {
    matches!(dataset.source, Source::Platform(_))
}

fn visit<'a>(
    dataset: &'a Dataset,
    all: &[&'a Dataset],
    met: &mut BTreeSet<DatasetId>,
    ordered: &mut Vec<&'a Dataset>,
) {
    if !met.insert(dataset.id.clone()) {
        return;
    }
    for name in referred(dataset) {
        if let Some(other) = all.iter().find(|other| other.id == name) {
            visit(other, all, met, ordered);
        }
    }
    ordered.push(dataset);
}
