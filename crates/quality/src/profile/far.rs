//! Addresses whose place lies far from the other rows that name the same road or neighbourhood.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::Array as _;
use city::profile::{Finding, PLACE, What};

use super::address::{columns, read};
use super::numbers::quantile;
use super::table::{EXAMPLES, Table};

/// Metres of a degree of latitude.
const DEGREE: f64 = 111_320.0;
/// Rows that name one road say where it is.
const GROUP: usize = 6;
/// Metres that nobody calls far.
const FAR: f64 = 3_000.0;
/// Metres that nobody calls far in a town or township, which can be wide.
const WIDE: f64 = 12_000.0;
/// A row is so many times farther than half the others.
const TIMES: f64 = 5.0;
/// More far rows than one in so many of a group: the name is of two places.
const FEW: usize = 4;

/// A row and its place.
type Placed = (usize, (f64, f64));

/// Metres between two places that are not far apart.
pub(super) fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let across = f64::midpoint(a.1, b.1).to_radians().cos();
    let (x, y) = ((a.0 - b.0) * across * DEGREE, (a.1 - b.1) * DEGREE);
    x.hypot(y)
}

/// Rows far from where their address says they are.
pub(super) fn find(table: &Table<'_>) -> Vec<Finding> {
    columns(table)
        .filter_map(|address| of_column(table, address))
        .collect()
}

fn of_column(table: &Table<'_>, address: &str) -> Option<Finding> {
    let texts = table.texts(address)?;
    let mut groups: BTreeMap<String, Vec<Placed>> = BTreeMap::new();
    let mut looked = 0_u64;
    for row in 0..texts.len() {
        let (Some(text), Some(place)) = (Table::text(texts, row), table.place(row)) else {
            continue;
        };
        if place == (0.0, 0.0) {
            continue;
        }
        let named = read(text);
        // One name stands in many cities: only the same name in the same district is the same place.
        let wide = format!(
            "{} {}",
            named.province.clone().unwrap_or_default(),
            named.districts.join(" ")
        );
        let names = named.road.iter().chain(named.neighbourhoods.last());
        looked += u64::from(named.road.is_some() || !named.neighbourhoods.is_empty());
        for name in names {
            let key = format!("{wide} {name}");
            groups.entry(key).or_default().push((row, place));
        }
    }
    // A row that lies where its road does is not far, wherever the middle of its town is.
    let (mut away, mut near) = (BTreeMap::<usize, f64>::new(), BTreeSet::new());
    for (name, group) in groups.iter().filter(|(_, group)| group.len() >= GROUP) {
        let own = far_of(
            group,
            if name.ends_with(['읍', '면']) {
                WIDE
            } else {
                FAR
            },
        );
        let is_of_two = own.len() * FEW > group.len();
        near.extend(
            group
                .iter()
                .map(|(row, _)| *row)
                .filter(|row| is_of_two || !own.contains_key(row)),
        );
        for (row, metres) in own.into_iter().filter(|_| !is_of_two) {
            let farthest = away.entry(row).or_default();
            *farthest = farthest.max(metres);
        }
    }
    away.retain(|row, _| !near.contains(row));
    let km = away
        .values()
        .fold(0.0_f64, |km, metres| km.max(metres / 1000.0));
    let far: Vec<usize> = away.into_keys().collect();
    (!far.is_empty()).then(|| Finding {
        what: What::AddressFar { km },
        columns: [address, PLACE[0], PLACE[1]].map(str::to_owned).into(),
        count: u64::try_from(far.len()).unwrap_or_default(),
        of: looked,
        examples: far
            .iter()
            .take(EXAMPLES)
            .map(|row| table.example(&[address, PLACE[0], PLACE[1]], &[*row]))
            .collect(),
    })
}

/// The rows of a group that lie far from its middle, each with how far.
fn far_of(group: &[Placed], least: f64) -> BTreeMap<usize, f64> {
    let median = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = group.iter().map(|(_, place)| of(place)).collect();
        values.sort_by(f64::total_cmp);
        quantile(&values, 0.5)
    };
    let middle = (median(&|place| place.0), median(&|place| place.1));
    let away: Vec<f64> = group
        .iter()
        .map(|(_, place)| metres(*place, middle))
        .collect();
    let mut sorted = away.clone();
    sorted.sort_by(f64::total_cmp);
    let limit = (quantile(&sorted, 0.5) * TIMES).max(least);
    let far = group.iter().zip(away).filter(|(_, away)| *away > limit);
    far.map(|((row, _), away)| (*row, away)).collect()
}
