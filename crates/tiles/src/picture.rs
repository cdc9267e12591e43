//! Shapes as paths of a picture: what a map shows where no script draws one.

use crate::shape::{Part, Shape};
use crate::thin;
use crate::world::{MAX_ZOOM, Spot, pixels};

/// The part of the world a picture shows, and how wide it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    west: f64,
    north: f64,
    /// Units of the picture to a step of the world.
    scale: f64,
    /// Width in units of the picture.
    pub width: f64,
    /// Height in units of the picture.
    pub height: f64,
}

impl Frame {
    /// A picture so wide of these bounds: west, south, east, north in degrees. Nothing where they hold no area.
    pub fn new([west, south, east, north]: [f64; 4], width: f64) -> Option<Self> {
        let corner = Spot::of(west, north)?;
        let other = Spot::of(east, south)?;
        let across = f64::from(other.x.checked_sub(corner.x).filter(|steps| *steps > 0)?);
        let down = f64::from(other.y.checked_sub(corner.y).filter(|steps| *steps > 0)?);
        let scale = width / across;
        Some(Self {
            west: corner.x.into(),
            north: corner.y.into(),
            scale,
            width,
            height: (down * scale).ceil(),
        })
    }

    /// The path of a square of degrees: west, south, east, north; nothing where it lies off the map of the world.
    pub fn square(&self, [west, south, east, north]: [f64; 4]) -> Option<String> {
        let (left, bottom) = self.place(Spot::of(west, south)?);
        let (right, top) = self.place(Spot::of(east, north)?);
        Some(format!(
            "M{left:.1} {bottom:.1}L{right:.1} {bottom:.1}L{right:.1} {top:.1}L{left:.1} {top:.1}Z"
        ))
    }

    /// The zoom whose half pixel is below half a unit.
    fn zoom(&self) -> u8 {
        let is_fine = |zoom: &u8| pixels(*zoom, 1.0) * self.scale <= 1.0;
        (0..=MAX_ZOOM).find(is_fine).unwrap_or(MAX_ZOOM)
    }

    fn place(&self, spot: Spot) -> (f64, f64) {
        let x = (f64::from(spot.x) - self.west) * self.scale;
        (x, (f64::from(spot.y) - self.north) * self.scale)
    }

    /// The path of an area or a line given as well-known binary, for `d` with the rule `evenodd`; nothing where it is
    /// none, or too small to be seen.
    pub fn path(&self, shape: &[u8]) -> Option<String> {
        let shape = Shape::of(shape)?;
        let zoom = self.zoom();
        let mut path = String::new();
        for (part, spots) in &shape.parts {
            let is_ring = matches!(part, Part::Rim | Part::Hole);
            if *part == Part::Point {
                continue;
            }
            let mut own = String::new();
            let mut last = String::new();
            let shown = spots.iter().zip(thin::zooms(spots, is_ring));
            for (spot, _) in shown.filter(|(_, from)| *from <= zoom) {
                let (x, y) = self.place(*spot);
                let next = format!("{x:.1} {y:.1}");
                if next != last {
                    own.push(if own.is_empty() { 'M' } else { 'L' });
                    own.push_str(&next);
                    last = next;
                }
            }
            if own.contains('L') {
                path.push_str(&own);
                path.push_str(if is_ring { "Z" } else { "" });
            }
        }
        (!path.is_empty()).then_some(path)
    }

    /// The middle of a shape's bounds, where its name stands.
    pub fn middle(&self, shape: &[u8]) -> Option<(f64, f64)> {
        let bounds = Shape::of(shape)?.bounds()?;
        Some(self.place(bounds.middle()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::tests::wkb;

    #[test]
    fn a_square_fills_its_picture() {
        let frame = Frame::new([127.0, 37.0, 127.1, 37.1], 100.0).unwrap();
        let square = wkb("POLYGON((127 37,127.1 37,127.1 37.1,127 37.1,127 37))");
        let path = frame.path(&square).unwrap();
        assert!(path.starts_with("M0.0 ") && path.ends_with('Z'), "{path}");
        assert!(path.contains("L100.0 ") && path.matches('L').count() == 4);
        let (x, y) = frame.middle(&square).unwrap();
        assert!((x - 50.0).abs() < 0.1 && (y - frame.height / 2.0).abs() < 1.0);
    }

    #[test]
    fn what_is_no_area_has_no_path_and_bounds_without_area_no_picture() {
        let frame = Frame::new([127.0, 37.0, 127.1, 37.1], 100.0).unwrap();
        assert_eq!(frame.path(b"broken"), None);
        assert_eq!(frame.path(&wkb("POINT(127 37)")), None);
        assert!(Frame::new([127.0, 37.0, 127.0, 37.1], 100.0).is_none());
        assert!(Frame::new([127.0, 37.1, 127.1, 37.0], 100.0).is_none());
    }
}
