//! From which zoom on a corner of a line or a rim is worth drawing.
//!
//! The rule of Douglas and Peucker, asked once for all zooms: a corner's distance from the line without it says from
//! which zoom on that distance is half a pixel. Without recursion and in steps of bounded length: what arrives may be
//! a line of a million corners made to be slow.

use crate::world::{MAX_ZOOM, Spot, zoom_of};

/// A corner shows from where leaving it out would move the line by so many pixels.
const PIXELS: f64 = 0.5;
/// Corners looked at together. The ends between two steps are always drawn.
const STEP: usize = 2048;

/// For each corner the first zoom it is drawn at.
pub(crate) fn zooms(spots: &[Spot], is_ring: bool) -> Vec<u8> {
    let mut from = vec![MAX_ZOOM; spots.len()];
    let Some(last) = spots.len().checked_sub(1) else {
        return from;
    };
    let mut ends: Vec<usize> = (0..last).step_by(STEP).chain([last]).collect();
    if is_ring {
        ends.extend(rim(spots, last));
        ends.sort_unstable();
        ends.dedup();
    }
    for end in &ends {
        keep(&mut from, *end, 0);
    }
    for pair in ends.windows(2) {
        if let [first, last] = pair {
            halve(spots, *first, *last, &mut from);
        }
    }
    from
}

/// Two corners that keep a ring an area: the one farthest from its begin, and the one farthest from that line.
fn rim(spots: &[Spot], last: usize) -> Vec<usize> {
    let Some(begin) = spots.first() else {
        return Vec::new();
    };
    let farthest = |distance: &dyn Fn(Spot) -> f64| {
        let inner = spots.iter().enumerate().take(last).skip(1);
        inner
            .map(|(at, spot)| (at, distance(*spot)))
            .max_by(|one, other| one.1.total_cmp(&other.1))
            .map(|(at, _)| at)
    };
    let Some(far) = farthest(&|spot| length(*begin, spot)) else {
        return Vec::new();
    };
    let Some(end) = spots.get(far) else {
        return Vec::new();
    };
    let beside = farthest(&|spot| distance(spot, *begin, *end));
    beside.into_iter().chain([far]).collect()
}

fn keep(from: &mut [u8], at: usize, zoom: u8) {
    if let Some(own) = from.get_mut(at) {
        *own = zoom.min(*own);
    }
}

fn halve(spots: &[Spot], first: usize, last: usize, from: &mut [u8]) {
    // A corner never shows before the one that divided its line.
    let mut waiting = vec![(first, last, 0_u8)];
    while let Some((first, last, least)) = waiting.pop() {
        let (Some(begin), Some(end)) = (spots.get(first), spots.get(last)) else {
            continue;
        };
        let inner = spots.iter().enumerate().take(last).skip(first + 1);
        let found = inner
            .map(|(at, spot)| (at, distance(*spot, *begin, *end)))
            .max_by(|one, other| one.1.total_cmp(&other.1));
        let Some((at, far)) = found else { continue };
        let zoom = zoom_of(far, PIXELS).clamp(least, MAX_ZOOM);
        keep(from, at, zoom);
        waiting.push((first, at, zoom));
        waiting.push((at, last, zoom));
    }
}

fn length(one: Spot, other: Spot) -> f64 {
    let x = f64::from(one.x) - f64::from(other.x);
    let y = f64::from(one.y) - f64::from(other.y);
    x.hypot(y)
}

/// How far a point is from a line between two others.
fn distance(spot: Spot, begin: Spot, end: Spot) -> f64 {
    let (x, y) = (f64::from(spot.x), f64::from(spot.y));
    let (bx, by) = (f64::from(begin.x), f64::from(begin.y));
    let (dx, dy) = (f64::from(end.x) - bx, f64::from(end.y) - by);
    let square = dx * dx + dy * dy;
    let along = if square > 0.0 {
        (((x - bx) * dx + (y - by) * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (x - bx - along * dx).hypot(y - by - along * dy)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::world::pixels;

    fn spots(of: &[(u32, u32)]) -> Vec<Spot> {
        of.iter().map(|(x, y)| Spot { x: *x, y: *y }).collect()
    }

    #[test]
    fn a_corner_shows_when_it_is_half_a_pixel_away() {
        // Half a pixel of zoom 10 is 4096 steps.
        let line = spots(&[(0, 0), (1_000_000, 4096), (2_000_000, 0), (2_000_000, 0)]);
        let zooms = zooms(&line, false);
        assert_eq!(zooms[..2], [0, 10]);
        assert!((pixels(10, 0.5) - 4096.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_of_many_corners_ends_soon() {
        let line: Vec<Spot> = (0..200_000_u32)
            .map(|at| Spot {
                x: at * 7 % 5000,
                y: at,
            })
            .collect();
        assert_eq!(zooms(&line, false).len(), line.len());
    }

    proptest! {
        #[test]
        fn what_is_left_is_never_farther_than_half_a_pixel(
            of in prop::collection::vec((0_u32..1 << 24, 0_u32..1 << 24), 2..60),
            zoom in 6_u8..=MAX_ZOOM,
        ) {
            let line = spots(&of);
            let from = zooms(&line, false);
            let kept: Vec<usize> = (0..line.len()).filter(|at| from[*at] <= zoom).collect();
            prop_assert_eq!((kept.first(), kept.last()), (Some(&0), Some(&(line.len() - 1))));
            for pair in kept.windows(2) {
                for at in pair[0]..pair[1] {
                    let away = distance(line[at], line[pair[0]], line[pair[1]]);
                    prop_assert!(zoom == MAX_ZOOM || away < pixels(zoom, PIXELS));
                }
            }
        }

        #[test]
        fn a_ring_keeps_three_corners_at_every_zoom(
            of in prop::collection::hash_set((0_u32..1 << 20, 0_u32..1 << 20), 3..40),
        ) {
            let mut ring = spots(&of.into_iter().collect::<Vec<_>>());
            ring.push(ring[0]);
            let from = zooms(&ring, true);
            let always: Vec<&u8> = from.iter().filter(|zoom| **zoom == 0).collect();
            prop_assert!(always.len() >= 4);
        }
    }
}
