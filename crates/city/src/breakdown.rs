//! What a measure may be broken down by beside its columns, and what it is compared with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::dataset::Dataset;
use crate::id::DatasetId;
use crate::measure::Step;

/// A breakdown that is more than a column: exactly one of `step`, `bands` and `from` says how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Breakdown {
    /// Korean title; the column's when absent.
    #[serde(default)]
    pub title: Option<String>,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// Column of the measure's dataset.
    pub column: String,
    /// By month, year, ... of a date.
    #[serde(default)]
    pub step: Option<Step>,
    /// By bands of a number: where each begins, rising. `[0, 15, 65]` gives 0–14, 15–64 and 65+.
    #[serde(default)]
    pub bands: Vec<i64>,
    /// By what another dataset says of the column's values. The column's manifest refers to that dataset
    /// (`refers-to`), or the other way round, or both refer to a third.
    #[serde(default)]
    pub from: Option<DatasetId>,
    /// Column of that dataset that holds the same values; the one that `refers-to` names when absent.
    #[serde(default)]
    pub key: Option<String>,
    /// Column of that dataset that says what is shown. A value that has several stays unknown.
    #[serde(default)]
    pub label: Option<String>,
}

/// With what a figure is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Compare {
    /// With the step before; of a measure without time, with the version before.
    #[serde(default)]
    pub previous: bool,
    /// With the same step a year before; of a measure without time, with what was in force a year ago.
    #[serde(default)]
    pub last_year: bool,
    /// With each other, the parts of this dimension.
    #[serde(default)]
    pub areas: Option<String>,
}

/// Whether the manifests declare that `column` of `own` holds what `key` of `other` holds.
pub fn is_declared_key(own: &Dataset, column: &str, other: &Dataset, key: &str) -> bool {
    let own_targets = targets(own, column);
    let other_targets = targets(other, key);
    let names = |targets: &[(&DatasetId, &str)], dataset: &Dataset, column: &str| {
        targets
            .iter()
            .any(|(id, name)| **id == dataset.id && *name == column)
    };
    names(&own_targets, other, key)
        || names(&other_targets, own, column)
        || own_targets
            .iter()
            .any(|target| other_targets.contains(target))
}

/// The column of `other` that holds what `column` of `own` holds, if the manifests say of just one.
pub fn declared_key<'d>(own: &Dataset, column: &str, other: &'d Dataset) -> Option<&'d str> {
    let mut keys = other
        .columns
        .iter()
        .map(|key| key.name.as_str())
        .filter(|key| is_declared_key(own, column, other, key));
    keys.next().filter(|_| keys.next().is_none())
}

fn targets<'d>(dataset: &'d Dataset, column: &str) -> Vec<(&'d DatasetId, &'d str)> {
    let checks = dataset.column(column).map(|column| &column.checks);
    checks
        .into_iter()
        .flatten()
        .filter_map(|check| match check {
            Check::RefersTo(to) => Some((&to.dataset, to.column.as_str())),
            _ => None,
        })
        .collect()
}
