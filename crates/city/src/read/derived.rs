//! `source = { kind = "derived", ... }`: a question over other datasets.

use super::Text;
use crate::Dataset;
use crate::dataset::{DerivedSource, FormatKind, LoadMode};
use crate::fault::Fault;

/// What the manifest says of itself; that the datasets exist is told with the other links.
pub(super) fn source(
    source: &DerivedSource,
    dataset: &Dataset,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    if source.from.is_empty() {
        let fault = text.fault_at(
            &["source", "from"],
            "a derived dataset reads at least one other",
        );
        faults.push(fault.remedy("name the datasets its `sql` reads: from = [\"...\"]"));
    }
    if source.sql.trim().is_empty() {
        faults.push(text.fault_at(&["source", "sql"], "there is no question"));
    }
    if dataset.format.kind != FormatKind::Parquet {
        let fault = text.fault_at(
            &["format", "kind"],
            "a derived dataset keeps its rows typed",
        );
        faults.push(fault.expected("parquet"));
    }
    if dataset.load.mode != LoadMode::Snapshot {
        let fault = text.fault_at(
            &["load", "mode"],
            "a derived dataset is asked anew as a whole",
        );
        faults.push(fault.expected("snapshot"));
    }
}
