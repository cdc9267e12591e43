//! Places that cannot all be right: many on one point, in the middle, at 0, swapped, outside, rounded.

use std::collections::BTreeMap;

use city::profile::{Finding, PLACE, What};

use super::Around;
use super::table::{EXAMPLES, Table};

/// Fewer places say nothing about what is usual.
const LEAST: usize = 10;
/// Rows at one point, at least, and as a share of all, one in so many.
const ONE_POINT: (usize, usize) = (10, 50);
/// Rows at one point in the middle.
const IN_THE_MIDDLE: usize = 3;
/// How far from the middle, in degrees.
const MIDDLE: f64 = 0.002;
/// Where Korea lies, wide enough for its islands: longitudes, latitudes.
const KOREA: [(f64, f64); 2] = [(124.0, 132.5), (33.0, 39.5)];
/// Ten millionths of a degree: a centimetre.
const FINEST: f64 = 1e7;

/// A point and the rows on it.
type Points = BTreeMap<(i64, i64), Vec<usize>>;

/// What is wrong with the places of rows.
pub(super) fn find(table: &Table<'_>, around: &Around<'_>) -> Vec<Finding> {
    let places: Vec<(usize, (f64, f64))> = table
        .places()
        .iter()
        .enumerate()
        .filter_map(|(row, place)| Some((row, (*place)?)))
        .collect();
    let mut found: Vec<Finding> = Vec::new();
    found.extend(zero(table, &places));
    if places.len() < LEAST {
        return found;
    }
    let of = places.len();
    found.extend(finding(
        table,
        What::Swapped,
        of,
        &rows(&places, is_swapped),
    ));
    let [west, south, east, north] = around.bounds;
    let is_outside = |(x, y): (f64, f64)| {
        let is_in = (west..=east).contains(&x) && (south..=north).contains(&y);
        !(is_in || is_swapped((x, y)) || x == 0.0 && y == 0.0)
    };
    let outside = rows(&places, is_outside);
    // A table of a wider area is not outside: it is wider.
    if outside.len() * 2 <= of {
        found.extend(finding(table, What::Outside, of, &outside));
    }
    found.extend(points(table, &places, around));
    found.extend(rounded(table, &places));
    found
}

fn rows(places: &[(usize, (f64, f64))], is: impl Fn((f64, f64)) -> bool) -> Vec<usize> {
    let own = places.iter().filter(|(_, place)| is(*place));
    own.map(|(row, _)| *row).collect()
}

fn is_swapped((x, y): (f64, f64)) -> bool {
    let [longitudes, latitudes] = KOREA;
    (latitudes.0..=latitudes.1).contains(&x) && (longitudes.0..=longitudes.1).contains(&y)
}

fn finding(table: &Table<'_>, what: What, of: usize, rows: &[usize]) -> Option<Finding> {
    (!rows.is_empty()).then(|| Finding {
        what,
        columns: PLACE.map(str::to_owned).into(),
        count: count(rows.len()),
        of: count(of),
        examples: rows
            .iter()
            .take(EXAMPLES)
            .map(|row| table.example(&PLACE, &[*row]))
            .collect(),
    })
}

/// Coordinates of 0, as they came: made into degrees they lie somewhere.
fn zero(table: &Table<'_>, places: &[(usize, (f64, f64))]) -> Option<Finding> {
    let place = table.dataset.place.as_ref();
    let named = place.and_then(|place| Some((place.x.as_ref()?, place.y.as_ref()?)));
    if let Some((x, y)) = named
        && let (Some(xs), Some(ys)) = (table.numbers(x), table.numbers(y))
    {
        let pairs = xs.iter().zip(&ys).enumerate();
        let is_zero = |value: Option<f64>| value.is_some_and(|value| value.abs() < 1e-6);
        let rows: Vec<usize> = pairs
            .filter(|(_, (x, y))| is_zero(**x) && is_zero(**y))
            .map(|(row, _)| row)
            .collect();
        let of = xs.iter().flatten().count();
        let mut found = finding(table, What::Zero, of, &rows)?;
        found.columns = vec![x.clone(), y.clone()];
        return Some(found);
    }
    let rows = rows(places, |(x, y)| x.abs() < 1e-6 && y.abs() < 1e-6);
    finding(table, What::Zero, places.len(), &rows)
}

/// Many rows on one point, where others have points of their own.
fn points(table: &Table<'_>, places: &[(usize, (f64, f64))], around: &Around<'_>) -> Vec<Finding> {
    let mut points: Points = BTreeMap::new();
    for (row, (x, y)) in places {
        if *x == 0.0 && *y == 0.0 {
            continue;
        }
        let key = (whole(x * FINEST), whole(y * FINEST));
        points.entry(key).or_default().push(*row);
    }
    let all: usize = points.values().map(Vec::len).sum();
    // Events at a few stations: their points come back.
    if points.len() * 2 < all {
        let heaviest = points.values().map(Vec::len).max().unwrap_or_default();
        if (points.len() - 1) * 2 < all - heaviest {
            return Vec::new();
        }
    }
    let [west, south, east, north] = around.bounds;
    let middle = (f64::midpoint(west, east), f64::midpoint(south, north));
    let is_middle = |row: usize| {
        table
            .place(row)
            .is_some_and(|(x, y)| (x - middle.0).abs() <= MIDDLE && (y - middle.1).abs() <= MIDDLE)
    };
    let (mut centre, mut one) = (Vec::new(), Vec::new());
    let (least, share) = ONE_POINT;
    for rows in points.values() {
        let Some(first) = rows.first() else { continue };
        if rows.len() >= IN_THE_MIDDLE && is_middle(*first) {
            centre.push(rows);
        } else if rows.len() >= least.max(all / share) {
            one.push(rows);
        }
    }
    let told = |what: What, mut groups: Vec<&Vec<usize>>| -> Option<Finding> {
        groups.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
        (!groups.is_empty()).then(|| Finding {
            what,
            columns: PLACE.map(str::to_owned).into(),
            count: count(groups.iter().map(|rows| rows.len()).sum()),
            of: count(places.len()),
            examples: groups
                .iter()
                .take(EXAMPLES)
                .map(|rows| table.example(&PLACE, rows))
                .collect(),
        })
    };
    [told(What::Centre, centre), told(What::OnePoint, one)]
        .into_iter()
        .flatten()
        .collect()
}

/// Coordinates of three digits after the point or fewer.
fn rounded(table: &Table<'_>, places: &[(usize, (f64, f64))]) -> Option<Finding> {
    let is_of = |digits: i32| {
        let scale = 10.0_f64.powi(digits);
        let is_round = move |value: f64| {
            (value * scale - (value * scale).round()).abs() < 1e-6 * scale / 1000.0
        };
        move |(x, y): (f64, f64)| is_round(x) && is_round(y) && !(x == 0.0 && y == 0.0)
    };
    let own = rows(places, is_of(3));
    if own.len() < 3.max(places.len() / 200) {
        return None;
    }
    let few = rows(places, is_of(2)).len() * 2 > own.len();
    let (digits, metres) = if few { (2, 500) } else { (3, 50) };
    finding(table, What::Rounded { digits, metres }, places.len(), &own)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "degrees in ten millionths are far below 2^53; what is not saturates"
)]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
