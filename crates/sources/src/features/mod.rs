//! Maps' features that another body serves: page by page, all of them or none, kept as GeoJSON.
//!
//! What is kept are the features as they came, and the coordinate system they are in. What a server writes around
//! them (the moment of the answer, links) is left out: the same features are the same bytes.
//!
//! | module | job |
//! | --- | --- |
//! | `wfs` | a Web Feature Service |
//! | `ogc` | an OGC API Features |
//! | `ask` | one request: tried again, counted, its refusal read |
//! | `said` | what a server says in place of features |
//! | `page` | the features of one answer |
//! | `system` | the coordinate system they are in, proven where it can be |
//! | `pages` | what the answers add up to |

mod ask;
mod ogc;
mod page;
mod pages;
mod said;
mod system;
mod wfs;

use super::secrets::Secrets;
use super::{FetchContext, FetchError, Fetched};

pub(super) use ogc::fetch as ogc;
pub(super) use wfs::fetch as wfs;

/// The same without a key in it.
fn hidden(secrets: &Secrets, error: FetchError) -> FetchError {
    match error {
        FetchError::Input(faults) => {
            let told = faults.into_iter().map(|fault| secrets.hide_in(fault));
            FetchError::Input(told.collect())
        }
        FetchError::Machine(error) => FetchError::Machine(error),
    }
}

#[cfg(test)]
mod tests;
