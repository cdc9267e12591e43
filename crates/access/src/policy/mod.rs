//! What a person may see, and why: policies in Cedar, made into columns, masks and conditions on rows.
//!
//! | module | holds |
//! | --- | --- |
//! | [`mod@schema`] | what policies can speak of, made from the manifests |
//! | [`set`] | the policies, read and validated |
//! | [`rule`] | the annotations of one policy |
//! | [`mask`] | what is left of a masked value |
//! | [`rows`] | conditions on rows |
//! | [`decide`] | what the policies say of a person, column by column |
//! | [`sight`] | what a person sees |
//! | [`why`] | one decision, told to people |

mod decide;
pub(crate) mod mask;
mod rows;
mod rule;
mod schema;
mod set;
pub(crate) mod sight;
mod why;

use city::dataset::{Column, Dataset, PrivacyClass, Release};

pub(crate) use decide::{When, Which, Who};
pub use mask::Mask;
pub use rule::Reason;
pub use schema::schema;
pub use set::Policies;
pub(crate) use set::Sets;
pub use sight::Sight;
pub use why::{Ruling, Shown};

/// Columns that every table carries and no `SELECT *` shows: where a row came from.
pub(crate) const SYSTEM_COLUMNS: [&str; 2] = ["_file", "_row"];
/// Columns that a dataset with places has besides its own.
pub(crate) const PLACE_COLUMNS: [&str; 2] = ["longitude", "latitude"];

impl Policies {
    pub(crate) fn sets(&self, which: Which) -> &Sets {
        match which {
            Which::InForce => &self.in_force,
            Which::WithDrafts => &self.with_drafts,
            Which::OfMachine => &self.of_machine,
        }
    }
}

/// Whether the built-in policy `public-release` gives a column to everybody. A city's own policies can take it away.
pub fn is_released(dataset: &Dataset, column: &Column) -> bool {
    dataset.release == Release::Open && column.release && column.privacy == PrivacyClass::None
}

/// The columns that a dataset's places are made of.
fn place_sources(dataset: &Dataset) -> Vec<&str> {
    let place = dataset.place.as_ref();
    let named = place
        .into_iter()
        .flat_map(|place| [place.x.as_deref(), place.y.as_deref()])
        .flatten();
    let shapes = dataset
        .columns
        .iter()
        .filter(|column| column.column_type == city::ColumnType::Geometry);
    named
        .chain(shapes.map(|column| column.name.as_str()))
        .collect()
}

/// The dataset `id` as somebody sees it whom the built-in policies alone decide about: for tests of other rooms.
#[cfg(test)]
pub(crate) fn seen_by(
    person: &crate::Person,
    dataset: &Dataset,
) -> Option<std::sync::Arc<Dataset>> {
    let city = crate::memory::city_of(dataset);
    let (policies, faults) = Policies::read(&city);
    assert_eq!(faults, []);
    let who = Who::of(person, &policies);
    let when = When::of("", chrono::DateTime::UNIX_EPOCH, &city.calendar, &policies);
    Sight::of(&city, &policies, &who, &when)
        .view()
        .get(&dataset.id)
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::dataset;
    use crate::person::Person;

    fn shown(dataset: &Dataset, person: &Person) -> Vec<String> {
        let seen = seen_by(person, dataset);
        let columns = seen.iter().flat_map(|seen| &seen.columns);
        columns.map(|column| column.name.clone()).collect()
    }

    #[test]
    fn the_built_in_policies_are_the_rule_of_release() {
        let classes = [
            PrivacyClass::None,
            PrivacyClass::Quasi,
            PrivacyClass::Identifier,
        ];
        for release in [Release::Open, Release::OnRequest, Release::Internal] {
            for (class, is_released_column) in classes
                .iter()
                .flat_map(|class| [(class, true), (class, false)])
            {
                let mut parking = dataset("parking");
                parking.release = release;
                for column in &mut parking.columns {
                    if column.name == "spaces" {
                        (column.privacy, column.release) = (*class, is_released_column);
                    }
                }
                let expected: Vec<String> = parking
                    .columns
                    .iter()
                    .filter(|column| is_released(&parking, column))
                    .map(|column| column.name.clone())
                    .collect();
                assert_eq!(shown(&parking, &Person::anyone()), expected);
                let all = parking.columns.len();
                assert_eq!(shown(&parking, &Person::operator("kim")).len(), all);
                assert_eq!(shown(&parking, &Person::local()).len(), all);
            }
        }
    }
}
