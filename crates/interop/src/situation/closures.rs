//! Closed roads.

use access::Reader;
use chrono::NaiveDateTime;
use city::ColumnType;
use city::situation::Closures;
use geo_types::{Coord, Geometry, Point};
use situation::here::{Closed, When};
use situation::plane::Plane;
use situation::shape::distance;
use situation::works::{Road, Ways};

use super::cells::{Cells, Columns, Part};
use super::works::shape_of;

/// A closed road.
#[derive(Clone, Debug, PartialEq)]
pub struct Closure {
    /// In words.
    pub title: String,
    /// The road.
    pub road: Option<String>,
    /// Since when.
    pub starts: When,
    /// Until when; nothing where nobody has said it: it is closed until somebody does.
    pub ends: Option<When>,
    /// Where, in metres; nothing where nobody has said it.
    pub shape: Option<Geometry<f64>>,
}

impl Closure {
    /// Whether it is closed at a moment of the city's clock.
    pub fn is_at(&self, now: NaiveDateTime) -> bool {
        self.starts.begins() <= now && self.ends.is_none_or(|ends| now < ends.is_over())
    }
}

/// The columns of closures; nothing where this reader does not see which of the rows are closures.
pub(super) fn columns(reader: &Reader, own: &Closures) -> Option<Columns> {
    let columns = Columns::of(&own.dataset)
        .must("title", &own.title)
        .must("starts", &own.starts)
        .may(reader, "ends", own.ends.as_ref())
        .may(reader, "road", own.road.as_ref())
        .may(reader, "shape", own.shape.as_ref())
        .place(reader);
    let Some(only) = &own.only else {
        return Some(columns);
    };
    let dataset = reader.dataset(own.dataset.as_str()).ok()?;
    dataset.column(&only.column)?;
    Some(columns.must("only", &only.column))
}

/// Which columns have days: a last day counts as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ByDay {
    starts: bool,
    ends: bool,
}

impl ByDay {
    pub(super) fn of(reader: &Reader, own: &Closures) -> Self {
        let dataset = reader.dataset(own.dataset.as_str()).ok();
        let is_day = |name: Option<&String>| {
            let column = name.and_then(|name| dataset.as_ref()?.column(name));
            column.is_some_and(|column| column.column_type != ColumnType::Datetime)
        };
        Self {
            starts: is_day(Some(&own.starts)),
            ends: is_day(own.ends.as_ref()),
        }
    }
}

/// The closures among rows.
pub(super) fn closures(
    cells: &Cells,
    plane: &Plane,
    only: Option<&str>,
    by_day: ByDay,
) -> Vec<Closure> {
    let when = |part: &Part, own: &str, row: usize, by_day: bool| {
        if by_day {
            part.day(own, row).map(When::Day)
        } else {
            part.moment(own, row).map(When::Moment)
        }
    };
    let mut closures = Vec::new();
    for part in cells.parts() {
        closures.extend((0..part.rows).filter_map(|row| {
            let is_closed = only.is_none() || part.text("only", row).as_deref() == only;
            is_closed.then_some(())?;
            Some(Closure {
                title: part.text("title", row)?,
                road: part.text("road", row),
                starts: when(&part, "starts", row, by_day.starts)?,
                ends: when(&part, "ends", row, by_day.ends),
                shape: shape_of(&part, row, plane),
            })
        }));
    }
    closures
}

/// Closures near a place, the nearest first, then those that are somewhere on a near road; and how many there are of
/// which nobody can say where they are.
pub(super) fn near<'c>(
    closures: impl Iterator<Item = &'c Closure>,
    roads: &[Road],
    (at, metres): (Coord<f64>, f64),
) -> (Vec<Closed>, u64) {
    let ways = Ways::new(roads);
    let point = Geometry::Point(Point::from(at));
    let (mut found, mut unplaced) = (Vec::new(), 0);
    for own in closures {
        let metres_away = match &own.shape {
            Some(shape) => distance(shape, &point),
            None => own.road.as_deref().and_then(|road| ways.metres(road, at)),
        };
        let Some(apart) = metres_away else {
            unplaced += 1;
            continue;
        };
        if apart > metres {
            continue;
        }
        found.push(Closed {
            title: own.title.clone(),
            road: own.road.clone(),
            starts: own.starts,
            ends: own.ends,
            // Somewhere on a road that is near: nobody can say how near.
            metres: own.shape.as_ref().map(|_| apart),
        });
    }
    let order = |own: &Closed| own.metres.unwrap_or(f64::INFINITY);
    found.sort_by(|a, b| order(a).total_cmp(&order(b)));
    (found, unplaced)
}

#[cfg(test)]
mod tests {
    use geo_types::{LineString, coord};

    use super::*;

    fn moment(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn closure(starts: &str, ends: Option<&str>) -> Closure {
        Closure {
            title: "통제".to_owned(),
            road: None,
            starts: When::Moment(moment(starts)),
            ends: ends.map(|ends| When::Moment(moment(ends))),
            shape: Some(Geometry::Point(Point::new(30.0, 40.0))),
        }
    }

    #[test]
    fn moments_are_compared_and_no_end_is_still_closed() {
        let now = moment("2026-11-27T17:00:00");
        for (starts, ends, right) in [
            ("2026-11-20T09:00:00", None, true),
            ("2026-11-20T09:00:00", Some("2026-11-27T09:00:00"), false),
            ("2026-11-27T23:00:00", Some("2026-11-28T05:00:00"), false),
            ("2026-11-27T16:00:00", Some("2026-11-27T18:00:00"), true),
        ] {
            assert_eq!(closure(starts, ends).is_at(now), right, "{starts} {ends:?}");
        }
        let mut own = closure("2026-11-20T09:00:00", None);
        own.ends = Some(When::Day(now.date()));
        assert!(own.is_at(now), "a last day counts as a whole");
    }

    #[test]
    fn without_a_place_it_is_on_its_road_or_told_as_unplaced() {
        let road = Road {
            name: "한길로".to_owned(),
            line: Some(Geometry::LineString(LineString::from(vec![
                (-500.0, 20.0),
                (500.0, 20.0),
            ]))),
            ..Road::default()
        };
        let placed = closure("2026-11-20T09:00:00", None);
        let on = |road: &str| Closure {
            road: Some(road.to_owned()),
            shape: None,
            ..placed.clone()
        };
        let all = [on("한길로"), on("모르는길"), placed.clone()];
        let at = coord! { x: 0.0, y: 0.0 };
        let (found, unplaced) = near(all.iter(), &[road], (at, 100.0));
        let metres: Vec<Option<f64>> = found.iter().map(|own| own.metres).collect();
        assert_eq!((metres, unplaced), (vec![Some(50.0), None], 1));
    }
}
