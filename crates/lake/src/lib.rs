//! Versions of tables: what arrived, what was accepted, what was put aside.
//!
//! A load is one Delta commit, and its metadata is the load's whole record. This room never decides who
//! may read (room `access` does) and never judges a row. What it has acknowledged is on disk.
//!
//! ```text
//! <root>/landing/<aa>/<sha256>            bytes as they arrived
//! <root>/tables/<dataset>/                a Delta table; commit N is version N
//! <root>/quarantine/<dataset>/<load>.parquet   rows put aside; seen once the load is committed or refused
//! <root>/refused/<dataset>/<load>.json    loads refused whole, or that wait for a person (`.decision`: what was decided)
//! ```
//!
//! | module | holds |
//! | --- | --- |
//! | [`landing`] | bytes as they arrived |
//! | [`load`] | one load: written, then committed or refused |
//! | [`held`] | loads that wait for a person |
//! | [`record`] | what a load says of itself |
//! | [`table`] | versions read back |
//! | [`verify`] | whether everything still is what was written |

mod arriving;
mod begin;
mod commit;
mod disk;
pub mod error;
mod flush;
pub mod held;
pub mod landing;
pub mod load;
pub mod record;
mod replay;
pub mod table;
mod upsert;
pub mod verify;

pub use arriving::Arriving;
pub use error::LakeError;
pub use held::{Decision, Held};
pub use landing::Landed;
pub use load::{Accounting, LoadPlan, LoadWriter, QuarantineRow};
pub use record::{Outcome, Record};
pub use table::{At, Lake};
pub use verify::Finding;
