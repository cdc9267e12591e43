//! Counts set against the people who live where they come from: a large neighbourhood has more complaints than a small one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::found::Cell;

/// Complaints of a neighbourhood about a topic over some days, against its people.
///
/// `expected` is the city's count of the topic times the neighbourhood's share of the people (indirect standardisation);
/// `ratio` is the count by what is expected (the standardised ratio), 1 where it is as in the whole city.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exposed {
    /// Code of the neighbourhood.
    pub dong: String,
    /// What they are about.
    pub topic: String,
    /// How many came in.
    pub count: u32,
    /// The same per 10,000 people who live there, over all these days; unknown where nobody counted them.
    pub rate_per_10k: Option<f64>,
    /// How many there would be if people everywhere complained alike.
    pub expected: Option<f64>,
    /// How many times as many there are.
    pub ratio: Option<f64>,
}

/// Counts of the newest `days` by neighbourhood and topic, every neighbourhood with every topic: where nothing came in it
/// is 0. Neighbourhoods without people are counted, and play no part in what is expected.
pub fn exposed(cells: &[Cell], residents: &BTreeMap<String, f64>, days: usize) -> Vec<Exposed> {
    let people = |dong: &str| residents.get(dong).copied().filter(|people| *people > 0.0);
    let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for cell in cells {
        let count: u32 = cell.days.iter().rev().take(days).sum();
        *counts.entry((&cell.dong, &cell.topic)).or_default() += count;
    }
    let dongs = cells.iter().map(|cell| cell.dong.as_str());
    let dongs: BTreeSet<&str> = dongs.chain(residents.keys().map(String::as_str)).collect();
    let topics: BTreeSet<&str> = cells.iter().map(|cell| cell.topic.as_str()).collect();
    let everybody: f64 = dongs.iter().filter_map(|dong| people(dong)).sum();
    let mut all = Vec::with_capacity(dongs.len() * topics.len());
    for topic in topics {
        let count = |dong: &str| counts.get(&(dong, topic)).copied().unwrap_or_default();
        let peopled = dongs.iter().filter(|dong| people(dong).is_some());
        let of_city: u32 = peopled.map(|dong| count(dong)).sum();
        all.extend(dongs.iter().map(|dong| {
            let own = f64::from(count(dong));
            let expected = people(dong).map(|people| f64::from(of_city) * people / everybody);
            Exposed {
                dong: (*dong).to_owned(),
                topic: topic.to_owned(),
                count: count(dong),
                rate_per_10k: people(dong).map(|people| own / people * 10_000.0),
                expected,
                ratio: expected
                    .filter(|expected| *expected > 0.0)
                    .map(|expected| own / expected),
            }
        }));
    }
    all
}
