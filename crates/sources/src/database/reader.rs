//! What is asked of a table, in which order, and what a load gets of it.
//!
//! Everything but the names of the columns is asked within one snapshot: rows, the watermark, keys. Keys come
//! last, so that where a table keeps no snapshots a row that is gone is never taken for one that is there.

use std::path::PathBuf;

use city::Fault;
use city::dataset::{LoadMode, TableSource};

use super::Server;
use super::mark::{Mark, is_plain};
use super::out::{Out, Written};
use super::plan::{Plan, Watermark};
use super::question::Question;
use super::session::{Described, Session, one};
use super::told;
use crate::patience::Failed;
use crate::{Delivered, FetchContext, FetchError, Fetched};

/// Reads one table.
pub(super) struct Reader<'r> {
    pub(super) source: &'r TableSource,
    pub(super) context: &'r FetchContext<'r>,
    pub(super) question: Question,
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        server: Server,
        source: &'r TableSource,
        context: &'r FetchContext<'r>,
    ) -> Result<Self, Failed> {
        let question = Question::new(server, source).map_err(told::good)?;
        Ok(Self {
            source,
            context,
            question,
        })
    }

    pub(super) async fn read<S: Session>(&self, session: &mut S) -> Result<Delivered, Failed> {
        let plan = self.plan(session).await?;
        let column = self.source.watermark.as_deref();
        let place = self.source.url.as_str();
        let before = Mark::read(self.context.after, column, self.context.load.mode, place)
            .map_err(told::good)?;
        session.freeze().await?;
        if self.count(session, &self.question.any()).await? == 0 {
            return Err(told::good(self.empty()));
        }
        let (file, mut mark) = match &plan.watermark {
            None => (Some(self.whole(session, &plan).await?), Mark::default()),
            Some(watermark) => self.new_rows(session, &plan, watermark, &before).await?,
        };
        let mut delivered = Delivered::default();
        if self.source.deletions {
            let (path, written) = self.keys(session, &plan).await?;
            let is_same = before.keys.as_deref() == Some(&written.sha256);
            // The same keys as before hold every row that is new.
            delivered.keys = (!is_same).then_some(path);
            mark.keys = Some(written.sha256);
        }
        delivered.files = file.into_iter().collect();
        delivered.mark = mark.text();
        Ok(delivered)
    }

    async fn whole<S: Session>(&self, session: &mut S, plan: &Plan) -> Result<Fetched, Failed> {
        let order = self.order(plan, None);
        let (file, _) = self.file(session, plan, None, &order).await?;
        Ok(file)
    }

    /// Only what is new since the last mark.
    async fn new_rows<S: Session>(
        &self,
        session: &mut S,
        plan: &Plan,
        watermark: &Watermark,
        before: &Mark,
    ) -> Result<(Option<Fetched>, Mark), Failed> {
        let name = watermark.column.name.as_str();
        let without = self.count(session, &self.question.without(name)).await?;
        if without > 0 {
            let what = format!("{} rows have no `{name}`", counted(without));
            return Err(told::good(self.fault(what).remedy(
                "they would never be read: name another `watermark`, or give it a value in `sql`",
            )));
        }
        let mark = Mark {
            column: Some(name.to_owned()),
            ..Mark::default()
        };
        if self.context.load.mode == LoadMode::Append {
            return self.added(session, plan, watermark, before, mark).await;
        }
        self.changed(session, plan, watermark, before, mark).await
    }

    /// Rows that are new or no further behind the mark than the overlap.
    async fn changed<S: Session>(
        &self,
        session: &mut S,
        plan: &Plan,
        watermark: &Watermark,
        before: &Mark,
        mut mark: Mark,
    ) -> Result<(Option<Fetched>, Mark), Failed> {
        let Watermark {
            column,
            grows,
            overlap,
        } = watermark;
        let question = &self.question;
        // A row from the future must not hide those that come until then.
        let now = question.now(column, *grows);
        let greatest = self.greatest(session, watermark, now.as_deref()).await?;
        mark.value = self.later(session, watermark, greatest, before).await?;
        let since = |value: &String| {
            let value = question.value(column, *grows, value);
            question.from(&column.name, &question.before(*grows, &value, *overlap))
        };
        let order = self.order(plan, Some(&column.name));
        let only = before.value.as_ref().map(since);
        let is_further = mark.value != before.value;
        if let (Some(only), false) = (&only, is_further) {
            let window = self.window(session, plan, only, &order).await?;
            if before.window.as_deref() == Some(&window.sha256) {
                mark.window = Some(window.sha256);
                return Ok((None, mark));
            }
        }
        let (file, written) = self.file(session, plan, only.as_deref(), &order).await?;
        mark.window = match mark.value.as_ref().map(since) {
            Some(_) if !is_further => Some(written.sha256),
            Some(window) => Some(self.window(session, plan, &window, &order).await?.sha256),
            None => None,
        };
        Ok(((written.rows > 0).then_some(file), mark))
    }

    /// Rows later than the mark that are old enough to be complete.
    async fn added<S: Session>(
        &self,
        session: &mut S,
        plan: &Plan,
        watermark: &Watermark,
        before: &Mark,
        mut mark: Mark,
    ) -> Result<(Option<Fetched>, Mark), Failed> {
        let Watermark {
            column,
            grows,
            overlap,
        } = watermark;
        let question = &self.question;
        let limit = match question.now(column, *grows) {
            Some(now) => {
                self.no_future(session, watermark, &now).await?;
                Some(question.before(*grows, &now, *overlap))
            }
            None => self.greatest(session, watermark, None).await?.map(|top| {
                question.before(*grows, &question.value(column, *grows, &top), *overlap)
            }),
        };
        let greatest = self.greatest(session, watermark, limit.as_deref()).await?;
        let to = self.later(session, watermark, greatest, before).await?;
        let Some(to) = to else {
            let fault = self.fault("no row is old enough yet to be complete");
            return Err(told::good(fault.remedy(
                "load again later, or say a smaller `overlap`; the last version stays",
            )));
        };
        if before.value.as_ref() == Some(&to) {
            mark.value = Some(to);
            return Ok((None, mark));
        }
        let written_to = question.value(column, *grows, &to);
        let after = before.value.as_ref();
        let after = after.map(|after| question.value(column, *grows, after));
        let only = question.between(&column.name, after.as_deref(), &written_to);
        let order = self.order(plan, Some(&column.name));
        let (file, written) = self.file(session, plan, Some(&only), &order).await?;
        mark.value = Some(to);
        Ok(((written.rows > 0).then_some(file), mark))
    }

    /// A row of a far day would wait until then, and nobody would know.
    async fn no_future<S: Session>(
        &self,
        session: &mut S,
        watermark: &Watermark,
        now: &str,
    ) -> Result<(), Failed> {
        let name = &watermark.column.name;
        let limit = self.question.day_after(now);
        let rows = self
            .count(session, &self.question.behind(name, &limit))
            .await?;
        if rows == 0 {
            return Ok(());
        }
        let what = format!(
            "`{name}` of {} rows lies more than a day in the future",
            counted(rows)
        );
        Err(told::good(self.fault(what).remedy(
            "they would not be added until then: let the source correct them, leave them out in `sql`, or load with mode = \"upsert\"; the last version stays",
        )))
    }

    /// The greatest watermark up to `limit`; it must be one that can be written down.
    async fn greatest<S: Session>(
        &self,
        session: &mut S,
        watermark: &Watermark,
        limit: Option<&str>,
    ) -> Result<Option<String>, Failed> {
        let name = &watermark.column.name;
        let mut found = one(session, &self.question.greatest(name, limit)).await?;
        match found.pop().flatten() {
            Some(value) if !is_plain(&value) => {
                let fault = self.fault(format!(
                    "the greatest `{name}` is no ordinary time or number"
                ));
                Err(told::good(fault.remedy(
                    "let the source correct it, or leave it out in `sql`; the last version stays",
                )))
            }
            found => Ok(found),
        }
    }

    /// The later of what was found and what was known: rows at the end may be gone.
    async fn later<S: Session>(
        &self,
        session: &mut S,
        watermark: &Watermark,
        found: Option<String>,
        before: &Mark,
    ) -> Result<Option<String>, Failed> {
        let (Some(value), Some(known)) = (&found, &before.value) else {
            return Ok(found.or_else(|| before.value.clone()));
        };
        if value == known {
            return Ok(found);
        }
        let write = |value: &str| {
            self.question
                .value(&watermark.column, watermark.grows, value)
        };
        let sql = Question::is_later(&write(value), &write(known));
        let is_later = one(session, &sql).await?.pop().flatten().as_deref() == Some("1");
        Ok(if is_later { found } else { Some(known.clone()) })
    }

    /// The rows no further behind than the overlap, by their hash.
    async fn window<S: Session>(
        &self,
        session: &mut S,
        plan: &Plan,
        only: &str,
        order: &[String],
    ) -> Result<Written, Failed> {
        let mut out = Out::hashed(plan.spellings.clone());
        let sql = self.question.rows(&plan.columns, Some(only), order);
        session.rows(&sql, &mut out).await?;
        Ok(out.done().await.map_err(FetchError::from)?)
    }

    async fn file<S: Session>(
        &self,
        session: &mut S,
        plan: &Plan,
        only: Option<&str>,
        order: &[String],
    ) -> Result<(Fetched, Written), Failed> {
        let what = self.source.table.as_deref().unwrap_or("sql");
        let file = Fetched {
            name: format!("{}/{what}", self.source.url),
            path: self
                .context
                .staging
                .join(format!("{}.csv", self.context.dataset)),
        };
        let columns: Vec<usize> = (0..plan.columns.len()).collect();
        let written = self
            .write(session, plan, (&columns, only, order), &file.path)
            .await?;
        Ok((file, written))
    }

    /// All keys that are there.
    async fn keys<S: Session>(
        &self,
        session: &mut S,
        plan: &Plan,
    ) -> Result<(PathBuf, Written), Failed> {
        let path = self
            .context
            .staging
            .join(format!("{}.keys.csv", self.context.dataset));
        let order = self.order(plan, None);
        let written = self
            .write(session, plan, (&plan.key, None, &order), &path)
            .await?;
        Ok((path, written))
    }

    async fn write<S: Session>(
        &self,
        session: &mut S,
        plan: &Plan,
        (columns, only, order): (&[usize], Option<&str>, &[String]),
        path: &std::path::Path,
    ) -> Result<Written, Failed> {
        let pick = |at: &usize| plan.columns.get(*at).cloned();
        let picked: Vec<Described> = columns.iter().filter_map(pick).collect();
        let spellings = columns
            .iter()
            .filter_map(|at| plan.spellings.get(*at).cloned());
        let header: Vec<&str> = picked.iter().map(|column| column.name.as_str()).collect();
        let sql = self.question.rows(&picked, only, order);
        let spellings = spellings.collect();
        let mut out = Out::file(path, &header, spellings, self.context.progress)
            .await
            .map_err(FetchError::from)?;
        session.rows(&sql, &mut out).await?;
        Ok(out.done().await.map_err(FetchError::from)?)
    }

    /// An order that is the same each time: by what grows, then by key, or by everything where there is no key.
    fn order(&self, plan: &Plan, first: Option<&str>) -> Vec<String> {
        let first = first.map(|name| self.question.column(name));
        let key = plan.key.iter().filter_map(|at| plan.columns.get(*at));
        let key: Vec<String> = key
            .map(|column| self.question.column(&column.name))
            .collect();
        let rest = if key.is_empty() {
            (1..=plan.columns.len()).map(|at| at.to_string()).collect()
        } else {
            key
        };
        first.into_iter().chain(rest).collect()
    }

    async fn count<S: Session>(&self, session: &mut S, sql: &str) -> Result<u64, Failed> {
        let mut found = one(session, sql).await?;
        let count = found.pop().flatten().and_then(|count| count.parse().ok());
        count.ok_or_else(|| told::good(self.fault("the server does not count its rows")))
    }

    /// A fault at the table.
    pub(super) fn fault(&self, what: impl Into<String>) -> Fault {
        let part = self.source.table.as_deref().unwrap_or("sql");
        Fault::at(&self.source.url, what).part(part)
    }

    fn empty(&self) -> Fault {
        self.fault("there are no rows")
            .remedy("when that is so for good, take the dataset out; the last version stays")
    }
}

/// A count, or that there are more.
fn counted(rows: u64) -> String {
    if rows < u64::from(super::question::COUNTED) {
        rows.to_string()
    } else {
        format!("{rows} or more")
    }
}
