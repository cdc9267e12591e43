//! Degrees → whole numbers on the map of the world (Web Mercator), and the addresses of tiles on it.
//!
//! A side of the world has 2³² steps: less than a centimetre at the equator, and each zoom is a shift of bits.

use std::f64::consts::PI;

/// The deepest zoom a tile is made of: half a pixel is 12 cm at 37 degrees. Maps go on from there with the same tiles.
pub const MAX_ZOOM: u8 = 18;
/// Steps along a side of a tile.
pub const EXTENT: u32 = 1 << EXTENT_BITS;
pub(crate) const EXTENT_BITS: u8 = 12;
/// Pixels along a side of a tile, as maps draw it.
pub(crate) const TILE_PIXELS: f64 = 512.0;
/// Bits of a coordinate.
const BITS: u8 = 32;
/// Beyond this latitude the map of the world ends.
const LATITUDE_MAX: f64 = 85.051_128_779_806_59;

/// A point on the map of the world: x eastwards, y southwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spot {
    /// Steps from the west.
    pub x: u32,
    /// Steps from the north.
    pub y: u32,
}

impl Spot {
    /// The point at these degrees; nothing where there is none on the map.
    pub fn of(longitude: f64, latitude: f64) -> Option<Self> {
        if !(longitude.abs() <= 180.0 && latitude.abs() <= LATITUDE_MAX) {
            return None;
        }
        let x = longitude / 360.0 + 0.5;
        let y = 0.5 - latitude.to_radians().tan().asinh() / (2.0 * PI);
        Some(Self {
            x: steps(x),
            y: steps(y),
        })
    }

    /// Degrees: longitude, latitude.
    pub fn degrees(self) -> (f64, f64) {
        let share = |steps: u32| f64::from(steps) / f64::from(u32::MAX);
        let latitude = (PI * (1.0 - 2.0 * share(self.y))).sinh().atan();
        (share(self.x) * 360.0 - 180.0, latitude.to_degrees())
    }

    /// Where it stands on the curve that visits a tile whole before the next one.
    pub(crate) fn key(self) -> u64 {
        spread(self.x) | (spread(self.y) << 1)
    }
}

/// A share of the world in steps.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float stops at the ends of the range, which is what the ends of the world need"
)]
fn steps(share: f64) -> u32 {
    (share * 4_294_967_296.0) as u32
}

/// The bits of a number with a gap behind each.
fn spread(number: u32) -> u64 {
    let mut bits = u64::from(number);
    for (shift, mask) in [
        (16, 0x0000_FFFF_0000_FFFF),
        (8, 0x00FF_00FF_00FF_00FF),
        (4, 0x0F0F_0F0F_0F0F_0F0F),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        bits = (bits | (bits << shift)) & mask;
    }
    bits
}

/// Steps of the world a number of pixels takes at a zoom.
pub(crate) fn pixels(zoom: u8, pixels: f64) -> f64 {
    f64::from(BITS - zoom.min(BITS)).exp2() / TILE_PIXELS * pixels
}

/// The first zoom at which a length is at least so many pixels; one more than the deepest where it never is.
pub(crate) fn zoom_of(length: f64, least: f64) -> u8 {
    (0..=MAX_ZOOM)
        .find(|zoom| length >= pixels(*zoom, least))
        .unwrap_or(MAX_ZOOM + 1)
}

/// A box on the map of the world; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Box4 {
    pub(crate) west: u32,
    pub(crate) north: u32,
    pub(crate) east: u32,
    pub(crate) south: u32,
}

impl Box4 {
    /// The box around one point.
    pub(crate) fn at(spot: Spot) -> Self {
        Self {
            west: spot.x,
            north: spot.y,
            east: spot.x,
            south: spot.y,
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.west = self.west.min(other.west);
        self.north = self.north.min(other.north);
        self.east = self.east.max(other.east);
        self.south = self.south.max(other.south);
    }

    /// Its longer side.
    pub(crate) fn size(self) -> u32 {
        (self.east - self.west).max(self.south - self.north)
    }

    pub(crate) fn middle(self) -> Spot {
        Spot {
            x: self.west + (self.east - self.west) / 2,
            y: self.north + (self.south - self.north) / 2,
        }
    }
}

/// The address of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileAt {
    zoom: u8,
    x: u32,
    y: u32,
}

impl TileAt {
    /// A tile there is.
    pub fn new(zoom: u8, x: u32, y: u32) -> Option<Self> {
        let most = 1_u32.checked_shl(u32::from(zoom))?;
        (zoom <= MAX_ZOOM && x < most && y < most).then_some(Self { zoom, x, y })
    }

    /// The tile that a point lies in.
    pub fn around(zoom: u8, spot: Spot) -> Option<Self> {
        let of = |steps: u32| steps.checked_shr(u32::from(BITS - zoom)).unwrap_or(0);
        (zoom <= MAX_ZOOM).then(|| Self {
            zoom,
            x: of(spot.x),
            y: of(spot.y),
        })
    }

    /// Its zoom.
    pub fn zoom(self) -> u8 {
        self.zoom
    }

    /// Its column, from the west.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Its row, from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The keys of all points in it, first and last.
    pub(crate) fn keys(self) -> (u64, u64) {
        let shift = u32::from(BITS - self.zoom);
        let corner = |steps: u32| steps.checked_shl(shift).unwrap_or(0);
        let first = Spot {
            x: corner(self.x),
            y: corner(self.y),
        };
        let more = 1_u64.checked_shl(2 * shift).map_or(u64::MAX, |all| all - 1);
        (first.key(), first.key() | more)
    }

    /// A point in steps of the tile, counted from its north-western corner; outside it lies below 0 or from
    /// [`EXTENT`] on.
    pub(crate) fn local(self, spot: Spot) -> (i64, i64) {
        let from = i64::from(BITS - self.zoom);
        // Each zoom has at least four steps of the world to one of the tile.
        let step = from - i64::from(EXTENT_BITS);
        let of = |steps: u32, tile: u32| (i64::from(steps) - (i64::from(tile) << from)) >> step;
        (of(spot.x, self.x), of(spot.y, self.y))
    }

    /// Whether a point lies in it.
    pub fn holds(self, spot: Spot) -> bool {
        Self::around(self.zoom, spot) == Some(self)
    }

    /// Whether a box comes within some steps of the tile.
    pub(crate) fn meets(self, bounds: Box4, margin: i64) -> bool {
        let (west, north) = self.local(Spot {
            x: bounds.west,
            y: bounds.north,
        });
        let (east, south) = self.local(Spot {
            x: bounds.east,
            y: bounds.south,
        });
        let end = i64::from(EXTENT) + margin;
        west <= end && north <= end && east >= -margin && south >= -margin
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_world_has_corners_and_a_middle() {
        let middle = Spot::of(0.0, 0.0).unwrap();
        assert_eq!((middle.x, middle.y), (1 << 31, 1 << 31));
        assert_eq!(Spot::of(-180.0, LATITUDE_MAX).map(|spot| spot.x), Some(0));
        assert_eq!(Spot::of(180.0, 0.0).map(|spot| spot.x), Some(u32::MAX));
        for (longitude, latitude) in [
            (f64::NAN, 0.0),
            (0.0, f64::INFINITY),
            (181.0, 0.0),
            (0.0, 89.0),
        ] {
            assert_eq!(Spot::of(longitude, latitude), None);
        }
    }

    #[test]
    fn only_tiles_there_are_have_an_address() {
        assert!(TileAt::new(0, 0, 0).is_some() && TileAt::new(3, 7, 7).is_some());
        assert!(TileAt::new(3, 8, 0).is_none() && TileAt::new(19, 0, 0).is_none());
        assert!(TileAt::new(255, 0, 0).is_none());
    }

    proptest! {
        #[test]
        fn degrees_come_back(longitude in -179.9_f64..179.9, latitude in -85.0_f64..85.0) {
            let (x, y) = Spot::of(longitude, latitude).unwrap().degrees();
            prop_assert!((x - longitude).abs() < 1e-6 && (y - latitude).abs() < 1e-6);
        }

        #[test]
        fn a_point_lies_in_one_tile_and_its_key_in_the_tiles_keys(
            x in any::<u32>(), y in any::<u32>(), zoom in 0..=MAX_ZOOM,
        ) {
            let spot = Spot { x, y };
            let tile = TileAt::around(zoom, spot).unwrap();
            let (first, last) = tile.keys();
            prop_assert!(first <= spot.key() && spot.key() <= last);
            let (x, y) = tile.local(spot);
            let inside = 0..i64::from(EXTENT);
            prop_assert!(inside.contains(&x) && inside.contains(&y));
            prop_assert!(tile.holds(spot) && tile.meets(Box4::at(spot), 0));
        }
    }
}
