//! Who read the data of one person: for the officer who answers a data subject.
//!
//! Reads of few rows name the persons they were of. Reads of very many do not: they count if the version that was read
//! holds the person, which is looked up here. The entry that tells of this holds the person's pseudonym and not the value.
//!
//! A value is looked up in its one spelling. Logs that were begun before there was one have pseudonyms of other spellings:
//! those that are met in the data, and the one that was typed, are looked up as well.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::AsArray as _;
use city::recipe::Identity;
use city::spelling::of_person;
use city::subject::Subject;
use city::{DatasetId, Duty};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{LogicalPlanBuilder, cast, ident};
use futures::StreamExt as _;
use lake::At;
use records::log::{About, Act, Decision, Entry, Filter, Touched};

use crate::door::Door;
use crate::error::{AskError, Denied};
use crate::person::Person;

/// Spellings of one person under which a log may hold entries of before there was one spelling.
const SPELLINGS: usize = 64;

/// A person by a number of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What the value is: a kind that datasets declare in `subjects`.
    pub kind: String,
    /// The value, in any spelling.
    pub value: String,
}

/// What is known of reads of one person's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The person's pseudonym in the log.
    pub pseudonym: String,
    /// Pseudonyms of spellings of the value, under which a log that was begun earlier holds the person.
    pub earlier: Vec<String>,
    /// Versions that hold the person and were read by more than entries name one by one.
    pub held_by: Vec<(DatasetId, i64)>,
    /// Datasets that have this kind of person.
    pub datasets: Vec<DatasetId>,
    /// Those of them in which the value was seen, as they are now or in a version that was read.
    pub seen_in: Vec<DatasetId>,
    /// The text by which looks like this one stand in the log.
    looked: String,
}

impl Read {
    /// The entries of the log to be shown: a part of them. Looks for who read are no reads of the person's data.
    pub fn filter(&self, offset: u64, limit: u64) -> Filter {
        Filter {
            subject: Some(self.pseudonym.clone()),
            subjects: self.earlier.clone(),
            held_by: self.held_by.clone(),
            except: Some(self.looked.clone()),
            begun: true,
            offset,
            limit,
            ..Filter::default()
        }
    }

    /// Whether an entry names the person.
    pub fn is_named(&self, entry: &Entry) -> bool {
        let mut subjects = entry.subjects.iter();
        subjects.any(|own| *own == self.pseudonym || self.earlier.contains(own))
    }
}

/// A version to be looked through.
struct Look {
    dataset: DatasetId,
    version: i64,
    column: String,
    /// Whether somebody read more of it than entries name one by one.
    read_whole: bool,
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

    /// How values of a kind of person are spelt, if a dataset declares it.
    fn identity(&self, kind: &str) -> Option<Identity> {
        let mut subjects = self.city.datasets.values().flat_map(|own| &own.subjects);
        let own = subjects.find(|own| own.kind == kind);
        own.map(Subject::identity)
    }

    /// Finds out which reads were of a person. It stands in the log, under the person's pseudonym, before it is done.
    ///
    /// # Errors
    /// When this person does not have the duty, nothing is looked by, the log cannot be read or written, or a table cannot
    /// be read.
    pub async fn who_read(
        &self,
        by: &Person,
        asked: &Asked,
        purpose: &str,
    ) -> Result<Read, AskError> {
        let log = self.records.log();
        let identity = self.identity(&asked.kind).unwrap_or_default();
        let value = of_person(identity, &asked.value);
        let looked = format!("who read the data of a {}", asked.kind);
        let mut entry = Entry {
            who: by.name().to_owned(),
            from: by.from().map(str::to_owned),
            act: Act::Read,
            purpose: purpose.to_owned(),
            touched: Vec::new(),
            subjects: Vec::new(),
            about: Some(About::Listed),
            query: Some(looked.clone()),
            decision: Decision::Allowed,
            policy: format!("duty-{}", Duty::Audit.word()),
            rows: None,
            completes: None,
        };
        if !value.is_empty() {
            entry.subjects.push(log.pseudonym(&asked.kind, &value)?);
        }
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
        let Some(pseudonym) = entry.subjects.first().cloned() else {
            return Err(AskError::NoValue);
        };
        let (looks, datasets) = self.looks(&asked.kind).await?;
        entry.touched = looks.iter().map(Look::touched).collect();
        log.append(entry).await?;
        let mut spellings = BTreeSet::from([asked.value.trim().to_owned()]);
        let (mut held_by, mut seen_in) = (Vec::new(), Vec::new());
        for look in looks {
            let held = self
                .holds(&look, (identity, &value), &mut spellings)
                .await?;
            // What is no version, or is gone, is taken to hold the person: a read of it may have been of anybody.
            if look.read_whole && held != Some(false) {
                held_by.push((look.dataset.clone(), look.version));
            }
            if held == Some(true) {
                seen_in.push(look.dataset);
            }
        }
        held_by.dedup();
        seen_in.dedup();
        let mut earlier = Vec::new();
        for spelling in spellings {
            earlier.push(log.pseudonym(&asked.kind, &spelling)?);
        }
        earlier.retain(|own| *own != pseudonym);
        Ok(Read {
            pseudonym,
            earlier,
            held_by,
            datasets,
            seen_in,
            looked,
        })
    }

    /// Versions that may hold a person of a kind: what there is now, and what was read by more than entries name; and the
    /// datasets that declare the kind.
    async fn looks(&self, kind: &str) -> Result<(Vec<Look>, Vec<DatasetId>), AskError> {
        let (mut looks, mut datasets) = (Vec::new(), Vec::new());
        for dataset in self.city.datasets.values() {
            let subjects = dataset.subjects.iter();
            for subject in subjects.filter(|subject| subject.kind == kind) {
                datasets.push(dataset.id.clone());
                let read = self.records.log().read_whole(&dataset.id).await?;
                let now = self.lake.version(&dataset.id, &At::Latest)?;
                let now = now.map(|record| record.number);
                let more = now.filter(|version| !read.contains(version));
                let look = |version: i64, read_whole: bool| Look {
                    dataset: dataset.id.clone(),
                    version,
                    column: subject.column.clone(),
                    read_whole,
                };
                looks.extend(read.into_iter().map(|version| look(version, true)));
                looks.extend(more.map(|version| look(version, false)));
            }
        }
        datasets.dedup();
        Ok((looks, datasets))
    }

    /// Whether a version has a row with this value in any spelling; each that is met is kept. Nothing where that cannot be
    /// known, because the version is gone or never had the column.
    async fn holds(
        &self,
        look: &Look,
        (identity, value): (Identity, &str),
        spellings: &mut BTreeSet<String>,
    ) -> Result<Option<bool>, AskError> {
        let Some(record) = self
            .lake
            .version(&look.dataset, &At::Version(look.version))?
        else {
            return Ok(None);
        };
        let table = self.table(&record)?;
        let column = look.column.as_str();
        if table.schema().column_with_name(column).is_none() {
            return Ok(None);
        }
        // What went wrong can name values: nobody is told.
        let as_text = cast(ident(column), arrow::datatypes::DataType::Utf8);
        let plan = LogicalPlanBuilder::scan("held", provider_as_source(table), None)
            .and_then(|plan| plan.project([as_text.alias("spelt")]))
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
            let batch = batch.map_err(|_unsaid| AskError::Run(None))?;
            let spelt = batch.column(0).as_string_opt::<i32>();
            for own in spelt.into_iter().flatten().flatten() {
                if of_person(identity, own) != value {
                    continue;
                }
                found = true;
                if spellings.len() < SPELLINGS {
                    spellings.insert(own.trim().to_owned());
                }
            }
        }
        drop(turn);
        Ok(Some(found))
    }
}

impl Look {
    fn touched(&self) -> Touched {
        Touched {
            dataset: self.dataset.clone(),
            version: Some(self.version),
            columns: vec![self.column.clone()],
        }
    }
}
