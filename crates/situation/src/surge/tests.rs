//! Invented complaints with and without a surge. The figures stand in docs/evidence/surges.md.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::*;

const DONGS: usize = 25;
const TOPICS: usize = 8;

/// A count that comes one by one.
fn poisson(dice: &mut ChaCha8Rng, mean: f64) -> u32 {
    let limit = (-mean).exp();
    let (mut product, mut count) = (1.0, 0);
    loop {
        product *= dice.random_range(0.0..1.0_f64);
        if product <= limit {
            return count;
        }
        count += 1;
    }
}

/// A city without a surge: topics differ, neighbourhoods differ, Sundays are quiet.
fn city(seed: u64, days: usize) -> Vec<Cell> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut cells = Vec::new();
    for dong in 0..DONGS {
        let residents = dice.random_range(4_000.0..20_000.0_f64);
        for topic in 0..TOPICS {
            let rate = residents / 10_000.0 * [0.9, 0.7, 0.6, 0.5, 0.3, 0.2, 0.15, 0.1][topic];
            let counts = (0..days).map(|day| {
                let weight = [1.3, 1.2, 1.1, 1.1, 1.2, 0.7, 0.4][day % 7];
                poisson(&mut dice, rate * weight)
            });
            cells.push(Cell {
                dong: format!("{dong:02}"),
                topic: topic.to_string(),
                residents: Some(residents),
                days: counts.collect(),
            });
        }
    }
    cells
}

fn until(cells: &[Cell], day: usize) -> Vec<Cell> {
    let cut = |cell: &Cell| Cell {
        days: cell.days[..=day].to_vec(),
        ..cell.clone()
    };
    cells.iter().map(cut).collect()
}

/// In 20 cities of 60 days without a surge, there is a false alarm on one day of a hundred at most.
#[test]
fn a_quiet_city_is_left_alone() {
    let (mut alarms, mut days) = (0, 0);
    for seed in 0..20 {
        let cells = city(seed, 130);
        for day in 70..130 {
            alarms += surges(&until(&cells, day), &Rules::default()).len();
            days += 1;
        }
    }
    assert!(
        alarms * 100 <= days,
        "{alarms} on {days} days of {} series",
        DONGS * TOPICS
    );
}

/// Eight more complaints a day, anywhere: found on the first or the second day.
#[test]
fn a_planted_surge_is_found_within_two_days() {
    let (mut first, mut second, mut never) = (0, 0, Vec::new());
    for seed in 0..100_u64 {
        let mut cells = city(1000 + seed, 100);
        let at = usize::try_from(seed * 7 % 200).unwrap();
        let start = 80 + usize::try_from(seed % 7).unwrap();
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        for day in start..start + 3 {
            cells[at].days[day] += poisson(&mut dice, 8.0);
        }
        let is_found = |day| {
            let found = surges(&until(&cells, day), &Rules::default());
            found
                .iter()
                .any(|own| (&own.dong, &own.topic) == (&cells[at].dong, &cells[at].topic))
        };
        if is_found(start) {
            first += 1;
        } else if is_found(start + 1) {
            second += 1;
        } else {
            never.push(seed);
        }
    }
    assert!(never.is_empty(), "{never:?}");
    assert!(
        first >= 75,
        "{first} on the first day, {second} on the second"
    );
}

#[test]
fn many_people_are_no_surge() {
    let mut cells = city(5, 100);
    // The city's largest neighbourhood moved in yesterday: no past of its own, and as many complaints as its people bring.
    let rate = |topic: usize| -> f64 { 6.0 * [0.9, 0.7, 0.6, 0.5, 0.3, 0.2, 0.15, 0.1][topic] };
    for topic in 0..TOPICS {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count"
        )]
        let days = vec![rate(topic).round() as u32];
        cells.push(Cell {
            dong: "new".to_owned(),
            topic: topic.to_string(),
            residents: Some(60_000.0),
            days,
        });
    }
    let found = surges(&cells, &Rules::default());
    assert!(found.iter().all(|own| own.dong != "new"), "{found:?}");
    // The same count where few people live is one.
    for cell in cells.iter_mut().filter(|cell| cell.dong == "new") {
        cell.residents = Some(2_000.0);
    }
    let found = surges(&cells, &Rules::default());
    let own = found.iter().find(|own| own.dong == "new").unwrap();
    assert!(own.per_10k.unwrap() > own.city_per_10k.unwrap() * 5.0);
}

#[test]
fn nothing_makes_no_surge() {
    assert_eq!(surges(&[], &Rules::default()), []);
    let empty = Cell {
        days: vec![0; 80],
        ..Cell::default()
    };
    assert_eq!(surges(std::slice::from_ref(&empty), &Rules::default()), []);
    let one = Cell {
        days: vec![9],
        ..empty
    };
    // Nothing is known of the past: nothing is expected, and nine are many.
    assert!(surges(&[one], &Rules::default()).len() <= 1);
}

proptest! {
    #[test]
    fn more_is_never_likelier(count in 0..60_u32, mean in 0.01..30.0_f64, spread in 1.0..5.0_f64) {
        let of = |count| chance::at_least(count, mean, spread);
        prop_assert!(of(count + 1) <= of(count) + 1e-12);
        prop_assert!((0.0..=1.0).contains(&of(count)));
    }
}

#[test]
fn counts_are_set_against_people() {
    let cell = |dong: &str, topic: &str, days: &[u32]| Cell {
        dong: dong.to_owned(),
        topic: topic.to_owned(),
        residents: None,
        days: days.to_vec(),
    };
    let cells = [
        cell("large", "도로", &[9, 20, 10]),
        cell("small", "도로", &[9, 10, 5]),
        cell("large", "소음", &[0, 0, 3]),
        // A place nobody lives at: an industrial estate.
        cell("works", "소음", &[0, 4, 4]),
    ];
    let people = [("large", 9_000.0), ("small", 1_000.0), ("quiet", 2_000.0)];
    let people = people.map(|(dong, people)| (dong.to_owned(), people));
    let all = exposed(&cells, &people.into(), 2);
    let of = |dong: &str, topic: &str| {
        let own = all
            .iter()
            .find(|own| own.dong == dong && own.topic == topic);
        own.unwrap().clone()
    };
    assert_eq!(all.len(), 8);
    // 45 in the city of 12,000 people: 33.75 of 9,000, and 3.75 of 1,000.
    let (large, small) = (of("large", "도로"), of("small", "도로"));
    assert_eq!((large.count, large.expected), (30, Some(33.75)));
    assert_eq!((small.count, small.rate_per_10k), (15, Some(150.0)));
    assert_eq!((small.expected, small.ratio), (Some(3.75), Some(4.0)));
    assert_eq!(of("quiet", "도로").ratio, Some(0.0));
    assert_eq!(
        (of("small", "소음").count, of("small", "소음").ratio),
        (0, Some(0.0))
    );
    let works = of("works", "소음");
    assert_eq!(
        (works.count, works.rate_per_10k, works.ratio),
        (8, None, None)
    );
    assert_eq!(of("large", "소음").expected, Some(2.25));
    assert_eq!(exposed(&cells, &BTreeMap::new(), 2).len(), 6);
}
