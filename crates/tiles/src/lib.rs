//! Places → vector tiles: pure, from bytes and numbers to bytes.
//!
//! All places of one version become an [`Index`] once; a tile is cut from it in milliseconds. Nothing is left out
//! silently: at every zoom each place is drawn itself or counted in exactly one cluster.
//!
//! | module | holds |
//! | --- | --- |
//! | [`world`] | degrees → whole numbers on the map of the world; addresses of tiles |
//! | [`shape`] | shapes as lists of corners, and what is no shape |
//! | `thin` | from which zoom a corner is worth drawing |
//! | `cluster` | places that stand close, counted together, zoom by zoom |
//! | `facts` | what is said of each place |
//! | [`index`] | all of it, built once |
//! | `clip` | the part of a shape that lies in a tile |
//! | [`draw`] | a tile of the index |
//! | `encode` | the bytes of a tile |
//! | [`picture`] | shapes as paths of a picture without scripts |

mod clip;
mod cluster;
pub mod draw;
mod encode;
mod facts;
pub mod index;
pub mod picture;
pub mod shape;
mod thin;
pub mod world;

pub use draw::{Drawn, LIMIT_BYTES};
pub use facts::Fact;
pub use index::{Builder, Index, Tally, Where};
pub use picture::Frame;
pub use world::{EXTENT, MAX_ZOOM, TileAt};
