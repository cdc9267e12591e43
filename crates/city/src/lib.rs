//! What a city declares.
//!
//! A city is a folder of plain files. This room reads them, says everything that is wrong with
//! them at once, and hands the rest of Madang typed values. It does no other input or output and
//! knows nothing of tables, networks or pages.
//!
//! | module | holds |
//! | --- | --- |
//! | [`city`] | `city.toml`: name, fields, departments, place; and the whole folder read: [`City`] |
//! | [`accepts`] | what a column may hold although its class says it tells nothing of a person |
//! | [`access_log`] | `[access-log]` of `city.toml`: how long its entries are kept |
//! | [`sign_in`] | `[sign-in]` of `city.toml`: passwords and sessions |
//! | [`review`] | `[access-log.review]`: how often the log is reviewed, and what stands out |
//! | [`spelling`] | one spelling for one thing |
//! | [`subject`] | `subjects` of a dataset: whose data a row is |
//! | [`dataset`] | `datasets/<field>/<id>.toml`: source, format, columns, contract, privacy, release |
//! | [`calendar`] | `calendar.toml`: which days nobody works, and counting in working days |
//! | [`freshness`] | when a dataset's next delivery is due, and how late it is |
//! | [`impact`] | what a changed manifest would make of the last delivery |
//! | [`listing`] | `[portal]` of a dataset: its entry in the list of the national open-data portal |
//! | [`map`] | what every map is drawn upon |
//! | [`crs`] | coordinate systems that Korean files come in |
//! | [`nearest`] | the nearest word that would have been right |
//! | [`check`] | the closed vocabulary of checks a column or a table may name |
//! | [`standard`] | `standards/`: national standard datasets, common domains and terms |
//! | [`people`] | `people.toml`: roles, purposes, accounts without secrets; the texts of `policies/` |
//! | [`measure`] | `measures/<id>.toml` |
//! | [`compute`] | what a measure computes, and what divides it |
//! | [`breakdown`] | what a measure may be broken down by, and what it is compared with |
//! | [`mod@unit`] | units of one kind |
//! | [`board`] | `boards/<id>.toml` |
//! | [`alert`] | when a board tells a figure to a department |
//! | [`period`] | periods of whole days |
//! | [`particle`] | Korean particles |
//! | [`promise`] | `promises/<id>.toml`: a figure that was announced, and what became of it |
//! | [`when`] | a year, a month of it, or a day |
//! | [`fault`] | what is wrong, where, what was expected, what to do |
//! | [`read`] | files → values and faults |
//! | [`recipe`] | `projects/<id>.toml`: how a project's data are pseudonymised |
//! | [`release`] | `releases/<id>.toml`: what leaves, and the record of what was checked of it |
//! | [`situation`] | `situation.toml`: which datasets say what is going on, and by which rules it is judged |
//! | [`provenance`] | what the catalogue that a delivery came from says of it |
//! | [`reason`] | why a row was quarantined |
//! | [`dimension`] | dimensions of quality, and the checks that belong to each |
//! | [`difference`] | what differs between a delivery and the one before it |
//! | [`profile`] | what a version holds in figures, and what looks wrong in it |
//! | [`schema`] | JSON Schemas of the manifest kinds |
//! | [`lang`] | Korean and English |
//! | [`id`] | the names things go by |

pub mod accepts;
pub mod access_log;
pub mod alert;
pub mod board;
pub mod breakdown;
pub mod calendar;
pub mod check;
pub mod city;
mod column;
pub mod compute;
pub mod crs;
mod database;
pub mod dataset;
pub mod difference;
pub mod dimension;
pub mod fault;
mod features;
pub mod freshness;
mod harvest;
pub mod id;
pub mod impact;
pub mod lang;
pub mod listing;
pub mod map;
pub mod measure;
mod mqtt;
pub mod nearest;
mod open_api;
pub mod particle;
pub mod people;
pub mod period;
pub mod profile;
pub mod promise;
pub mod provenance;
pub mod read;
pub mod reason;
pub mod recipe;
pub mod release;
pub mod review;
pub mod schema;
pub mod sign_in;
pub mod situation;
pub mod spelling;
pub mod standard;
mod storage;
pub mod subject;
pub mod unit;
pub mod when;
mod words;

pub use access_log::AccessLog;
pub use board::Board;
pub use calendar::Calendar;
pub use check::Check;
pub use city::{City, CityManifest};
pub use dataset::{Column, ColumnType, Dataset, PrivacyClass};
pub use difference::Difference;
pub use fault::{Fault, Place};
pub use freshness::Freshness;
pub use id::{
    AccountId, AlertId, BoardId, DatasetId, DepartmentId, FieldId, MeasureId, ProjectId, PromiseId,
    PurposeId, ReleaseId, RoleId, StandardId,
};
pub use impact::Impact;
pub use lang::Lang;
pub use listing::Listing;
pub use map::{CityMap, MapRole, OutsideMap};
pub use measure::Measure;
pub use people::{Duty, People, PolicyText};
pub use period::Period;
pub use profile::Profile;
pub use promise::Promise;
pub use provenance::Provenance;
pub use reason::{Reason, Why};
pub use recipe::Recipe;
pub use release::{GateCheck, GateRecord, GateWhat, ReleaseKind, ReleasePlan};
pub use review::{Outlying, ReviewRules};
pub use sign_in::SignIn;
pub use situation::Situation;
pub use standard::{Standard, Standards};
pub use when::When;
