//! The first page of a filtered table over HTTP: Madang and Datasette on the same rows.

use crate::Outcome;

/// `bench page [ROWS]`.
pub(super) fn bench(_: &[String]) -> Outcome {
    Err("being written".to_owned())
}
