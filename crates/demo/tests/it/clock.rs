//! The year arriving day by day is the year written at once.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use demo::outside::Kinds;

use crate::faults::check;
use crate::town::{Town, plan};

fn files(inbox: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for department in std::fs::read_dir(inbox).unwrap() {
        for file in std::fs::read_dir(department.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path
                .strip_prefix(inbox)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            all.insert(name, std::fs::read(path).unwrap());
        }
    }
    all
}

#[test]
fn files_delivered_by_the_clock_are_those_of_the_whole_year() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, daily) = (folder.path().join("whole"), folder.path().join("daily"));
    let plan = plan(5);
    demo::write(&plan, &whole, &Kinds::new(), &|_, _, _| {}).unwrap();
    let first = NaiveDate::from_ymd_opt(2026, 10, 27).unwrap();
    for today in first.iter_days().take_while(|day| *day <= plan.today) {
        demo::deliver(&demo::Plan { today, ..plan }, &daily, &Kinds::new()).unwrap();
    }
    let (whole, mut daily) = (files(&whole), files(&daily));
    // A file of the past holds many days of these.
    let long = ["민원접수_", "지출내역_", "생활인구_"];
    daily.retain(|name, _| !long.iter().any(|stem| name.contains(stem)));
    // A week of days, and October as a month.
    let met = daily
        .iter()
        .filter(|(name, bytes)| whole.get(*name) == Some(bytes))
        .count();
    assert_eq!(met, daily.len(), "{:?}", daily.keys().collect::<Vec<_>>());
    assert!(
        daily.keys().any(|name| name.ends_with("_202610.csv")),
        "{:?}",
        daily.keys()
    );
    assert!(met > 40, "{met}");
}

#[test]
fn a_day_brings_what_comes_daily_and_the_first_of_a_month_what_comes_monthly() {
    let folder = tempfile::tempdir().unwrap();
    let counts = [(2026, 11, 5), (2026, 11, 1), (2026, 12, 1)].map(|(year, month, day)| {
        let today = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let inbox = folder.path().join(today.to_string());
        let plan = demo::Plan { today, ..plan(5) };
        let planted = demo::deliver(&plan, &inbox, &Kinds::new()).unwrap();
        (files(&inbox).len(), planted.rows.len())
    });
    assert!(
        counts.iter().all(|(files, rows)| files == rows),
        "{counts:?}"
    );
    assert!(
        counts[0].0 < counts[1].0 && counts[1].0 < counts[2].0,
        "{counts:?}"
    );
}

#[test]
fn what_a_day_brings_loads_and_its_faults_are_found() {
    let mut town = Town::load(11);
    let mut last = 0;
    for (month, day) in [(11, 3), (11, 4), (12, 1)] {
        town.deliver(NaiveDate::from_ymd_opt(2026, month, day).unwrap());
        check(&town);
        assert!(
            // What the storage and the province give besides is fetched, not delivered.
            town.rows.len() >= 9 && !town.found.is_empty(),
            "{} {}",
            town.rows.len(),
            town.found.len()
        );
        assert!(town.rows.len() >= last, "{month} {day}");
        last = town.rows.len();
    }
    assert!(last > 35, "{last}");
}

#[test]
fn a_register_says_the_same_of_a_thing_a_quarter_later() {
    let folder = tempfile::tempdir().unwrap();
    let read = |month: u32| {
        let today = NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
        let inbox = folder.path().join(month.to_string());
        demo::deliver(&demo::Plan { today, ..plan(5) }, &inbox, &Kinds::new()).unwrap();
        let mut all = files(&inbox).into_iter();
        all.find(|(name, _)| name.contains("가로등_")).unwrap().1
    };
    assert_eq!(read(9), read(12));
}
