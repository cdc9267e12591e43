//! What a column is made of, and how two such are put together.

use std::collections::BTreeMap;

use city::DatasetId;

use super::{How, Origin};

/// Where one column comes from.
pub(super) type Flow = BTreeMap<Origin, How>;

/// A column of a dataset.
pub(super) fn origin(dataset: &DatasetId, column: &str) -> Origin {
    Origin {
        dataset: dataset.clone(),
        column: Some(column.to_owned()),
    }
}

/// Both; the stronger of two ways to the same column.
pub(super) fn merged(mut left: Flow, right: Flow) -> Flow {
    for (origin, how) in right {
        left.entry(origin)
            .and_modify(|known| *known = (*known).max(how))
            .or_insert(how);
    }
    left
}

/// Adds flows to others of the same places.
pub(super) fn merge(into: &mut [Flow], flows: &[Flow]) {
    for (known, new) in into.iter_mut().zip(flows) {
        *known = merged(std::mem::take(known), new.clone());
    }
}

/// All of them in one.
pub(super) fn everything(flows: &[Flow]) -> Flow {
    flows.iter().cloned().fold(Flow::new(), merged)
}

/// The same, each way at least so strong.
pub(super) fn strengthened(mut flow: Flow, least: How) -> Flow {
    for how in flow.values_mut() {
        *how = (*how).max(least);
    }
    flow
}
