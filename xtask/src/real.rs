//! (being written)

use crate::Outcome;

/// (being written)
pub(crate) fn chore(_: &[String]) -> Outcome {
    Err("being written".to_owned())
}
