//! A table that grows by key: very many rows in parts, then small deliveries of new and changed rows.

use std::collections::BTreeSet;
use std::path::Path;

use crate::DemoError;
use crate::dice::Dice;
use crate::forms::{Charset, Csv, Form as _, whole};
use crate::world::World;

/// Rows that were changed lately are among so many.
const NEWEST: u64 = 1_000_000;

/// What a small delivery holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Nine rows in ten are new; the others change one of the newest million.
    Newest,
    /// Rows changed anywhere, by chance.
    Anywhere,
}

impl Delivery {
    /// How many of `rows` rows are new.
    pub fn new_rows(self, rows: u64) -> u64 {
        match self {
            Self::Newest => rows / 10 * 9,
            Self::Anywhere => 0,
        }
    }
}

/// Writes the folder of a city whose one dataset replaces rows by key; its file is `inbox/complaints.csv`.
///
/// # Errors
/// When the disk fails.
pub fn city(city: &Path) -> Result<(), DemoError> {
    whole(&city.join("city.toml"), super::CITY.as_bytes())?;
    let manifest = super::complaints_manifest().replace("\"snapshot\"", "\"upsert\"");
    let path = city.join("datasets/bench/complaints.toml");
    Ok(whole(&path, manifest.as_bytes())?)
}

/// Writes `rows` rows from the `first`-th on, counted from 0.
///
/// # Errors
/// When the disk fails.
pub fn part(first: u64, rows: u64, file: &Path) -> Result<(), DemoError> {
    numbered(first..first + rows, first, file)
}

/// Writes a delivery of `rows` rows to a table that holds the rows up to `held`; another `turn` makes other rows.
///
/// # Errors
/// When the disk fails.
pub fn delivery(
    kind: Delivery,
    held: u64,
    rows: u64,
    turn: u64,
    file: &Path,
) -> Result<(), DemoError> {
    let new = kind.new_rows(rows);
    let least = match kind {
        Delivery::Newest => held.saturating_sub(NEWEST),
        Delivery::Anywhere => 0,
    };
    let changed = (rows - new).min(held - least);
    let mut dice = Dice::new(turn, "bench changed rows");
    let mut numbers = BTreeSet::new();
    while u64::try_from(numbers.len()).unwrap_or(u64::MAX) < changed {
        let last = i64::try_from(held - 1 - least).unwrap_or(i64::MAX);
        numbers.insert(least + dice.between(0, last).unsigned_abs());
    }
    numbered(
        numbers.into_iter().chain(held..held + new),
        held + turn + 1,
        file,
    )
}

fn numbered(numbers: impl Iterator<Item = u64>, seed: u64, file: &Path) -> Result<(), DemoError> {
    let heads = super::NAMES.map(str::to_owned).to_vec();
    let mut csv = Csv::new(file, Charset::Cp949, ',', &[], &heads)?;
    let (world, mut dice) = (World::new(7), Dice::new(seed, "bench keyed"));
    for number in numbers {
        csv.row(&super::complaint(number, &world, &mut dice), None)?;
    }
    Box::new(csv).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(file: &Path) -> Vec<u64> {
        let bytes = std::fs::read(file).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines = text.lines().skip(1);
        lines
            .map(|line| {
                let key = line.split(',').next().unwrap();
                key.strip_prefix("MW").unwrap().parse().unwrap()
            })
            .collect()
    }

    #[test]
    fn a_delivery_has_the_rows_it_promises() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.csv");
        part(100, 50, &file).unwrap();
        assert_eq!(keys(&file), (101..=150).collect::<Vec<_>>());
        delivery(Delivery::Newest, 3_000_000, 1_000, 1, &file).unwrap();
        let newest = keys(&file);
        assert_eq!(newest.len(), 1_000);
        assert_eq!(newest.iter().filter(|key| **key > 3_000_000).count(), 900);
        assert!(newest.iter().all(|key| *key > 2_000_000));
        assert!(newest.is_sorted_by(|one, next| one < next), "no key twice");
        delivery(Delivery::Anywhere, 3_000_000, 1_000, 1, &file).unwrap();
        let anywhere = keys(&file);
        assert!(anywhere.is_sorted_by(|one, next| one < next));
        assert_eq!(anywhere.len(), 1_000);
        assert!(anywhere.iter().all(|key| *key <= 3_000_000));
        assert!(anywhere.iter().any(|key| *key < 1_000_000), "anywhere");
        delivery(Delivery::Anywhere, 3_000_000, 1_000, 2, &file).unwrap();
        assert_ne!(keys(&file), anywhere, "another turn");
    }

    #[test]
    fn the_city_replaces_by_key() {
        let folder = tempfile::tempdir().unwrap();
        city(folder.path()).unwrap();
        let (city, faults) = city::read::city(folder.path());
        assert!(faults.is_empty(), "{faults:?}");
        let datasets = city.unwrap().datasets;
        let mode = datasets.values().next().unwrap().load.mode;
        assert_eq!(mode, city::dataset::LoadMode::Upsert);
    }
}
