//! Whose data an answer holds: the columns that say so are read beside it, turned into pseudonyms for the access log, and
//! taken off before anything is handed out.
//!
//! A plan is rewritten after it was planned, so no question can name these columns. They go up with the rows through
//! filters, orders, limits and joins. Where rows become figures (aggregates, distinct values, unions) they cannot: then
//! the log says that anybody of the version may have been read, if what was counted tells who somebody is.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array as _, RecordBatch};
use arrow::datatypes::{Schema, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::recipe::Identity;
use city::spelling::of_person;
use datafusion::common::Column;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::logical_plan::TableScanBuilder;
use datafusion::logical_expr::{Expr, LogicalPlan, Projection, TableScan};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt as _;
use records::log::{About, Pseudonyms};

use crate::window::Window;

/// Pseudonyms that one entry names.
pub(crate) const LISTED: usize = 500;
/// Rows that are looked at before an entry is written; with more than this it says that there are more.
const ROWS: usize = 2_000;

/// Functions whose result is a figure of many rows and not the value of one.
const FIGURES: [&str; 9] = [
    "count",
    "sum",
    "avg",
    "stddev",
    "stddev_pop",
    "var",
    "var_pop",
    "approx_distinct",
    "median",
];

/// Whose data a plan reads.
pub(crate) enum Whose {
    /// Nobody's, as far as is declared.
    Nobody,
    /// Known without looking.
    Certain(About),
    /// What the columns say that were added; and whether there may be others.
    Carried(Vec<Carried>, bool),
}

/// A column that was added to a plan.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    /// Its name, which no question can have.
    pub(crate) name: String,
    /// Of which kind of person its values tell.
    pub(crate) kind: String,
    /// What its values are: one person has several spellings.
    pub(crate) identity: Identity,
}

/// The plan with what says whose data it reads.
pub(crate) fn carried(plan: LogicalPlan) -> Result<(LogicalPlan, Whose)> {
    let mut all = 0_usize;
    plan.apply_with_subqueries(|node| {
        all += usize::from(persons(node).is_some());
        Ok(TreeNodeRecursion::Continue)
    })?;
    if all == 0 {
        return Ok((plan, Whose::Nobody));
    }
    if all == 1 && is_whole(&plan) {
        return Ok((plan, Whose::Certain(About::All)));
    }
    let mut lift = Lift::default();
    let (lifted, _) = lift.up(&plan)?;
    // What lies in a condition of its own was not reached.
    let more = lift.more || lift.reached < all;
    let schema = lifted.schema();
    lift.carried.retain(|own| {
        schema
            .fields()
            .iter()
            .any(|field| *field.name() == own.name)
    });
    match (lift.carried.is_empty(), more) {
        (true, false) => Ok((plan, Whose::Nobody)),
        (true, true) => Ok((plan, Whose::Certain(About::More))),
        (false, more) => Ok((lifted, Whose::Carried(lift.carried, more))),
    }
}

/// A scan of a table that says whose its rows are.
fn persons(node: &LogicalPlan) -> Option<&TableScan> {
    match node {
        LogicalPlan::TableScan(scan) => with_window(scan, Window::tells_persons)
            .unwrap_or(false)
            .then_some(scan),
        _ => None,
    }
}

fn with_window<T>(scan: &TableScan, work: impl FnOnce(&Window) -> T) -> Option<T> {
    let provider = source_as_provider(&scan.source).ok()?;
    let any: &dyn Any = provider.as_ref();
    any.downcast_ref::<Window>().map(work)
}

/// Whether a plan gives every row of one table.
fn is_whole(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::TableScan(scan) => {
            scan.filters.is_empty()
                && scan.fetch.is_none()
                && with_window(scan, Window::shows_every_row) == Some(true)
        }
        LogicalPlan::Sort(sort) if sort.fetch.is_some() => false,
        LogicalPlan::Projection(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Window(_) => plan.inputs().into_iter().all(is_whole),
        _ => false,
    }
}

/// A plan on its way up.
#[derive(Default)]
struct Lift {
    carried: Vec<Carried>,
    reached: usize,
    more: bool,
}

impl Lift {
    /// A node that gives the added columns with its own, and their names.
    fn up(&mut self, plan: &LogicalPlan) -> Result<(LogicalPlan, Vec<String>)> {
        match plan {
            LogicalPlan::TableScan(scan) if persons(plan).is_some() => self.scan(plan, scan),
            LogicalPlan::Projection(own) => {
                let (input, added) = self.up(&own.input)?;
                let columns = added.iter().filter_map(|name| column(&input, name));
                let exprs: Vec<Expr> = own.expr.iter().cloned().chain(columns).collect();
                let own = Projection::try_new(exprs, Arc::new(input))?;
                Ok((LogicalPlan::Projection(own), added))
            }
            LogicalPlan::Filter(_)
            | LogicalPlan::Sort(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::SubqueryAlias(_)
            | LogicalPlan::Window(_)
            | LogicalPlan::Join(_) => {
                let mut added = Vec::new();
                let mut inputs = Vec::new();
                for input in plan.inputs() {
                    let (input, own) = self.up(input)?;
                    inputs.push(input);
                    added.extend(own);
                }
                let above = plan.with_new_exprs(plan.expressions(), inputs)?;
                let (kept, lost): (Vec<String>, Vec<String>) = added
                    .into_iter()
                    .partition(|name| column(&above, name).is_some());
                // A join that only asks whether there is one hands nothing of it out, but answers about it.
                self.more |= !lost.is_empty();
                Ok((above, kept))
            }
            other => {
                self.lose(other)?;
                Ok((other.clone(), Vec::new()))
            }
        }
    }

    fn scan(&mut self, plan: &LogicalPlan, scan: &TableScan) -> Result<(LogicalPlan, Vec<String>)> {
        self.reached += 1;
        let first = self.carried.len();
        let Some((wide, added)) = with_window(scan, |window| window.with_persons(first)) else {
            return Ok((plan.clone(), Vec::new()));
        };
        if added.is_empty() {
            // Declared, and not there in this version.
            self.more = true;
            return Ok((plan.clone(), Vec::new()));
        }
        let shown = wide.shown();
        let mut projection = scan
            .projection
            .clone()
            .unwrap_or_else(|| (0..shown).collect());
        projection.extend(shown..shown + added.len());
        let wide =
            TableScanBuilder::new(scan.table_name.clone(), provider_as_source(Arc::new(wide)))
                .with_projection(Some(projection))
                .with_filters(scan.filters.clone())
                .with_fetch(scan.fetch)
                .build()?;
        let names = added.iter().map(|own| own.name.clone()).collect();
        self.carried.extend(added);
        Ok((LogicalPlan::TableScan(wide), names))
    }

    /// Below here rows become figures. Those of a column that says something of one person may tell of anybody; where
    /// rows are only counted and added up, those of a column that tells who somebody is.
    fn lose(&mut self, plan: &LogicalPlan) -> Result<()> {
        let only_counted = only_counts(plan);
        plan.apply_with_subqueries(|node| {
            if let Some(scan) = persons(node) {
                self.reached += 1;
                let fields = scan.projected_schema.fields().iter();
                let mut read: BTreeSet<String> = fields.map(|field| field.name().clone()).collect();
                let asked = scan.filters.iter().flat_map(Expr::column_refs);
                read.extend(asked.map(|column| column.name.clone()));
                let tells = with_window(scan, |window| window.is_of_persons(&read, only_counted));
                self.more |= tells == Some(true);
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(())
    }
}

/// Whether a node gives numbers of its rows and no value of one. Distinct values alone are values.
fn only_counts(plan: &LogicalPlan) -> bool {
    let is_figure = |expr: &Expr| match expr.clone().unalias() {
        Expr::AggregateFunction(own) => FIGURES.contains(&own.func.name()),
        _ => false,
    };
    match plan {
        LogicalPlan::Aggregate(own) => {
            !own.aggr_expr.is_empty() && own.aggr_expr.iter().all(is_figure)
        }
        _ => false,
    }
}

/// A column of a plan, by its name.
fn column(plan: &LogicalPlan, name: &str) -> Option<Expr> {
    let mut fields = plan.schema().iter();
    let (table, field) = fields.find(|(_, field)| field.name() == name)?;
    Some(Expr::Column(Column::new(table.cloned(), field.name())))
}

/// Rows on their way with what they say of whose they are taken off.
pub(crate) struct Peeked {
    pub(crate) stream: SendableRecordBatchStream,
    pub(crate) subjects: Vec<String>,
    pub(crate) about: About,
    /// How many rows there are, if all were looked at.
    pub(crate) rows: Option<u64>,
}

/// Reads the first rows and finds out whose they are. What comes after is not looked at.
pub(crate) async fn peek(
    mut stream: SendableRecordBatchStream,
    carried: &[Carried],
    pseudonyms: &Pseudonyms,
    more: bool,
) -> Result<Peeked> {
    let own = Own::of(&stream.schema(), carried)?;
    let mut found = BTreeSet::new();
    let (mut first, mut rows, mut is_all) = (Vec::new(), 0_usize, false);
    while found.len() <= LISTED && rows <= ROWS {
        match stream.next().await {
            None => {
                is_all = true;
                break;
            }
            Some(Err(error)) => {
                first.push(Err(error));
                break;
            }
            Some(Ok(batch)) => {
                own.persons(&batch, pseudonyms, &mut found)?;
                rows += batch.num_rows();
                first.push(own.shown(&batch));
            }
        }
    }
    let is_listed = is_all && !more && found.len() <= LISTED;
    let schema = Arc::clone(&own.schema);
    let rest = stream.map(move |batch| batch.and_then(|batch| own.shown(&batch)));
    let whole = futures::stream::iter(first).chain(rest);
    Ok(Peeked {
        stream: Box::pin(RecordBatchStreamAdapter::new(schema, whole)),
        subjects: found.into_iter().take(LISTED).collect(),
        about: if is_listed {
            About::Listed
        } else {
            About::More
        },
        rows: is_all.then(|| u64::try_from(rows).unwrap_or(u64::MAX)),
    })
}

/// Where in a batch the added columns stand, and where the others.
struct Own {
    added: Vec<(usize, String, Identity)>,
    others: Vec<usize>,
    schema: SchemaRef,
}

impl Own {
    fn of(schema: &Schema, carried: &[Carried]) -> Result<Self> {
        let mut added = Vec::new();
        let mut others = Vec::new();
        for (at, field) in schema.fields().iter().enumerate() {
            match carried.iter().find(|own| own.name == *field.name()) {
                Some(own) => added.push((at, own.kind.clone(), own.identity)),
                None => others.push(at),
            }
        }
        let schema = Arc::new(schema.project(&others)?);
        Ok(Self {
            added,
            others,
            schema,
        })
    }

    fn persons(
        &self,
        batch: &RecordBatch,
        pseudonyms: &Pseudonyms,
        to: &mut BTreeSet<String>,
    ) -> Result<()> {
        let options = FormatOptions::default();
        for (at, kind, identity) in &self.added {
            let array = batch.column(*at);
            let values = ArrayFormatter::try_new(array.as_ref(), &options)?;
            for row in 0..array.len() {
                if array.is_null(row) || to.len() > LISTED {
                    continue;
                }
                let value = of_person(*identity, &values.value(row).try_to_string()?);
                if !value.is_empty() {
                    to.insert(pseudonyms.of(kind, &value));
                }
            }
        }
        Ok(())
    }

    fn shown(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        batch
            .project(&self.others)
            .map_err(|error| DataFusionError::ArrowError(Box::new(error), None))
    }
}
