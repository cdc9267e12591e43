//! Vector tiles of any dataset with places, through the door.
//!
//! | module | holds |
//! | --- | --- |
//! | [`kept`] | maps and tiles that were made, within bounds |
//! | `make` | a version's rows → a map, as somebody sees them |
//! | [`serve`] | the addresses of tiles and of their description |
//! | [`areas`] | areas as a picture, for pages without scripts |

pub mod areas;
pub mod kept;
mod make;
pub mod serve;

pub use kept::Maps;

/// A map of more places is drawn from tiles; of fewer, all of them go out at once as GeoJSON.
pub const MANY_PLACES: u64 = 3_000;
