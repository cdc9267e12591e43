//! Every fault planted is found, and nothing else is quarantined.

use std::collections::BTreeSet;

use demo::outside::Kinds;

use crate::town::{Fault, Faults, TOWNS, Town, city, is_derived, plan};

fn planted(town: &Town) -> Faults {
    let faults = town.planted.faults.iter().cloned();
    faults
        .map(|fault| {
            (
                (fault.dataset, fault.file, fault.row, fault.check),
                fault.column,
            )
        })
        .collect()
}

/// Planted is found, found was planted, and all rows were read.
pub(crate) fn check(town: &Town) {
    let (seed, planted) = (town.seed, planted(town));
    let without = |faults: &Faults, others: &Faults| -> Vec<Fault> {
        let left = faults.keys().filter(|fault| !others.contains_key(*fault));
        left.take(30).cloned().collect()
    };
    let missed = without(&planted, &town.found);
    let invented = without(&town.found, &planted);
    assert!(
        missed.is_empty() && invented.is_empty(),
        "seed {seed}\nmissed {missed:#?}\ninvented {invented:#?}"
    );
    for (fault, column) in &planted {
        let told = &town.found[fault];
        assert!(
            column.is_none() || told.is_none() || column == told,
            "seed {seed}: {fault:?} in {column:?} was found in {told:?}"
        );
    }
    assert_eq!(town.rows, town.planted.rows, "seed {seed}");
}

#[test]
fn every_planted_fault_is_found_and_nothing_else_is_quarantined() {
    for town in TOWNS.iter().map(|town| &**town) {
        assert!(town.planted.faults.len() > 2_000, "seed {}", town.seed);
        check(town);
    }
}

#[test]
fn every_dataset_of_the_city_is_made_and_every_one_made_is_declared() {
    let folder = tempfile::tempdir().unwrap();
    let made = demo::write(
        &plan(1),
        &folder.path().join("inbox"),
        &Kinds::new(),
        &|_, _, _| {},
    )
    .unwrap();
    let made: BTreeSet<String> = made.rows.into_keys().collect();
    let city = city();
    let declared = city.datasets.values().filter(|it| !is_derived(it));
    let declared: BTreeSet<String> = declared.map(|it| it.id.to_string()).collect();
    assert_eq!(made, declared);
}

#[test]
fn no_load_comes_near_the_limit_of_its_quarantine() {
    let town = &*TOWNS[0];
    for (id, dataset) in town.city.datasets.iter().filter(|it| !is_derived(it.1)) {
        let bad = town.found.keys().filter(|fault| fault.0 == id.as_str());
        let (bad, read) = (
            u32::try_from(bad.count()).unwrap(),
            u32::try_from(town.rows[id.as_str()]).unwrap(),
        );
        let share = f64::from(bad) / f64::from(read);
        assert!(
            share <= dataset.load.quarantine_limit,
            "{id}: {bad} of {read}"
        );
    }
}

#[test]
fn the_whole_city_is_small() {
    let town = &*TOWNS[0];
    let large = [
        "addresses",
        "link_speeds",
        "living_population",
        "complaints",
        "sensor_readings",
        "spending",
        "population",
    ];
    for (id, rows) in &town.rows {
        let most = if large.contains(&id.as_str()) {
            120_000
        } else {
            5_000
        };
        assert!((1..=most).contains(rows), "{id}: {rows}");
    }
}
