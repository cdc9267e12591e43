//! Surges.

use serde::Serialize;

use super::chance::at_least;
use super::expect::{Past, small};

/// Complaints of a neighbourhood about a topic, day by day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// Code of the neighbourhood.
    pub dong: String,
    /// What they are about.
    pub topic: String,
    /// People who live there.
    pub residents: Option<f64>,
    /// Counts, the oldest day first; all cells end on the same day.
    pub days: Vec<u32>,
}

/// When a count is a surge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Newest days that are looked at, one by one and together.
    pub window: usize,
    /// Days of the past that are compared with.
    pub past_days: usize,
    /// So many days of what the whole city has stand beside a neighbourhood's own past.
    pub prior_days: f64,
    /// A count is a surge when chance brings it less often than this, for one neighbourhood, topic and day.
    pub chance: f64,
    /// Fewer are no surge, however unlikely.
    pub least: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window: 2,
            past_days: 56,
            prior_days: 14.0,
            chance: 2e-5,
            least: 5,
        }
    }
}

/// More than usual.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Surge {
    /// Code of the neighbourhood.
    pub dong: String,
    /// What the complaints are about.
    pub topic: String,
    /// On how many of the newest days.
    pub days: usize,
    /// How many came in.
    pub count: u32,
    /// How many were expected.
    pub expected: f64,
    /// The chance of so many.
    pub chance: f64,
    /// Complaints per 10,000 residents and day.
    pub per_10k: Option<f64>,
    /// The same of the whole city, of this topic.
    pub city_per_10k: Option<f64>,
}

/// Surges on the newest days, the least likely first. Each neighbourhood and topic stands once.
pub fn surges(cells: &[Cell], rules: &Rules) -> Vec<Surge> {
    let past = Past::of(cells, rules);
    let mut found: Vec<Surge> = cells
        .iter()
        .filter_map(|cell| surge(cell, &past, rules))
        .collect();
    found.sort_by(|a, b| {
        a.chance
            .total_cmp(&b.chance)
            .then_with(|| a.dong.cmp(&b.dong))
    });
    found
}

fn surge(cell: &Cell, past: &Past, rules: &Rules) -> Option<Surge> {
    let of_days = |days: usize| {
        let count: u32 = cell.days.iter().rev().take(days).sum();
        let expected = past.expected(cell, rules, days);
        let chance = at_least(count, expected, past.spread);
        (chance < rules.chance && count >= rules.least).then_some((days, count, expected, chance))
    };
    let found = (1..=rules.window).filter_map(of_days);
    let (days, count, expected, chance) = found.min_by(|a, b| a.3.total_cmp(&b.3))?;
    let per_10k = |count: f64| {
        let residents = cell.residents.filter(|people| *people > 0.0)?;
        Some(count / residents * 10_000.0)
    };
    Some(Surge {
        dong: cell.dong.clone(),
        topic: cell.topic.clone(),
        days,
        count,
        expected,
        chance,
        per_10k: per_10k(f64::from(count) / small(days)),
        city_per_10k: per_10k(past.of_city(cell)),
    })
}
