//! Places that stand close are counted together, zoom by zoom: from the deepest outwards, each zoom of the one below.
//!
//! So every place is in exactly one cluster of each zoom, and a cluster keeps its places together on all zooms above.

use std::collections::HashMap;
use std::ops::Range;

use ahash::RandomState;

use crate::world::{MAX_ZOOM, Spot, TileAt, pixels};

/// Up to this zoom, places that would hide each other are counted together.
const CROWDED_ZOOM: u8 = 15;
/// How near, in pixels: about the size of a mark with a number in it.
const CROWDED_PIXELS: f64 = 44.0;
/// How near on the zooms after it, down to the deepest, where only what stands on one spot is one.
const APART_PIXELS: [f64; (MAX_ZOOM - CROWDED_ZOOM) as usize] = [8.0, 4.0, 2.0];

/// A place that stands alone, or several counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) spot: Spot,
    /// How many places.
    pub(crate) count: u32,
    /// The row of the only place.
    pub(crate) row: u32,
    /// The first zoom at which they part; one more than the deepest where they never do.
    pub(crate) parts_at: u8,
}

impl Node {
    /// A place that stands alone.
    pub(crate) fn one(spot: Spot, row: u32) -> Self {
        Self {
            spot,
            count: 1,
            row,
            parts_at: 0,
        }
    }
}

/// The nodes of one zoom, in the order of their keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Level(Vec<Node>);

impl Level {
    fn of(mut nodes: Vec<Node>) -> Self {
        nodes.sort_by_cached_key(|node| node.spot.key());
        Self(nodes)
    }

    /// The nodes of a tile.
    pub(crate) fn of_tile(&self, tile: TileAt) -> &[Node] {
        let (first, last) = tile.keys();
        let from = self.0.partition_point(|node| node.spot.key() < first);
        let to = self.0.partition_point(|node| node.spot.key() <= last);
        self.0.get(from..to).unwrap_or_default()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Node>()
    }
}

/// The levels of all zooms. `entering` gives, for each zoom, the places that are counted from there outwards: points at
/// the deepest, areas and lines where they become too small to be seen.
pub(crate) fn levels(mut entering: Vec<Vec<Node>>) -> Vec<Level> {
    let mut levels = Vec::new();
    let mut below: Vec<Node> = Vec::new();
    for zoom in (0..=MAX_ZOOM).rev() {
        let new = entering.get_mut(usize::from(zoom)).map(std::mem::take);
        below.extend(new.unwrap_or_default());
        let level = Level::of(gather(&below, zoom));
        below.clone_from(&level.0);
        levels.push(level);
    }
    levels.reverse();
    levels
}

fn near(zoom: u8) -> f64 {
    let after = zoom.checked_sub(CROWDED_ZOOM + 1);
    let apart = after.and_then(|at| APART_PIXELS.get(usize::from(at)));
    pixels(zoom, apart.copied().unwrap_or(CROWDED_PIXELS))
}

/// Squares with the nodes in them.
struct Squares {
    side: f64,
    order: Vec<usize>,
    of: HashMap<(u32, u32), Range<usize>, RandomState>,
}

impl Squares {
    fn new(nodes: &[Node], side: f64) -> Self {
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        let square = |at: &usize| nodes.get(*at).map(|node| Self::square(node.spot, side));
        order.sort_by_cached_key(square);
        let mut of = HashMap::with_hasher(RandomState::with_seeds(1, 2, 3, 4));
        let mut from = 0;
        for group in order.chunk_by(|one, other| square(one) == square(other)) {
            if let Some(square) = group.first().and_then(square) {
                of.insert(square, from..from + group.len());
            }
            from += group.len();
        }
        Self { side, order, of }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a coordinate is a coordinate"
    )]
    fn square(spot: Spot, side: f64) -> (u32, u32) {
        let of = |steps: u32| (f64::from(steps) / side) as u32;
        (of(spot.x), of(spot.y))
    }

    /// The nodes of a square and of those around it.
    fn around(&self, spot: Spot) -> impl Iterator<Item = usize> {
        let (x, y) = Self::square(spot, self.side);
        let beside = |at: u32| at.saturating_sub(1)..=at.saturating_add(1);
        beside(x)
            .flat_map(move |x| beside(y).map(move |y| (x, y)))
            .filter_map(|square| self.order.get(self.of.get(&square)?.clone()))
            .flatten()
            .copied()
    }
}

/// Counts together what is near: each node, in the order of keys, takes the free ones around it.
fn gather(nodes: &[Node], zoom: u8) -> Vec<Node> {
    let radius = near(zoom);
    let squares = Squares::new(nodes, radius);
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_cached_key(|at| nodes.get(*at).map(|node| node.spot.key()));
    let mut is_taken = vec![false; nodes.len()];
    let mut gathered = Vec::new();
    for at in order {
        let (Some(own), Some(taken)) = (nodes.get(at), is_taken.get_mut(at)) else {
            continue;
        };
        if std::mem::replace(taken, true) {
            continue;
        }
        let mut sum = Sum::of(own);
        for other in squares.around(own.spot) {
            let (Some(node), Some(taken)) = (nodes.get(other), is_taken.get_mut(other)) else {
                continue;
            };
            if !*taken && distance(own.spot, node.spot) <= radius {
                *taken = true;
                sum.add(node);
            }
        }
        gathered.push(sum.node(own, zoom + 1));
    }
    gathered
}

fn distance(one: Spot, other: Spot) -> f64 {
    f64::from(one.x.abs_diff(other.x)).hypot(f64::from(one.y.abs_diff(other.y)))
}

/// Nodes counted together, with the mean of their places.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    count: u32,
    x: u64,
    y: u64,
}

impl Sum {
    pub(crate) fn of(node: &Node) -> Self {
        let mut sum = Self::default();
        sum.add(node);
        sum
    }

    pub(crate) fn add(&mut self, node: &Node) {
        // Fewer than 2³² places on a world of 2³² steps.
        self.count += node.count;
        self.x += u64::from(node.spot.x) * u64::from(node.count);
        self.y += u64::from(node.spot.y) * u64::from(node.count);
    }

    /// What was added to a node: the node itself where nothing was.
    pub(crate) fn node(self, first: &Node, parts_at: u8) -> Node {
        if self.count == first.count {
            return *first;
        }
        let mean = |sum: u64| {
            let mean = sum.checked_div(u64::from(self.count)).unwrap_or_default();
            u32::try_from(mean).unwrap_or(u32::MAX)
        };
        Node {
            spot: Spot {
                x: mean(self.x),
                y: mean(self.y),
            },
            count: self.count,
            row: first.row,
            parts_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points(of: &[(u32, u32)]) -> Vec<Vec<Node>> {
        let mut entering = vec![Vec::new(); usize::from(MAX_ZOOM) + 1];
        let nodes = (0..)
            .zip(of)
            .map(|(row, (x, y))| Node::one(Spot { x: *x, y: *y }, row));
        entering[usize::from(MAX_ZOOM)] = nodes.collect();
        entering
    }

    #[test]
    fn what_stands_on_one_spot_is_one_at_every_zoom_and_what_does_not_parts() {
        let levels = levels(points(&[
            (1 << 31, 1 << 31),
            (1 << 31, 1 << 31),
            ((1 << 31) + 70_000, 1 << 31),
        ]));
        let deepest = &levels[usize::from(MAX_ZOOM)].0;
        assert_eq!(
            deepest.iter().map(|node| node.count).collect::<Vec<_>>(),
            [2, 1]
        );
        assert_eq!(deepest[0].parts_at, MAX_ZOOM + 1);
        let whole = &levels[0].0;
        assert_eq!((whole.len(), whole[0].count), (1, 3));
        // 44 pixels of zoom 12 are 90,112 steps.
        assert_eq!(whole[0].parts_at, 13);
    }

    #[test]
    fn a_place_enters_where_it_becomes_too_small() {
        let mut entering = points(&[(5, 5)]);
        entering[3] = vec![Node::one(Spot { x: 9, y: 9 }, 1)];
        let counts: Vec<u32> = levels(entering)
            .iter()
            .map(|level| level.0.iter().map(|node| node.count).sum())
            .collect();
        assert_eq!(counts[..4], [2, 2, 2, 2]);
        assert!(counts[4..].iter().all(|count| *count == 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn counts_add_up_at_each_zoom_and_each_node_is_in_one_tile(
            of in prop::collection::vec((0_u32..1 << 22, 0_u32..1 << 22), 1..300),
        ) {
            let levels = levels(points(&of));
            let all = u32::try_from(of.len()).unwrap();
            for (zoom, level) in (0_u8..).zip(&levels) {
                let sum: u32 = level.0.iter().map(|node| node.count).sum();
                prop_assert_eq!(sum, all);
                let mut tiles: Vec<TileAt> =
                    level.0.iter().filter_map(|node| TileAt::around(zoom, node.spot)).collect();
                tiles.sort_unstable_by_key(|tile| tile.keys());
                tiles.dedup();
                let in_tiles: usize = tiles.iter().map(|tile| level.of_tile(*tile).len()).sum();
                prop_assert_eq!(in_tiles, level.0.len());
            }
            // A zoom never shows more than the one below it.
            prop_assert!(levels.windows(2).all(|pair| pair[0].0.len() <= pair[1].0.len()));
        }
    }
}
