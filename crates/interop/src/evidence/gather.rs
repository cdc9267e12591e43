//! What the records of a year say of each dataset.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{AskError, Held, Outcome, Reader, Record, Reported};
use chrono::NaiveDate;
use city::calendar::korean_day;
use city::{Dataset, DatasetId};
use records::{Confirmation, Records, RecordsError};
use serde::Deserialize;

use super::scope::Scope;

/// What the records of a year say of one dataset.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) dataset: Arc<Dataset>,
    /// Loads of the year that count, oldest first: versions, refusals, those that waited.
    pub(super) loads: Vec<Arc<Record>>,
    /// Those of them that waited, with what was decided by the last day that counts.
    pub(super) held: Vec<Held>,
    /// What citizens reported in the year, with what was answered by the last day that counts.
    pub(super) reports: Vec<Reported>,
    /// Days on which something new arrived or somebody said that nothing has changed, of all years, in order.
    pub(super) renewed: Vec<NaiveDate>,
    /// There was a version on the last day that counts.
    pub(super) has_version: bool,
}

/// One check of one column, as a load's report has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Counted {
    #[serde(default)]
    pub(super) column: Option<String>,
    pub(super) check: String,
    pub(super) errors: u64,
    pub(super) diagnosed: u64,
}

/// The checks of a load's report.
pub(super) fn counted(load: &Record) -> Vec<Counted> {
    let checks = load.report.get("checks");
    checks
        .and_then(|checks| Vec::deserialize(checks).ok())
        .unwrap_or_default()
}

impl Facts {
    /// Versions of the year.
    pub(super) fn versions(&self) -> impl DoubleEndedIterator<Item = &Record> {
        let loads = self.loads.iter().map(|load| &**load);
        loads.filter(|load| load.outcome == Outcome::Loaded)
    }

    /// The loads whose diagnosis stands on a day: of a table that each load replaces the last, of one that grows all.
    pub(super) fn in_force(&self, until: NaiveDate) -> Vec<&Record> {
        let mut found: Vec<&Record> = self
            .versions()
            .filter(|load| korean_day(load.committed_at) <= until)
            .collect();
        if self.is_whole() {
            found = found.pop().into_iter().collect();
        }
        found
    }

    /// Whether each load diagnoses the whole table.
    pub(super) fn is_whole(&self) -> bool {
        self.dataset.load.mode == city::dataset::LoadMode::Snapshot
    }
}

/// What people said, asked of the records before the lake is read.
pub(super) async fn confirmed(
    reader: &Reader,
    records: &Records,
) -> Result<BTreeMap<DatasetId, Vec<Confirmation>>, RecordsError> {
    let mut all = BTreeMap::new();
    // Few datasets have any: the others are not asked for one by one.
    let some = records.confirmations().newest().await?;
    let datasets = reader.datasets();
    for dataset in datasets.filter(|dataset| some.contains_key(&dataset.id)) {
        let own = records.confirmations().of(&dataset.id).await?;
        all.insert(dataset.id.clone(), own);
    }
    Ok(all)
}

/// The facts of every dataset in the scope, in the order of departments and then of ids.
pub(super) fn facts(
    reader: &Reader,
    scope: &Scope,
    confirmed: &BTreeMap<DatasetId, Vec<Confirmation>>,
) -> Result<Vec<Facts>, AskError> {
    let wanted = |dataset: &&Arc<Dataset>| {
        let own = scope.department.as_ref();
        own.is_none_or(|own| *own == dataset.department)
    };
    reader
        .datasets()
        .filter(wanted)
        .map(|dataset| one(reader, scope, dataset, confirmed.get(&dataset.id)))
        .collect()
}

fn one(
    reader: &Reader,
    scope: &Scope,
    dataset: &Arc<Dataset>,
    confirmed: Option<&Vec<Confirmation>>,
) -> Result<Facts, AskError> {
    let mut all = reader.loads(&dataset.id)?;
    all.reverse();
    let mut held = Arc::unwrap_or_clone(reader.held(&dataset.id)?);
    held.retain(|own| scope.has(korean_day(own.record.committed_at)));
    for own in &mut held {
        own.decision = own
            .decision
            .take()
            .filter(|decision| korean_day(decision.at) <= scope.until);
    }
    let mut reports = Arc::unwrap_or_clone(reader.reports(&dataset.id)?);
    reports.retain(|own| scope.has(korean_day(own.report.at)));
    for own in &mut reports {
        own.answer = own
            .answer
            .take()
            .filter(|answer| korean_day(answer.at) <= scope.until);
    }
    let said = confirmed.into_iter().flatten().map(|own| own.at);
    let mut renewed: Vec<NaiveDate> = news(&all)
        .map(|load| load.committed_at)
        .chain(said)
        .map(korean_day)
        .filter(|day| *day <= scope.until)
        .collect();
    renewed.sort_unstable();
    let has_version = all.iter().any(|load| {
        load.outcome == Outcome::Loaded && korean_day(load.committed_at) <= scope.until
    });
    all.retain(|load| scope.has(korean_day(load.committed_at)));
    Ok(Facts {
        dataset: Arc::clone(dataset),
        loads: all,
        held,
        reports,
        renewed,
        has_version,
    })
}

/// Versions that brought other bytes than the one before: the same bytes under a changed manifest are nothing new.
fn news(loads: &[Arc<Record>]) -> impl Iterator<Item = &Arc<Record>> {
    let made_of = |load: &Record| -> (Vec<String>, BTreeMap<DatasetId, i64>) {
        let sources = load.sources.iter().map(|own| own.sha256.clone());
        (sources.collect(), load.inputs.clone())
    };
    let mut before = None;
    loads
        .iter()
        // Rows read again because somebody put them right came before.
        .filter(|load| load.outcome == Outcome::Loaded && load.readmits.is_empty())
        .filter(move |load| {
            let own = Some(made_of(load));
            let is_new = own != before;
            before = own;
            is_new
        })
}
