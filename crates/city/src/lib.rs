//! What a city declares.
//!
//! A city is a folder of plain files. This room reads them, says everything that is wrong with
//! them at once, and hands the rest of Madang typed values. It does no other input or output and
//! knows nothing of tables, networks or pages.
//!
//! | module | holds |
//! | --- | --- |
//! | [`city`] | `city.toml`: name, fields, departments, place; and the whole folder read: [`City`] |
//! | [`dataset`] | `datasets/<field>/<id>.toml`: source, format, columns, contract, privacy, release |
//! | [`listing`] | `[portal]` of a dataset: its entry in the list of the national open-data portal |
//! | [`crs`] | coordinate systems that Korean files come in |
//! | [`nearest`] | the nearest word that would have been right |
//! | [`check`] | the closed vocabulary of checks a column or a table may name |
//! | [`standard`] | `standards/`: national standard datasets, common domains and terms |
//! | [`measure`] | `measures/<id>.toml` |
//! | [`board`] | `boards/<id>.toml` |
//! | [`fault`] | what is wrong, where, what was expected, what to do |
//! | [`read`] | files → values and faults |
//! | [`reason`] | why a row was quarantined |
//! | [`difference`] | what differs between a delivery and the one before it |
//! | [`schema`] | JSON Schemas of the manifest kinds |
//! | [`lang`] | Korean and English |
//! | [`id`] | the names things go by |

pub mod board;
pub mod check;
pub mod city;
pub mod crs;
pub mod dataset;
pub mod difference;
pub mod fault;
pub mod id;
pub mod lang;
pub mod listing;
pub mod measure;
pub mod nearest;
mod open_api;
pub mod read;
pub mod reason;
pub mod schema;
pub mod standard;

pub use board::Board;
pub use check::Check;
pub use city::{City, CityManifest};
pub use dataset::{Column, ColumnType, Dataset, PrivacyClass};
pub use difference::Difference;
pub use fault::{Fault, Place};
pub use id::{BoardId, DatasetId, DepartmentId, FieldId, MeasureId, StandardId};
pub use lang::Lang;
pub use listing::Listing;
pub use measure::Measure;
pub use reason::{Reason, Why};
pub use standard::{Standard, Standards};
