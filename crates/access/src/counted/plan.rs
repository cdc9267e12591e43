//! Which part of a plan counts what, and the plan that asks tables of counts instead.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, TableReference};
use datafusion::datasource::provider_as_source;
use datafusion::error::Result as EngineResult;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{
    Aggregate, Expr, LogicalPlan, LogicalPlanBuilder, TableScan, lit, when,
};

use super::{COUNT, Refused, Tables, reason};
use crate::policy::Reason;

/// Most columns a table of counts has: more would hide most of what it holds, and what several such tables tell
/// together is not seen to.
const COLUMNS_MAX: usize = 2;

/// A table of counts that a plan needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counting {
    /// Name of the table in the question.
    pub(super) table: String,
    /// Columns it is counted by, in order of their names.
    pub(super) columns: Vec<String>,
}

/// The tables of counts a plan needs.
///
/// # Errors
/// When it does anything with one of the tables but count it.
pub(super) fn asked(plan: &LogicalPlan, tables: &Tables) -> Result<BTreeSet<Counting>, Refused> {
    let mut found = BTreeSet::new();
    let mut refused: Option<(String, Reason)> = None;
    let mut last = rows();
    plan.apply_with_subqueries(|node| {
        match node {
            LogicalPlan::Aggregate(aggregate) => match counting(aggregate, tables) {
                Some(Ok(question)) => {
                    found.insert(question);
                    return Ok(TreeNodeRecursion::Jump);
                }
                Some(Err(why)) => last = why,
                None => {}
            },
            LogicalPlan::TableScan(scan) if tables.contains_key(scan.table_name.table()) => {
                refused = Some((scan.table_name.table().to_owned(), last.clone()));
                return Ok(TreeNodeRecursion::Stop);
            }
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    match refused.and_then(|(table, why)| Some((tables.get(&table)?.0.clone(), why))) {
        Some((dataset, why)) => Err(Refused::No { dataset, why }),
        None => Ok(found),
    }
}

/// The same plan with tables of counts in place of what it counts.
pub(super) fn replaced(
    plan: LogicalPlan,
    tables: &Tables,
    cubes: &BTreeMap<Counting, Arc<dyn TableProvider>>,
) -> EngineResult<LogicalPlan> {
    let changed = plan.transform_up_with_subqueries(|node| {
        if let LogicalPlan::Aggregate(aggregate) = &node
            && let Some(Ok(question)) = counting(aggregate, tables)
            && let Some(cube) = cubes.get(&question)
        {
            return Ok(Transformed::yes(summed(aggregate, cube)?));
        }
        // Counts can be unknown now: what stands above must know it.
        Ok(Transformed::yes(node.recompute_schema()?))
    })?;
    Ok(changed.data)
}

/// What an aggregate counts, or why it is none that may be asked; nothing where it reads no table that is guarded
/// directly.
fn counting(aggregate: &Aggregate, tables: &Tables) -> Option<Result<Counting, Reason>> {
    let mut used: Vec<&Expr> = aggregate.group_expr.iter().collect();
    let scan = match base(&aggregate.input, tables, &mut used)? {
        Ok(scan) => scan,
        Err(why) => return Some(Err(why)),
    };
    if !aggregate.aggr_expr.iter().all(is_count) {
        return Some(Err(reason(
            "행의 수를 세는 count(*)만 물을 수 있습니다.",
            "Only count(*), the number of rows, can be asked.",
        )));
    }
    if used
        .iter()
        .any(|expr| matches!(expr, Expr::GroupingSet(_)) || asks_elsewhere(expr))
    {
        return Some(Err(reason(
            "조건과 묶음에는 이 데이터셋의 항목만 쓸 수 있습니다.",
            "Conditions and groups can use columns of this dataset alone.",
        )));
    }
    let columns: BTreeSet<&str> = used
        .iter()
        .flat_map(|expr| expr.column_refs())
        .map(|column| column.name.as_str())
        .collect();
    if columns.len() > COLUMNS_MAX {
        return Some(Err(reason(
            format!("조건과 묶음을 합해 항목 {COLUMNS_MAX}개까지만 쓸 수 있습니다."),
            format!("Conditions and groups together can use {COLUMNS_MAX} columns at most."),
        )));
    }
    Some(Ok(Counting {
        table: scan.table_name.table().to_owned(),
        columns: columns.into_iter().map(str::to_owned).collect(),
    }))
}

/// The guarded table an aggregate reads through nothing but conditions, whose expressions are added to `used`.
fn base<'p>(
    plan: &'p LogicalPlan,
    tables: &Tables,
    used: &mut Vec<&'p Expr>,
) -> Option<Result<&'p TableScan, Reason>> {
    match plan {
        LogicalPlan::Filter(filter) => {
            used.push(&filter.predicate);
            base(&filter.input, tables, used)
        }
        LogicalPlan::SubqueryAlias(alias) => base(&alias.input, tables, used),
        LogicalPlan::TableScan(scan) => tables
            .contains_key(scan.table_name.table())
            .then_some(Ok(scan)),
        // What is counted further down is counted there.
        LogicalPlan::Aggregate(_) => None,
        other => {
            let is_read = other.inputs().into_iter().any(|input| {
                let mut unused = Vec::new();
                base(input, tables, &mut unused).is_some()
            });
            is_read.then(|| Err(rows()))
        }
    }
}

fn rows() -> Reason {
    reason(
        "이 데이터셋은 행을 볼 수 없고, 수를 세는 질문만 할 수 있습니다: select 항목, count(*) from 데이터셋 group by 항목. 다른 표와 합치거나 하위 질의로 감쌀 수 없습니다.",
        "Rows of this dataset are not shown, only counts are: select a column, count(*) from the dataset group by it. It cannot be joined to other tables or wrapped in a subquery.",
    )
}

/// Whether an expression is `count(*)`.
fn is_count(expr: &Expr) -> bool {
    match expr {
        Expr::Alias(alias) => is_count(&alias.expr),
        Expr::AggregateFunction(AggregateFunction { func, params }) => {
            let counts_rows = params
                .args
                .iter()
                .all(|arg| matches!(arg, Expr::Literal(value, _) if !value.is_null()));
            func.name() == "count"
                && counts_rows
                && !params.distinct
                && params.filter.is_none()
                && params.order_by.is_empty()
        }
        _ => false,
    }
}

/// Whether an expression asks another table.
fn asks_elsewhere(expr: &Expr) -> bool {
    let found = expr.exists(|part| {
        Ok(matches!(
            part,
            Expr::ScalarSubquery(_)
                | Expr::InSubquery(_)
                | Expr::Exists(_)
                | Expr::OuterReferenceColumn(..)
                | Expr::WindowFunction(_)
        ))
    });
    found.unwrap_or(true)
}

/// The counts of an aggregate, summed from a table of counts: unknown where one of those that are summed is hidden.
fn summed(aggregate: &Aggregate, cube: &Arc<dyn TableProvider>) -> EngineResult<LogicalPlan> {
    let input = over_cube(&aggregate.input, cube)?;
    let (total, shown, all) = ("__total", "__shown", "__all");
    let counts = || Expr::Column(Column::new_unqualified(COUNT));
    let inner = LogicalPlanBuilder::from(input)
        .aggregate(
            aggregate.group_expr.clone(),
            [
                sum(counts()).alias(total),
                count(counts()).alias(shown),
                count(lit(1_i64)).alias(all),
            ],
        )?
        .build()?;
    let own = |name: &str| Expr::Column(Column::new_unqualified(name));
    let groups = inner.schema().columns();
    let groups = groups
        .into_iter()
        .take(aggregate.group_expr.len())
        .map(Expr::Column);
    let mut shown_as: Vec<Expr> = groups.collect();
    for expr in &aggregate.aggr_expr {
        // No rows: that is a zero, and a zero is shown.
        let sum = coalesce(vec![own(total), lit(0_i64)]);
        let known = when(own(shown).eq(own(all)), sum).end()?;
        shown_as.push(known.alias(expr.schema_name().to_string()));
    }
    LogicalPlanBuilder::from(inner).project(shown_as)?.build()
}

/// The conditions of an aggregate's input, over the table of counts.
fn over_cube(plan: &LogicalPlan, cube: &Arc<dyn TableProvider>) -> EngineResult<LogicalPlan> {
    match plan {
        LogicalPlan::Filter(filter) => LogicalPlanBuilder::from(over_cube(&filter.input, cube)?)
            .filter(filter.predicate.clone())?
            .build(),
        LogicalPlan::SubqueryAlias(alias) => {
            LogicalPlanBuilder::from(over_cube(&alias.input, cube)?)
                .alias(alias.alias.clone())?
                .build()
        }
        other => {
            let name = match other {
                LogicalPlan::TableScan(scan) => scan.table_name.clone(),
                _ => TableReference::bare("counts"),
            };
            LogicalPlanBuilder::scan(name, provider_as_source(Arc::clone(cube)), None)?.build()
        }
    }
}
