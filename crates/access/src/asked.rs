//! Questions in SQL: read, planned over what this person sees, and run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use city::DatasetId;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::execution::context::{SQLOptions, SessionState};
use datafusion::logical_expr::LogicalPlan;
use lake::At;
use records::log::Touched;

use crate::answer::Answer;
use crate::counted::{self, COUNT, Refused};
use crate::engine::Names;
use crate::error::{AskError, Denied};
use crate::names::{self, ORIGIN};
use crate::question::Question;
use crate::reader::Reader;

impl Reader {
    /// Answers a question in SQL. What this person may count and not see is answered from tables of counts in which
    /// small ones are hidden: [`Answer::hidden`] says how many.
    ///
    /// # Errors
    /// When it is no reading statement, names what is not there or may not be seen, or cannot be planned.
    pub async fn ask(&self, question: Question) -> Result<Answer, AskError> {
        self.ask_pinned(question, &BTreeMap::new()).await
    }

    /// The same of just these versions; of a dataset that is not named among them, of the state the question says.
    ///
    /// # Errors
    /// As for [`Self::ask`].
    pub async fn ask_pinned(
        &self,
        question: Question,
        versions: &BTreeMap<DatasetId, i64>,
    ) -> Result<Answer, AskError> {
        let Some(counting) = self.sight.for_questions() else {
            return self.answer(question, versions).await;
        };
        let asking = Self {
            door: Arc::clone(&self.door),
            city: Arc::clone(&self.city),
            person: self.person.clone(),
            purpose: self.purpose.clone(),
            sight: Arc::clone(counting),
            preview: self.preview.clone(),
            notes: self.notes.clone(),
            behind: self.behind,
        };
        asking.answer(question, versions).await
    }

    async fn answer(
        &self,
        question: Question,
        pinned: &BTreeMap<DatasetId, i64>,
    ) -> Result<Answer, AskError> {
        let named = match names::read(&question.sql, &self.door.city, &self.sight) {
            Ok(named) => named,
            Err(error) => {
                let shape = names::shape_of(&question.sql);
                return Err(self.log_denial_of(error, shape).await);
            }
        };
        let mut tables = Vec::new();
        let mut versions = BTreeMap::new();
        let mut guarded = counted::Tables::new();
        for (name, id) in &named.tables {
            let own = pinned.get(id).map(|number| At::Version(*number));
            let version = self.find_version(id, own.as_ref().unwrap_or(&question.at))?;
            versions.insert(id.clone(), version.number);
            let window = self.window(&version, name.ends_with(ORIGIN))?;
            if self.sight.is_guarded(id) {
                guarded.insert(name.clone(), (id.clone(), self.counted_window(&version)?));
            }
            tables.push((name.clone(), window));
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
        let (plan, hidden) = self.guarded(&state, plan, &guarded, &named.shape).await?;
        let plan = state.optimize(&plan).map_err(|error| self.failed(&error))?;
        let touched = touched(&plan, &named.tables, &versions);
        let versions = versions.into_iter().collect();
        let answer = self.run(plan, touched, Some(named.shape), false, versions);
        Ok(Answer {
            hidden,
            ..answer.await?
        })
    }

    /// The plan with tables of counts in place of what may only be counted, and how many counts are hidden in them.
    async fn guarded(
        &self,
        state: &SessionState,
        plan: LogicalPlan,
        tables: &counted::Tables,
        shape: &str,
    ) -> Result<(LogicalPlan, Option<usize>), AskError> {
        if tables.is_empty() {
            return Ok((plan, None));
        }
        let threshold = self.door.city.manifest.privacy.small_cells.into();
        match counted::guard(state, plan, tables, threshold).await {
            Ok(guarded) => Ok((guarded.plan, Some(guarded.hidden))),
            Err(Refused::Failed(error)) => Err(self.failed(&error)),
            Err(Refused::No { dataset, why }) => {
                let policy = self.sight.deciding([(&dataset, [].as_slice())]);
                let denied = Denied {
                    policy,
                    reason: Some(why),
                    what: dataset.to_string(),
                    dataset: Some(dataset),
                };
                let shape = Some(shape.to_owned());
                Err(self.log_denial_of(denied.into(), shape).await)
            }
        }
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
                    .map(|field| field.name().clone())
                    .filter(|name| name != COUNT),
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
