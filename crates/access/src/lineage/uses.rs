//! What depends on a dataset: derived datasets, measures, boards, references of others; by column where it can be said.

use std::collections::{BTreeMap, BTreeSet};

use city::dataset::Source;
use city::{Board, Check, Dataset, DatasetId, Measure};
use serde::Serialize;

use super::{Lineage, Origin};
use crate::error::AskError;
use crate::reader::Reader;

/// Name under which the rows of a dataset stand, where no column is named.
pub const ROWS: &str = "*";

/// What uses something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum User {
    /// A dataset derived from it.
    Dataset,
    /// A dataset whose values must stand in it.
    Reference,
    /// A measure.
    Measure,
    /// A board.
    Board,
}

/// One use of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Use {
    /// What sort of thing uses it.
    pub user: User,
    /// Its id.
    pub id: String,
    /// Its Korean title.
    pub title: String,
    /// Through which dataset, where it does not use this one itself.
    pub through: Option<DatasetId>,
    /// The columns it uses (`*`: the rows as such), each with its own columns that are made of it; none where the
    /// column decides rows only.
    pub columns: BTreeMap<String, BTreeSet<String>>,
}

impl Reader {
    /// What depends on a dataset, directly and through derived datasets. Columns are told where what is used is loaded.
    ///
    /// # Errors
    /// When the dataset may not be seen, or a log cannot be read.
    pub async fn uses(&self, id: &str) -> Result<Vec<Use>, AskError> {
        let first = self.dataset(id)?.id.clone();
        let mut uses = Vec::new();
        let mut seen = BTreeSet::from([first.clone()]);
        let mut next = vec![(first, None)];
        // Derived datasets in a circle are refused when the folder is read; `seen` is for the eye.
        while let Some((id, through)) = next.pop() {
            for mut found in self.direct(&id).await? {
                self.cut_use(&id, &mut found);
                if found.user == User::Dataset && seen.insert(DatasetId::new(&found.id)) {
                    let derived = DatasetId::new(&found.id);
                    next.push((derived.clone(), Some(derived)));
                }
                uses.push(Use {
                    through: through.clone(),
                    ..found
                });
            }
        }
        uses.sort_by(|left, right| {
            (&left.through, left.user, &left.id).cmp(&(&right.through, right.user, &right.id))
        });
        Ok(uses)
    }

    async fn direct(&self, id: &DatasetId) -> Result<Vec<Use>, AskError> {
        let mut uses = Vec::new();
        for dataset in self.datasets() {
            if let Source::Derived(source) = &dataset.source
                && source.from.contains(id)
            {
                let lineage = self.known(&source.sql).await?;
                uses.push(derived(id, dataset, &lineage));
            }
            uses.extend(references(id, dataset));
        }
        let city = &self.door.city;
        let mut measures = BTreeSet::new();
        for measure in city.measures.values() {
            let mut columns = BTreeMap::new();
            for (_, sql) in questions(measure).into_iter().filter(|(of, _)| of == id) {
                of_measure(id, &self.known(&sql).await?, &mut columns);
            }
            if measure.dataset == *id && measure.query.is_none() {
                columns.extend(named(measure));
            }
            if reads(measure, id) {
                columns.extend(labels(measure, id));
                measures.insert(measure.id.clone());
                uses.push(Use {
                    user: User::Measure,
                    id: measure.id.to_string(),
                    title: measure.title.clone(),
                    through: None,
                    columns,
                });
            }
        }
        let shows = |board: &&Board| {
            board.panels.iter().any(|panel| {
                panel.dataset.as_ref() == Some(id)
                    || panel
                        .measure
                        .as_ref()
                        .is_some_and(|measure| measures.contains(measure))
            })
        };
        uses.extend(city.boards.values().filter(shows).map(|board| Use {
            user: User::Board,
            id: board.id.to_string(),
            title: board.title.clone(),
            through: None,
            columns: BTreeMap::new(),
        }));
        Ok(uses)
    }

    /// Takes out the columns this person may not see.
    fn cut_use(&self, id: &DatasetId, found: &mut Use) {
        let shows = |dataset: &DatasetId, column: &str| {
            let column = (column != ROWS).then(|| column.to_owned());
            let dataset = dataset.clone();
            self.shows_origin(&Origin { dataset, column })
        };
        found.columns.retain(|column, _| shows(id, column));
        if matches!(found.user, User::Dataset | User::Reference) {
            let own = DatasetId::new(&found.id);
            for columns in found.columns.values_mut() {
                columns.retain(|column| shows(&own, column));
            }
        }
    }

    /// The lineage of a question; empty where it cannot be said now: what it reads is not loaded, or does not fit it.
    async fn known(&self, sql: &str) -> Result<Lineage, AskError> {
        // What a person may not see is taken out of the answer; to plan with it is no read of it.
        match self.whole().lineage(sql, &BTreeMap::new()).await {
            Ok(lineage) => Ok(lineage),
            Err(error) if error.is_broken() => Err(error),
            Err(_) => Ok(Lineage::default()),
        }
    }
}

fn word(origin: &Origin) -> String {
    origin.column.clone().unwrap_or_else(|| ROWS.to_owned())
}

fn derived(id: &DatasetId, dataset: &Dataset, lineage: &Lineage) -> Use {
    let mut columns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for made in &lineage.columns {
        let own = dataset
            .columns
            .iter()
            .find(|column| column.source_name() == made.column);
        for (origin, _) in made.from.iter().filter(|(from, _)| from.dataset == *id) {
            let entry = columns.entry(word(origin)).or_default();
            entry.extend(own.map(|column| column.name.clone()));
        }
    }
    for (origin, _) in lineage.rows.iter().filter(|(from, _)| from.dataset == *id) {
        columns.entry(word(origin)).or_default();
    }
    Use {
        user: User::Dataset,
        id: dataset.id.to_string(),
        title: dataset.title.clone(),
        through: None,
        columns,
    }
}

/// Columns of a dataset whose values must stand in another.
fn references(id: &DatasetId, dataset: &Dataset) -> Option<Use> {
    let mut columns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for column in &dataset.columns {
        for check in &column.checks {
            if let Check::RefersTo(to) = check
                && to.dataset == *id
            {
                let entry = columns.entry(to.column.clone()).or_default();
                entry.insert(column.name.clone());
            }
        }
    }
    (!columns.is_empty()).then(|| Use {
        user: User::Reference,
        id: dataset.id.to_string(),
        title: dataset.title.clone(),
        through: None,
        columns,
    })
}

/// The questions of a measure, each with a dataset it is asked of.
fn questions(measure: &Measure) -> Vec<(DatasetId, String)> {
    let sql = |from: &str, expression: &str, filter: Option<&str>| {
        let condition = filter.map_or_else(String::new, |filter| format!(" WHERE {filter}"));
        format!("SELECT {expression} AS value FROM {from}{condition}")
    };
    let from = match &measure.query {
        Some(query) => format!("({}) AS asked", query.sql),
        None => format!("\"{}\"", measure.dataset),
    };
    let own = sql(&from, &measure.aggregate(), measure.filter.as_deref());
    let mut all: Vec<(DatasetId, String)> = measure
        .from()
        .into_iter()
        .map(|dataset| (dataset.clone(), own.clone()))
        .collect();
    all.extend(measure.denominator.iter().filter_map(|by| {
        let dataset = by.dataset.as_ref()?;
        let from = format!("\"{dataset}\"");
        let sql = sql(&from, &by.aggregate(), by.filter.as_deref());
        Some((dataset.clone(), sql))
    }));
    all
}

/// Whether a measure reads a dataset, for its rows, its division or its labels.
fn reads(measure: &Measure, id: &DatasetId) -> bool {
    let divides = measure.denominator.as_ref();
    measure.from().contains(&id)
        || divides.is_some_and(|by| by.dataset.as_ref() == Some(id))
        || measure
            .breakdowns
            .values()
            .any(|breakdown| breakdown.from.as_ref() == Some(id))
}

fn of_measure(id: &DatasetId, lineage: &Lineage, columns: &mut BTreeMap<String, BTreeSet<String>>) {
    let values = lineage.columns.iter().flat_map(|made| &made.from);
    let values = values.map(|(origin, _)| origin);
    let deciding = lineage.rows.iter().map(|(origin, _)| origin);
    for origin in values.chain(deciding).filter(|from| from.dataset == *id) {
        columns.entry(word(origin)).or_default();
    }
}

/// Columns a measure names outside its expressions.
fn named(measure: &Measure) -> BTreeMap<String, BTreeSet<String>> {
    let time = measure.time.iter().map(|axis| axis.column.clone());
    let dimensions = measure.dimensions.iter().map(|name| {
        let breakdown = measure.breakdowns.get(name);
        breakdown.map_or_else(|| name.clone(), |breakdown| breakdown.column.clone())
    });
    time.chain(dimensions)
        .map(|name| (name, BTreeSet::new()))
        .collect()
}

/// Columns of a dataset that a measure shows as labels.
fn labels(measure: &Measure, id: &DatasetId) -> BTreeMap<String, BTreeSet<String>> {
    measure
        .breakdowns
        .values()
        .filter(|breakdown| breakdown.from.as_ref() == Some(id))
        .flat_map(|breakdown| breakdown.key.iter().chain(&breakdown.label))
        .map(|name| (name.clone(), BTreeSet::new()))
        .collect()
}
