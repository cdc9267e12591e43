//! Places along a road's lines.

use geo_types::{Coord, Geometry, LineString};

use crate::shape::share;

/// How far apart places of a shape are looked at where a road has several lines, in metres ...
const STEP: f64 = 2.0;
/// ... and the most of them on one straight piece.
const STEPS_MAX: f64 = 500.0;
/// Ends of lines that are at most so far apart are one place.
const SEAM: f64 = 1.0;

/// A stretch of one of a road's lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stretch {
    /// Count of the line.
    pub(crate) line: usize,
    /// From where along it, in metres.
    pub(crate) from: f64,
    /// To where.
    pub(crate) to: f64,
}

impl Stretch {
    pub(crate) fn metres(self) -> f64 {
        self.to - self.from
    }
}

/// The lines of a road's shape; none where it is no line.
pub(crate) fn lines(road: &Geometry<f64>) -> &[LineString<f64>] {
    match road {
        Geometry::LineString(line) => std::slice::from_ref(line),
        Geometry::MultiLineString(lines) => &lines.0,
        _ => &[],
    }
}

/// Which stretches of a road's lines a shape covers: each of its pieces by itself, for what lies between two of them is
/// not dug up.
pub(crate) fn stretches(lines: &[&LineString<f64>], shape: &Geometry<f64>) -> Vec<Stretch> {
    let mut found = Vec::new();
    for piece in pieces(shape) {
        found.extend(of_piece(lines, &places(&piece, lines.len() > 1)));
    }
    found
}

/// The connected pieces of a shape, each as the places on its line or border.
fn pieces(shape: &Geometry<f64>) -> Vec<Vec<Coord<f64>>> {
    match shape {
        Geometry::Point(point) => vec![vec![point.0]],
        Geometry::MultiPoint(points) => points.iter().map(|point| vec![point.0]).collect(),
        Geometry::Line(line) => vec![vec![line.start, line.end]],
        Geometry::LineString(line) => vec![line.0.clone()],
        Geometry::MultiLineString(lines) => lines.iter().map(|line| line.0.clone()).collect(),
        Geometry::Polygon(area) => vec![area.exterior().0.clone()],
        Geometry::MultiPolygon(areas) => {
            let border = areas.iter().map(|area| area.exterior().0.clone());
            border.collect()
        }
        Geometry::GeometryCollection(parts) => parts.iter().flat_map(pieces).collect(),
        // Neither kind is kept in a dataset.
        Geometry::Rect(_) | Geometry::Triangle(_) => Vec::new(),
    }
}

/// Places of a piece: its corners, and where the nearest line may change between them, places in between.
fn places(corners: &[Coord<f64>], is_close: bool) -> Vec<Coord<f64>> {
    let mut all: Vec<Coord<f64>> = corners.first().copied().into_iter().collect();
    for (from, to) in corners.iter().zip(corners.iter().skip(1)) {
        let way = *to - *from;
        let steps = if is_close {
            (way.x.hypot(way.y) / STEP).ceil().clamp(1.0, STEPS_MAX)
        } else {
            1.0
        };
        let mut step = 1.0;
        while step <= steps {
            all.push(*from + way * (step / steps));
            step += 1.0;
        }
    }
    all
}

/// From where to where one piece lies along each line that it is nearest to.
fn of_piece(lines: &[&LineString<f64>], places: &[Coord<f64>]) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    let mut reach = |line: usize, at: f64| {
        if let Some(own) = found.iter_mut().find(|own| own.line == line) {
            (own.from, own.to) = (own.from.min(at), own.to.max(at));
        } else {
            let (from, to) = (at, at);
            found.push(Stretch { line, from, to });
        }
    };
    let on = |line: usize, at: Coord<f64>| lines.get(line).and_then(|line| along(line, at));
    let mut before: Option<(usize, Coord<f64>)> = None;
    for &at in places {
        let Some((line, _, metres)) = nearest(lines, at) else {
            continue;
        };
        reach(line, metres);
        // Where one line ends and another begins, both are dug up to there.
        if let Some((other, from)) = before.filter(|(other, _)| *other != line) {
            if let Some((metres, _)) = on(other, at) {
                reach(other, metres);
            }
            if let Some((metres, _)) = on(line, from) {
                reach(line, metres);
            }
        }
        before = Some((line, at));
    }
    found
}

/// The line that is nearest to a place, how far that is, and how far along it.
pub(crate) fn nearest(lines: &[&LineString<f64>], at: Coord<f64>) -> Option<(usize, f64, f64)> {
    let mut best: Option<(usize, f64, f64)> = None;
    for (line, own) in lines.iter().enumerate() {
        if let Some((metres, apart)) = along(own, at)
            && best.is_none_or(|(_, nearest, _)| apart < nearest)
        {
            best = Some((line, apart, metres));
        }
    }
    best
}

/// How far along a line the place nearest to a point lies, and how far the point is from it.
fn along(line: &LineString<f64>, at: Coord<f64>) -> Option<(f64, f64)> {
    let mut best: Option<(f64, f64)> = None;
    let mut passed = 0.0;
    for line in line.lines() {
        let way = line.delta();
        let length = way.x.hypot(way.y);
        let share = share(at, (line.start, line.end));
        let foot = line.start + way * share;
        let apart = (foot.x - at.x).hypot(foot.y - at.y);
        if best.is_none_or(|(_, nearest)| apart < nearest) {
            best = Some((passed + length * share, apart));
        }
        passed += length;
    }
    best
}

/// So many metres of a road around the place of it that is nearest to a point: where a permit says how long it digs and
/// not from where to where. What would lie beyond an end of the road is left out.
pub(crate) fn around(
    ways: &[LineString<f64>],
    at: Coord<f64>,
    metres: f64,
) -> Option<Geometry<f64>> {
    if !metres.is_finite() || metres <= 0.0 {
        return None;
    }
    let all: Vec<&LineString<f64>> = ways.iter().collect();
    let (way, _, middle) = nearest(&all, at)?;
    let (from, to) = (middle - metres / 2.0, middle + metres / 2.0);
    let (mut passed, mut points) = (0.0, Vec::<Coord<f64>>::new());
    for line in ways.get(way)?.lines() {
        let way = line.delta();
        let length = way.x.hypot(way.y);
        let (first, last) = ((from - passed).max(0.0), (to - passed).min(length));
        if first < last && length > 0.0 {
            let point = |metres: f64| line.start + way * (metres / length);
            if points.last().is_none_or(|before| *before != point(first)) {
                points.push(point(first));
            }
            points.push(point(last));
        }
        passed += length;
    }
    (points.len() > 1).then(|| Geometry::LineString(LineString::new(points)))
}

/// Lines as ways that are driven in one go: where one ends and another begins, they are one.
pub(crate) fn ways(lines: &[&LineString<f64>]) -> Vec<LineString<f64>> {
    let mut rest: Vec<Vec<Coord<f64>>> = lines
        .iter()
        .filter(|line| line.0.len() > 1)
        .map(|line| line.0.clone())
        .collect();
    let mut ways = Vec::new();
    while let Some(mut way) = rest.pop() {
        while let Some(next) = (0..rest.len()).find(|at| joins(&mut way, rest.get(*at))) {
            rest.swap_remove(next);
        }
        ways.push(LineString::new(way));
    }
    ways
}

/// Joins a line to an end of a way, if they meet there.
fn joins(way: &mut Vec<Coord<f64>>, line: Option<&Vec<Coord<f64>>>) -> bool {
    let meet = |one: Option<&Coord<f64>>, other: Option<&Coord<f64>>| {
        let ends = one.zip(other);
        ends.is_some_and(|(one, other)| (one.x - other.x).hypot(one.y - other.y) <= SEAM)
    };
    let Some(line) = line else { return false };
    if meet(way.last(), line.first()) {
        way.extend(line);
    } else if meet(way.last(), line.last()) {
        way.extend(line.iter().rev());
    } else if meet(way.first(), line.last()) {
        way.splice(0..0, line.iter().copied());
    } else if meet(way.first(), line.first()) {
        way.splice(0..0, line.iter().rev().copied());
    } else {
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{MultiLineString, coord};

    fn line(points: &[(f64, f64)]) -> LineString<f64> {
        LineString::from(points.to_vec())
    }

    #[test]
    fn a_stretch_follows_the_road_and_ends_where_it_ends() {
        let road = line(&[(0.0, 0.0), (100.0, 0.0), (100.0, 50.0)]);
        let all = [road.clone()];
        let cut = |at: (f64, f64), metres| around(&all, coord! { x: at.0, y: at.1 }, metres);
        let right = |points: &[(f64, f64)]| Some(Geometry::LineString(line(points)));
        assert_eq!(cut((30.0, 5.0), 20.0), right(&[(20.0, 0.0), (40.0, 0.0)]));
        assert_eq!(
            cut((95.0, -5.0), 20.0),
            right(&[(85.0, 0.0), (100.0, 0.0), (100.0, 5.0)])
        );
        assert_eq!(cut((-9.0, 0.0), 20.0), right(&[(0.0, 0.0), (10.0, 0.0)]));
        assert_eq!(cut((30.0, 5.0), 0.0), None);
        assert_eq!(cut((30.0, 5.0), f64::NAN), None);
        let shape = Geometry::LineString(line(&[(20.0, 3.0), (100.0, 5.0)]));
        let (from, to) = (20.0, 105.0);
        assert_eq!(stretches(&[&road], &shape), [Stretch { line: 0, from, to }]);
    }

    #[test]
    fn a_shape_lies_along_each_line_it_is_nearest_to_and_nowhere_else() {
        let (west, east) = (
            line(&[(0.0, 0.0), (500.0, 0.0)]),
            line(&[(1000.0, 0.0), (500.0, 0.0)]),
        );
        let of = |points: &[(f64, f64)]| {
            let shape = Geometry::LineString(line(points));
            stretches(&[&west, &east], &shape)
        };
        let stretch = |line, from, to| Stretch { line, from, to };
        assert_eq!(of(&[(10.0, 3.0), (20.0, 3.0)]), [stretch(0, 10.0, 20.0)]);
        assert_eq!(
            of(&[(491.0, 3.0), (509.0, 3.0)]),
            [stretch(0, 491.0, 500.0), stretch(1, 491.0, 500.0)]
        );
        let parts = MultiLineString::new(vec![
            line(&[(600.0, 0.0), (620.0, 0.0)]),
            line(&[(900.0, 0.0), (920.0, 0.0)]),
        ]);
        let metres: f64 = stretches(&[&west, &east], &Geometry::MultiLineString(parts))
            .iter()
            .map(|own| own.metres())
            .sum();
        assert!((metres - 40.0).abs() < 1e-9, "{metres}");
    }

    #[test]
    fn lines_that_meet_are_one_way_however_they_are_drawn() {
        let lines = [
            line(&[(500.0, 0.0), (1000.0, 0.0)]),
            line(&[(0.0, 300.0), (9.0, 300.0)]),
            line(&[(499.5, 0.0), (0.0, 0.0)]),
        ];
        let ways = ways(&lines.iter().collect::<Vec<_>>());
        assert_eq!(ways.len(), 2, "{ways:?}");
        let cut = around(&ways, coord! { x: 495.0, y: 0.0 }, 40.0);
        let bounds = crate::shape::bounds(&cut.unwrap()).unwrap();
        assert_eq!((bounds.min().x, bounds.max().x.round()), (475.0, 515.0));
    }
}
