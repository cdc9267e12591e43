//! Questions and answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{Int64Type, SchemaRef};
use city::{ColumnType, Dataset, DatasetId};
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::provider_as_source;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, SortExpr, ident, lit};
use datafusion::physical_plan::execute_stream;
use lake::{At, Difference, Record};
use records::log::{Act, Decision, Entry, Touched};

use crate::answer::{Answer, End, Title};
use crate::door::Door;
use crate::engine::Names;
use crate::error::{AskError, Denied, TablesError};
use crate::filter::{Filter, resolve};
use crate::names::{self, ORIGIN};
use crate::person::{Person, Purpose};
use crate::policy::{Policy, SYSTEM_COLUMNS};
use crate::question::{Question, Rows, described};
use crate::window::Window;

/// The only way to rows: made by a [`Door`] for a person and a purpose.
pub struct Reader {
    pub(crate) door: Arc<Door>,
    pub(crate) person: Person,
    pub(crate) purpose: Purpose,
    pub(crate) policy: Policy,
    pub(crate) view: Arc<BTreeMap<DatasetId, Arc<Dataset>>>,
}

impl Reader {
    /// Who reads.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// The policy that decides what is seen.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The datasets this person may see, each with the columns they may see.
    pub fn datasets(&self) -> impl Iterator<Item = &Arc<Dataset>> {
        self.view.values()
    }

    /// One dataset, with the columns this person may see.
    ///
    /// # Errors
    /// When there is none of that name, or this person may not see it.
    pub fn dataset(&self, id: &str) -> Result<&Arc<Dataset>, AskError> {
        if let Some(dataset) = self.view.get(id) {
            return Ok(dataset);
        }
        if self.door.city.datasets.contains_key(id) {
            return Err(self.denied(Some(&DatasetId::new(id)), id.to_owned()).into());
        }
        Err(AskError::UnknownDataset {
            name: id.to_owned(),
            nearest: crate::nearest(id, self.view.keys().map(DatasetId::as_str)),
        })
    }

    /// Whether the places of a dataset may be seen.
    pub fn shows_place(&self, id: &str) -> bool {
        self.door
            .city
            .datasets
            .get(id)
            .is_some_and(|dataset| self.policy.shows_place(dataset))
    }

    fn denied(&self, dataset: Option<&DatasetId>, what: String) -> Denied {
        Denied {
            policy: self.policy.name(),
            dataset: dataset.cloned(),
            what,
        }
    }

    pub(crate) fn operator_only(&self, id: &str, what: &str) -> Result<(), AskError> {
        if self.policy == Policy::Operator {
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
    pub fn version(&self, id: &str, at: &At) -> Result<Record, AskError> {
        let dataset = self.dataset(id)?;
        match self.door.lake.version(&dataset.id, at)? {
            Some(version) => Ok(self.cut(version)),
            None if *at == At::Latest => Err(AskError::NotLoaded(dataset.id.clone())),
            None => Err(AskError::NoVersion {
                dataset: dataset.id.clone(),
                at: shown(at),
            }),
        }
    }

    /// All versions, newest first.
    ///
    /// # Errors
    /// When the dataset may not be seen.
    pub fn versions(&self, id: &str) -> Result<Vec<Record>, AskError> {
        let dataset = self.dataset(id)?;
        Ok(self
            .door
            .lake
            .versions(&dataset.id)?
            .into_iter()
            .map(|version| self.cut(version))
            .collect())
    }

    /// All loads, newest first: versions and refusals.
    ///
    /// # Errors
    /// When the dataset may not be seen.
    pub fn loads(&self, id: &str) -> Result<Vec<Record>, AskError> {
        let dataset = self.dataset(id)?;
        Ok(self
            .door
            .lake
            .loads(&dataset.id)?
            .into_iter()
            .map(|version| self.cut(version))
            .collect())
    }

    /// A record without what it tells of columns this person may not see.
    fn cut(&self, mut record: Record) -> Record {
        if self.policy == Policy::Operator {
            return record;
        }
        let shown: BTreeSet<&str> = self
            .view
            .get(&record.dataset)
            .map(|dataset| {
                dataset
                    .columns
                    .iter()
                    .map(|column| column.name.as_str())
                    .collect()
            })
            .unwrap_or_default();
        for (list, key) in [("checks", "column"), ("columns", "name")] {
            if let Some(entries) = record
                .report
                .get_mut(list)
                .and_then(serde_json::Value::as_array_mut)
            {
                entries.retain(|entry| entry[key].as_str().is_none_or(|name| shown.contains(name)));
            }
        }
        record
    }

    /// What differs between two versions.
    ///
    /// # Errors
    /// When the dataset may not be seen, or a version is not there.
    pub async fn compare(
        &self,
        id: &str,
        earlier: i64,
        later: i64,
    ) -> Result<Difference, AskError> {
        let dataset = Arc::clone(self.dataset(id)?);
        let entry = self.entry(
            vec![Touched {
                dataset: dataset.id.clone(),
                version: Some(later),
                columns: Vec::new(),
            }],
            Some(format!("compare {earlier} {later}")),
        );
        self.door.records.log().append(entry).await?;
        let lake = Arc::clone(&self.door.lake);
        let compared =
            tokio::task::spawn_blocking(move || lake.compare(&dataset.id, earlier, later)).await;
        compared
            .map_err(|error| AskError::Run(Some(error.to_string())))?
            .map_err(AskError::from)
    }

    /// Answers a question in SQL.
    ///
    /// # Errors
    /// When it is no reading statement, names what is not there or may not be seen, or cannot be planned.
    pub async fn ask(&self, question: Question) -> Result<Answer, AskError> {
        let named = match names::read(&question.sql, &self.door.city, self.policy, &self.view) {
            Ok(named) => named,
            Err(error) => return Err(self.log_denial(error).await),
        };
        let mut tables = Vec::new();
        let mut versions = BTreeMap::new();
        for (name, id) in &named.tables {
            let version = self.version(id, &question.at)?;
            versions.insert(id.clone(), version.number);
            tables.push((name.clone(), self.window(&version, name.ends_with(ORIGIN))?));
        }
        let state = self
            .door
            .engine
            .open(self.door.records.clock().now(), false);
        let plan = Names::new(&state, tables)
            .plan(named.statement.clone())
            .map_err(|error| self.unplanned(&error, &named))?;
        SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false)
            .verify_plan(&plan)
            .map_err(|error| {
                AskError::NotAQuery(format!("only SELECT and WITH are read here: {error}"))
            })?;
        let plan = state.optimize(&plan).map_err(|error| self.failed(&error))?;
        let touched = touched(&plan, &named.tables, &versions);
        self.run(
            plan,
            touched,
            Some(named.shape),
            false,
            versions.into_iter().collect(),
        )
        .await
    }

    /// Rows of one dataset.
    ///
    /// # Errors
    /// When the dataset or a column may not be seen or is not there, or a filter's value has the wrong type.
    pub async fn rows(&self, question: &Rows) -> Result<Answer, AskError> {
        let (plan, version, dataset) = self.rows_plan(question)?;
        let mut builder = LogicalPlanBuilder::from(plan);
        let failed = |error: DataFusionError| self.failed(&error);
        if !question.sort.is_empty() {
            let place = self.shows_place(&dataset.id);
            let order = question.sort.iter().map(|sort| {
                let (name, _) = resolve(&dataset, place, &sort.column)?;
                Ok(SortExpr::new(ident(name), !sort.descending, false))
            });
            builder = builder
                .sort(order.collect::<Result<Vec<_>, AskError>>()?)
                .map_err(failed)?;
        }
        if !question.columns.is_empty() {
            builder = builder
                .project(question.columns.iter().map(|name| ident(name.clone())))
                .map_err(failed)?;
        }
        if question.offset > 0 || question.limit.is_some() {
            builder = builder
                .limit(clamp(question.offset), question.limit.map(clamp))
                .map_err(failed)?;
        }
        let plan = builder.build().map_err(failed)?;
        let columns = plan
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let touched = Touched {
            dataset: dataset.id.clone(),
            version: Some(version.number),
            columns,
        };
        // The same order every time: pages must not overlap.
        self.run(
            plan,
            vec![touched],
            Some(described(question)),
            true,
            vec![(dataset.id.clone(), version.number)],
        )
        .await
    }

    /// How many rows a question for rows has without its offset and limit.
    ///
    /// # Errors
    /// As for [`Self::rows`].
    pub async fn count(&self, question: &Rows) -> Result<u64, AskError> {
        let version = self.version(&question.dataset, &question.at)?;
        if question.filters.is_empty() {
            return Ok(version.rows);
        }
        let filters: Vec<String> = question.filters.iter().map(Filter::write).collect();
        let key = (
            format!(
                "{}\u{1f}{}\u{1f}{}",
                version.dataset,
                version.number,
                filters.join("\u{1f}")
            ),
            self.policy,
        );
        if let Some(count) = self.door.known_count(&key) {
            return Ok(count);
        }
        let (plan, version, dataset) = self.rows_plan(question)?;
        let failed = |error: DataFusionError| self.failed(&error);
        let plan = LogicalPlanBuilder::from(plan)
            .aggregate(
                Vec::<datafusion::logical_expr::Expr>::new(),
                vec![count(lit(1_i64))],
            )
            .map_err(failed)?
            .build()
            .map_err(failed)?;
        let touched = Touched {
            dataset: dataset.id.clone(),
            version: Some(version.number),
            columns: Vec::new(),
        };
        let batches = self
            .run(
                plan,
                vec![touched],
                Some(described(question)),
                false,
                Vec::new(),
            )
            .await?
            .collect()
            .await?;
        let found = batches
            .first()
            .and_then(|batch| batch.columns().first())
            .map_or(0, |array| array.as_primitive::<Int64Type>().value(0));
        let found = u64::try_from(found).unwrap_or_default();
        self.door.keep_count(key, found);
        Ok(found)
    }

    fn rows_plan(&self, question: &Rows) -> Result<(LogicalPlan, Record, Arc<Dataset>), AskError> {
        let dataset = Arc::clone(self.dataset(&question.dataset)?);
        let version = self.version(&question.dataset, &question.at)?;
        let table = self.window(&version, false)?;
        let failed = |error: DataFusionError| self.failed(&error);
        let place = self.shows_place(&dataset.id);
        let mut builder =
            LogicalPlanBuilder::scan(dataset.id.as_str(), provider_as_source(table), None)
                .map_err(failed)?;
        for filter in &question.filters {
            builder = builder
                .filter(filter.expression(&dataset, place)?)
                .map_err(failed)?;
        }
        Ok((builder.build().map_err(failed)?, version, dataset))
    }

    /// The table of a version with the columns this person may see.
    fn window(&self, version: &Record, origin: bool) -> Result<Arc<dyn TableProvider>, AskError> {
        let table = self.door.table(version)?;
        let declared = self.door.city.datasets.get(&version.dataset);
        let shows = |name: &str| {
            if SYSTEM_COLUMNS.contains(&name) {
                return origin && self.policy == Policy::Operator;
            }
            // Columns of an earlier manifest that the present one does not declare: the operator's only.
            declared.is_some_and(|dataset| {
                self.policy == Policy::Operator || self.policy.shows_stored(dataset, name)
            })
        };
        let window = Window::new(table, shows)
            .map_err(|error| AskError::Tables(TablesError(Box::new(error))))?;
        Ok(Arc::new(window))
    }

    fn entry(&self, touched: Vec<Touched>, query: Option<String>) -> Entry {
        Entry {
            who: self.person.name().to_owned(),
            from: self.person.from().map(str::to_owned),
            act: Act::Read,
            purpose: self.purpose.as_str().to_owned(),
            touched,
            query,
            decision: Decision::Allowed,
            policy: self.policy.name().to_owned(),
            rows: None,
            completes: None,
        }
    }

    /// Logs a refusal and gives the error back.
    async fn log_denial(&self, error: AskError) -> AskError {
        let AskError::Denied(denied) = &error else {
            return error;
        };
        let touched = denied
            .dataset
            .iter()
            .map(|dataset| Touched {
                dataset: dataset.clone(),
                version: None,
                columns: vec![denied.what.clone()],
            })
            .collect();
        let entry = Entry {
            decision: Decision::Denied,
            ..self.entry(touched, None)
        };
        match self.door.records.log().append(entry).await {
            Ok(_) => error,
            Err(failed) => failed.into(),
        }
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
        let state = self
            .door
            .engine
            .open(self.door.records.clock().now(), in_order);
        let physical = state
            .create_physical_plan(&plan)
            .await
            .map_err(|error| self.failed(&error))?;
        let entry = self.entry(touched, query);
        let receipt = self.door.records.log().append(entry.clone()).await?;
        let stream =
            execute_stream(physical, state.task_ctx()).map_err(|error| self.failed(&error))?;
        let schema = stream.schema();
        let titles = self.titles(&schema, &versions);
        let end = End {
            log: self.door.records.log().clone(),
            entry: Entry {
                completes: Some(receipt.seq),
                touched: Vec::new(),
                query: None,
                ..entry
            },
            rows: 0,
            shows_detail: self.policy == Policy::Operator,
        };
        Ok(Answer {
            schema,
            titles,
            versions,
            stream,
            end,
        })
    }

    /// Korean and English names of an answer's columns.
    fn titles(&self, schema: &SchemaRef, versions: &[(DatasetId, i64)]) -> Vec<Title> {
        let columns: Vec<&city::Column> = versions
            .iter()
            .filter_map(|(id, _)| self.view.get(id))
            .flat_map(|dataset| &dataset.columns)
            .collect();
        let title = |name: &str| match (
            columns
                .iter()
                .find(|column| column.name == name || column.title == name),
            name,
        ) {
            (Some(column), _) => Title {
                ko: column.title.clone(),
                en: column
                    .title_en
                    .clone()
                    .unwrap_or_else(|| column.name.clone()),
                unit: column.unit.clone(),
            },
            (None, "longitude") => Title {
                ko: "경도".to_owned(),
                en: "Longitude".to_owned(),
                unit: None,
            },
            (None, "latitude") => Title {
                ko: "위도".to_owned(),
                en: "Latitude".to_owned(),
                unit: None,
            },
            (None, name) => Title {
                ko: name.to_owned(),
                en: name.to_owned(),
                unit: None,
            },
        };
        schema
            .fields()
            .iter()
            .map(|field| title(field.name()))
            .collect()
    }

    pub(crate) fn failed(&self, error: &DataFusionError) -> AskError {
        AskError::Run((self.policy == Policy::Operator).then(|| error.to_string()))
    }

    /// A planning error, as names where a name is at fault.
    fn unplanned(&self, error: &DataFusionError, named: &names::Named) -> AskError {
        let known: BTreeSet<String> = named
            .tables
            .values()
            .filter_map(|id| self.view.get(id))
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

/// The datasets, versions and columns a plan reads.
fn touched(
    plan: &LogicalPlan,
    tables: &BTreeMap<String, DatasetId>,
    versions: &BTreeMap<DatasetId, i64>,
) -> Vec<Touched> {
    let mut found: BTreeMap<DatasetId, BTreeSet<String>> = BTreeMap::new();
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Some(id) = tables.get(scan.table_name.table())
        {
            found.entry(id.clone()).or_default().extend(
                scan.projected_schema
                    .fields()
                    .iter()
                    .map(|field| field.name().clone()),
            );
        }
        Ok(TreeNodeRecursion::Continue)
    });
    if walked.is_err() {
        found.extend(tables.values().map(|id| (id.clone(), BTreeSet::new())));
    }
    found
        .into_iter()
        .map(|(dataset, columns)| Touched {
            version: versions.get(&dataset).copied(),
            dataset,
            columns: columns.into_iter().collect(),
        })
        .collect()
}

/// Whether a column can be drawn on a map.
pub fn is_shape(column: &city::Column) -> bool {
    column.column_type == ColumnType::Geometry
}
