//! `subjects` must name columns that tell persons apart.

use std::collections::BTreeSet;

use super::Text;
use super::folder::unknown;
use crate::fault::Fault;
use crate::{ColumnType, Dataset};

/// Each names a column that is there, and a value that can be written down.
pub(super) fn of_dataset(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let known: Vec<&str> = dataset
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let mut seen = BTreeSet::new();
    for (at, subject) in dataset.subjects.iter().enumerate() {
        let at = at.to_string();
        let name = subject.column.as_str();
        let place = ["subjects", at.as_str(), "column"];
        if !known.contains(&name) {
            let fault = text.fault_at(&place, format!("there is no column `{name}`"));
            faults.extend(unknown(fault, name, &known));
        } else if !seen.insert(name) {
            faults.push(text.fault_at(&place, format!("`{name}` stands twice in `subjects`")));
        }
        let tells_apart = dataset.column(name).is_none_or(|column| {
            matches!(
                column.column_type,
                ColumnType::Text | ColumnType::Code | ColumnType::Integer
            )
        });
        if !tells_apart {
            let fault = text.fault_at(&place, format!("`{name}` does not tell persons apart"));
            faults.push(fault.expected("a column of type `text`, `code` or `integer`"));
        }
    }
}
