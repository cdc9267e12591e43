//! Shapes as lists of corners, and what is no shape.

use geozero::error::Result;
use geozero::wkb::Wkb;
use geozero::{GeomProcessor, GeozeroGeometry};

use crate::world::{Box4, Spot};

/// What a part of a shape is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// One point.
    Point,
    /// A line.
    Line,
    /// The rim of an area.
    Rim,
    /// A hole in the area before it.
    Hole,
}

/// A shape as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) parts: Vec<(Part, Vec<Spot>)>,
}

/// What a shape is drawn as: areas before lines before points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Points,
    Lines,
    Areas,
}

impl Shape {
    /// Reads well-known binary. Nothing where it is broken, or a corner lies nowhere on the map: a shape without one
    /// of its corners would be another shape.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let mut reading = Reading::default();
        Wkb(bytes).process_geom(&mut reading).ok()?;
        if reading.is_lost {
            return None;
        }
        let mut shape = Self {
            parts: reading.parts,
        };
        let least = |part: Part| match part {
            Part::Point => 1,
            Part::Line => 2,
            Part::Rim | Part::Hole => 4,
        };
        shape
            .parts
            .retain(|(part, spots)| spots.len() >= least(*part));
        let kind = shape.kind()?;
        // A mixed bag is drawn as the greatest kind in it, as one place.
        shape.parts.retain(|(part, _)| kind_of(*part) == kind);
        Some(shape)
    }

    pub(crate) fn kind(&self) -> Option<Kind> {
        let kinds = self.parts.iter().map(|(part, _)| kind_of(*part));
        kinds.max_by_key(|kind| match kind {
            Kind::Points => 0,
            Kind::Lines => 1,
            Kind::Areas => 2,
        })
    }

    pub(crate) fn bounds(&self) -> Option<Box4> {
        let spots = self.parts.iter().flat_map(|(_, spots)| spots);
        spots.copied().map(Box4::at).reduce(|mut all, one| {
            all.add(one);
            all
        })
    }
}

fn kind_of(part: Part) -> Kind {
    match part {
        Part::Point => Kind::Points,
        Part::Line => Kind::Lines,
        Part::Rim | Part::Hole => Kind::Areas,
    }
}

/// Listens to the reader of well-known binary.
#[derive(Default)]
struct Reading {
    parts: Vec<(Part, Vec<Spot>)>,
    in_polygon: bool,
    is_lost: bool,
}

impl Reading {
    fn begin(&mut self, part: Part) {
        self.parts.push((part, Vec::new()));
    }
}

impl GeomProcessor for Reading {
    fn xy(&mut self, x: f64, y: f64, _idx: usize) -> Result<()> {
        match (Spot::of(x, y), self.parts.last_mut()) {
            (Some(spot), Some((_, spots))) => spots.push(spot),
            _ => self.is_lost = true,
        }
        Ok(())
    }

    fn point_begin(&mut self, _idx: usize) -> Result<()> {
        self.begin(Part::Point);
        Ok(())
    }

    fn multipoint_begin(&mut self, _size: usize, _idx: usize) -> Result<()> {
        self.begin(Part::Point);
        Ok(())
    }

    fn linestring_begin(&mut self, _tagged: bool, _size: usize, idx: usize) -> Result<()> {
        self.begin(match (self.in_polygon, idx) {
            (false, _) => Part::Line,
            (true, 0) => Part::Rim,
            (true, _) => Part::Hole,
        });
        Ok(())
    }

    fn polygon_begin(&mut self, _tagged: bool, _size: usize, _idx: usize) -> Result<()> {
        self.in_polygon = true;
        Ok(())
    }

    fn polygon_end(&mut self, _tagged: bool, _idx: usize) -> Result<()> {
        self.in_polygon = false;
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use geozero::ToWkb as _;
    use geozero::wkt::Wkt;

    use super::*;

    /// Well-known binary of a text.
    pub(crate) fn wkb(text: &str) -> Vec<u8> {
        Wkt(text).to_wkb(geozero::CoordDimensions::xy()).unwrap()
    }

    fn parts(text: &str) -> Vec<(Part, usize)> {
        let shape = Shape::of(&wkb(text)).unwrap();
        shape
            .parts
            .iter()
            .map(|(part, spots)| (*part, spots.len()))
            .collect()
    }

    #[test]
    fn every_kind_of_shape_has_its_parts() {
        assert_eq!(parts("POINT(127 37)"), [(Part::Point, 1)]);
        assert_eq!(parts("MULTIPOINT((127 37),(128 37))"), [(Part::Point, 2)]);
        assert_eq!(parts("LINESTRING(127 37,128 37)"), [(Part::Line, 2)]);
        let lines = "MULTILINESTRING((127 37,128 37),(1 1,2 2,3 3))";
        assert_eq!(parts(lines), [(Part::Line, 2), (Part::Line, 3)]);
        let holed = "POLYGON((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1))";
        assert_eq!(parts(holed), [(Part::Rim, 4), (Part::Hole, 4)]);
        let two = "MULTIPOLYGON(((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1)),((20 0,29 0,29 9,20 0)))";
        assert_eq!(
            parts(two),
            [(Part::Rim, 4), (Part::Hole, 4), (Part::Rim, 4)]
        );
        let mixed = "GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(1 1,2 2))";
        assert_eq!(parts(mixed), [(Part::Line, 2)]);
    }

    #[test]
    fn what_is_broken_or_nowhere_is_no_shape() {
        let whole = wkb("POLYGON((0 0,9 0,9 9,0 0))");
        for end in 0..whole.len() {
            assert!(Shape::of(&whole[..end]).is_none(), "{end}");
        }
        assert!(Shape::of(b"no shape at all").is_none());
        assert!(
            Shape::of(&wkb("POINT(200000 500000)")).is_none(),
            "metres, not degrees"
        );
        assert!(Shape::of(&wkb("POLYGON((0 0,9 0,0 0))")).is_none());
        assert!(Shape::of(&wkb("LINESTRING EMPTY")).is_none());
    }
}
