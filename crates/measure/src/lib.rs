//! Figures: reproducible, with a unit, and honest about what they do not know.
//!
//! A figure is never typed in: it is a query over a dataset, asked through a reader. Missing, stale,
//! suppressed and forbidden are answers of their own; none of them is 0. This room knows no page and no engine.
//!
//! | module | holds |
//! | --- | --- |
//! | [`alert`] | whether a figure has passed its limit, and whether it is back |
//! | [`mod@figure`] | one figure, and what it says when it cannot be said |
//! | [`parts`] | a figure broken down, and over time |
//! | [`codes`] | what the codes of the platform's own tables are called |
//! | [`mod@cross`] | a figure by two dimensions |
//! | [`mod@rows`] | the rows a figure is made of |
//! | [`mod@spread`] | how values are spread |
//! | [`view`] | what a view shows |
//! | [`asked`] | as of when, of which period, of which part |
//! | [`mod@check`] | whether the questions can be planned |
//! | [`mod@compare`] | a figure beside itself and beside other areas |
//! | [`covered`] | whether a count of no rows says something |
//! | [`mod@explain`] | the sentence that says what a figure is made of |
//! | [`mod@told`] | all that is told of a measure at once |
//! | [`target`] | how far a figure is on its way to a target |
//! | [`mod@receipt`] | what a figure stands on |
//! | [`promise`] | the ledger of promises: arithmetic on what was announced and what was not |
//! | [`kept`] | receipts that last |
//! | `query` | manifests → SQL |
//! | `value` | what is computed of rows, as SQL |
//! | `ask` | the questions behind a figure |
//! | [`mod@format`] | numbers as people read them: the one place |

pub mod alert;
mod answer;
mod ask;
pub mod asked;
pub mod check;
pub mod codes;
pub mod compare;
pub mod covered;
pub mod cross;
pub mod explain;
pub mod figure;
pub mod format;
pub mod kept;
pub mod parts;
pub mod promise;
mod query;
pub mod receipt;
pub mod rows;
pub mod spread;
pub mod target;
pub mod told;
mod value;
pub mod view;

pub use asked::{Asked, newest, reads};
pub use check::check;
pub use compare::{Comparison, compare};
pub use covered::covers;
pub use cross::{Cross, cross};
pub use explain::explain;
pub use figure::{Figure, figure, span};
pub use kept::{Kept, Outcome, Print, Printed, Reproduced, Shows};
pub use parts::{Part, Point, Series, breakdown, series};
pub use receipt::{Receipt, receipt};
pub use rows::{Listed, rows};
pub use spread::{Spread, spread};
pub use target::{Progress, progress};
pub use told::{Told, told};
pub use view::{Shown, shown};
