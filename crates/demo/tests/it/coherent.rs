//! What two files say of the same thing agrees.

use std::collections::{BTreeMap, BTreeSet};

use city::PrivacyClass;
use city::dataset::Source;
use demo::world::World;

use crate::town::{TOWNS, Town, city, is_derived, is_own};

fn pairs(town: &Town, dataset: &str, columns: [&str; 2]) -> Vec<(String, String)> {
    let [a, b] = columns.map(|column| town.column(dataset, column));
    a.into_iter().zip(b).collect()
}

fn has(town: &Town, dataset: &str, columns: &[&str]) -> bool {
    let dataset = &town.city.datasets[dataset];
    columns.iter().all(|name| dataset.column(name).is_some())
}

fn ids(town: &Town) -> Vec<String> {
    let all = town.city.datasets.values().filter(|it| !is_derived(it));
    all.map(|it| it.id.to_string()).collect()
}

#[test]
fn there_are_109_datasets_in_eight_fields_of_about_thirteen() {
    let city = city();
    let datasets: Vec<_> = city.datasets.values().filter(|it| !is_own(it)).collect();
    assert_eq!(datasets.len(), 109);
    let mut fields: BTreeMap<String, u64> = BTreeMap::new();
    for dataset in datasets {
        *fields.entry(dataset.field.to_string()).or_default() += 1;
    }
    assert_eq!(fields.len(), 8);
    assert!(
        fields.values().all(|count| (12..=17).contains(count)),
        "{fields:?}"
    );
}

#[test]
fn people_counted_by_age_and_by_household_are_the_same_people() {
    let town = &*TOWNS[0];
    let registered = town.sums("population", "dong_code", "people");
    assert_eq!(registered.len(), 25);
    assert_eq!(registered, town.sums("households", "dong_code", "people"));
}

#[test]
fn households_are_the_same_households_in_every_file() {
    let town = &*TOWNS[1];
    let all = town.sums("households", "dong_code", "households");
    for (code, total) in town.sums("household_sizes", "dong_code", "total") {
        assert_eq!(all[&code], total, "{code}");
    }
    let single = town.sums("household_sizes", "dong_code", "one");
    let mut met = 0;
    for (code, total) in town.sums("single_households", "dong_code", "total") {
        if let Some(one) = single.get(&code) {
            assert_eq!(*one, total, "{code}");
            met += 1;
        }
    }
    assert!(met > 15, "{met}");
}

#[test]
fn money_flows_from_budget_lines_to_subsidies_to_their_spending() {
    let town = &*TOWNS[0];
    // Lines sum to their programme, where neither file has a fault.
    let programmes: BTreeMap<(String, String), i64> =
        pairs(town, "budget", ["department", "programme"])
            .into_iter()
            .zip(town.column("budget", "total"))
            .map(|(key, total)| (key, total.parse().unwrap()))
            .collect();
    let mut lines: BTreeMap<(String, String), (u64, i64)> = BTreeMap::new();
    let amounts = town.column("budget_lines", "amount");
    for (key, amount) in pairs(town, "budget_lines", ["department", "programme"])
        .into_iter()
        .zip(amounts)
    {
        let entry = lines.entry(key).or_default();
        entry.0 += 1;
        entry.1 += amount.parse::<i64>().unwrap();
    }
    let mut met = 0;
    for (key, (count, sum)) in lines {
        if let (2, Some(total)) = (count, programmes.get(&key)) {
            assert_eq!(sum, *total, "{key:?}");
            met += 1;
        }
    }
    assert!(met > 90, "{met}");
    let lines = town.sums("budget_lines", "line_code", "amount");
    for (line, granted) in town.sums("subsidies", "line_code", "granted") {
        assert!(
            granted <= lines[&line],
            "{line}: {granted} of {}",
            lines[&line]
        );
    }
    let granted = town.sums("subsidies", "subsidy_no", "granted");
    for (subsidy, spent) in town.sums("subsidy_spending", "subsidy_no", "amount") {
        let granted = granted[&subsidy] * 1000;
        assert!(spent <= granted, "{subsidy}: {spent} of {granted}");
    }
}

#[test]
fn a_neighbourhood_has_one_name_and_what_stands_in_it_stands_in_it() {
    let town = &*TOWNS[1];
    let world = World::new(town.seed);
    let names: BTreeMap<String, String> =
        pairs(town, "dong", ["code", "name"]).into_iter().collect();
    let (mut named, mut placed) = (0, 0);
    for id in ids(town) {
        if has(town, &id, &["dong_code", "dong"]) {
            named += 1;
            for (code, name) in pairs(town, &id, ["dong_code", "dong"]) {
                assert_eq!(names[&code], name, "{id}");
            }
        }
        if !has(town, &id, &["dong_code", "longitude", "latitude"]) {
            continue;
        }
        placed += 1;
        let codes = town.column(&id, "dong_code");
        for (code, (x, y)) in codes
            .into_iter()
            .zip(pairs(town, &id, ["longitude", "latitude"]))
        {
            let corners = world
                .dongs
                .iter()
                .find(|dong| dong.code == code)
                .unwrap()
                .corners;
            let within = |at: f64, of: [f64; 4]| {
                // Streets end at the neighbourhood's edge; places stand a few metres beside them.
                let least = of.iter().copied().fold(f64::MAX, f64::min) - 0.001;
                let most = of.iter().copied().fold(f64::MIN, f64::max) + 0.001;
                (least..=most).contains(&at)
            };
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            assert!(
                within(x, corners.map(|c| c.0)) && within(y, corners.map(|c| c.1)),
                "{id}: {code} {x} {y}"
            );
        }
    }
    assert!(named > 50 && placed > 12, "{named} {placed}");
}

#[test]
fn citizens_are_known_to_several_departments() {
    let town = &*TOWNS[0];
    let people = |dataset: &str| -> BTreeSet<(String, String)> {
        pairs(town, dataset, ["person", "phone"])
            .into_iter()
            .collect()
    };
    let (complaints, bookings, courses) = (
        people("complaints"),
        people("sports_bookings"),
        people("enrolments"),
    );
    assert!(complaints.intersection(&bookings).count() > 300);
    assert!(courses.intersection(&bookings).count() > 200);
}

#[test]
fn files_come_in_every_form_that_departments_use() {
    let city = city();
    let all = || city.datasets.values();
    let kinds: BTreeSet<String> = all().map(|it| format!("{:?}", it.format.kind)).collect();
    for kind in [
        "Csv",
        "Xlsx",
        "Json",
        "Ndjson",
        "Xml",
        "Geojson",
        "Shapefile",
        "Parquet",
    ] {
        assert!(kinds.contains(kind), "{kind}: {kinds:?}");
    }
    let encodings: BTreeSet<String> = all()
        .map(|it| format!("{:?}", it.format.encoding))
        .collect();
    assert!(encodings.len() >= 4, "{encodings:?}");
    assert!(all().any(|it| it.format.inner.is_some()));
    let served = all().filter(|it| matches!(it.source, Source::OpenApi(_)));
    assert!(served.count() >= 6);
    // And out of other places than the inbox.
    let places: BTreeSet<&str> = all()
        .map(|it| match &it.source {
            Source::Http(_) => "http",
            Source::Wfs(_) => "wfs",
            Source::OgcFeatures(_) => "ogc-features",
            Source::Ckan(_) => "ckan",
            Source::Derived(_) => "derived",
            Source::OpenApi(_) => "open-api",
            _ => "inbox",
        })
        .collect();
    assert_eq!(places.len(), 7, "{places:?}");
    // Some columns are about persons.
    let persons = all()
        .flat_map(|it| &it.columns)
        .filter(|it| it.privacy != PrivacyClass::None);
    assert!(persons.count() > 15);
}
