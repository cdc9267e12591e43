//! Works near a place.

use geo_types::{Coord, Geometry, Point};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::shape::{bounds, distance};

/// Shapes that are asked for by place, whatever they are of.
pub struct Index {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index of {}", self.tree.size())
    }
}

impl Index {
    /// An index of shapes by their counts.
    pub fn new<'s>(shapes: impl Iterator<Item = &'s Geometry<f64>>) -> Self {
        let entries = shapes.enumerate().filter_map(|(at, shape)| {
            let bounds = bounds(shape)?;
            let (low, high) = (bounds.min(), bounds.max());
            let rectangle = Rectangle::from_corners([low.x, low.y], [high.x, high.y]);
            Some(GeomWithData::new(rectangle, at))
        });
        Self {
            tree: RTree::bulk_load(entries.collect()),
        }
    }

    /// Counts of shapes at most `metres` from a place with their distances, the nearest first.
    pub fn near<'s>(
        &self,
        at: Coord<f64>,
        metres: f64,
        shape: impl Fn(usize) -> Option<&'s Geometry<f64>>,
    ) -> Vec<(usize, f64)> {
        let wide = AABB::from_corners(
            [at.x - metres, at.y - metres],
            [at.x + metres, at.y + metres],
        );
        let point = Geometry::Point(Point::from(at));
        let found = self.tree.locate_in_envelope_intersecting(&wide);
        let found = found.filter_map(|near| {
            let apart = distance(&point, shape(near.data)?)?;
            (apart <= metres).then_some((near.data, apart))
        });
        let mut found: Vec<(usize, f64)> = found.collect();
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found
    }
}
