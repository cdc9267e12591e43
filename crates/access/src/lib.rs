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
//! | [`policy`] | what a person may see |
//! | [`filter`] | conditions from pages and addresses |
//! | [`compare`] | what differs between two versions |
//! | [`error`] | why a question has no answer |

mod answer;
pub mod compare;
pub mod door;
mod engine;
pub mod error;
pub mod filter;
mod held;
mod kept;
#[cfg(test)]
mod memory;
mod names;
mod nearest;
pub mod person;
pub mod policy;
mod quarantine;
mod question;
pub mod reader;
mod rows;
mod tally;
mod window;

pub use answer::{Answer, Title};
pub use compare::{Difference, Differing};
pub use door::Door;
pub use error::{AskError, Denied, TablesError};
pub use filter::{Filter, Op};
pub use lake::{At, Decision, Held, Landed, Outcome, Record};
pub use nearest::nearest;
pub use person::{Person, Purpose};
pub use policy::Policy;
pub use quarantine::PutAside;
pub use question::{Question, Rows, Sort};
pub use reader::Reader;
