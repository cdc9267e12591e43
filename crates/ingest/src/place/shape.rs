//! Shapes as little-endian well-known binary (WKB): made, moved to WGS 84, and a point inside.

use super::Converter;

/// A shape in two dimensions.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A point.
    Point((f64, f64)),
    /// Points.
    MultiPoint(Vec<(f64, f64)>),
    /// Lines.
    Lines(Vec<Vec<(f64, f64)>>),
    /// Polygons: each an outer ring and its holes.
    Polygons(Vec<Vec<Vec<(f64, f64)>>>),
}

impl Shape {
    /// The shape with every point moved to WGS 84; nothing where one has no such place.
    pub fn to_wgs84(&self, converter: &Converter) -> Option<Self> {
        let line = |points: &Vec<(f64, f64)>| {
            points
                .iter()
                .map(|(x, y)| converter.point(*x, *y))
                .collect::<Option<Vec<_>>>()
        };
        Some(match self {
            Self::Point((x, y)) => Self::Point(converter.point(*x, *y)?),
            Self::MultiPoint(points) => Self::MultiPoint(line(points)?),
            Self::Lines(lines) => Self::Lines(lines.iter().map(line).collect::<Option<_>>()?),
            Self::Polygons(polygons) => Self::Polygons(
                polygons
                    .iter()
                    .map(|rings| rings.iter().map(line).collect())
                    .collect::<Option<_>>()?,
            ),
        })
    }

    /// A point of the shape: of an area, one inside it; of a line, its middle vertex.
    pub fn inside_point(&self) -> Option<(f64, f64)> {
        match self {
            Self::Point(point) => Some(*point),
            Self::MultiPoint(points) => points.first().copied(),
            Self::Lines(lines) => lines
                .iter()
                .max_by_key(|line| line.len())
                .and_then(|line| line.get(line.len() / 2))
                .copied(),
            Self::Polygons(polygons) => {
                let widest = polygons
                    .iter()
                    .max_by(|left, right| area(left).total_cmp(&area(right)))?;
                Some(inside(widest))
            }
        }
    }

    /// Well-known binary.
    pub fn to_wkb(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Point(point) => {
                head(&mut bytes, 1);
                put(&mut bytes, *point);
            }
            Self::MultiPoint(points) => {
                head(&mut bytes, 4);
                count(&mut bytes, points.len());
                for point in points {
                    head(&mut bytes, 1);
                    put(&mut bytes, *point);
                }
            }
            Self::Lines(lines) if lines.len() == 1 => {
                head(&mut bytes, 2);
                for line in lines {
                    points(&mut bytes, line);
                }
            }
            Self::Lines(lines) => {
                head(&mut bytes, 5);
                count(&mut bytes, lines.len());
                for line in lines {
                    head(&mut bytes, 2);
                    points(&mut bytes, line);
                }
            }
            Self::Polygons(polygons) if polygons.len() == 1 => {
                head(&mut bytes, 3);
                for rings in polygons {
                    put_rings(&mut bytes, rings);
                }
            }
            Self::Polygons(polygons) => {
                head(&mut bytes, 6);
                count(&mut bytes, polygons.len());
                for rings in polygons {
                    head(&mut bytes, 3);
                    put_rings(&mut bytes, rings);
                }
            }
        }
        bytes
    }

    /// The shape in little-endian well-known binary.
    pub fn from_wkb(bytes: &[u8]) -> Option<Self> {
        let mut from = From { bytes };
        let shape = from.shape()?;
        from.bytes.is_empty().then_some(shape)
    }
}

fn head(bytes: &mut Vec<u8>, kind: u32) {
    bytes.push(1);
    bytes.extend_from_slice(&kind.to_le_bytes());
}

fn count(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn put(bytes: &mut Vec<u8>, (x, y): (f64, f64)) {
    bytes.extend_from_slice(&x.to_le_bytes());
    bytes.extend_from_slice(&y.to_le_bytes());
}

fn points(bytes: &mut Vec<u8>, line: &[(f64, f64)]) {
    count(bytes, line.len());
    for point in line {
        put(bytes, *point);
    }
}

fn put_rings(bytes: &mut Vec<u8>, rings: &[Vec<(f64, f64)>]) {
    count(bytes, rings.len());
    for ring in rings {
        points(bytes, ring);
    }
}

/// Reads well-known binary.
struct From<'b> {
    bytes: &'b [u8],
}

impl From<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*head)
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.take()?)).ok()
    }

    fn point(&mut self) -> Option<(f64, f64)> {
        Some((
            f64::from_le_bytes(self.take()?),
            f64::from_le_bytes(self.take()?),
        ))
    }

    fn line(&mut self) -> Option<Vec<(f64, f64)>> {
        (0..self.number()?).map(|_| self.point()).collect()
    }

    fn rings(&mut self) -> Option<Vec<Vec<(f64, f64)>>> {
        (0..self.number()?).map(|_| self.line()).collect()
    }

    fn kind(&mut self) -> Option<u32> {
        let [order] = self.take()?;
        if order != 1 {
            return None;
        }
        Some(u32::from_le_bytes(self.take()?))
    }

    fn shape(&mut self) -> Option<Shape> {
        Some(match self.kind()? {
            1 => Shape::Point(self.point()?),
            2 => Shape::Lines(vec![self.line()?]),
            3 => Shape::Polygons(vec![self.rings()?]),
            4 => Shape::MultiPoint(
                (0..self.number()?)
                    .map(|_| self.kind().and_then(|_| self.point()))
                    .collect::<Option<_>>()?,
            ),
            5 => Shape::Lines(
                (0..self.number()?)
                    .map(|_| self.kind().and_then(|_| self.line()))
                    .collect::<Option<_>>()?,
            ),
            6 => Shape::Polygons(
                (0..self.number()?)
                    .map(|_| self.kind().and_then(|_| self.rings()))
                    .collect::<Option<_>>()?,
            ),
            _ => return None,
        })
    }
}

/// Area of a polygon's outer ring.
fn area(rings: &[Vec<(f64, f64)>]) -> f64 {
    rings.first().map_or(0.0, |ring| signed_area(ring).abs())
}

/// Area of a ring, positive when it runs counter-clockwise (the shoelace formula).
pub fn signed_area(ring: &[(f64, f64)]) -> f64 {
    ring.iter()
        .zip(ring.iter().skip(1))
        .map(|((x1, y1), (x2, y2))| x1 * y2 - x2 * y1)
        .sum::<f64>()
        / 2.0
}

/// A point inside a polygon: the middle of the widest stretch of a level line through it.
fn inside(rings: &[Vec<(f64, f64)>]) -> (f64, f64) {
    let outer = rings.first().map_or(&[][..], Vec::as_slice);
    let low = outer
        .iter()
        .map(|point| point.1)
        .fold(f64::INFINITY, f64::min);
    let high = outer
        .iter()
        .map(|point| point.1)
        .fold(f64::NEG_INFINITY, f64::max);
    let mut best = (0.0, outer.first().copied().unwrap_or_default());
    for part in [0.5, 0.35, 0.65, 0.2, 0.8, 0.43] {
        let level = low + (high - low) * part;
        let mut crossings: Vec<f64> = Vec::new();
        for ring in rings {
            for ((x1, y1), (x2, y2)) in ring.iter().zip(ring.iter().skip(1)) {
                if (*y1 > level) != (*y2 > level) {
                    crossings.push(x1 + (level - y1) / (y2 - y1) * (x2 - x1));
                }
            }
        }
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let [from, to] = pair else { continue };
            if to - from > best.0 {
                best = (to - from, (f64::midpoint(*from, *to), level));
            }
        }
    }
    best.1
}

/// Groups a shapefile's rings into polygons: each clockwise ring opens one, holes follow theirs.
pub fn polygons(rings: Vec<Vec<(f64, f64)>>) -> Shape {
    let mut polygons: Vec<Vec<Vec<(f64, f64)>>> = Vec::new();
    for ring in rings {
        let is_outer = signed_area(&ring) <= 0.0;
        match polygons.last_mut() {
            Some(polygon) if !is_outer => polygon.push(ring),
            _ => polygons.push(vec![ring]),
        }
    }
    Shape::Polygons(polygons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_survive_the_round_trip() {
        let square = vec![(0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (0.0, 0.0)];
        for shape in [
            Shape::Point((1.0, 2.0)),
            Shape::MultiPoint(vec![(1.0, 2.0), (3.0, 4.0)]),
            Shape::Lines(vec![vec![(0.0, 0.0), (1.0, 1.0)]]),
            Shape::Lines(vec![
                vec![(0.0, 0.0), (1.0, 1.0)],
                vec![(2.0, 2.0), (3.0, 3.0)],
            ]),
            Shape::Polygons(vec![vec![square.clone()]]),
            Shape::Polygons(vec![vec![square.clone()], vec![square]]),
        ] {
            assert_eq!(Shape::from_wkb(&shape.to_wkb()), Some(shape));
        }
        assert_eq!(Shape::from_wkb(b"\x01\x03\0\0\0\xff\xff\xff\xff"), None);
    }

    #[test]
    fn the_point_of_a_horseshoe_lies_in_it_not_in_its_gap() {
        let ring = vec![
            (0.0, 0.0),
            (0.0, 10.0),
            (2.0, 10.0),
            (2.0, 2.0),
            (8.0, 2.0),
            (8.0, 10.0),
            (10.0, 10.0),
            (10.0, 0.0),
            (0.0, 0.0),
        ];
        let (x, y) = Shape::Polygons(vec![vec![ring]]).inside_point().unwrap();
        assert!(!(2.0..=8.0).contains(&x) || y <= 2.0, "({x}, {y})");
    }
}
