//! Who read the data of one person: for the officer who answers a data subject.
//!
//! Reads of few rows name the persons they were of. Reads of very many do not: they count if the version that was read
//! holds the person, which is looked up here. The entry that tells of this holds the person's pseudonym and not the value.

use std::collections::{BTreeMap, BTreeSet};

use city::{DatasetId, Duty};
use datafusion::datasource::provider_as_source;
use datafusion::functions::expr_fn::btrim;
use datafusion::logical_expr::{LogicalPlanBuilder, cast, ident, lit};
use futures::StreamExt as _;
use lake::At;
use records::log::{About, Act, Decision, Entry, Filter, Touched};

use crate::door::Door;
use crate::error::{AskError, Denied};
use crate::person::Person;

/// A person by a number of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What the value is: a kind that datasets declare in `subjects`.
    pub kind: String,
    /// The value as it stands in the data.
    pub value: String,
}

/// What is known of reads of one person's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The person's pseudonym in the log.
    pub pseudonym: String,
    /// Versions that hold the person and were read by more than entries name one by one.
    pub held_by: Vec<(DatasetId, i64)>,
    /// Datasets that have this kind of person.
    pub datasets: Vec<DatasetId>,
}

impl Read {
    /// The entries of the log to be shown: a part of them.
    pub fn filter(&self, offset: u64, limit: u64) -> Filter {
        Filter {
            subject: Some(self.pseudonym.clone()),
            held_by: self.held_by.clone(),
            begun: true,
            offset,
            limit,
            ..Filter::default()
        }
    }
}

impl Door {
    /// Kinds of persons that datasets declare, in order, each with the titles of its columns.
    pub fn kinds_of_persons(&self) -> Vec<(String, String)> {
        let mut kinds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for dataset in self.city.datasets.values() {
            for subject in &dataset.subjects {
                if let Some(column) = dataset.column(&subject.column) {
                    kinds
                        .entry(&subject.kind)
                        .or_default()
                        .insert(&column.title);
                }
            }
        }
        let joined = |titles: BTreeSet<&str>| titles.into_iter().collect::<Vec<_>>().join("·");
        kinds
            .into_iter()
            .map(|(kind, titles)| (kind.to_owned(), joined(titles)))
            .collect()
    }

    /// Finds out which reads were of a person. It stands in the log, under the person's pseudonym, before it is done.
    ///
    /// # Errors
    /// When this person does not have the duty, the log cannot be read or written, or a table cannot be read.
    pub async fn who_read(
        &self,
        by: &Person,
        asked: &Asked,
        purpose: &str,
    ) -> Result<Read, AskError> {
        let log = self.records.log();
        let value = asked.value.trim();
        let mut entry = Entry {
            who: by.name().to_owned(),
            from: by.from().map(str::to_owned),
            act: Act::Read,
            purpose: purpose.to_owned(),
            touched: Vec::new(),
            subjects: vec![log.pseudonym(&asked.kind, value)?],
            about: Some(About::Listed),
            query: Some(format!("who read the data of a {}", asked.kind)),
            decision: Decision::Allowed,
            policy: format!("duty-{}", Duty::Audit.word()),
            rows: None,
            completes: None,
        };
        if !by.may(Duty::Audit) {
            entry.decision = Decision::Denied;
            log.append(entry).await?;
            return Err(AskError::Denied(Denied {
                policy: format!("duty-{}", Duty::Audit.word()),
                reason: None,
                dataset: None,
                what: "who read the data of a person".to_owned(),
            }));
        }
        let mut looked = Vec::new();
        let mut datasets = Vec::new();
        for dataset in self.city.datasets.values() {
            let subjects = dataset.subjects.iter();
            for subject in subjects.filter(|subject| subject.kind == asked.kind) {
                datasets.push(dataset.id.clone());
                for version in log.read_whole(&dataset.id).await? {
                    looked.push((dataset.id.clone(), version, subject.column.clone()));
                }
            }
        }
        datasets.dedup();
        entry.touched = looked
            .iter()
            .map(|(dataset, version, column)| Touched {
                dataset: dataset.clone(),
                version: Some(*version),
                columns: vec![column.clone()],
            })
            .collect();
        let pseudonym = entry.subjects.first().cloned().unwrap_or_default();
        log.append(entry).await?;
        let mut held_by = Vec::new();
        for (dataset, version, column) in looked {
            if self.holds(&dataset, version, &column, value).await? {
                held_by.push((dataset, version));
            }
        }
        held_by.dedup();
        Ok(Read {
            pseudonym,
            held_by,
            datasets,
        })
    }

    /// Whether a version has a row with this value. What is no version, or is gone, is taken to have it: a read of it may
    /// have been of anybody.
    async fn holds(
        &self,
        dataset: &DatasetId,
        version: i64,
        column: &str,
        value: &str,
    ) -> Result<bool, AskError> {
        let Some(record) = self.lake.version(dataset, &At::Version(version))? else {
            return Ok(true);
        };
        let table = self.table(&record)?;
        if table.schema().column_with_name(column).is_none() {
            return Ok(true);
        }
        // What went wrong can name values: nobody is told.
        let as_text = cast(ident(column), arrow::datatypes::DataType::Utf8);
        let plan = LogicalPlanBuilder::scan("held", provider_as_source(table), None)
            .and_then(|plan| plan.filter(btrim(vec![as_text]).eq(lit(value))))
            .and_then(|plan| plan.project([ident(column)]))
            .and_then(|plan| plan.limit(0, Some(1)))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|_unsaid| AskError::Run(None))?;
        let state = self.engine.open(self.records.clock().now(), false);
        let turn = self.turn().await;
        let physical = state
            .create_physical_plan(&plan)
            .await
            .map_err(|_unsaid| AskError::Run(None))?;
        let mut rows = datafusion::physical_plan::execute_stream(physical, state.task_ctx())
            .map_err(|_unsaid| AskError::Run(None))?;
        let mut found = false;
        while let Some(batch) = rows.next().await {
            found |= batch.map_err(|_unsaid| AskError::Run(None))?.num_rows() > 0;
        }
        drop(turn);
        Ok(found)
    }
}
