//! `subjects` must name columns that tell persons apart.

use std::collections::{BTreeMap, BTreeSet};

use super::Text;
use super::folder::{Read, unknown};
use crate::fault::Fault;
use crate::recipe::Identity;
use crate::{ColumnType, Dataset};

/// A kind is spelt in one way in all datasets: otherwise one person would be several.
pub(super) fn together(datasets: &[Read<Dataset>], faults: &mut Vec<Fault>) {
    let mut known: BTreeMap<&str, (Identity, &str)> = BTreeMap::new();
    for read in datasets {
        for (at, subject) in read.value.subjects.iter().enumerate() {
            let own = subject.identity();
            let (first, of) = *known
                .entry(&subject.kind)
                .or_insert((own, read.value.id.as_str()));
            if own == first {
                continue;
            }
            let (at, text) = (at.to_string(), Text::new(&read.file, &read.text));
            let what = format!(
                "persons of the kind `{}` are spelt as `{}` here and as `{}` in `{of}`",
                subject.kind,
                own.word(),
                first.word()
            );
            let fault = text.fault_at(&["subjects", at.as_str()], what);
            faults.push(fault.remedy("write the same `as` in both, or give them two kinds"));
        }
    }
}

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
