//! Vector tiles of any dataset with places, through the door.
//!
//! | module | holds |
//! | --- | --- |
//! | [`kept`] | maps and tiles that were made, within bounds |
//! | `make` | a version's rows → a map, as somebody sees them |
//! | [`serve`] | the addresses of tiles and of their description |
//! | [`squares`] | places counted in squares of one size |
//! | [`areas`] | areas as a picture, for pages without scripts |

pub mod areas;
pub mod kept;
mod make;
pub mod serve;
pub mod squares;

pub use kept::Maps;

/// A map of more places is drawn from tiles; of fewer, all of them go out at once as GeoJSON.
pub const MANY_PLACES: u64 = 3_000;
/// Places that go out at once at most.
pub const PLACES_MAX: u64 = 50_000;
