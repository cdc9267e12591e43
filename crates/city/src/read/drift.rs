//! `[load.drift]`: limits that can be kept.

use super::Text;
use crate::dataset::{Drift, LoadMode};
use crate::fault::Fault;
use crate::{Column, ColumnType, Dataset};

/// Limits that can be kept: shares are shares, and what is compared is there.
pub(super) fn limits(drift: &Drift, dataset: &Dataset, text: &Text, faults: &mut Vec<Fault>) {
    let shares = [
        ("nulls", drift.nulls),
        ("codes", drift.codes),
        ("keys", drift.keys),
    ];
    for (name, share) in shares {
        if share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            let fault = text.fault_at(&["load", "drift", name], "the limit is a share");
            faults.push(fault.expected("0 to 1"));
        }
    }
    for (name, limit) in [("rows", drift.rows), ("extent-km", drift.extent_km)] {
        if limit.is_some_and(|limit| limit < 0.0 || !limit.is_finite()) {
            let fault = text.fault_at(&["load", "drift", name], "the limit cannot be kept");
            faults.push(fault.expected("0 or more"));
        }
    }
    if drift.keys.is_some()
        && (dataset.load.key.is_empty() || dataset.load.mode != LoadMode::Snapshot)
    {
        let fault = text.fault_at(
            &["load", "drift", "keys"],
            "keys are compared where a snapshot has a `key`",
        );
        faults.push(fault.remedy("name the columns that tell rows apart, or leave `keys` out"));
    }
    let is_code = |column: &Column| column.column_type == ColumnType::Code;
    if drift.codes.is_some() && !dataset.columns.iter().any(is_code) {
        let fault = text.fault_at(&["load", "drift", "codes"], "no column is of type `code`");
        faults.push(
            fault.remedy("give the columns that hold codes the type `code`, or leave `codes` out"),
        );
    }
    if drift.extent_km.is_some() && dataset.place.is_none() {
        let fault = text.fault_at(
            &["load", "drift", "extent-km"],
            "the dataset has no `place`",
        );
        faults.push(fault.remedy("declare where its places are, or leave `extent-km` out"));
    }
}
