//! Versions of tables: what arrived, what was accepted, what was put aside.
//!
//! A load is one Delta commit, and its metadata is the load's whole record. This room never decides who
//! may read (room `access` does) and never judges a row. What it has acknowledged is on disk.
//!
//! ```text
//! <root>/landing/<aa>/<sha256>            bytes as they arrived
//! <root>/tables/<dataset>/                a Delta table; commit N is version N
//! <root>/quarantine/<dataset>/<load>.parquet   rows put aside; seen once the load is committed or refused
//! <root>/corrections/<dataset>/        what people put right in its rows
//! <root>/manifests/<sha256>.json          manifests that versions followed
//! <root>/impacts/<dataset>.json           what a changed manifest would do, until it is loaded
//! <root>/reports/<dataset>/            what citizens say is wrong in them
//! <root>/changes                         which datasets change, for whoever reads beside
//! <root>/refused/<dataset>/<load>.json    loads refused whole, or that wait for a person (`.decision`: what was decided)
//! ```
//!
//! | module | holds |
//! | --- | --- |
//! | [`landing`] | bytes as they arrived |
//! | [`load`] | one load: written, then committed or refused |
//! | [`correction`] | what people put right, load after load |
//! | [`held`] | loads that wait for a person |
//! | [`manifests`] | manifests that versions followed, and what a changed one would do |
//! | [`record`] | what a load says of itself |
//! | [`report`] | what citizens say is wrong |
//! | [`table`] | versions read back |
//! | [`verify`] | whether everything still is what was written |

mod arriving;
mod begin;
mod beside;
mod commit;
pub mod correction;
mod disk;
pub mod error;
mod flush;
pub mod held;
mod kept;
pub mod landing;
pub mod load;
pub mod manifests;
mod notice;
pub mod record;
mod replay;
pub mod report;
pub mod table;
mod upsert;
pub mod verify;

pub use arriving::Arriving;
pub use correction::{
    Came, CellChange, Correction, Remedy, RowName, RowOrigin, Standing, Withdrawal,
};
pub use error::LakeError;
pub use held::{Decision, Held};
pub use landing::Landed;
pub use load::{Accounting, LoadPlan, LoadWriter, QuarantineRow};
pub use manifests::Manifest;
pub use record::{Outcome, Record};
pub use report::{Report, ReportAnswer, Reported};
pub use table::{At, Lake};
pub use verify::Finding;
