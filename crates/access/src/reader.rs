//! Questions and answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use city::{ColumnType, Dataset, DatasetId};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::execute_stream;
use lake::{At, Record};
use records::log::{About, Act, Decision, Entry, Log, Touched};
use serde_json::Value;

use crate::answer::{Answer, End, Title};
use crate::busy::{Asked, during};
use crate::door::Door;
use crate::engine::{fit, in_stored_order};
use crate::error::{AskError, Denied, GATE};
use crate::limited::{LONGEST, limited, took_too_long};
use crate::names;
use crate::notes::Notes;
use crate::person::{Person, Purpose};
use crate::policy::{Reason, Sight};
use crate::texts::in_plain_texts;
use crate::whose::{Whose, carried, peek};

/// The only way to rows: made by a [`Door`] for a person and a purpose.
pub struct Reader {
    pub(crate) door: Arc<Door>,
    /// The city with its measures as they were when the reader was made.
    pub(crate) city: Arc<city::City>,
    pub(crate) person: Person,
    pub(crate) purpose: Purpose,
    pub(crate) sight: Arc<Sight>,
    /// The role whose sight is previewed, where it is not the person's own.
    pub(crate) preview: Option<String>,
    /// Where what is read is noted, for an answer that is kept.
    pub(crate) notes: Option<Notes>,
    /// Whether nobody waits for what it reads.
    pub(crate) behind: bool,
}

impl Reader {
    /// Who reads.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// What the city declares: nothing of the rows.
    pub fn city(&self) -> &city::City {
        &self.city
    }

    /// The same reader, for work behind the server that nobody waits for: it holds up nothing that gives way.
    #[must_use]
    pub fn behind(mut self) -> Self {
        self.behind = true;
        self
    }

    /// Somebody waits for this reader's answer, for as long as what comes back is held.
    pub(crate) fn waits(&self) -> Option<Asked> {
        (!self.behind).then(|| self.door.busy.ask())
    }

    /// What this person sees, with a name that all share who see the same.
    pub fn policy(&self) -> &Sight {
        &self.sight
    }

    /// Whether this reader sees as whoever runs the city, and may change things.
    pub(crate) fn is_operator(&self) -> bool {
        self.sight.is_operator()
    }

    pub(crate) fn view(&self) -> &BTreeMap<DatasetId, Arc<Dataset>> {
        self.sight.view()
    }

    /// The datasets this person may see, each with the columns they may see.
    pub fn datasets(&self) -> impl Iterator<Item = &Arc<Dataset>> {
        self.view().values()
    }

    /// One dataset, with the columns this person may see.
    ///
    /// This tells what is declared and nothing of the rows, so it leaves no entry in the log.
    ///
    /// # Errors
    /// When there is none of that name, or this person may not see it.
    pub fn dataset(&self, id: &str) -> Result<&Arc<Dataset>, AskError> {
        if let Some(dataset) = self.view().get(id) {
            return Ok(dataset);
        }
        if self.door.city.datasets.contains_key(id) {
            return Err(self.denied(Some(&DatasetId::new(id)), id.to_owned()).into());
        }
        Err(AskError::UnknownDataset {
            name: id.to_owned(),
            nearest: crate::nearest(id, self.view().keys().map(DatasetId::as_str)),
        })
    }

    /// One dataset that somebody asks for by its name: a refusal stands in the log.
    ///
    /// # Errors
    /// As for [`Self::dataset`].
    pub fn asked(&self, id: &str) -> Result<&Arc<Dataset>, AskError> {
        self.dataset(id)
            .inspect_err(|error| self.note_denial(error))
    }

    /// Whether a dataset has places, and they may be seen.
    pub fn shows_place(&self, id: &str) -> bool {
        let has_place =
            |dataset: &Dataset| dataset.place.is_some() || city::map::shape_of(dataset).is_some();
        let declared = self.door.city.datasets.get(id);
        declared.is_some_and(has_place) && self.sight.dataset(id).is_some_and(|seen| seen.place)
    }

    pub(crate) fn denied(&self, dataset: Option<&DatasetId>, what: String) -> Denied {
        let declared = dataset.and_then(|id| self.door.city.datasets.get(id));
        let refusal = self.sight.why_not(declared, &what);
        Denied {
            policy: refusal.policy,
            reason: refusal.reason,
            dataset: dataset.cloned(),
            what,
        }
    }

    pub(crate) fn operator_only(&self, id: &str, what: &str) -> Result<(), AskError> {
        // Staff work shows cells: it needs that nothing of the dataset is hidden.
        let is_declared = self.door.city.datasets.contains_key(id);
        let sees_whole = |id: &str| {
            self.sight
                .dataset(id)
                .map_or(!is_declared, |seen| seen.whole)
        };
        if self.is_operator() && sees_whole(id) {
            Ok(())
        } else {
            Err(self
                .denied(Some(&DatasetId::new(id)), format!("{id} ({what})"))
                .into())
        }
    }

    /// The version in force.
    ///
    /// # Errors
    /// When the dataset may not be seen, or has no such version.
    pub fn version(&self, id: &str, at: &At) -> Result<Arc<Record>, AskError> {
        self.find_version(id, at)
            .inspect_err(|error| self.note_denial(error))
    }

    /// One dataset, seen or only counted, with the columns this person may see or count by.
    ///
    /// # Errors
    /// When there is none of that name, or this person may neither see nor count it.
    pub fn countable(&self, id: &str) -> Result<&Arc<Dataset>, AskError> {
        match self.sight.counted(id) {
            Some(dataset) => Ok(dataset),
            None => self.dataset(id),
        }
    }

    pub(crate) fn find_version(&self, id: &str, at: &At) -> Result<Arc<Record>, AskError> {
        let dataset = self.countable(id)?;
        match self.door.lake.version(&dataset.id, at)? {
            Some(version) => {
                if let Some(reason) = self.closed(&dataset.id, version.number) {
                    let denied = Denied {
                        policy: GATE.to_owned(),
                        reason: Some(reason),
                        dataset: Some(dataset.id.clone()),
                        what: id.to_owned(),
                    };
                    return Err(denied.into());
                }
                Ok(self.cut(version))
            }
            None if *at == At::Latest => Err(AskError::NotLoaded(dataset.id.clone())),
            None => Err(AskError::NoVersion {
                dataset: dataset.id.clone(),
                at: shown(at),
            }),
        }
    }

    /// Why the release gate closed a version to this person: to the public, and to nobody else.
    fn closed(&self, id: &DatasetId, version: i64) -> Option<Reason> {
        let is_public = matches!(self.person, Person::Public { .. });
        is_public.then(|| self.door.closed(id, version)).flatten()
    }

    /// All versions, newest first.
    ///
    /// # Errors
    /// When the dataset may not be seen.
    pub fn versions(&self, id: &str) -> Result<Vec<Arc<Record>>, AskError> {
        let dataset = self
            .dataset(id)
            .inspect_err(|error| self.note_denial(error))?;
        let versions = self.door.lake.versions(&dataset.id)?.into_iter();
        Ok(versions.map(|version| self.cut(version)).collect())
    }

    /// All loads, newest first: versions and refusals.
    ///
    /// # Errors
    /// When the dataset may not be seen.
    pub fn loads(&self, id: &str) -> Result<Vec<Arc<Record>>, AskError> {
        let dataset = self
            .dataset(id)
            .inspect_err(|error| self.note_denial(error))?;
        let loads = self.door.lake.loads(&dataset.id)?.into_iter();
        Ok(loads.map(|load| self.cut(load)).collect())
    }

    /// A record without what it tells of columns this person may not see.
    fn cut(&self, mut shared: Arc<Record>) -> Arc<Record> {
        let seen = self.sight.dataset(&shared.dataset);
        if seen.is_some_and(|seen| seen.whole) {
            return shared;
        }
        // Figures over rows that are hidden, or over values behind a mask, would tell of them.
        let shown: BTreeSet<&str> = seen
            .filter(|seen| seen.rows.is_none())
            .into_iter()
            .flat_map(|seen| {
                let columns = seen.dataset.columns.iter();
                columns.filter(|column| seen.is_plain(&column.name))
            })
            .map(|column| column.name.as_str())
            .collect();
        let told = [("checks", "column"), ("columns", "name")];
        let is_shown =
            |key: &str, entry: &Value| entry[key].as_str().is_none_or(|name| shown.contains(name));
        let entries = |list: &str| shared.report.get(list).and_then(Value::as_array);
        // Most datasets hide nothing: then the record stays the one all share.
        let tells = told.iter().any(|(list, key)| {
            entries(list).is_some_and(|entries| !entries.iter().all(|entry| is_shown(key, entry)))
        });
        let is_hidden = |name: &String| !shown.contains(name.as_str());
        if !tells && !shared.key.iter().any(is_hidden) {
            return shared;
        }
        let record = Arc::make_mut(&mut shared);
        record.key.retain(|name| !is_hidden(name));
        let report = Arc::make_mut(&mut record.report);
        for (list, key) in told {
            if let Some(entries) = report.get_mut(list).and_then(Value::as_array_mut) {
                entries.retain(|entry| is_shown(key, entry));
            }
        }
        shared
    }

    /// Whether entries say whose data this person reads: anybody is only given what is released, which is nobody's.
    pub(crate) fn names_persons(&self) -> bool {
        !matches!(self.person, Person::Public { .. })
    }

    pub(crate) fn entry(&self, touched: Vec<Touched>, query: Option<String>) -> Entry {
        let policy = self.sight.deciding(
            touched
                .iter()
                .map(|own| (&own.dataset, own.columns.as_slice())),
        );
        Entry {
            who: self.person.name().to_owned(),
            from: self.person.from().map(str::to_owned),
            act: Act::Read,
            purpose: self.purpose.as_str().to_owned(),
            touched,
            subjects: Vec::new(),
            about: None,
            query,
            decision: Decision::Allowed,
            policy: self.told(policy),
            rows: None,
            completes: None,
        }
    }

    /// The policy for the log; of a preview, that it is one.
    fn told(&self, policy: String) -> String {
        match &self.preview {
            Some(role) => format!("see-as {role}: {policy}"),
            None => policy,
        }
    }

    /// Logs a refusal and gives the error back.
    pub(crate) async fn log_denial(&self, error: AskError) -> AskError {
        self.log_denial_of(error, None).await
    }

    /// The same, with the question that was refused; what stood in it as a value is taken out already.
    pub(crate) async fn log_denial_of(&self, error: AskError, query: Option<String>) -> AskError {
        let Some(entry) = self.refusal(&error) else {
            return error;
        };
        let entry = Entry { query, ..entry };
        match self.door.records.log().append(entry).await {
            Ok(_) => error,
            Err(failed) => failed.into(),
        }
    }

    /// Logs a refusal without waiting for the disk: nothing is handed out.
    pub(crate) fn note_denial(&self, error: &AskError) {
        if let Some(entry) = self.refusal(error) {
            self.door.records.log().append_later(entry);
        }
    }

    fn refusal(&self, error: &AskError) -> Option<Entry> {
        let AskError::Denied(denied) = error else {
            return None;
        };
        if let Some(notes) = &self.notes {
            notes.refused();
        }
        let touched = denied.dataset.iter().map(|dataset| Touched {
            dataset: dataset.clone(),
            version: None,
            // What was refused is a column, or the dataset as a whole.
            columns: Some(denied.what.clone())
                .filter(|what| what != dataset.as_str())
                .into_iter()
                .collect(),
        });
        Some(Entry {
            decision: Decision::Denied,
            policy: self.told(denied.policy.clone()),
            ..self.entry(touched.collect(), None)
        })
    }

    /// Runs a plan: the entry is on disk before anything is handed out.
    pub(crate) async fn run(
        &self,
        plan: LogicalPlan,
        touched: Vec<Touched>,
        query: Option<String>,
        in_order: bool,
        versions: Vec<(DatasetId, i64)>,
    ) -> Result<Answer, AskError> {
        let asked = self.waits();
        let now = self.door.records.clock().now();
        let mut state = self.door.engine.open(now, in_order);
        fit(&mut state, &plan).map_err(|error| self.failed(&error))?;
        let (plan, whose) = carried(plan).map_err(|error| self.failed(&error))?;
        let physical = state
            .create_physical_plan(&plan)
            .await
            .and_then(|plan| {
                if in_order {
                    in_stored_order(plan)
                } else {
                    Ok(plan)
                }
            })
            .and_then(in_plain_texts)
            .map_err(|error| self.failed(&error))?;
        if let Some(notes) = &self.notes {
            notes.note(&touched, !matches!(whose, Whose::Nobody));
        }
        let mut entry = self.entry(touched, query);
        let begin = || {
            let mut stream = execute_stream(physical, state.task_ctx())?;
            if let Some(asked) = asked {
                stream = during(asked, stream);
            }
            // What the city asks by itself, a derived dataset of very many rows, may take its time.
            Ok(if self.is_operator() {
                stream
            } else {
                limited(stream, LONGEST)
            })
        };
        match whose {
            Whose::Nobody => self.hand_out(entry, versions, begin).await,
            Whose::Certain(about) => {
                entry.about = Some(about);
                self.hand_out(entry, versions, begin).await
            }
            Whose::Carried(carried, more) => {
                // Looked at before the entry is written, and handed out after it. Whoever goes away in between was
                // given nothing, and is in the log all the same.
                let mut waiting = Waiting {
                    log: self.door.records.log(),
                    entry: Some(entry),
                };
                let pseudonyms = self.door.records.log().pseudonyms()?;
                let stream = begin().map_err(|error| self.failed(&error))?;
                let peeked = peek(stream, &carried, pseudonyms, more).await;
                let peeked = peeked.map_err(|error| self.failed(&error))?;
                let Some(mut entry) = waiting.entry.take() else {
                    return Err(AskError::Run(None));
                };
                entry.subjects = peeked.subjects;
                entry.about = Some(peeked.about);
                entry.rows = peeked.rows;
                self.hand_out(entry, versions, || Ok(peeked.stream)).await
            }
        }
    }

    /// Begins a stream of rows once the entry of the read is on disk.
    pub(crate) async fn hand_out(
        &self,
        entry: Entry,
        versions: Vec<(DatasetId, i64)>,
        begin: impl FnOnce() -> Result<SendableRecordBatchStream, DataFusionError>,
    ) -> Result<Answer, AskError> {
        let receipt = self.door.records.log().append(entry.clone()).await?;
        let stream = begin().map_err(|error| self.failed(&error))?;
        let schema = stream.schema();
        let titles = self.titles(&schema, &versions);
        let is_said = entry.rows.is_some();
        let end = End {
            log: self.door.records.log().clone(),
            entry: Entry {
                completes: Some(receipt.seq),
                touched: Vec::new(),
                subjects: Vec::new(),
                about: None,
                query: None,
                ..entry.clone()
            },
            persons: (entry.subjects, entry.about),
            rows: 0,
            shows_detail: self.sees_all(),
            is_said,
        };
        Ok(Answer {
            schema,
            titles,
            versions,
            hidden: None,
            stream,
            end,
        })
    }

    /// Korean and English names of an answer's columns.
    fn titles(&self, schema: &SchemaRef, versions: &[(DatasetId, i64)]) -> Vec<Title> {
        let columns: Vec<&city::Column> = versions
            .iter()
            .filter_map(|(id, _)| self.view().get(id))
            .flat_map(|dataset| &dataset.columns)
            .collect();
        let title = |name: &str| {
            let own = columns
                .iter()
                .find(|column| column.name == name || column.title == name);
            let english = |column: &&city::Column| column.title_en.clone();
            let (ko, en) = match (own, name) {
                (Some(column), _) => (column.title.as_str(), column.name.as_str()),
                (None, "longitude") => ("경도", "Longitude"),
                (None, "latitude") => ("위도", "Latitude"),
                (None, name) => (name, name),
            };
            Title {
                ko: ko.to_owned(),
                en: own.and_then(english).unwrap_or_else(|| en.to_owned()),
                unit: own.and_then(|column| column.unit.clone()),
                unit_en: own.and_then(|column| column.unit_en.clone()),
            }
        };
        schema
            .fields()
            .iter()
            .map(|field| title(field.name()))
            .collect()
    }

    pub(crate) fn failed(&self, error: &DataFusionError) -> AskError {
        if took_too_long(error) {
            return AskError::too_long();
        }
        match crate::engine::not_computed(error) {
            Some(why) => AskError::Computed(why),
            None => AskError::Run(self.sees_all().then(|| error.to_string())),
        }
    }

    /// Whether nothing at all is hidden from this person: what went wrong can name values.
    pub(crate) fn sees_all(&self) -> bool {
        let datasets = &self.door.city.datasets;
        self.is_operator()
            && datasets
                .keys()
                .all(|id| self.sight.dataset(id).is_some_and(|seen| seen.whole))
    }

    /// A planning error, as names where a name is at fault.
    pub(crate) fn unplanned(&self, error: &DataFusionError, named: &names::Named) -> AskError {
        unplanned(error, named, self.view())
    }
}

/// Why a question cannot be planned, in words of its own.
pub(crate) fn unplanned(
    error: &DataFusionError,
    named: &names::Named,
    view: &BTreeMap<DatasetId, Arc<Dataset>>,
) -> AskError {
    let known: BTreeSet<String> = named
        .tables
        .values()
        .filter_map(|id| view.get(id))
        .flat_map(|dataset| &dataset.columns)
        .flat_map(|column| [column.name.clone(), column.title.clone()])
        .collect();
    let text = error.strip_backtrace();
    if text.contains("No field named") || text.contains("FieldNotFound") {
        let missing = names::column_names(&named.statement)
            .into_iter()
            .find(|name| !known.contains(name) && text.contains(name.as_str()));
        if let Some(name) = missing {
            return AskError::UnknownColumn {
                nearest: crate::nearest(&name, known.iter().map(String::as_str)),
                name,
            };
        }
    }
    AskError::Plan(
        text.lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("Error during planning: ")
            .to_owned(),
    )
}

/// An entry that is written when whoever asked goes away before anything was handed out.
struct Waiting<'l> {
    log: &'l Log,
    entry: Option<Entry>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.log.append_later(Entry {
                about: Some(About::More),
                ..entry
            });
        }
    }
}

pub(crate) fn clamp(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}

fn shown(at: &At) -> String {
    match at {
        At::Latest => String::new(),
        At::Version(number) => number.to_string(),
        At::Time(moment) => moment.to_rfc3339(),
    }
}

/// Whether a column can be drawn on a map.
pub fn is_shape(column: &city::Column) -> bool {
    column.column_type == ColumnType::Geometry
}
