//! The part of a shape that lies in a box. A box has four straight sides, so that corners can be cut one side after the
//! other (Sutherland and Hodgman): whatever a rim does, crossing itself too, what comes out is finite and in the box.

/// A corner in steps of a tile.
pub(crate) type Corner = (i64, i64);

/// A box: least and greatest step, both ways.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) least: i64,
    pub(crate) most: i64,
}

/// One side of a box.
#[derive(Clone, Copy)]
struct Side {
    limit: i64,
    is_x: bool,
    is_least: bool,
}

impl Frame {
    fn sides(self) -> [Side; 4] {
        let side = |limit, is_x, is_least| Side {
            limit,
            is_x,
            is_least,
        };
        [
            side(self.least, true, true),
            side(self.most, true, false),
            side(self.least, false, true),
            side(self.most, false, false),
        ]
    }

    fn holds(self, (x, y): Corner) -> bool {
        let range = self.least..=self.most;
        range.contains(&x) && range.contains(&y)
    }
}

impl Side {
    fn holds(self, (x, y): Corner) -> bool {
        let at = if self.is_x { x } else { y };
        if self.is_least {
            at >= self.limit
        } else {
            at <= self.limit
        }
    }

    /// Where a line between two corners meets this side.
    fn meets(self, one: Corner, other: Corner) -> Corner {
        if self.is_x {
            (
                self.limit,
                between(one.0, one.1, other.0, other.1, self.limit),
            )
        } else {
            (
                between(one.1, one.0, other.1, other.0, self.limit),
                self.limit,
            )
        }
    }
}

/// The height at a place along a line: products of the world's size need more than 64 bits.
fn between(from: i64, low: i64, to: i64, high: i64, at: i64) -> i64 {
    let (run, rise) = (
        i128::from(to) - i128::from(from),
        i128::from(high) - i128::from(low),
    );
    let way = i128::from(at) - i128::from(from);
    let height = (rise * way).checked_div(run).unwrap_or_default();
    low.saturating_add(i64::try_from(height).unwrap_or_default())
}

/// The part of a ring in a box; a ring again, without its last corner, which is its first.
pub(crate) fn ring(corners: Vec<Corner>, frame: Frame) -> Vec<Corner> {
    if corners.iter().all(|corner| frame.holds(*corner)) {
        return corners;
    }
    let mut ring = corners;
    for side in frame.sides() {
        let Some(mut last) = ring.last().copied() else {
            break;
        };
        let mut cut = Vec::with_capacity(ring.len() + 4);
        for corner in ring {
            match (side.holds(last), side.holds(corner)) {
                (true, true) => cut.push(corner),
                (true, false) => cut.push(side.meets(last, corner)),
                (false, true) => {
                    cut.push(side.meets(last, corner));
                    cut.push(corner);
                }
                (false, false) => {}
            }
            last = corner;
        }
        ring = cut;
    }
    ring
}

/// The parts of a line in a box.
pub(crate) fn line(corners: &[Corner], frame: Frame) -> Vec<Vec<Corner>> {
    if corners.iter().all(|corner| frame.holds(*corner)) {
        return vec![corners.to_vec()];
    }
    let mut parts: Vec<Vec<Corner>> = Vec::new();
    for pair in corners.windows(2) {
        let [one, other] = pair else { continue };
        let Some((from, to)) = segment(*one, *other, frame) else {
            continue;
        };
        match parts.last_mut() {
            // It goes on where the last part ended, inside the box.
            Some(part) if part.last() == Some(&from) && from == *one => part.push(to),
            _ => parts.push(vec![from, to]),
        }
    }
    parts
}

fn segment(mut from: Corner, mut to: Corner, frame: Frame) -> Option<(Corner, Corner)> {
    for side in frame.sides() {
        match (side.holds(from), side.holds(to)) {
            (true, true) => {}
            (true, false) => to = side.meets(from, to),
            (false, true) => from = side.meets(from, to),
            (false, false) => return None,
        }
    }
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FRAME: Frame = Frame {
        least: -64,
        most: 4160,
    };

    fn area(ring: &[Corner]) -> i64 {
        let next = ring.iter().cycle().skip(1);
        ring.iter()
            .zip(next)
            .map(|(one, other)| one.0 * other.1 - other.0 * one.1)
            .sum()
    }

    #[test]
    fn an_area_around_the_box_becomes_the_box() {
        let around = vec![(-9000, -9000), (9000, -9000), (9000, 9000), (-9000, 9000)];
        let cut = ring(around, FRAME);
        assert_eq!(area(&cut) / 2, 4224 * 4224);
    }

    #[test]
    fn a_line_through_the_box_twice_has_two_parts() {
        let zigzag = [(-100, 0), (5000, 0), (5000, 100), (-100, 100)];
        let parts = line(&zigzag, FRAME);
        assert_eq!(
            parts,
            [vec![(-64, 0), (4160, 0)], vec![(4160, 100), (-64, 100)]]
        );
        assert!(line(&[(-100, 0), (-100, 900)], FRAME).is_empty());
    }

    proptest! {
        #[test]
        fn what_is_cut_lies_in_the_box(
            corners in prop::collection::vec((-1_i64 << 44..1 << 44, -1_i64 << 44..1 << 44), 0..40),
        ) {
            prop_assert!(ring(corners.clone(), FRAME).iter().all(|corner| FRAME.holds(*corner)));
            for part in line(&corners, FRAME) {
                prop_assert!(part.iter().all(|corner| FRAME.holds(*corner)));
            }
        }

        #[test]
        fn four_tiles_hold_all_of_an_area(
            corners in prop::collection::vec((0_i64..2000, 0_i64..2000), 3..4),
        ) {
            let whole = area(&corners).abs();
            let sum: i64 = [(0, 0), (0, 1000), (1000, 0), (1000, 1000)]
                .iter()
                .map(|(x, y)| {
                    let moved = corners.iter().map(|corner| (corner.0 - x, corner.1 - y));
                    area(&ring(moved.collect(), Frame { least: 0, most: 1000 })).abs()
                })
                .sum();
            // Cuts lie on whole steps.
            prop_assert!((whole - sum).abs() <= 24_000, "{whole} {sum}");
        }
    }
}
