//! A tile of an index. Where it would be larger than a tile may be, it says less of each place, then counts more of
//! them together; whatever it does not draw it says.

use std::collections::BTreeMap;

use prost::Message as _;

use crate::clip::{self, Corner, Frame};
use crate::cluster::{Node, Sum};
use crate::encode::{self, Pen, Sheet, Tile};
use crate::facts::Column;
use crate::index::{Drawable, Index};
use crate::shape::{Kind, Part};
use crate::world::{EXTENT, TileAt, pixels};

/// No tile is larger.
pub const LIMIT_BYTES: usize = 500_000;
/// What two layers and a note take beside their features.
const FRAME_BYTES: usize = 512;
/// Of a tile that is too large, the part that lines and areas may take.
const SHAPES_BYTES: usize = 350_000;
/// Steps of a tile within which a tile that is too large counts together.
const MERGED: [u32; 4] = [0, 32, 128, 512];
/// Shapes are drawn a little beyond the tile, so that their edges do not show in the picture.
const MARGIN: i64 = 64;
/// A hole or an island of fewer pixels is not seen.
const PART_PIXELS: f64 = 1.0;

/// A tile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Its bytes; none where it is empty.
    pub bytes: Vec<u8>,
    /// Whether it is less than what there is to say: places have no facts, or more of them are counted together.
    pub is_thinned: bool,
    /// Lines and areas that cross it and are drawn in other tiles only.
    pub left_out: u32,
}

/// What a tile holds.
struct Content<'i> {
    nodes: &'i [Node],
    shapes: Vec<&'i Drawable>,
}

impl Index {
    /// A tile.
    pub fn tile(&self, at: TileAt) -> Drawn {
        let level = self.levels.get(usize::from(at.zoom()));
        let content = Content {
            nodes: level.map_or(&[], |level| level.of_tile(at)),
            shapes: self
                .shapes
                .iter()
                .filter(|shape| shape.from <= at.zoom() && at.meets(shape.bounds, MARGIN))
                .collect(),
        };
        let whole = self.whole(at, &content);
        whole.unwrap_or_else(|| self.thinned(at, &content))
    }

    /// All there is to say; nothing where that is too much.
    fn whole(&self, at: TileAt, content: &Content<'_>) -> Option<Drawn> {
        let mut places = places(&self.columns);
        for shape in &content.shapes {
            if let Some(geometry) = self.geometry(at, shape) {
                places.place(shape.row, &self.columns, kind_of(shape), geometry);
            }
            within(places.bytes(), LIMIT_BYTES)?;
        }
        let mut clusters = clusters();
        for node in content.nodes {
            put(at, node, &self.columns, &mut places, &mut clusters);
            within(places.bytes() + clusters.bytes(), LIMIT_BYTES)?;
        }
        Some(Drawn {
            bytes: bytes([places, clusters]),
            ..Drawn::default()
        })
    }

    /// The greatest shapes, and all else counted together until it is small enough.
    fn thinned(&self, at: TileAt, content: &Content<'_>) -> Drawn {
        let none: &[Column] = &[];
        let mut shapes = places(none);
        let mut nodes = content.nodes.to_vec();
        let mut left_out = 0;
        for shape in &content.shapes {
            if shapes.bytes() < SHAPES_BYTES {
                let Some(geometry) = self.geometry(at, shape) else {
                    continue;
                };
                // A number of a command takes three bytes at most.
                if shapes.bytes() + 3 * geometry.len() < SHAPES_BYTES {
                    shapes.place(shape.row, none, kind_of(shape), geometry);
                    continue;
                }
            }
            let middle = shape.bounds.middle();
            if at.holds(middle) {
                nodes.push(Node::one(middle, shape.row));
            } else {
                left_out += 1;
            }
        }
        let mut drawn = (shapes.clone(), clusters());
        for steps in MERGED {
            let (mut places, mut clusters) = (shapes.clone(), clusters());
            for node in merged(at, &nodes, steps) {
                put(at, &node, none, &mut places, &mut clusters);
            }
            let fits = within(places.bytes() + clusters.bytes(), LIMIT_BYTES);
            drawn = (places, clusters);
            if fits.is_some() {
                break;
            }
        }
        let (places, clusters) = drawn;
        let mut note = Sheet::new("thinned", vec!["left_out".to_owned()]);
        note.numbers(1, &[left_out], point((0, 0)));
        Drawn {
            bytes: bytes([places, clusters, note]),
            is_thinned: true,
            left_out,
        }
    }

    /// What is drawn of a shape in a tile; nothing where it only comes near.
    fn geometry(&self, at: TileAt, shape: &Drawable) -> Option<Vec<u32>> {
        let mut pen = Pen::default();
        let least = pixels(at.zoom(), PART_PIXELS);
        let mut rim_is_drawn = false;
        for part in self.parts.get(shape.parts.clone()).unwrap_or_default() {
            let is_seen = f64::from(part.size) >= least;
            let corners = || self.corners(at, part.corners.clone());
            match part.part {
                Part::Point => pen.points(&inside(corners())),
                Part::Line => {
                    for line in clip::line(&corners(), FRAME) {
                        pen.line(line);
                    }
                }
                Part::Rim => {
                    rim_is_drawn = is_seen && pen.ring(clip::ring(corners(), FRAME), false);
                }
                Part::Hole if rim_is_drawn && is_seen => {
                    pen.ring(clip::ring(corners(), FRAME), true);
                }
                Part::Hole => {}
            }
        }
        pen.commands()
    }

    fn corners(&self, at: TileAt, range: std::ops::Range<usize>) -> Vec<Corner> {
        let corners = self.corners.get(range).unwrap_or_default().iter();
        let shown = corners.filter(|(_, from)| *from <= at.zoom());
        shown.map(|(spot, _)| at.local(*spot)).collect()
    }
}

const FRAME: Frame = Frame {
    least: -MARGIN,
    most: EXTENT as i64 + MARGIN,
};

fn kind_of(shape: &Drawable) -> encode::Drawn {
    match shape.kind {
        Kind::Points => encode::Drawn::Points,
        Kind::Lines => encode::Drawn::Lines,
        Kind::Areas => encode::Drawn::Areas,
    }
}

fn inside(points: Vec<Corner>) -> Vec<Corner> {
    let inside = 0..i64::from(EXTENT);
    let mut points = points;
    points.retain(|(x, y)| inside.contains(x) && inside.contains(y));
    points
}

fn within(bytes: usize, most: usize) -> Option<()> {
    (bytes + FRAME_BYTES <= most).then_some(())
}

fn places(columns: &[Column]) -> Sheet {
    let names = columns.iter().map(|column| column.name.clone());
    Sheet::new("places", names.collect())
}

fn clusters() -> Sheet {
    Sheet::new(
        "clusters",
        vec!["point_count".to_owned(), "parts_at".to_owned()],
    )
}

fn point(at: Corner) -> Vec<u32> {
    let mut pen = Pen::default();
    pen.points(&[at]);
    pen.commands().unwrap_or_default()
}

/// Puts a node where it belongs.
fn put(at: TileAt, node: &Node, columns: &[Column], places: &mut Sheet, clusters: &mut Sheet) {
    let geometry = point(at.local(node.spot));
    if node.count == 1 {
        places.place(node.row, columns, encode::Drawn::Points, geometry);
    } else {
        let numbers = [node.count, u32::from(node.parts_at)];
        clusters.numbers(u64::from(node.row) + 1, &numbers, geometry);
    }
}

/// Nodes of a tile, counted together where they lie within the same steps of it.
fn merged(at: TileAt, nodes: &[Node], steps: u32) -> Vec<Node> {
    if steps == 0 {
        return nodes.to_vec();
    }
    let mut squares: BTreeMap<(i64, i64), (Sum, Node)> = BTreeMap::new();
    for node in nodes {
        let (x, y) = at.local(node.spot);
        let square = (x / i64::from(steps), y / i64::from(steps));
        squares
            .entry(square)
            .and_modify(|(sum, _)| sum.add(node))
            .or_insert_with(|| (Sum::of(node), *node));
    }
    let nodes = squares.into_values();
    nodes
        .map(|(sum, first)| sum.node(&first, at.zoom() + 1))
        .collect()
}

fn bytes<const N: usize>(sheets: [Sheet; N]) -> Vec<u8> {
    let sheets = sheets.into_iter().filter(|sheet| !sheet.is_empty());
    let tile = Tile {
        layers: sheets.map(Sheet::into_layer).collect(),
    };
    tile.encode_to_vec()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use geo_types::Geometry;
    use mvt_reader::Reader;
    use mvt_reader::feature::Value;
    use proptest::prelude::*;

    use super::*;
    use crate::facts::Fact;
    use crate::index::{Builder, Where};
    use crate::shape::tests::wkb;
    use crate::world::{MAX_ZOOM, Spot};

    /// What a tile says: ids of the places it draws, and counts of its clusters.
    fn read(drawn: &Drawn) -> (Vec<u64>, Vec<i64>) {
        let (mut ids, mut counts) = (Vec::new(), Vec::new());
        let reader = Reader::new(drawn.bytes.clone()).unwrap();
        for layer in reader.get_layer_metadata().unwrap() {
            for feature in reader.get_features(layer.layer_index).unwrap() {
                match layer.name.as_str() {
                    "places" => ids.push(feature.id.unwrap()),
                    "clusters" => {
                        let properties = feature.properties.unwrap();
                        let Some(Value::SInt(count)) = properties.get("point_count") else {
                            panic!()
                        };
                        counts.push(*count);
                    }
                    _ => {}
                }
            }
        }
        (ids, counts)
    }

    fn builder() -> Builder {
        Builder::new(vec!["이름".to_owned(), "면수".to_owned()])
    }

    /// Tiles of a zoom that can hold something.
    fn tiles(index: &Index, zoom: u8) -> Vec<TileAt> {
        let [west, south, east, north] = index.bounds().unwrap();
        let at = |x, y| TileAt::around(zoom, Spot::of(x, y).unwrap()).unwrap();
        let (first, last) = (at(west, north), at(east, south));
        let columns = first.x()..=last.x();
        columns
            .flat_map(|x| (first.y()..=last.y()).map(move |y| (x, y)))
            .filter_map(|(x, y)| TileAt::new(zoom, x, y))
            .collect()
    }

    #[test]
    fn a_point_is_in_its_tile_with_what_is_said_of_it() {
        let mut builder = builder();
        builder.add(
            Where::At(127.0, 37.3),
            [Fact::Text("가온 주차장"), Fact::Whole(12)],
        );
        let index = builder.build();
        let at = TileAt::around(14, Spot::of(127.0, 37.3).unwrap()).unwrap();
        let reader = Reader::new(index.tile(at).bytes).unwrap();
        let feature = &reader.get_features(0).unwrap()[0];
        let properties = feature.properties.clone().unwrap();
        assert_eq!(properties["이름"], Value::String("가온 주차장".to_owned()));
        assert_eq!(properties["면수"], Value::SInt(12));
        let beside = TileAt::new(14, at.x() + 1, at.y()).unwrap();
        assert!(index.tile(beside).bytes.is_empty());
    }

    #[test]
    fn a_million_places_on_one_spot_are_one_cluster_at_every_zoom() {
        let mut builder = builder();
        for _ in 0..1_000_000 {
            builder.add(
                Where::At(127.0, 37.3),
                [Fact::Text("같은 곳"), Fact::Nothing],
            );
        }
        let index = builder.build();
        for zoom in [0, 9, 15, 16, MAX_ZOOM] {
            let at = TileAt::around(zoom, Spot::of(127.0, 37.3).unwrap()).unwrap();
            let drawn = index.tile(at);
            assert_eq!(read(&drawn), (Vec::new(), vec![1_000_000]));
            assert!(drawn.bytes.len() < 200);
        }
    }

    #[test]
    fn what_is_broken_or_elsewhere_is_counted_and_does_no_harm() {
        let mut builder = builder();
        let nothing = [Fact::Nothing, Fact::Nothing];
        builder.add(Where::Unknown, nothing);
        builder.add(Where::At(f64::NAN, 37.0), nothing);
        builder.add(Where::At(200_000.0, 500_000.0), nothing);
        builder.add(Where::Shape(b"broken"), nothing);
        builder.add(Where::At(0.0, 0.0), nothing);
        // A rim that crosses itself.
        builder.add(
            Where::Shape(&wkb(
                "POLYGON((127 37,127.1 37.1,127.1 37,127 37.2,127 37))",
            )),
            nothing,
        );
        let index = builder.build();
        let tally = index.tally();
        assert_eq!(
            (tally.rows, tally.places, tally.without, tally.broken),
            (6, 2, 1, 3)
        );
        let at = TileAt::around(12, Spot::of(127.05, 37.05).unwrap()).unwrap();
        assert_eq!(read(&index.tile(at)).0, [2]);
    }

    #[test]
    fn a_small_area_is_counted_far_away_and_drawn_close_by() {
        let mut builder = builder();
        let small = wkb("POLYGON((127 37,127.001 37,127.001 37.001,127 37.001,127 37))");
        builder.add(Where::Shape(&small), [Fact::Text("집"), Fact::Nothing]);
        let index = builder.build();
        let spot = Spot::of(127.0005, 37.0005).unwrap();
        let drawn = |zoom| index.tile(TileAt::around(zoom, spot).unwrap());
        let is_area = |zoom| {
            let reader = Reader::new(drawn(zoom).bytes).unwrap();
            let features = reader.get_features(0).unwrap();
            let geometry = &features[0].geometry;
            matches!(geometry, Geometry::MultiPolygon(_) | Geometry::Polygon(_))
        };
        assert!(!is_area(8) && is_area(16));
        // Both ways it is one place.
        assert_eq!((read(&drawn(8)).0, read(&drawn(16)).0), (vec![1], vec![1]));
    }

    #[test]
    fn a_tile_too_large_counts_and_says_what_it_leaves_out() {
        let mut builder = builder();
        let text = "길고 긴 이름이 붙은 곳 ".repeat(8);
        for at in 0..40_000_u32 {
            let (x, y) = (f64::from(at % 200), f64::from(at / 200));
            let name = format!("{text}{at}");
            builder.add(
                Where::At(127.0 + x * 0.00001, 37.0 + y * 0.00001),
                [Fact::Text(&name), Fact::Whole(at.into())],
            );
        }
        let index = builder.build();
        let mut thinned = 0;
        for zoom in [14, 16, 17, 18] {
            let mut all = 0;
            for tile in tiles(&index, zoom) {
                let drawn = index.tile(tile);
                assert!(drawn.bytes.len() <= LIMIT_BYTES, "{}", drawn.bytes.len());
                thinned += usize::from(drawn.is_thinned);
                let (ids, counts) = read(&drawn);
                all += i64::try_from(ids.len()).unwrap() + counts.iter().sum::<i64>();
            }
            assert_eq!(all, 40_000);
        }
        assert!(thinned > 0);
    }

    #[test]
    fn too_many_areas_are_counted_from_the_smallest_on() {
        let mut builder = builder();
        for at in 0..60_000_u32 {
            let (x, y) = (f64::from(at % 300) * 0.001, f64::from(at / 300) * 0.001);
            let (west, south) = (127.0 + x, 37.0 + y);
            let (east, north) = (west + 0.0006, south + 0.0006);
            let text = format!(
                "POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
            );
            builder.add(
                Where::Shape(&wkb(&text)),
                [Fact::Nothing, Fact::Whole(at.into())],
            );
        }
        let index = builder.build();
        for zoom in [10, 12, 13] {
            let (mut ids, mut counted) = (BTreeSet::new(), 0);
            for tile in tiles(&index, zoom) {
                let drawn = index.tile(tile);
                assert!(drawn.bytes.len() <= LIMIT_BYTES);
                let (own, counts) = read(&drawn);
                ids.extend(own);
                counted += counts.iter().sum::<i64>();
            }
            // An area on the edge of two tiles can be drawn in one and counted in the other.
            assert!(i64::try_from(ids.len()).unwrap() + counted >= 60_000);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn every_place_is_drawn_or_counted_once(
            points in prop::collection::vec((126.9_f64..127.2, 37.1_f64..37.3), 1..200),
            squares in prop::collection::vec((126.9_f64..127.2, 37.1_f64..37.3, 0.00001_f64..0.05), 0..20),
            zoom in 8_u8..=13,
        ) {
            let mut builder = builder();
            for (x, y) in &points {
                builder.add(Where::At(*x, *y), [Fact::Text("점"), Fact::Number(*x)]);
            }
            for (x, y, size) in &squares {
                let (east, north) = (x + size, y + size);
                let text = format!("POLYGON(({x} {y},{east} {y},{east} {north},{x} {north},{x} {y}))");
                builder.add(Where::Shape(&wkb(&text)), [Fact::Text("면"), Fact::Flag(true)]);
            }
            let index = builder.build();
            let (mut ids, mut points_drawn, mut counted) = (BTreeSet::new(), 0_usize, 0);
            for tile in tiles(&index, zoom) {
                let (own, counts) = read(&index.tile(tile));
                points_drawn += own.len();
                ids.extend(own);
                counted += counts.iter().sum::<i64>();
            }
            let all = points.len() + squares.len();
            prop_assert_eq!(ids.len() + usize::try_from(counted).unwrap(), all);
            prop_assert!(points_drawn >= ids.len());
        }
    }
}
