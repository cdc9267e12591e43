//! traffic.

use super::Simple;

pub(crate) const ALL: &[&Simple] = &[];
