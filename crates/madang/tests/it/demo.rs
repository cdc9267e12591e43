//! The demo city is loaded by the real binary: every fault that was planted is found, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::city::{MADANG, Ran, ran};

/// Seeds other than the demo's own: a fault must be found wherever chance puts it.
const SEEDS: [&str; 2] = ["2026", "7"];

/// Where a fault stands and what finds it: dataset, file, row, check.
type Fault = (String, String, u64, String);
/// Faults with the column each was planted or found in; a check of several columns names none.
type Faults = BTreeMap<Fault, Option<String>>;

fn madang(words: &[&str]) -> Ran {
    ran(Command::new(MADANG).args(words).stdin(Stdio::null()))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What the city's maker wrote down: its faults, and its rows by dataset.
fn planted(folder: &Path) -> (Faults, serde_json::Map<String, Value>) {
    let list = std::fs::read_to_string(folder.join("city/faults.json")).unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    let faults = list["faults"].as_array().unwrap().iter().map(|fault| {
        let row = fault["row"].as_u64().unwrap();
        let (dataset, file) = (text(&fault["dataset"]), text(&fault["file"]));
        let column = fault["column"].as_str().map(str::to_owned);
        ((dataset, file, row, text(&fault["check"])), column)
    });
    (faults.collect(), list["rows"].as_object().unwrap().clone())
}

/// What the loads put aside.
fn found(folder: &Path, datasets: impl Iterator<Item = String>) -> Faults {
    let city = folder.join("city").display().to_string();
    let data = folder.join("data").display().to_string();
    let mut all = Faults::new();
    for dataset in datasets {
        let shown = madang(&[
            "quarantine",
            &dataset,
            "--format",
            "json",
            "-C",
            &city,
            "--data",
            &data,
        ]);
        assert_eq!(shown.code, 0, "{shown:?}");
        for row in shown.lines() {
            for reason in row["reasons"].as_array().unwrap() {
                let number = row["row"].as_u64().unwrap();
                let check = text(&reason["why"]["check"]);
                let column = reason["column"].as_str().map(str::to_owned);
                all.insert((dataset.clone(), text(&row["file"]), number, check), column);
            }
        }
    }
    all
}

#[test]
fn every_planted_fault_is_found_and_nothing_else_is_quarantined() {
    for seed in SEEDS {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display().to_string();
        let made = madang(&[
            "demo",
            "--no-serve",
            "--json",
            "--seed",
            seed,
            "--data",
            &root,
        ]);
        assert_eq!(made.code, 0, "{made:?}");
        let (planted, rows) = planted(folder.path());
        assert!(planted.len() > 100, "seed {seed}: {}", planted.len());
        let loads = made.lines();
        assert_eq!(loads.len(), rows.len(), "seed {seed}");
        for load in &loads {
            let dataset = load["dataset"].as_str().unwrap();
            assert_eq!(load["outcome"], "loaded", "seed {seed}: {load}");
            assert_eq!(load["read"], rows[dataset], "seed {seed}: {dataset}");
            assert_eq!(
                load["read"].as_u64().unwrap(),
                load["accepted"].as_u64().unwrap() + load["quarantined"].as_u64().unwrap(),
                "seed {seed}: {dataset}"
            );
        }
        let found = found(folder.path(), rows.keys().cloned());
        let without = |faults: &Faults, others: &Faults| -> Vec<Fault> {
            let left = faults.keys().filter(|fault| !others.contains_key(*fault));
            left.cloned().collect()
        };
        let (missed, invented) = (without(&planted, &found), without(&found, &planted));
        assert!(
            missed.is_empty() && invented.is_empty(),
            "seed {seed}: missed {missed:?}, invented {invented:?}"
        );
        for (fault, column) in &planted {
            let told = &found[fault];
            assert!(
                column.is_none() || told.is_none() || column == told,
                "seed {seed}: {fault:?} in {column:?} was found in {told:?}"
            );
        }
        let again = madang(&[
            "demo",
            "--no-serve",
            "--json",
            "--seed",
            seed,
            "--data",
            &root,
        ]);
        let changed: Vec<Value> = again
            .lines()
            .into_iter()
            .filter(|load| load["outcome"] != "unchanged")
            .collect();
        assert!(changed.is_empty(), "seed {seed}: {changed:?}");
    }
}
