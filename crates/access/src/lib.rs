//! The one door: every read of data is made by a [`Reader`] that a [`Door`] hands out for a person and a purpose.
//!
//! A reader's tables do not contain what its person may not see; a query is one reading statement; an
//! entry is in the access log before the first row leaves. No other room but the lake may name the query
//! engine, and the lake only gives tables to this one.
//!
//! | module | holds |
//! | --- | --- |
//! | [`door`] | hands out readers |
//! | [`reader`] | answers to questions |
//! | [`person`] | who reads, and why |
//! | [`planned`] | questions planned without a row |
//! | [`policy`] | what a person may see |
//! | [`profile`] | what a version holds in figures, kept |
//! | [`filter`] | conditions from pages and addresses |
//! | [`compare`] | what differs between two versions |
//! | `asked` | questions in SQL |
//! | `counted` | counts of what may not be seen |
//! | `exact` | sums of doubles that are the same on every machine |
//! | [`lineage`] | where columns come from, and what depends on them |
//! | [`notes`] | what was read for an answer that is kept |
//! | `looked` | rows read once and shown many times |
//! | [`suppress`] | small cells of tables of counts |
//! | `texts` | texts of answers, however they lie in memory |
//! | [`who_read`] | who read the data of one person |
//! | [`error`] | why a question has no answer |

mod again;
mod answer;
mod asked;
mod busy;
pub mod compare;
mod corrections;
mod counted;
pub mod division;
mod door;
mod engine;
pub mod error;
mod exact;
pub mod filter;
mod freshness;
mod held;
mod impacts;
mod kept;
mod limited;
pub mod lineage;
mod looked;
#[cfg(test)]
mod memory;
mod names;
mod nearest;
pub mod notes;
pub mod person;
pub mod planned;
pub mod policy;
pub mod profile;
mod quarantine;
mod question;
pub mod reader;
mod reports;
mod rows;
pub mod suppress;
mod tally;
mod texts;
mod veil;
pub mod who_read;
mod whose;
mod window;
mod windows;

pub use answer::{Answer, Title};
pub use compare::{Difference, Differing};
pub use corrections::{RightCells, SourceRow, name_row};
pub use division::{Divided, divided};
pub use door::{Door, SeeAs, Whose, Within};
pub use error::{AskError, Denied, TablesError};
pub use filter::{Filter, Op};
pub use lake::correction::whole_sha256;
pub use lake::{
    At, Came, CellChange, Correction, Decision, Held, Landed, Outcome, Record, Remedy, Report,
    ReportAnswer, Reported, RowName, RowOrigin, Standing, Withdrawal,
};
pub use looked::Looked;
pub use nearest::nearest;
pub use notes::Notes;
pub use person::{Person, Purpose, Staff};
pub use planned::Planner;
pub use policy::{Mask, Policies, Reason, Ruling, Shown, Sight, is_released, schema};
pub use profile::Profiled;
pub use quarantine::PutAside;
pub use question::{Question, Rows, Sort};
pub use reader::Reader;
