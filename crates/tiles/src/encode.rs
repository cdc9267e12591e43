//! The bytes of a tile: Mapbox vector tiles 2.1, whose four messages are few enough to be written down here.

use std::collections::HashMap;

use ahash::RandomState;
use prost::Message;

use crate::clip::Corner;
use crate::facts::{Column, Fact};
use crate::world::EXTENT;

const MOVE: u32 = 1;
const DRAW: u32 = 2;
const CLOSE: u32 = 7;

/// A tile.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Tile {
    #[prost(message, repeated, tag = "3")]
    pub(crate) layers: Vec<Layer>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Layer {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    features: Vec<Feature>,
    #[prost(string, repeated, tag = "3")]
    keys: Vec<String>,
    #[prost(message, repeated, tag = "4")]
    values: Vec<Value>,
    #[prost(uint32, tag = "5")]
    extent: u32,
    #[prost(uint32, tag = "15")]
    version: u32,
}

#[derive(Clone, PartialEq, Message)]
struct Feature {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(uint32, repeated, tag = "2")]
    tags: Vec<u32>,
    #[prost(int32, tag = "3")]
    kind: i32,
    #[prost(uint32, repeated, tag = "4")]
    geometry: Vec<u32>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, optional, tag = "1")]
    text: Option<String>,
    #[prost(double, optional, tag = "3")]
    number: Option<f64>,
    #[prost(sint64, optional, tag = "6")]
    whole: Option<i64>,
    #[prost(bool, optional, tag = "7")]
    flag: Option<bool>,
}

/// What a feature is drawn as.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drawn {
    Points = 1,
    Lines = 2,
    Areas = 3,
}

/// A layer on its way. It knows about how many bytes it has, so that one that grows too large ends early.
#[derive(Clone)]
pub(crate) struct Sheet {
    layer: Layer,
    /// Where a value stands, by key and the number its column has for it.
    known: HashMap<(u32, u32), u32, RandomState>,
    bytes: usize,
}

impl Sheet {
    pub(crate) fn new(name: &str, keys: Vec<String>) -> Self {
        let bytes = 64 + keys.iter().map(|key| key.len() + 4).sum::<usize>();
        Self {
            layer: Layer {
                name: name.to_owned(),
                keys,
                extent: EXTENT,
                version: 2,
                ..Layer::default()
            },
            known: HashMap::with_hasher(RandomState::with_seeds(9, 10, 11, 12)),
            bytes,
        }
    }

    /// At most so many bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.layer.features.is_empty()
    }

    pub(crate) fn into_layer(self) -> Layer {
        self.layer
    }

    /// The tag of a value that has a number of its own among those of its key.
    fn tag(&mut self, key: u32, code: u32, fact: Fact<'_>, tags: &mut Vec<u32>) {
        let value = match fact {
            Fact::Nothing => return,
            Fact::Text(text) => Value {
                text: Some(text.to_owned()),
                ..Value::default()
            },
            Fact::Whole(number) => Value {
                whole: Some(number),
                ..Value::default()
            },
            Fact::Number(number) => Value {
                number: Some(number),
                ..Value::default()
            },
            Fact::Flag(flag) => Value {
                flag: Some(flag),
                ..Value::default()
            },
        };
        let at = if let Some(known) = self.known.get(&(key, code)) {
            *known
        } else {
            let at = u32::try_from(self.layer.values.len()).unwrap_or(u32::MAX);
            self.bytes += value.encoded_len() + 4;
            self.layer.values.push(value);
            self.known.insert((key, code), at);
            at
        };
        tags.extend([key, at]);
    }

    /// A place with what is said of it.
    pub(crate) fn place(&mut self, row: u32, columns: &[Column], kind: Drawn, geometry: Vec<u32>) {
        let mut tags = Vec::with_capacity(2 * columns.len());
        for (key, column) in (0..).zip(columns) {
            let (code, fact) = column.of_row(row);
            self.tag(key, code, fact, &mut tags);
        }
        self.add(u64::from(row) + 1, tags, kind, geometry);
    }

    /// A feature of numbers, in the order of the layer's keys.
    pub(crate) fn numbers(&mut self, id: u64, numbers: &[u32], geometry: Vec<u32>) {
        let mut tags = Vec::with_capacity(2 * numbers.len());
        for (key, number) in (0..).zip(numbers) {
            self.tag(key, *number, Fact::Whole(i64::from(*number)), &mut tags);
        }
        self.add(id, tags, Drawn::Points, geometry);
    }

    fn add(&mut self, id: u64, tags: Vec<u32>, kind: Drawn, geometry: Vec<u32>) {
        let feature = Feature {
            id,
            tags,
            kind: kind as i32,
            geometry,
        };
        self.bytes += feature.encoded_len() + 6;
        self.layer.features.push(feature);
    }
}

/// The commands that draw a feature.
#[derive(Default)]
pub(crate) struct Pen {
    commands: Vec<u32>,
    at: Corner,
}

impl Pen {
    fn go(&mut self, to: Corner) {
        for way in [to.0 - self.at.0, to.1 - self.at.1] {
            // Corners lie in a tile or a little beside it.
            let way = i32::try_from(way).unwrap_or_default();
            self.commands
                .push(((way << 1) ^ (way >> 31)).cast_unsigned());
        }
        self.at = to;
    }

    fn command(&mut self, command: u32, times: usize) {
        let times = u32::try_from(times).unwrap_or_default();
        self.commands.push(command | (times << 3));
    }

    pub(crate) fn points(&mut self, points: &[Corner]) {
        if points.is_empty() {
            return;
        }
        self.command(MOVE, points.len());
        for point in points {
            self.go(*point);
        }
    }

    /// A line, or the corners of a ring; corners on one step are one.
    fn path(&mut self, corners: &[Corner], is_ring: bool) {
        let Some((first, rest)) = corners.split_first() else {
            return;
        };
        self.command(MOVE, 1);
        self.go(*first);
        self.command(DRAW, rest.len());
        for corner in rest {
            self.go(*corner);
        }
        if is_ring {
            self.command(CLOSE, 1);
        }
    }

    pub(crate) fn line(&mut self, mut corners: Vec<Corner>) {
        corners.dedup();
        if corners.len() > 1 {
            self.path(&corners, false);
        }
    }

    /// A rim or a hole; whether anything was drawn.
    pub(crate) fn ring(&mut self, mut corners: Vec<Corner>, is_hole: bool) -> bool {
        corners.dedup();
        while corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        let next = corners.iter().cycle().skip(1);
        let area: i64 = corners
            .iter()
            .zip(next)
            .map(|(one, other)| one.0 * other.1 - other.0 * one.1)
            .sum();
        if corners.len() < 3 || area == 0 {
            return false;
        }
        // A rim runs clockwise on the screen, a hole the other way.
        if (area > 0) == is_hole {
            corners.reverse();
        }
        self.path(&corners, true);
        true
    }

    pub(crate) fn commands(self) -> Option<Vec<u32>> {
        (!self.commands.is_empty()).then_some(self.commands)
    }
}
