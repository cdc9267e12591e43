//! The lineage of a dataset's version, by its own columns, down to the columns of its source.

use std::collections::{BTreeMap, BTreeSet};

use city::dataset::Source;
use city::{Dataset, DatasetId};
use lake::Record;
use serde::Serialize;

use super::{How, Lineage, Made, Origin, Way};
use crate::error::AskError;
use crate::person::Person;
use crate::policy::PLACE_COLUMNS;
use crate::reader::Reader;

/// Where a version's columns come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatasetLineage {
    /// The dataset.
    pub dataset: DatasetId,
    /// The version.
    pub version: i64,
    /// The versions of other datasets it was derived from; none where its rows came from a source.
    pub inputs: BTreeMap<DatasetId, i64>,
    /// Its columns.
    pub columns: Vec<ColumnLineage>,
    /// What decides its rows, of a derived one.
    pub rows: BTreeSet<(Origin, Way)>,
    /// Whether something was left out that this person may not see.
    pub is_cut: bool,
}

/// Where one column comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnLineage {
    /// Its physical name.
    pub column: String,
    /// Columns of the source's files it is read from, as they are named there; of a dataset with a source.
    pub source: Vec<String>,
    /// Columns of other datasets, of a derived one.
    pub from: Vec<(Origin, How)>,
}

impl Reader {
    /// Where the columns of a version come from. What this person may not see is left out, and `is_cut` says so.
    ///
    /// # Errors
    /// When the dataset may not be seen, its question does not fit what it reads any more, or a log cannot be read.
    pub async fn lineage_of(&self, id: &str, version: &Record) -> Result<DatasetLineage, AskError> {
        let shown = self.dataset(id)?;
        let whole = self.door.city.datasets.get(&shown.id);
        let mut lineage = DatasetLineage {
            dataset: shown.id.clone(),
            version: version.number,
            inputs: version.inputs.clone(),
            columns: Vec::new(),
            rows: BTreeSet::new(),
            is_cut: false,
        };
        let Some(Source::Derived(source)) = whole.map(|dataset| &dataset.source) else {
            lineage.columns = shown.columns.iter().map(read).collect();
            if self.shows_place(id) {
                lineage.columns.extend(places(whole.unwrap_or(shown)));
            }
            return Ok(lineage);
        };
        // The question may read more than this person may see: what it reads is cut afterwards.
        let made = if self.sees_all() {
            self.lineage(&source.sql, &version.inputs).await?
        } else {
            self.whole().lineage(&source.sql, &version.inputs).await?
        };
        let Lineage { columns, rows } = made;
        lineage.columns = shown
            .columns
            .iter()
            .map(|column| {
                let name = column.source_name();
                let made = columns.iter().find(|made| made.column == name);
                self.cut_column(&column.name, made, &mut lineage.is_cut)
            })
            .collect();
        let all = rows.len();
        lineage.rows = rows
            .into_iter()
            .filter(|(origin, _)| self.shows_origin(origin))
            .collect();
        lineage.is_cut |= lineage.rows.len() < all;
        Ok(lineage)
    }

    /// A reader that plans a question and reads no row.
    pub(super) fn whole(&self) -> Self {
        self.door.reader(Person::local(), self.purpose.clone())
    }

    fn cut_column(&self, name: &str, made: Option<&Made>, is_cut: &mut bool) -> ColumnLineage {
        let all = made.map(|made| made.from.clone()).unwrap_or_default();
        let count = all.len();
        let from: Vec<(Origin, How)> = all
            .into_iter()
            .filter(|(origin, _)| self.shows_origin(origin))
            .collect();
        *is_cut |= from.len() < count;
        ColumnLineage {
            column: name.to_owned(),
            source: Vec::new(),
            from,
        }
    }

    pub(super) fn shows_origin(&self, origin: &Origin) -> bool {
        let declared = self.door.city.datasets.get(&origin.dataset);
        let seen = self.sight.dataset(&origin.dataset);
        let Some((seen, declared)) = seen.zip(declared) else {
            return false;
        };
        let Some(column) = &origin.column else {
            return true;
        };
        seen.shows_stored(declared, column)
    }
}

fn read(column: &city::Column) -> ColumnLineage {
    ColumnLineage {
        column: column.name.clone(),
        source: vec![column.source_name().to_owned()],
        from: Vec::new(),
    }
}

/// Longitude and latitude, made of the columns that say where a row is.
fn places(dataset: &Dataset) -> Vec<ColumnLineage> {
    let Some(place) = &dataset.place else {
        return Vec::new();
    };
    let named = [place.x.as_deref(), place.y.as_deref()];
    let mut source: Vec<String> = named
        .into_iter()
        .flatten()
        .map(|name| {
            let column = dataset.column(name);
            column.map_or(name, city::Column::source_name).to_owned()
        })
        .collect();
    if source.is_empty() {
        let shape = dataset
            .columns
            .iter()
            .find(|column| column.column_type == city::ColumnType::Geometry);
        source.extend(shape.map(|column| column.source_name().to_owned()));
    }
    PLACE_COLUMNS
        .iter()
        .map(|name| ColumnLineage {
            column: (*name).to_owned(),
            source: source.clone(),
            from: Vec::new(),
        })
        .collect()
}
