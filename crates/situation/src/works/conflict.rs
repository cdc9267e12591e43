//! Works in each other's way: no farther apart than the buffer, and on the same days.

use chrono::{Datelike, NaiveDate};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::Found;
use super::permit::Permit;
use crate::shape::{Pieces, bounds};

/// Most conflicts that are kept: enough for any city, and not for a file that says one place a million times.
pub const CONFLICTS_MAX: usize = 200_000;
/// Most straight pieces that are compared.
const MEASURED_MAX: usize = 200_000_000;

/// Two works in each other's way. Counts of permits, in the order they were given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conflict {
    /// The one.
    pub first: usize,
    /// The other; always behind the first.
    pub second: usize,
    /// How far apart, in metres.
    pub metres: f64,
    /// First day on which both dig.
    pub from: NaiveDate,
    /// Last day on which both dig.
    pub to: NaiveDate,
}

/// A permit's box in space and time.
type Boxed = GeomWithData<Rectangle<[f64; 3]>, usize>;

/// A box in space and time; the buffer is added on one side only.
fn boxed(permit: &Permit, buffer: f64) -> Option<AABB<[f64; 3]>> {
    let bounds = bounds(&permit.shape)?;
    let day = |day: NaiveDate| f64::from(day.num_days_from_ce());
    let (low, high) = (bounds.min(), bounds.max());
    Some(AABB::from_corners(
        [low.x - buffer, low.y - buffer, day(permit.starts)],
        [high.x + buffer, high.y + buffer, day(permit.ends)],
    ))
}

/// Every pair of permits that are at most `buffer` metres apart and share a day; rows of one permit are no pair.
///
/// Both ends of a period count. Boxes find who may be near; the distance of the shapes decides.
pub fn conflicts(permits: &[Permit], buffer: f64) -> Found<Conflict> {
    let entries: Vec<Boxed> = permits
        .iter()
        .enumerate()
        .filter_map(|(at, permit)| {
            let own = boxed(permit, 0.0)?;
            let rectangle = Rectangle::from_corners(own.lower(), own.upper());
            Some(GeomWithData::new(rectangle, at))
        })
        .collect();
    let tree = RTree::bulk_load(entries);
    let pieces: Vec<Pieces<'_>> = permits
        .iter()
        .map(|permit| Pieces::of(&permit.shape))
        .collect();
    let mut found = Found::default();
    let mut measured = 0;
    for (first, permit) in permits.iter().enumerate() {
        let Some(wide) = boxed(permit, buffer) else {
            continue;
        };
        for near in tree.locate_in_envelope_intersecting(&wide) {
            let second = near.data;
            let other = permits.get(second).filter(|_| second > first);
            // Stretches of one permit are not in its way.
            let Some(other) = other.filter(|other| !permit.is_same(other)) else {
                continue;
            };
            let Some((own, theirs)) = pieces.get(first).zip(pieces.get(second)) else {
                continue;
            };
            measured += own.len().saturating_mul(theirs.len());
            let metres = own.distance(theirs);
            if let Some(metres) = metres.filter(|metres| *metres <= buffer) {
                found.rows.push(Conflict {
                    first,
                    second,
                    metres,
                    from: permit.starts.max(other.starts),
                    to: permit.ends.min(other.ends),
                });
            }
            if found.rows.len() >= CONFLICTS_MAX || measured >= MEASURED_MAX {
                found.more = true;
                return in_order(found);
            }
        }
    }
    in_order(found)
}

fn in_order(mut found: Found<Conflict>) -> Found<Conflict> {
    found
        .rows
        .sort_by_key(|conflict| (conflict.first, conflict.second));
    found
}
