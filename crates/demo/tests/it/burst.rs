//! The water main that breaks in the demo is found in its complaints within two days.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use demo::burst;
use demo::world::World;
use situation::surge::{Cell, Rules, Surge, surges};

use crate::town::{TOWNS, Town, plan};

/// Surges as of a day.
fn as_of(town: &Town, until: NaiveDate) -> Vec<Surge> {
    let rules = Rules::default();
    let days = rules.past_days + rules.window;
    let columns =
        ["dong_code", "category", "received_at"].map(|own| town.column("complaints", own));
    let [dongs, topics, received] = columns;
    let mut cells: BTreeMap<(String, String), Vec<u32>> = BTreeMap::new();
    for ((dong, topic), received) in dongs.into_iter().zip(topics).zip(received) {
        let day: NaiveDate = received.get(..10).unwrap().parse().unwrap();
        let own = cells.entry((dong, topic)).or_insert_with(|| vec![0; days]);
        let back = usize::try_from((until - day).num_days()).ok();
        if let Some(at) = back.and_then(|back| days.checked_sub(back + 1)) {
            own[at] += 1;
        }
    }
    let cell = |((dong, topic), days)| Cell {
        dong,
        topic,
        residents: None,
        days,
    };
    surges(&cells.into_iter().map(cell).collect::<Vec<_>>(), &rules)
}

#[test]
fn a_water_main_that_breaks_is_found_within_two_days_and_was_not_before() {
    for town in &TOWNS {
        let began = burst::began(plan(town.seed).today - TimeDelta::days(2));
        let world = World::new(town.seed);
        let dong = &world.dongs[burst::on(&world, began).unwrap()];
        let is_it = |own: &Surge| own.dong == dong.code && own.topic == burst::COMPLAINT.0;
        assert!(!as_of(town, began - TimeDelta::days(1)).iter().any(is_it));
        let found = as_of(town, began + TimeDelta::days(1));
        let own = found.iter().find(|own| is_it(own)).expect("it is found");
        assert!(f64::from(own.count) > own.expected * 5.0, "{own:?}");
        assert!(found.len() <= 2, "{found:?}");
    }
}
