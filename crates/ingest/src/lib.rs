//! Bytes → typed batches, with the origin of each row.
//!
//! The only room that meets hostile bytes. It never judges a value (room `quality` does), never
//! writes a table, and names neither `access` nor an engine. Memory is bounded whatever arrives.
//!
//! | module | job |
//! | --- | --- |
//! | [`mod@decode`] | a dataset's inputs → blocks of typed rows, in parallel |
//! | [`formats`] | one file a format: bytes → rows of text cells |
//! | [`gml`] | features of a map service's XML → GeoJSON |
//! | [`text`] | encodings, lines, separators |
//! | [`types`] | text cells → Arrow columns |
//! | [`place`] | coordinate systems → WGS 84 |
//! | [`long`] | wide tables → long |
//! | [`envelope`] | what an Open API's answer says around its rows |
//! | [`mod@draft`] | a file → a proposed manifest |
//! | [`origin`] | where each row came from |

pub mod decode;
pub mod draft;
pub mod envelope;
pub mod formats;
pub mod gml;
pub mod long;
pub mod origin;
pub mod place;
pub mod text;
pub mod types;

pub use decode::{
    Block, BrokenRow, CellFault, Decoded, Mending, Sink, SinkError, SourceTable, can_arrive,
    decode, decode_arriving,
};
pub use origin::{Bytes, Input, RawRows};
pub use types::table_schema;
