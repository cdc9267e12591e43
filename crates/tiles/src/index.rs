//! All places of one version, built once and then only read.

use std::ops::Range;

use crate::cluster::{Level, Node, levels};
use crate::facts::{Column, Fact};
use crate::shape::{Kind, Part, Shape};
use crate::thin;
use crate::world::{Box4, MAX_ZOOM, Spot, zoom_of};

/// A shape is drawn itself where its longer side has so many pixels; below, it is counted.
const SHAPE_PIXELS: f64 = 3.0;
/// And where an area is, in the mean, so many pixels wide: a thinner one would fall between two steps of a tile.
const AREA_PIXELS: f64 = 0.5;

/// Where a place is.
#[derive(Clone, Copy, Debug)]
pub enum Where<'w> {
    /// Nobody knows: its coordinates or its shape are null.
    Unknown,
    /// Longitude and latitude in degrees.
    At(f64, f64),
    /// A shape in degrees, as well-known binary.
    Shape(&'w [u8]),
}

/// How many places there are, and how many rows have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that were given.
    pub rows: u64,
    /// Of them, those on the map.
    pub places: u64,
    /// Those without a place.
    pub without: u64,
    /// Those whose place is broken, or nowhere on the map.
    pub broken: u64,
}

/// A line, an area or several points.
#[derive(Clone, Debug)]
pub(crate) struct Drawable {
    pub(crate) row: u32,
    pub(crate) kind: Kind,
    pub(crate) bounds: Box4,
    /// The first zoom at which it is drawn itself.
    pub(crate) from: u8,
    pub(crate) parts: Range<usize>,
}

/// A part of one.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    pub(crate) part: Part,
    pub(crate) size: u32,
    pub(crate) corners: Range<usize>,
}

/// Places on their way into an index.
#[derive(Debug)]
pub struct Builder {
    columns: Vec<Column>,
    entering: Vec<Vec<Node>>,
    shapes: Vec<Drawable>,
    parts: Vec<Stretch>,
    corners: Vec<(Spot, u8)>,
    bounds: Option<Box4>,
    tally: Tally,
    rows: u32,
}

/// All places of a version.
#[derive(Debug)]
pub struct Index {
    pub(crate) columns: Vec<Column>,
    pub(crate) levels: Vec<Level>,
    /// Greatest first.
    pub(crate) shapes: Vec<Drawable>,
    pub(crate) parts: Vec<Stretch>,
    pub(crate) corners: Vec<(Spot, u8)>,
    bounds: Option<Box4>,
    tally: Tally,
}

impl Builder {
    /// An empty one, of places of which these things are said.
    pub fn new(names: Vec<String>) -> Self {
        Self {
            columns: names.into_iter().map(Column::new).collect(),
            entering: vec![Vec::new(); usize::from(MAX_ZOOM) + 1],
            shapes: Vec::new(),
            parts: Vec::new(),
            corners: Vec::new(),
            bounds: None,
            tally: Tally::default(),
            rows: 0,
        }
    }

    /// Adds a row: where it is, and what is said of it in the order of the names. A row without a place is counted.
    pub fn add<'f>(&mut self, place: Where<'_>, facts: impl IntoIterator<Item = Fact<'f>>) {
        self.tally.rows += 1;
        let row = self.rows;
        let is_there = match place {
            Where::Unknown => {
                self.tally.without += 1;
                return;
            }
            Where::At(longitude, latitude) => Spot::of(longitude, latitude)
                .map(|spot| self.point(row, spot))
                .is_some(),
            Where::Shape(bytes) => Shape::of(bytes)
                .and_then(|shape| self.shape(row, &shape))
                .is_some(),
        };
        if !is_there {
            self.tally.broken += 1;
            return;
        }
        self.tally.places += 1;
        self.rows += 1;
        let mut facts = facts.into_iter();
        for column in &mut self.columns {
            column.push(facts.next().unwrap_or(Fact::Nothing));
        }
    }

    fn point(&mut self, row: u32, spot: Spot) {
        self.grow(Box4::at(spot));
        self.enter(MAX_ZOOM, Node::one(spot, row));
    }

    fn enter(&mut self, zoom: u8, node: Node) {
        if let Some(entering) = self.entering.get_mut(usize::from(zoom)) {
            entering.push(node);
        }
    }

    fn grow(&mut self, by: Box4) {
        match &mut self.bounds {
            Some(bounds) => bounds.add(by),
            None => self.bounds = Some(by),
        }
    }

    fn shape(&mut self, row: u32, shape: &Shape) -> Option<()> {
        let (kind, bounds) = (shape.kind()?, shape.bounds()?);
        if let ([(Part::Point, spots)], Kind::Points) = (shape.parts.as_slice(), kind)
            && let [spot] = spots.as_slice()
        {
            self.point(row, *spot);
            return Some(());
        }
        let from = first_zoom(shape, kind, bounds);
        if let Some(below) = from.checked_sub(1) {
            self.enter(below, Node::one(bounds.middle(), row));
        }
        self.grow(bounds);
        let first = self.parts.len();
        for (part, spots) in &shape.parts {
            let zooms = match part {
                Part::Point => vec![0; spots.len()],
                Part::Line => thin::zooms(spots, false),
                Part::Rim | Part::Hole => thin::zooms(spots, true),
            };
            let from = self.corners.len();
            self.corners.extend(spots.iter().copied().zip(zooms));
            let boxes = spots.iter().copied().map(Box4::at);
            let around = boxes.reduce(|mut all, one| {
                all.add(one);
                all
            });
            self.parts.push(Stretch {
                part: *part,
                size: around.map_or(0, Box4::size),
                corners: from..self.corners.len(),
            });
        }
        self.shapes.push(Drawable {
            row,
            kind,
            bounds,
            from,
            parts: first..self.parts.len(),
        });
        Some(())
    }

    /// Bytes it takes in memory, about; an index of it takes up to twice as many.
    pub fn bytes(&self) -> usize {
        let nodes: usize = self.entering.iter().map(Vec::capacity).sum();
        let columns: usize = self.columns.iter().map(Column::bytes).sum();
        nodes * size_of::<Node>() + columns + drawn(&self.shapes, &self.parts, &self.corners)
    }

    /// Lets go what is said of the places: of very many there is room for where they are alone.
    pub fn forget_facts(&mut self) {
        self.columns = Vec::new();
    }

    /// Counts places together for every zoom: the slow part, seconds for millions.
    pub fn build(mut self) -> Index {
        self.columns.iter_mut().for_each(Column::close);
        self.shapes
            .sort_by_key(|shape| std::cmp::Reverse(shape.bounds.size()));
        self.corners.shrink_to_fit();
        Index {
            columns: self.columns,
            levels: levels(self.entering),
            shapes: self.shapes,
            parts: self.parts,
            corners: self.corners,
            bounds: self.bounds,
            tally: self.tally,
        }
    }
}

fn drawn(shapes: &Vec<Drawable>, parts: &Vec<Stretch>, corners: &Vec<(Spot, u8)>) -> usize {
    shapes.capacity() * size_of::<Drawable>()
        + parts.capacity() * size_of::<Stretch>()
        + corners.capacity() * size_of::<(Spot, u8)>()
}

/// The first zoom at which a shape is seen as what it is.
fn first_zoom(shape: &Shape, kind: Kind, bounds: Box4) -> u8 {
    let size = f64::from(bounds.size());
    let by_size = zoom_of(size, SHAPE_PIXELS);
    if kind != Kind::Areas {
        return by_size;
    }
    // The greatest part must be wide enough: a bundle of threads would all fall between steps.
    let widths = shape.parts.iter().filter(|(part, _)| *part == Part::Rim);
    let widest = widths
        .map(|(_, rim)| area(rim) / size.max(1.0))
        .fold(0.0, f64::max);
    by_size.max(zoom_of(widest, AREA_PIXELS))
}

fn area(ring: &[Spot]) -> f64 {
    let Some(begin) = ring.first() else {
        return 0.0;
    };
    let from = |spot: &Spot| {
        let x = f64::from(spot.x) - f64::from(begin.x);
        (x, f64::from(spot.y) - f64::from(begin.y))
    };
    let pairs = ring
        .windows(2)
        .filter_map(|pair| Some((from(pair.first()?), from(pair.get(1)?))));
    let twice: f64 = pairs
        .map(|(one, other)| one.0 * other.1 - other.0 * one.1)
        .sum();
    twice.abs() / 2.0
}

impl Index {
    /// How many places, and how many rows without one.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// West, south, east, north in degrees; nothing where there is no place.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let bounds = self.bounds?;
        let (west, north) = Spot {
            x: bounds.west,
            y: bounds.north,
        }
        .degrees();
        let (east, south) = Spot {
            x: bounds.east,
            y: bounds.south,
        }
        .degrees();
        Some([west, south, east, north])
    }

    /// What is said of each place.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Bytes it takes in memory, about.
    pub fn bytes(&self) -> usize {
        let levels: usize = self.levels.iter().map(Level::bytes).sum();
        let columns: usize = self.columns.iter().map(Column::bytes).sum();
        levels + columns + drawn(&self.shapes, &self.parts, &self.corners)
    }
}
