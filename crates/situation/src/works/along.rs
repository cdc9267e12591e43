//! Places along a road's line.

use geo_types::{Coord, Geometry, LineString};

use crate::shape::{corners, share};

/// The lines of a road, one behind the other; nothing where its shape is no line.
fn lines(road: &Geometry<f64>) -> Option<Vec<&LineString<f64>>> {
    match road {
        Geometry::LineString(line) => Some(vec![line]),
        Geometry::MultiLineString(lines) => Some(lines.iter().collect()),
        _ => None,
    }
}

/// From where to where along a road's line a shape lies, in metres.
pub(crate) fn stretch(road: &Geometry<f64>, shape: &Geometry<f64>) -> Option<(f64, f64)> {
    let parts = lines(road)?;
    let along = corners(shape)
        .into_iter()
        .filter_map(|at| along(&parts, at));
    let ends = along.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
        (low.min(at), high.max(at))
    });
    (ends.0 <= ends.1).then_some(ends)
}

/// So many metres of a road's line around the place of it that is nearest to a point: where a permit says how long it
/// digs and not from where to where. What would lie beyond an end of the road is left out.
pub fn around(road: &Geometry<f64>, at: Coord<f64>, metres: f64) -> Option<Geometry<f64>> {
    let parts = lines(road)?;
    let middle = along(&parts, at)?;
    if !metres.is_finite() || metres <= 0.0 {
        return None;
    }
    let (from, to) = (middle - metres / 2.0, middle + metres / 2.0);
    let (mut passed, mut points) = (0.0, Vec::<Coord<f64>>::new());
    for line in parts.iter().flat_map(|part| part.lines()) {
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

/// How far along lines, one behind the other, the place nearest to a point lies.
pub(crate) fn along(parts: &[&LineString<f64>], at: Coord<f64>) -> Option<f64> {
    let mut best: Option<(f64, f64)> = None;
    let mut passed = 0.0;
    for line in parts.iter().flat_map(|part| part.lines()) {
        let way = line.delta();
        let length = way.x.hypot(way.y);
        let share = share(at, (line.start, line.end));
        let foot = line.start + way * share;
        let apart = (foot.x - at.x).hypot(foot.y - at.y);
        if best.is_none_or(|(nearest, _)| apart < nearest) {
            best = Some((apart, passed + length * share));
        }
        passed += length;
    }
    best.map(|(_, metres)| metres)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::coord;

    #[test]
    fn a_stretch_follows_the_road_and_ends_where_it_ends() {
        let road = LineString::from(vec![(0.0, 0.0), (100.0, 0.0), (100.0, 50.0)]);
        let road = Geometry::LineString(road);
        let cut = |at: (f64, f64), metres| around(&road, coord! { x: at.0, y: at.1 }, metres);
        let line =
            |points: &[(f64, f64)]| Some(Geometry::LineString(LineString::from(points.to_vec())));
        assert_eq!(cut((30.0, 5.0), 20.0), line(&[(20.0, 0.0), (40.0, 0.0)]));
        assert_eq!(
            cut((95.0, -5.0), 20.0),
            line(&[(85.0, 0.0), (100.0, 0.0), (100.0, 5.0)])
        );
        assert_eq!(cut((-9.0, 0.0), 20.0), line(&[(0.0, 0.0), (10.0, 0.0)]));
        assert_eq!(cut((30.0, 5.0), 0.0), None);
        assert_eq!(cut((30.0, 5.0), f64::NAN), None);
        let shape = line(&[(20.0, 3.0), (100.0, 5.0)]).unwrap();
        assert_eq!(stretch(&road, &shape), Some((20.0, 105.0)));
    }
}
