//! Rows of one dataset without SQL: filtered, sorted, cut into pages that fit together.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use city::{ColumnType, Dataset};
use datafusion::datasource::provider_as_source;
use datafusion::error::DataFusionError;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, SortExpr, ident, lit};
use lake::{At, Record};
use records::log::{Entry, Touched};

use crate::answer::{Answer, stream_of};
use crate::error::AskError;
use crate::filter::{Filter, resolve};
use crate::kept::{PAGE_ROWS, Page};
use crate::question::{Rows, described};
use crate::reader::{Reader, clamp};
use crate::whose::LISTED;

/// Where a row stands before it is sorted. No declared column can be called so.
const POSITION: &str = "__position";

impl Reader {
    /// Rows of one dataset.
    ///
    /// # Errors
    /// When the dataset or a column may not be seen or is not there, or a filter's value has the wrong type.
    pub async fn rows(&self, question: &Rows) -> Result<Answer, AskError> {
        match self.try_rows(question).await {
            Err(error) => Err(self.log_denial(error).await),
            answer => answer,
        }
    }

    async fn try_rows(&self, question: &Rows) -> Result<Answer, AskError> {
        let key = self.page_key(question)?;
        if let Some(page) = key.as_ref().and_then(|key| self.door.kept.page(key)) {
            let _waits = self.waits();
            return self.hand_out_kept(page, question).await;
        }
        let (plan, version, dataset) = self.rows_plan(question)?;
        let failed = |error: DataFusionError| self.failed(&error);
        let mut read = self.filtered_columns(&dataset, question)?;
        let mut shown = Vec::new();
        for name in &question.columns {
            let (name, _) = self.column(&dataset, name)?;
            if !shown.contains(&name) {
                shown.push(name);
            }
        }
        if shown.is_empty() {
            let fields = plan.schema().fields().iter();
            shown.extend(fields.map(|field| field.name().clone()));
        }
        let mut builder = LogicalPlanBuilder::from(plan);
        if !question.sort.is_empty() {
            // Rows that the order leaves equal keep the order they stand in: pages must not overlap.
            builder = builder
                .window([row_number().alias(POSITION)])
                .map_err(failed)?;
            let mut order = Vec::new();
            for sort in &question.sort {
                let (name, _) = self.column(&dataset, &sort.column)?;
                order.push(SortExpr::new(ident(name.clone()), !sort.descending, false));
                read.insert(name);
            }
            order.push(SortExpr::new(ident(POSITION), true, false));
            builder = builder.sort(order).map_err(failed)?;
        }
        builder = builder
            .project(shown.iter().map(|name| ident(name.clone())))
            .map_err(failed)?;
        if question.offset > 0 || question.limit.is_some() {
            builder = builder
                .limit(clamp(question.offset), question.limit.map(clamp))
                .map_err(failed)?;
        }
        let plan = builder.build().map_err(failed)?;
        read.extend(shown);
        let touched = touched(&version, read);
        let versions = vec![(dataset.id.clone(), version.number)];
        // Only a page is read to its end at once; a file may take as long as its reader likes.
        let turn = match &key {
            Some(_) => self.door.turn().await,
            None => None,
        };
        // The same order every time: pages must not overlap.
        let answer = self
            .run(
                plan,
                vec![touched.clone()],
                Some(described(question)),
                true,
                versions.clone(),
            )
            .await?;
        let Some(key) = key else {
            return Ok(answer);
        };
        let (answer, rows) = answer.read().await?;
        drop(turn);
        let page = Page {
            schema: Arc::clone(&answer.schema),
            rows,
            touched,
            versions,
            persons: answer.end.persons.clone(),
        };
        self.door.kept.keep_page(key, page);
        Ok(answer)
    }

    async fn hand_out_kept(&self, page: Page, question: &Rows) -> Result<Answer, AskError> {
        let rows: usize = page.rows.iter().map(RecordBatch::num_rows).sum();
        let (subjects, about) = page.persons;
        let entry = Entry {
            rows: Some(u64::try_from(rows).unwrap_or_default()),
            subjects,
            about,
            ..self.entry(vec![page.touched], Some(described(question)))
        };
        let begin = || Ok(stream_of(&page.schema, page.rows));
        self.hand_out(entry, page.versions, begin).await
    }

    /// Rows of one dataset, and how many the question has without its offset and limit; no rows when it has
    /// none from its offset on.
    ///
    /// A total that is known already has no entry of its own in the log: the entry of the rows names all that
    /// was compared.
    ///
    /// # Errors
    /// As for [`Self::rows`].
    pub async fn rows_and_count(&self, question: &Rows) -> Result<(u64, Option<Answer>), AskError> {
        let known = match self.known_count(question).await {
            Err(error) => return Err(self.log_denial(error).await),
            Ok(known) => known,
        };
        match known {
            Some(total) if question.offset < total => Ok((total, Some(self.rows(question).await?))),
            Some(_) => Ok((self.count(question).await?, None)),
            None => {
                let total = self.count(question).await?;
                let more = question.offset < total;
                let answer = if more {
                    Some(self.rows(question).await?)
                } else {
                    None
                };
                Ok((total, answer))
            }
        }
    }

    /// What a page of few rows is kept under: the question, of the version it means now.
    fn page_key(&self, question: &Rows) -> Result<Option<(Rows, Arc<str>)>, AskError> {
        if question.limit.is_none_or(|limit| limit > PAGE_ROWS) {
            return Ok(None);
        }
        let version = self.find_version(&question.dataset, &question.at)?;
        let question = Rows {
            at: At::Version(version.number),
            ..question.clone()
        };
        let mut seen_by = self.sight.shared_name();
        if self.names_persons() {
            // Two who see the same do not leave the same in the log.
            seen_by = Arc::from(format!("{seen_by}+"));
        }
        Ok(Some((question, seen_by)))
    }

    /// How many rows a question for rows has without its offset and limit.
    ///
    /// # Errors
    /// As for [`Self::rows`].
    pub async fn count(&self, question: &Rows) -> Result<u64, AskError> {
        match self.try_count(question).await {
            Err(error) => Err(self.log_denial(error).await),
            count => count,
        }
    }

    /// What a count is kept under.
    fn count_key(&self, version: &Record, question: &Rows) -> (String, Arc<str>) {
        let filters: Vec<String> = question.filters.iter().map(Filter::write).collect();
        let question = format!(
            "{}\u{1f}{}\u{1f}{}",
            version.dataset,
            version.number,
            filters.join("\u{1f}")
        );
        (question, self.sight.shared_name())
    }

    /// The number of rows a question has, where no row need be read for it. Leaves no entry in the log.
    async fn known_count(&self, question: &Rows) -> Result<Option<u64>, AskError> {
        let version = self.find_version(&question.dataset, &question.at)?;
        let hides_rows = self.hides_rows(&version);
        if question.filters.is_empty() && !hides_rows {
            return Ok(Some(version.rows));
        }
        if self.looks_up(question)? {
            // Whose rows are counted is to be written down: they are looked at each time.
            return Ok(None);
        }
        let key = self.count_key(&version, question);
        if let Some(count) = self.door.kept.count(&key) {
            return Ok(Some(count));
        }
        let dataset = Arc::clone(self.dataset(&question.dataset)?);
        let count = self.tallied(question, &version, &dataset).await?;
        if let Some(count) = count {
            self.door.kept.keep_count(key, count);
        }
        Ok(count)
    }

    /// Whether this person does not see every row of a version.
    pub(crate) fn hides_rows(&self, version: &Record) -> bool {
        let seen = self.sight.dataset(&version.dataset);
        seen.is_none_or(|seen| seen.rows.is_some())
    }

    async fn try_count(&self, question: &Rows) -> Result<u64, AskError> {
        let known = self.known_count(question).await?;
        let version = self.find_version(&question.dataset, &question.at)?;
        let is_whole = question.filters.is_empty() && !self.hides_rows(&version);
        if let (Some(count), true) = (known, is_whole) {
            return Ok(count);
        }
        let (plan, version, dataset) = self.rows_plan(question)?;
        let compared = self.filtered_columns(&dataset, question)?;
        let touched = vec![touched(&version, compared)];
        if let Some(count) = known {
            // Counted before, perhaps for somebody else: this reader reads it all the same.
            let entry = self.entry(touched, Some(described(question)));
            self.door.records.log().append(entry).await?;
            return Ok(count);
        }
        if self.looks_up(question)?
            && let Some(count) = self.count_few(plan.clone(), question, &touched).await?
        {
            return Ok(count);
        }
        let key = self.count_key(&version, question);
        let turn = self.door.turn().await;
        let failed = |error: DataFusionError| self.failed(&error);
        let plan = LogicalPlanBuilder::from(plan)
            .aggregate(
                Vec::<datafusion::logical_expr::Expr>::new(),
                vec![count(lit(1_i64))],
            )
            .map_err(failed)?
            .build()
            .map_err(failed)?;
        let batches = self
            .run(plan, touched, Some(described(question)), false, Vec::new())
            .await?
            .collect()
            .await?;
        let found = batches
            .first()
            .and_then(|batch| batch.columns().first())
            .map_or(0, |array| array.as_primitive::<Int64Type>().value(0));
        drop(turn);
        let found = u64::try_from(found).unwrap_or_default();
        self.door.kept.keep_count(key, found);
        Ok(found)
    }

    /// Whether a question looks for persons: its conditions are on columns that tell who somebody is.
    fn looks_up(&self, question: &Rows) -> Result<bool, AskError> {
        let dataset = Arc::clone(self.dataset(&question.dataset)?);
        let declared = self.door.city.datasets.get(&dataset.id);
        let Some(declared) =
            declared.filter(|own| self.names_persons() && !own.subjects.is_empty())
        else {
            return Ok(false);
        };
        let asked = self.filtered_columns(&dataset, question)?;
        let mut asked = asked.iter().filter_map(|name| declared.column(name));
        Ok(asked.any(|column| declared.identifies(column)))
    }

    /// Counts rows by reading them, so that the log can say whose they are; nothing if there are more than it names.
    async fn count_few(
        &self,
        plan: LogicalPlan,
        question: &Rows,
        touched: &[Touched],
    ) -> Result<Option<u64>, AskError> {
        let shown = touched.iter().flat_map(|own| &own.columns).next();
        let failed = |error: DataFusionError| self.failed(&error);
        let plan = LogicalPlanBuilder::from(plan)
            .project(shown.map(|name| ident(name.clone())))
            .and_then(|plan| plan.limit(0, Some(LISTED + 1)))
            .and_then(LogicalPlanBuilder::build)
            .map_err(failed)?;
        let asked = Some(described(question));
        let answer = self.run(plan, touched.to_vec(), asked, false, Vec::new());
        let batches = answer.await?.collect().await?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        Ok(u64::try_from(rows).ok().filter(|_| rows <= LISTED))
    }

    fn rows_plan(
        &self,
        question: &Rows,
    ) -> Result<(LogicalPlan, Arc<Record>, Arc<Dataset>), AskError> {
        let dataset = Arc::clone(self.dataset(&question.dataset)?);
        let version = self.find_version(&question.dataset, &question.at)?;
        let failed = |error: DataFusionError| self.failed(&error);
        let place = self.shows_place(&dataset.id);
        let mut builder = self.scan(&version)?;
        for filter in &question.filters {
            self.column(&dataset, &filter.column)?;
            builder = builder
                .filter(filter.expression(&dataset, place)?)
                .map_err(failed)?;
        }
        Ok((builder.build().map_err(failed)?, version, dataset))
    }

    /// The table of a version as this person sees it, to be built upon.
    pub(crate) fn scan(&self, version: &Record) -> Result<LogicalPlanBuilder, AskError> {
        let table = provider_as_source(self.window(version, false)?);
        LogicalPlanBuilder::scan(version.dataset.as_str(), table, None)
            .map_err(|error| self.failed(&error))
    }

    /// The physical name and type of a column; what may not be seen is told apart from what is not there.
    pub(crate) fn column(
        &self,
        dataset: &Dataset,
        name: &str,
    ) -> Result<(String, ColumnType), AskError> {
        resolve(dataset, self.shows_place(&dataset.id), name).map_err(|error| {
            let declared = self.door.city.datasets.get(&dataset.id);
            if declared.is_some_and(|declared| self.sight.hides(declared, name)) {
                self.denied(Some(&dataset.id), name.to_owned()).into()
            } else {
                error
            }
        })
    }

    fn filtered_columns(
        &self,
        dataset: &Dataset,
        question: &Rows,
    ) -> Result<BTreeSet<String>, AskError> {
        let names = question.filters.iter().map(|filter| &filter.column);
        names
            .map(|name| self.column(dataset, name).map(|(name, _)| name))
            .collect()
    }
}

pub(crate) fn touched(version: &Record, columns: impl IntoIterator<Item = String>) -> Touched {
    Touched {
        dataset: version.dataset.clone(),
        version: Some(version.number),
        columns: columns.into_iter().collect(),
    }
}
