//! People look: pages rendered on the server on the government design system.
//!
//! The portal asks a `Reader` that room `access` hands out, and measures; it has no encoders (its
//! buttons lead to room `interop`'s addresses), names no query engine, and never reads data by
//! another way. Every page works without script; islands only enhance what the server drew.
//!
//! | module | holds |
//! | --- | --- |
//! | [`site`] | addresses, who visits, what surrounds each answer |
//! | [`pages`] | one folder a page: its view, its samples, its template, its handler |
//! | [`areas`] | a measure by areas: picture, legend, table |
//! | [`parts`] | what several pages show: badges, figures, tables, bars, lines, pagers |
//! | [`marks`] | what charts draw beside bars and lines |
//! | [`table`] | tables and their cells |
//! | [`frame`] | what surrounds every page: language, navigation, breadcrumb |
//! | [`template`] | templates and the two languages' environments |
//! | [`texts`] | `text/{ko,en}.toml`: every word of the interface |
//! | [`particle`] | 은/는, 이/가, ... behind a variable |
//! | [`show`] | moments, ages, sizes and counts as people read them |
//! | [`assets`] | the built web part, embedded, cached for ever by hashed name |

pub mod areas;
pub mod assets;
mod charts;
mod facts;
pub mod frame;
mod maps;
pub mod marks;
pub mod pages;
pub use city::particle;
pub mod parts;
mod query;
pub mod show;
pub mod site;
mod squares;
pub mod table;
pub mod template;
pub mod texts;
mod views;

pub use site::router;
