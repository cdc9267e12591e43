//! The evidence pack: what the national evaluation of public data asks for, as far as the platform's own records say
//! it, for a year and the city or a department.
//!
//! | module | holds |
//! | --- | --- |
//! | [`scope`] | of which year and of whom |
//! | [`definition`] | the indicators: the evaluation's names, and what is divided by what |
//! | `gather` | what the records of the year say of each dataset |
//! | `count`, `schedule` | how each indicator counts one dataset |
//! | `tally` | all datasets together: the pack |
//! | [`pack`] | the indicators counted, and everything they were counted from |
//! | [`show`] | figures and words as people read them |
//! | [`mod@xlsx`], [`mod@pdf`] | the pack as a workbook and as a paper |

mod count;
pub mod definition;
mod gather;
pub mod pack;
pub mod pdf;
mod schedule;
pub mod scope;
mod serve;
pub mod show;
mod tally;
pub mod xlsx;

use std::sync::Arc;

use access::{AskError, Reader};
use city::City;
use records::{Records, RecordsError};
use thiserror::Error;

use crate::overviews::Overviews;

pub use pack::{Indicator, Named, Pack, State};
pub use pdf::pdf;
pub use scope::{Scope, ScopeError};
pub(crate) use serve::{as_json, file};
pub use xlsx::xlsx;

/// Why there is no evidence.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// No such year or department.
    #[error(transparent)]
    Scope(#[from] ScopeError),
    /// The door says so.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The records cannot be read.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The paper cannot be set.
    #[error(transparent)]
    Paper(#[from] paper::PaperError),
    /// The workbook cannot be written.
    #[error("the workbook cannot be written: {0}")]
    Sheet(#[from] rust_xlsxwriter::XlsxError),
    /// The work broke off.
    #[error("the work broke off: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

/// Counts the evidence of a scope. The reader must be staff's: refusals and loads that wait are theirs alone.
///
/// # Errors
/// When the person may not see it, or the records cannot be read.
pub async fn evidence(
    city: &Arc<City>,
    reader: Reader,
    records: &Records,
    overviews: &Overviews,
    scope: Scope,
) -> Result<Arc<Pack>, EvidenceError> {
    let confirmed = gather::confirmed(&reader, records).await?;
    let city = Arc::clone(city);
    let words: usize = confirmed.values().map(Vec::len).sum();
    let department = scope.department.as_ref().map_or("", |own| own.as_str());
    let key = format!("evidence {} {department}", scope.year);
    let of = format!("{} {words}", scope.until);
    overviews
        .get(reader, &key, of, move |reader| {
            let facts = gather::facts(reader, &scope, &confirmed)?;
            Ok(tally::pack(&city, &scope, &facts))
        })
        .await
}

#[cfg(test)]
mod tests;
