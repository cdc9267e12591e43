use chrono::TimeZone as _;
use proptest::prelude::*;

use super::*;
use crate::log::moved::system;
use crate::log::{Entry, Touched};

/// An entry of a person at an hour of the wall's clock.
fn read(seq: i64, who: &str, day: u32, hour: u32, dataset: &str) -> Logged {
    let wall = Utc.with_ymd_and_hms(2026, 11, day, hour, 0, 0).unwrap();
    let touched = Touched {
        dataset: dataset.into(),
        version: None,
        columns: Vec::new(),
    };
    Logged {
        seq,
        at: wall - TimeDelta::hours(9),
        entry: Entry {
            who: who.to_owned(),
            act: Act::Read,
            touched: vec![touched],
            ..system("민원".to_owned())
        },
        hash: String::new(),
    }
}

fn found(entries: &[Logged]) -> Vec<(String, Kind, String, u64)> {
    let rules = Rules::default();
    let mut review = Review::new(rules.clone());
    for entry in entries {
        review.see(entry);
    }
    let outliers = review.outliers(&|_| "clerk".to_owned());
    let shown = |outlier: Outlier| (outlier.who, outlier.kind, outlier.of, outlier.count);
    outliers.into_iter().map(shown).collect()
}

fn one(who: &str, kind: Kind, of: &str, count: u64) -> Vec<(String, Kind, String, u64)> {
    vec![(who.to_owned(), kind, of.to_owned(), count)]
}

#[test]
fn nights_stand_out_by_the_clock_on_the_wall() {
    let entries = [
        read(1, "kim", 5, 9, "parking"),
        read(2, "kim", 5, 23, "parking"),
        read(3, "kim", 5, 22, "parking"),
        read(4, "lee", 5, 6, "parking"),
    ];
    assert_eq!(found(&entries), one("kim", Kind::Night, "2026-11-05", 2));
}

#[test]
fn a_day_far_above_the_role_stands_out() {
    let mut entries = Vec::new();
    for day in 1..20 {
        for n in 0..i64::from(40 + day % 5) {
            entries.push(read(n, "kim", day, 10, "parking"));
            entries.push(read(n, "lee", day, 10, "parking"));
        }
    }
    assert_eq!(found(&entries), vec![]);
    entries.extend((0..300).map(|n| read(n, "lee", 21, 10, "parking")));
    assert_eq!(found(&entries), one("lee", Kind::Volume, "2026-11-21", 300));
}

#[test]
fn a_dataset_only_one_of_the_role_reads_stands_out() {
    let mut entries: Vec<Logged> = ["kim", "lee", "park"]
        .iter()
        .map(|who| read(1, who, 5, 10, "parking"))
        .collect();
    entries.push(read(4, "park", 5, 10, "salaries"));
    assert_eq!(found(&entries), one("park", Kind::Habit, "salaries", 1));
    // Two people are no habit yet.
    assert_eq!(found(&entries[1..]), vec![]);
}

#[test]
fn one_person_looked_up_again_and_again_stands_out() {
    let mut entries: Vec<Logged> = (0..5).map(|n| read(n, "kim", 5, 10, "tax")).collect();
    for entry in &mut entries {
        entry.entry.subjects = vec!["resident:ab".to_owned()];
    }
    assert_eq!(found(&entries[1..]), vec![]);
    assert_eq!(
        found(&entries),
        one("kim", Kind::SamePerson, "resident:ab", 5)
    );
}

#[test]
fn large_downloads_stand_out_at_the_read_they_belong_to() {
    let mut end = read(8, "kim", 5, 10, "parking");
    end.entry.act = Act::ReadEnd;
    end.entry.rows = Some(10_000);
    end.entry.completes = Some(7);
    assert_eq!(
        found(&[end]),
        one("kim", Kind::LargeDownload, "2026-11-05", 10_000)
    );
}

#[test]
fn the_public_and_the_system_are_not_asked() {
    let entries = [
        read(1, "public", 5, 23, "parking"),
        read(2, "system", 5, 3, "parking"),
    ];
    assert_eq!(found(&entries), vec![]);
}

proptest! {
    #[test]
    fn the_order_of_entries_changes_nothing(seeds in prop::collection::vec((0_usize..4, 1_u32..9, 0_u32..24, 0_usize..3), 0..200)) {
        let entries: Vec<Logged> = seeds
            .iter()
            .map(|(who, day, hour, dataset)| {
                read(1, ["kim", "lee", "park", "choi"][*who], *day, *hour, ["a", "b", "c"][*dataset])
            })
            .collect();
        let mut backwards = entries.clone();
        backwards.reverse();
        prop_assert_eq!(found(&entries), found(&backwards));
    }
}
