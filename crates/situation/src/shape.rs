//! Shapes in a plane: bounds, distances, whether an area is one.
//!
//! The types are those of `geo-types`. What is done with them is little and exact, and stands here: the library that has
//! more would build the engine of documents anew (docs/decisions/0026).

use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint};
use geo_types::{MultiPolygon, Point, Polygon, Rect};

/// A shape in straight pieces, so that any two can be compared.
#[derive(Debug, Default)]
pub struct Pieces<'g> {
    /// Straight lines; a point is one without a length.
    lines: Vec<(Coord<f64>, Coord<f64>)>,
    /// Areas, inside of which everything is at no distance.
    areas: Vec<&'g Polygon<f64>>,
}

impl<'g> Pieces<'g> {
    /// The pieces of a shape.
    pub fn of(shape: &'g Geometry<f64>) -> Self {
        let mut pieces = Self::default();
        pieces.add(shape);
        pieces
    }

    fn line(&mut self, line: &LineString<f64>) {
        if let [only] = line.0.as_slice() {
            self.lines.push((*only, *only));
        }
        self.lines
            .extend(line.0.iter().copied().zip(line.0.iter().copied().skip(1)));
    }

    fn area(&mut self, area: &'g Polygon<f64>) {
        self.line(area.exterior());
        for ring in area.interiors() {
            self.line(ring);
        }
        self.areas.push(area);
    }

    fn add(&mut self, shape: &'g Geometry<f64>) {
        match shape {
            Geometry::Point(point) => self.lines.push((point.0, point.0)),
            Geometry::MultiPoint(points) => {
                self.lines
                    .extend(points.iter().map(|point| (point.0, point.0)));
            }
            Geometry::Line(line) => self.lines.push((line.start, line.end)),
            Geometry::LineString(line) => self.line(line),
            Geometry::MultiLineString(lines) => lines.iter().for_each(|line| self.line(line)),
            Geometry::Polygon(area) => self.area(area),
            Geometry::MultiPolygon(areas) => areas.iter().for_each(|area| self.area(area)),
            Geometry::GeometryCollection(parts) => parts.iter().for_each(|part| self.add(part)),
            // Neither kind is kept in a dataset.
            Geometry::Rect(_) | Geometry::Triangle(_) => {}
        }
    }

    /// How many straight pieces: what a comparison costs.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How far two shapes are apart; nothing where one of them is empty. Inside an area it is 0.
    pub fn distance(&self, other: &Self) -> Option<f64> {
        if self.holds_some_of(other) || other.holds_some_of(self) {
            return Some(0.0);
        }
        let mut nearest: Option<f64> = None;
        for own in &self.lines {
            for theirs in &other.lines {
                let apart = between(*own, *theirs);
                if apart == 0.0 {
                    return Some(0.0);
                }
                nearest = Some(nearest.map_or(apart, |nearest| nearest.min(apart)));
            }
        }
        nearest
    }

    fn holds_some_of(&self, other: &Self) -> bool {
        // Where no line crosses the border, a shape lies inside as a whole: one corner of each line tells it.
        self.areas
            .iter()
            .any(|area| other.lines.iter().any(|(at, _)| is_inside(area, *at)))
    }
}

/// How far two shapes are apart.
pub fn distance(one: &Geometry<f64>, other: &Geometry<f64>) -> Option<f64> {
    Pieces::of(one).distance(&Pieces::of(other))
}

/// All corners of a shape.
pub fn corners(shape: &Geometry<f64>) -> Vec<Coord<f64>> {
    let mut all = Vec::new();
    collect(shape, &mut all);
    all
}

fn collect(shape: &Geometry<f64>, all: &mut Vec<Coord<f64>>) {
    let area = |area: &Polygon<f64>, all: &mut Vec<Coord<f64>>| {
        all.extend(&area.exterior().0);
        area.interiors().iter().for_each(|ring| all.extend(&ring.0));
    };
    match shape {
        Geometry::Point(point) => all.push(point.0),
        Geometry::MultiPoint(points) => all.extend(points.iter().map(|point| point.0)),
        Geometry::Line(line) => all.extend([line.start, line.end]),
        Geometry::LineString(line) => all.extend(&line.0),
        Geometry::MultiLineString(lines) => lines.iter().for_each(|line| all.extend(&line.0)),
        Geometry::Polygon(own) => area(own, all),
        Geometry::MultiPolygon(areas) => areas.iter().for_each(|own| area(own, all)),
        Geometry::GeometryCollection(parts) => parts.iter().for_each(|part| collect(part, all)),
        Geometry::Rect(_) | Geometry::Triangle(_) => {}
    }
}

/// The box round a shape.
pub fn bounds(shape: &Geometry<f64>) -> Option<Rect<f64>> {
    let corners = corners(shape);
    let mut rest = corners.iter();
    let first = rest.next()?;
    let (mut low, mut high) = (*first, *first);
    for at in rest {
        low = Coord {
            x: low.x.min(at.x),
            y: low.y.min(at.y),
        };
        high = Coord {
            x: high.x.max(at.x),
            y: high.y.max(at.y),
        };
    }
    Some(Rect::new(low, high))
}

/// Whether two boxes share a point.
pub fn overlap(one: &Rect<f64>, other: &Rect<f64>) -> bool {
    let (a, b) = ((one.min(), one.max()), (other.min(), other.max()));
    a.0.x <= b.1.x && b.0.x <= a.1.x && a.0.y <= b.1.y && b.0.y <= a.1.y
}

/// A place to put a mark at: halfway along a line, else the middle of the box.
pub fn middle(shape: &Geometry<f64>) -> Option<Coord<f64>> {
    if let Geometry::LineString(line) = shape {
        let half = length(line) / 2.0;
        let mut passed = 0.0;
        for (from, to) in line.0.iter().zip(line.0.iter().skip(1)) {
            let own = (*to - *from).x.hypot((*to - *from).y);
            if own > 0.0 && passed + own >= half {
                return Some(*from + (*to - *from) * ((half - passed) / own));
            }
            passed += own;
        }
    }
    bounds(shape).map(Rect::center)
}

/// The length of a line.
pub fn length(line: &LineString<f64>) -> f64 {
    let pairs = line.0.iter().zip(line.0.iter().skip(1));
    pairs
        .map(|(from, to)| (to.x - from.x).hypot(to.y - from.y))
        .sum()
}

/// The same shape with each corner somewhere else; nothing where a corner is nowhere.
pub fn moved(
    shape: &Geometry<f64>,
    to: &impl Fn(Coord<f64>) -> Option<Coord<f64>>,
) -> Option<Geometry<f64>> {
    let line = |own: &LineString<f64>| -> Option<LineString<f64>> {
        own.0
            .iter()
            .map(|at| to(*at))
            .collect::<Option<Vec<_>>>()
            .map(LineString::new)
    };
    let area = |own: &Polygon<f64>| -> Option<Polygon<f64>> {
        let rings: Option<Vec<_>> = own.interiors().iter().map(line).collect();
        Some(Polygon::new(line(own.exterior())?, rings?))
    };
    let point = |own: &Point<f64>| to(own.0).map(Point::from);
    Some(match shape {
        Geometry::Point(own) => Geometry::Point(point(own)?),
        Geometry::MultiPoint(all) => {
            let all: Option<Vec<_>> = all.iter().map(point).collect();
            Geometry::MultiPoint(MultiPoint::new(all?))
        }
        Geometry::LineString(own) => Geometry::LineString(line(own)?),
        Geometry::MultiLineString(all) => {
            let all: Option<Vec<_>> = all.iter().map(line).collect();
            Geometry::MultiLineString(MultiLineString::new(all?))
        }
        Geometry::Polygon(own) => Geometry::Polygon(area(own)?),
        Geometry::MultiPolygon(all) => {
            let all: Option<Vec<_>> = all.iter().map(area).collect();
            Geometry::MultiPolygon(MultiPolygon::new(all?))
        }
        Geometry::GeometryCollection(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| moved(part, to)).collect();
            Geometry::GeometryCollection(GeometryCollection::from(parts?))
        }
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => return None,
    })
}

/// Whether a shape is one: it has places, all of them somewhere; a line has a length, an area does not cross itself. A
/// line may cross itself: works go round a block.
pub fn is_sound(shape: &Geometry<f64>) -> bool {
    let all = corners(shape);
    let finite = all.iter().all(|at| at.x.is_finite() && at.y.is_finite());
    finite
        && match shape {
            Geometry::LineString(line) => is_line(line),
            Geometry::MultiLineString(lines) => lines.iter().all(is_line),
            Geometry::Polygon(area) => is_area(area),
            Geometry::MultiPolygon(areas) => areas.iter().all(is_area),
            Geometry::GeometryCollection(parts) => parts.iter().all(is_sound),
            _ => true,
        }
}

fn is_line(line: &LineString<f64>) -> bool {
    line.0.iter().any(|at| Some(at) != line.0.first())
}

/// An area's rings do not cross themselves or each other, and its holes lie inside.
fn is_area(area: &Polygon<f64>) -> bool {
    let rings: Vec<&LineString<f64>> = std::iter::once(area.exterior())
        .chain(area.interiors())
        .collect();
    rings.iter().all(|ring| is_ring(ring))
        && area.interiors().iter().all(|hole| {
            let outer = Polygon::new(area.exterior().clone(), Vec::new());
            hole.0.iter().all(|at| is_inside(&outer, *at))
        })
        && !cross(&rings)
}

/// At least three corners, and no side that goes back over the one before.
fn is_ring(ring: &LineString<f64>) -> bool {
    let mut corners: Vec<Coord<f64>> = ring.0.clone();
    corners.pop();
    corners.dedup();
    if corners.len() < 3 {
        return false;
    }
    let turns = corners.iter().cycle();
    let turns = turns.clone().zip(turns.clone().skip(1)).zip(turns.skip(2));
    turns.take(corners.len()).all(|((a, b), c)| {
        let (one, two) = (*b - *a, *c - *b);
        let is_straight = one.x * two.y - one.y * two.x == 0.0;
        !(is_straight && one.x * two.x + one.y * two.y < 0.0)
    })
}

/// Whether sides that are no neighbours meet. Sides are gone through from west to east, so that only those side by side
/// are compared.
fn cross(rings: &[&LineString<f64>]) -> bool {
    struct Side {
        from: Coord<f64>,
        to: Coord<f64>,
        ring: usize,
        at: usize,
        of: usize,
    }
    let mut sides = Vec::new();
    for (ring, line) in rings.iter().enumerate() {
        let mut corners = line.0.clone();
        corners.dedup();
        let of = corners.len().saturating_sub(1);
        let pairs = corners.iter().zip(corners.iter().skip(1)).enumerate();
        sides.extend(pairs.map(|(at, (from, to))| Side {
            from: *from,
            to: *to,
            ring,
            at,
            of,
        }));
    }
    sides.sort_by(|a, b| a.from.x.min(a.to.x).total_cmp(&b.from.x.min(b.to.x)));
    let are_neighbours = |a: &Side, b: &Side| {
        a.ring == b.ring && {
            let apart = a.at.abs_diff(b.at);
            apart <= 1 || apart + 1 == a.of
        }
    };
    sides.iter().enumerate().any(|(at, own)| {
        let east = own.from.x.max(own.to.x);
        let others = sides.get(at + 1..).unwrap_or_default().iter();
        others
            .take_while(|other| other.from.x.min(other.to.x) <= east)
            .any(|other| {
                !are_neighbours(own, other) && meet((own.from, own.to), (other.from, other.to))
            })
    })
}

/// Whether a place lies inside an area or on its border; not in one of its holes.
pub fn is_inside(area: &Polygon<f64>, at: Coord<f64>) -> bool {
    let is_in = |ring: &LineString<f64>| {
        let mut inside = false;
        for (a, b) in ring.0.iter().zip(ring.0.iter().skip(1)) {
            if (a.y > at.y) != (b.y > at.y) {
                let x = a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x);
                if at.x < x {
                    inside = !inside;
                }
            }
        }
        inside
    };
    let is_on = |ring: &LineString<f64>| {
        let sides = ring.0.iter().zip(ring.0.iter().skip(1));
        sides.into_iter().any(|(a, b)| to_line(at, (*a, *b)) == 0.0)
    };
    is_on(area.exterior())
        || (is_in(area.exterior())
            && area
                .interiors()
                .iter()
                .all(|hole| is_on(hole) || !is_in(hole)))
}

type Straight = (Coord<f64>, Coord<f64>);

/// How far two straight lines are apart.
fn between(one: Straight, other: Straight) -> f64 {
    if meet(one, other) {
        return 0.0;
    }
    to_line(one.0, other)
        .min(to_line(one.1, other))
        .min(to_line(other.0, one))
        .min(to_line(other.1, one))
}

/// How far a place is from a straight line.
fn to_line(at: Coord<f64>, line: Straight) -> f64 {
    let share = share(at, line);
    let foot = line.0 + (line.1 - line.0) * share;
    (foot.x - at.x).hypot(foot.y - at.y)
}

/// Which share of a straight line the foot of a place has passed, from 0 to 1.
pub(crate) fn share(at: Coord<f64>, (from, to): Straight) -> f64 {
    let (way, own) = (to - from, at - from);
    let square = way.x * way.x + way.y * way.y;
    if square > 0.0 {
        ((own.x * way.x + own.y * way.y) / square).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// Whether two straight lines share a point.
fn meet(one: Straight, other: Straight) -> bool {
    let turn = |a: Coord<f64>, b: Coord<f64>, c: Coord<f64>| {
        let (left, right) = ((b.x - a.x) * (c.y - a.y), (b.y - a.y) * (c.x - a.x));
        left.total_cmp(&right)
    };
    let is_on = |(a, b): Straight, at: Coord<f64>| {
        at.x >= a.x.min(b.x) && at.x <= a.x.max(b.x) && at.y >= a.y.min(b.y) && at.y <= a.y.max(b.y)
    };
    let same = |turn: std::cmp::Ordering| turn.is_eq();
    let a = turn(one.0, one.1, other.0);
    let b = turn(one.0, one.1, other.1);
    let c = turn(other.0, other.1, one.0);
    let d = turn(other.0, other.1, one.1);
    if a != b && c != d && !same(a) && !same(b) && !same(c) && !same(d) {
        return true;
    }
    (same(a) && is_on(one, other.0))
        || (same(b) && is_on(one, other.1))
        || (same(c) && is_on(other, one.0))
        || (same(d) && is_on(other, one.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::polygon;
    use proptest::prelude::*;

    fn line(points: &[(f64, f64)]) -> Geometry<f64> {
        Geometry::LineString(LineString::from(points.to_vec()))
    }

    #[test]
    fn distances_are_those_of_the_plane() {
        let square = Geometry::Polygon(polygon!(
            exterior: [(x: 0.0, y: 0.0), (x: 10.0, y: 0.0), (x: 10.0, y: 10.0), (x: 0.0, y: 10.0)],
            interiors: [[(x: 4.0, y: 4.0), (x: 6.0, y: 4.0), (x: 6.0, y: 6.0), (x: 4.0, y: 6.0)]],
        ));
        let of = |points: &[(f64, f64)]| distance(&square, &line(points));
        assert_eq!(of(&[(13.0, 14.0), (20.0, 20.0)]), Some(5.0));
        assert_eq!(of(&[(1.0, 1.0), (2.0, 2.0)]), Some(0.0), "inside");
        assert_eq!(of(&[(10.0, 3.0), (20.0, 3.0)]), Some(0.0), "on the border");
        assert_eq!(of(&[(4.5, 5.0), (5.0, 5.0)]), Some(0.5), "in the hole");
        assert_eq!(of(&[(-5.0, 5.0), (15.0, 5.0)]), Some(0.0), "right through");
        let cross = [
            line(&[(0.0, 0.0), (4.0, 4.0)]),
            line(&[(0.0, 4.0), (4.0, 0.0)]),
        ];
        assert_eq!(distance(&cross[0], &cross[1]), Some(0.0));
        let point = Geometry::Point(Point::new(3.0, 0.0));
        assert_eq!(
            distance(&point, &line(&[(0.0, -4.0), (0.0, 4.0)])),
            Some(3.0)
        );
        assert_eq!(distance(&point, &line(&[])), None);
    }

    #[test]
    fn an_area_that_crosses_itself_is_none() {
        let ring = |points: &[(f64, f64)]| {
            Geometry::Polygon(Polygon::new(LineString::from(points.to_vec()), Vec::new()))
        };
        assert!(is_sound(&ring(&[
            (0.0, 0.0),
            (9.0, 0.0),
            (9.0, 9.0),
            (0.0, 9.0)
        ])));
        assert!(is_sound(&ring(&[
            (0.0, 0.0),
            (9.0, 0.0),
            (9.0, 9.0),
            (4.0, 2.0)
        ])));
        assert!(
            !is_sound(&ring(&[(0.0, 0.0), (9.0, 9.0), (9.0, 0.0), (0.0, 9.0)])),
            "a bow"
        );
        assert!(!is_sound(&ring(&[(0.0, 0.0), (9.0, 0.0)])), "two corners");
        assert!(
            !is_sound(&ring(&[(0.0, 0.0), (9.0, 0.0), (4.0, 0.0), (4.0, 5.0)])),
            "a spike"
        );
        let holed = |hole: &[(f64, f64)]| {
            let outer = LineString::from(vec![(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)]);
            Geometry::Polygon(Polygon::new(outer, vec![LineString::from(hole.to_vec())]))
        };
        assert!(is_sound(&holed(&[(3.0, 3.0), (5.0, 3.0), (5.0, 5.0)])));
        assert!(
            !is_sound(&holed(&[(3.0, 3.0), (15.0, 3.0), (5.0, 5.0)])),
            "a hole that leaves"
        );
        assert!(is_sound(&line(&[
            (0.0, 0.0),
            (4.0, 4.0),
            (4.0, 0.0),
            (0.0, 4.0)
        ])));
        assert!(!is_sound(&line(&[(1.0, 1.0), (1.0, 1.0)])));
        assert!(!is_sound(&Geometry::Point(Point::new(f64::NAN, 0.0))));
    }

    #[test]
    fn the_middle_of_a_line_lies_on_it() {
        let own = middle(&line(&[(0.0, 0.0), (10.0, 0.0), (10.0, 2.0)])).unwrap();
        assert_eq!((own.x, own.y), (6.0, 0.0));
        assert_eq!(middle(&line(&[])), None);
    }

    prop_compose! {
        fn any_line()(points in proptest::collection::vec((0.0..100.0_f64, 0.0..100.0_f64), 2..6)) -> Geometry<f64> {
            line(&points)
        }
    }

    proptest! {
        /// Distances are the same from both sides, and never more than between points along the lines.
        #[test]
        fn no_two_places_are_nearer_than_the_distance(one in any_line(), other in any_line(), steps in 2..12_u32) {
            let apart = distance(&one, &other).unwrap();
            prop_assert!((apart - distance(&other, &one).unwrap()).abs() < 1e-9);
            let along = |shape: &Geometry<f64>| {
                let lines = Pieces::of(shape).lines;
                let points = lines.iter().flat_map(|(from, to)| {
                    (0..=steps).map(|step| *from + (*to - *from) * (f64::from(step) / f64::from(steps)))
                });
                points.collect::<Vec<_>>()
            };
            for a in along(&one) {
                for b in along(&other) {
                    prop_assert!((a.x - b.x).hypot(a.y - b.y) >= apart - 1e-9);
                }
            }
        }

        /// A fan of corners around a place never crosses itself; with two of them swapped it is told unless it stays one.
        #[test]
        fn a_fan_is_an_area(radii in proptest::collection::vec(1.0..50.0_f64, 4..12)) {
            let count = f64::from(u32::try_from(radii.len()).unwrap());
            let corner = |(at, radius): (u32, &f64)| {
                let angle = std::f64::consts::TAU * f64::from(at) / count;
                (radius * angle.cos(), radius * angle.sin())
            };
            let points: Vec<(f64, f64)> = (0..).zip(&radii).map(corner).collect();
            let area = Geometry::Polygon(Polygon::new(LineString::from(points), Vec::new()));
            prop_assert!(is_sound(&area));
        }
    }
}
