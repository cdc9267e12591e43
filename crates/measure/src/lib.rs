//! Figures: reproducible, with a unit, and honest about what they do not know.
//!
//! A figure is never typed in: it is a query over a dataset, asked through a reader. Missing, stale,
//! suppressed and forbidden are answers of their own; none of them is 0. This room knows no page and no engine.
//!
//! | module | holds |
//! | --- | --- |
//! | [`mod@figure`] | one figure, broken down, over time, and what it stands on |
//! | [`query`] | manifests → SQL |
//! | [`promise`] | the ledger of promises: arithmetic on what was announced and what was not |
//! | [`mod@format`] | numbers as people read them: the one place |

pub mod figure;
pub mod format;
pub mod promise;
pub mod query;

pub use figure::{Figure, Part, Point, Receipt, Series, breakdown, figure, receipt, series};
