//! What a person may see. Two policies: the operator sees everything, the public what is released.

use std::collections::BTreeMap;
use std::sync::Arc;

use city::dataset::{Column, Dataset, PrivacyClass, Release};
use city::{City, DatasetId};

use crate::person::Person;

/// Columns that every table carries and no `SELECT *` shows: where a row came from.
pub(crate) const SYSTEM_COLUMNS: [&str; 2] = ["_file", "_row"];
/// Columns that a dataset with places has besides its own.
pub(crate) const PLACE_COLUMNS: [&str; 2] = ["longitude", "latitude"];

/// A policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Everything.
    Operator,
    /// Open datasets, and of them the released columns that say nothing about a person.
    Public,
}

impl Policy {
    /// The policy a person falls under.
    pub fn of(person: &Person) -> Self {
        if person.is_operator() {
            Self::Operator
        } else {
            Self::Public
        }
    }

    /// Its name in logs, messages and documentation.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Public => "public-release",
        }
    }

    /// Whether a dataset may be seen at all.
    pub fn shows(self, dataset: &Dataset) -> bool {
        match self {
            Self::Operator => true,
            Self::Public => {
                dataset.release == Release::Open
                    && dataset
                        .columns
                        .iter()
                        .any(|column| self.shows_column(column))
            }
        }
    }

    /// Whether a declared column of a dataset that may be seen may be seen.
    pub fn shows_column(self, column: &Column) -> bool {
        match self {
            Self::Operator => true,
            Self::Public => column.release && column.privacy == PrivacyClass::None,
        }
    }

    /// Whether the longitude and latitude made from a dataset's own columns may be seen: only if each of those may.
    pub fn shows_place(self, dataset: &Dataset) -> bool {
        if self == Self::Operator {
            return true;
        }
        let place = dataset.place.as_ref();
        let named = place
            .into_iter()
            .flat_map(|place| [place.x.as_deref(), place.y.as_deref()])
            .flatten();
        let shapes = dataset
            .columns
            .iter()
            .filter(|column| column.column_type == city::ColumnType::Geometry);
        let mut sources = named
            .map(|name| dataset.column(name))
            .chain(shapes.map(Some))
            .peekable();
        sources.peek().is_some()
            && sources.all(|column| column.is_some_and(|column| self.shows_column(column)))
    }

    /// Whether a column of the stored table may be seen, by its physical name.
    pub fn shows_stored(self, dataset: &Dataset, name: &str) -> bool {
        match dataset.column(name) {
            Some(column) => self.shows_column(column),
            None => PLACE_COLUMNS.contains(&name) && self.shows_place(dataset),
        }
    }

    /// Whether a name means something a dataset has and this policy does not show.
    pub(crate) fn hides(self, dataset: &Dataset, name: &str) -> bool {
        let declared = dataset.columns.iter().any(|column| {
            !self.shows_column(column)
                && (column.name.eq_ignore_ascii_case(name)
                    || column.title == name
                    || column.source_name() == name)
        });
        let is_place = PLACE_COLUMNS
            .iter()
            .any(|place| place.eq_ignore_ascii_case(name));
        declared || (is_place && dataset.place.is_some() && !self.shows_place(dataset))
    }

    /// The datasets a person may see, each with the columns they may see.
    pub(crate) fn view(self, city: &City) -> BTreeMap<DatasetId, Arc<Dataset>> {
        let shown = city
            .datasets
            .iter()
            .filter(|(_, dataset)| self.shows(dataset));
        shown
            .map(|(id, dataset)| {
                let mut dataset = dataset.clone();
                dataset.columns.retain(|column| self.shows_column(column));
                (id.clone(), Arc::new(dataset))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::dataset;

    #[test]
    fn the_public_sees_a_place_only_if_it_sees_what_it_was_made_of() {
        let mut parking = dataset("parking");
        assert!(Policy::Public.shows_place(&parking));
        parking
            .columns
            .iter_mut()
            .find(|column| column.name == "x")
            .unwrap()
            .release = false;
        assert!(!Policy::Public.shows_place(&parking));
        assert!(Policy::Operator.shows_place(&parking));
        parking.place = None;
        assert!(!Policy::Public.shows_place(&parking));
    }

    #[test]
    fn a_dataset_without_a_released_column_is_not_there() {
        let mut parking = dataset("parking");
        assert!(Policy::Public.shows(&parking));
        for column in &mut parking.columns {
            column.release = false;
        }
        assert!(!Policy::Public.shows(&parking));
        assert!(!Policy::Public.shows(&Dataset {
            release: Release::OnRequest,
            ..dataset("parking")
        }));
    }
}
