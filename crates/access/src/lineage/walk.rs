//! A plan, from its tables up: each node's columns are made of those below it.

use std::collections::{BTreeMap, BTreeSet};

use city::DatasetId;
use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, JoinType};
use datafusion::logical_expr::{
    Distinct, Expr, Join, LogicalPlan, RecursiveQuery, Subquery, Union,
};

use super::flow::{Flow, everything, merge, merged, origin, strengthened};
use super::{How, Lineage, Made, Origin, Way};

/// Rounds after which a query that calls itself brings nothing new: a column can pass through all others once.
const ROUNDS: usize = 64;

/// The lineage of a plan over tables of these names.
pub(super) fn walk(plan: &LogicalPlan, tables: &BTreeMap<String, DatasetId>) -> Lineage {
    let mut walk = Walk {
        tables,
        working: BTreeMap::new(),
        rows: BTreeSet::new(),
    };
    let flows = walk.plan(plan, None);
    let names = plan.schema().fields().iter();
    Lineage {
        columns: names
            .zip(flows)
            .map(|(field, flow)| Made {
                column: field.name().clone(),
                from: flow.into_iter().collect(),
            })
            .collect(),
        rows: walk.rows,
    }
}

struct Walk<'w> {
    tables: &'w BTreeMap<String, DatasetId>,
    /// Tables of queries that call themselves.
    working: BTreeMap<String, Vec<Flow>>,
    rows: BTreeSet<(Origin, Way)>,
}

/// What an expression may name: the columns below it, and those of the query around it.
#[derive(Clone, Copy)]
struct Scope<'s> {
    schema: &'s DFSchema,
    flows: &'s [Flow],
    outer: Option<&'s Scope<'s>>,
}

impl Scope<'_> {
    fn of(&self, column: &Column) -> Flow {
        let index = self.schema.maybe_index_of_column(column);
        match index.and_then(|index| self.flows.get(index)) {
            Some(flow) => flow.clone(),
            // Named further out, or not at all: never less than what is true.
            None => match self.outer {
                Some(outer) => outer.of(column),
                None => everything(self.flows),
            },
        }
    }
}

impl Walk<'_> {
    /// The flows of a plan's columns. What decides its rows is kept on the way.
    fn plan(&mut self, plan: &LogicalPlan, outer: Option<&Scope<'_>>) -> Vec<Flow> {
        match plan {
            LogicalPlan::TableScan(scan) => {
                let name = scan.table_name.table();
                let fields = scan.projected_schema.fields().iter();
                let flows: Vec<Flow> = match (self.working.get(name), self.tables.get(name)) {
                    (Some(flows), _) => flows.clone(),
                    (None, Some(dataset)) => fields
                        .map(|field| [(origin(dataset, field.name()), How::Copied)].into())
                        .collect(),
                    (None, None) => fields.map(|_| Flow::new()).collect(),
                };
                let scope = scope(&scan.projected_schema, &flows, outer);
                for filter in &scan.filters {
                    self.decide(filter, &scope, Way::Filter);
                }
                flows
            }
            LogicalPlan::Projection(node) => {
                let below = self.plan(&node.input, outer);
                let scope = scope(node.input.schema(), &below, outer);
                let made = node.expr.iter().map(|expr| self.expr(expr, &scope));
                made.collect()
            }
            LogicalPlan::Filter(node) => {
                let below = self.plan(&node.input, outer);
                let scope = scope(node.input.schema(), &below, outer);
                self.decide(&node.predicate, &scope, Way::Filter);
                below
            }
            LogicalPlan::Window(node) => {
                let mut below = self.plan(&node.input, outer);
                let scope = scope(node.input.schema(), &below, outer);
                let made: Vec<Flow> = node
                    .window_expr
                    .iter()
                    .map(|expr| self.aggregate(expr, &node.input, &scope))
                    .collect();
                below.extend(made);
                below
            }
            LogicalPlan::Aggregate(node) => {
                let below = self.plan(&node.input, outer);
                let scope = scope(node.input.schema(), &below, outer);
                self.gather(node, &scope)
            }
            LogicalPlan::Sort(node) => {
                let below = self.plan(&node.input, outer);
                let scope = scope(node.input.schema(), &below, outer);
                for sort in &node.expr {
                    self.decide(&sort.expr, &scope, Way::Order);
                }
                below
            }
            LogicalPlan::Join(node) => self.join(node, outer),
            LogicalPlan::Union(node) => self.union(node, outer),
            LogicalPlan::Distinct(node) => self.distinct(node, outer),
            LogicalPlan::RecursiveQuery(node) => self.recursive(node, outer),
            LogicalPlan::Unnest(node) => {
                let below = self.plan(&node.input, outer);
                let flow = |index: &usize| below.get(*index).cloned().unwrap_or_default();
                node.dependency_indices
                    .iter()
                    .map(|index| strengthened(flow(index), How::Computed))
                    .collect()
            }
            LogicalPlan::Subquery(node) => self.plan(&node.subquery, outer),
            LogicalPlan::SubqueryAlias(node) => self.plan(&node.input, outer),
            LogicalPlan::Limit(node) => self.plan(&node.input, outer),
            LogicalPlan::Repartition(node) => self.plan(&node.input, outer),
            LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => {
                vec![Flow::new(); plan.schema().fields().len()]
            }
            other => self.unknown(other, outer),
        }
    }

    /// A node of a kind that is not known here: each of its columns may come from everything below.
    fn unknown(&mut self, plan: &LogicalPlan, outer: Option<&Scope<'_>>) -> Vec<Flow> {
        let mut below = Vec::new();
        for input in plan.inputs() {
            below.extend(self.plan(input, outer));
        }
        let all = strengthened(everything(&below), How::Aggregated);
        vec![all; plan.schema().fields().len()]
    }

    fn gather(
        &mut self,
        node: &datafusion::logical_expr::Aggregate,
        scope: &Scope<'_>,
    ) -> Vec<Flow> {
        let mut made = Vec::new();
        let mut has_sets = false;
        for group in &node.group_expr {
            if let Expr::GroupingSet(sets) = group {
                has_sets = true;
                for expr in sets.distinct_expr() {
                    made.push(self.expr(expr, scope));
                    self.decide(expr, scope, Way::Group);
                }
            } else {
                made.push(self.expr(group, scope));
                self.decide(group, scope, Way::Group);
            }
        }
        if has_sets {
            // The engine's own column that tells the sets apart.
            made.push(Flow::new());
        }
        for expr in &node.aggr_expr {
            made.push(self.aggregate(expr, &node.input, scope));
        }
        made
    }

    /// A value made of many rows: of its columns, or of the rows themselves where it names none.
    fn aggregate(&mut self, expr: &Expr, input: &LogicalPlan, scope: &Scope<'_>) -> Flow {
        let flow = strengthened(self.expr(expr, scope), How::Aggregated);
        if !flow.is_empty() {
            return flow;
        }
        let mut rows = Flow::new();
        let tables = self.tables;
        let walked = input.apply(|node| {
            if let LogicalPlan::TableScan(scan) = node
                && let Some(dataset) = tables.get(scan.table_name.table())
            {
                let dataset = dataset.clone();
                let origin = Origin {
                    dataset,
                    column: None,
                };
                rows.insert(origin, How::Aggregated);
            }
            Ok(TreeNodeRecursion::Continue)
        });
        if walked.is_err() {
            return strengthened(everything(scope.flows), How::Aggregated);
        }
        rows
    }

    fn join(&mut self, node: &Join, outer: Option<&Scope<'_>>) -> Vec<Flow> {
        let left = self.plan(&node.left, outer);
        let right = self.plan(&node.right, outer);
        let of_left = scope(node.left.schema(), &left, outer);
        let of_right = scope(node.right.schema(), &right, outer);
        for (on_left, on_right) in &node.on {
            self.decide(on_left, &of_left, Way::Join);
            self.decide(on_right, &of_right, Way::Join);
        }
        if let Some(filter) = &node.filter {
            let both: Vec<Flow> = left.iter().chain(&right).cloned().collect();
            let schema = node.left.schema().join(node.right.schema());
            match &schema {
                Ok(schema) => self.decide(filter, &scope(schema, &both, outer), Way::Join),
                Err(_) => self.note(everything(&both), Way::Join),
            }
        }
        let marks = || {
            let on = node.on.iter().map(|(left, _)| left);
            let flows = on.map(|expr| flow_of(expr, &of_left)).collect::<Vec<_>>();
            strengthened(everything(&flows), How::Computed)
        };
        match node.join_type {
            JoinType::LeftSemi | JoinType::LeftAnti => left,
            JoinType::RightSemi | JoinType::RightAnti => right,
            JoinType::LeftMark => {
                let mark = marks();
                left.into_iter().chain([mark]).collect()
            }
            JoinType::RightMark => {
                let mark = marks();
                right.into_iter().chain([mark]).collect()
            }
            JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => {
                left.into_iter().chain(right).collect()
            }
        }
    }

    fn union(&mut self, node: &Union, outer: Option<&Scope<'_>>) -> Vec<Flow> {
        let mut merged = vec![Flow::new(); node.schema.fields().len()];
        for input in &node.inputs {
            let flows = self.plan(input, outer);
            merge(&mut merged, &flows);
        }
        merged
    }

    fn distinct(&mut self, node: &Distinct, outer: Option<&Scope<'_>>) -> Vec<Flow> {
        match node {
            Distinct::All(input) => {
                let below = self.plan(input, outer);
                self.note(everything(&below), Way::Distinct);
                below
            }
            Distinct::On(on) => {
                let below = self.plan(&on.input, outer);
                let scope = scope(on.input.schema(), &below, outer);
                for expr in &on.on_expr {
                    self.decide(expr, &scope, Way::Distinct);
                }
                for sort in on.sort_expr.iter().flatten() {
                    self.decide(&sort.expr, &scope, Way::Order);
                }
                let made = on.select_expr.iter().map(|expr| self.expr(expr, &scope));
                made.collect()
            }
        }
    }

    /// A query that calls itself: gone through until nothing new comes.
    fn recursive(&mut self, node: &RecursiveQuery, outer: Option<&Scope<'_>>) -> Vec<Flow> {
        let mut flows = self.plan(&node.static_term, outer);
        for _ in 0..ROUNDS {
            let before = flows.clone();
            let hidden = self.working.insert(node.name.clone(), flows.clone());
            let next = self.plan(&node.recursive_term, outer);
            match hidden {
                Some(hidden) => self.working.insert(node.name.clone(), hidden),
                None => self.working.remove(&node.name),
            };
            merge(&mut flows, &next);
            if flows == before {
                break;
            }
        }
        if node.is_distinct {
            self.note(everything(&flows), Way::Distinct);
        }
        flows
    }

    /// Where an expression's value comes from. A bare column is copied, anything else computed.
    fn expr(&mut self, expr: &Expr, scope: &Scope<'_>) -> Flow {
        let mut bare = expr;
        while let Expr::Alias(alias) = bare {
            bare = &alias.expr;
        }
        if let Expr::Column(column) = bare {
            return scope.of(column);
        }
        let mut flow = flow_of(bare, scope);
        for subquery in subqueries(bare) {
            let found = self.plan(&subquery.subquery, Some(scope));
            flow = merged(flow, everything(&found));
        }
        strengthened(flow, How::Computed)
    }

    /// Notes what an expression decides rows by.
    fn decide(&mut self, expr: &Expr, scope: &Scope<'_>, way: Way) {
        let flow = self.expr(expr, scope);
        self.note(flow, way);
    }

    fn note(&mut self, flow: Flow, way: Way) {
        self.rows
            .extend(flow.into_keys().map(|origin| (origin, way)));
    }
}

fn scope<'s>(schema: &'s DFSchema, flows: &'s [Flow], outer: Option<&'s Scope<'s>>) -> Scope<'s> {
    Scope {
        schema,
        flows,
        outer,
    }
}

/// What the columns named in an expression come from; its subqueries apart.
fn flow_of(expr: &Expr, scope: &Scope<'_>) -> Flow {
    let mut flow = Flow::new();
    let walked = expr.apply(|part| {
        let found = match part {
            Expr::Column(column) => scope.of(column),
            Expr::OuterReferenceColumn(_, column) => match scope.outer {
                Some(outer) => outer.of(column),
                None => Flow::new(),
            },
            _ => Flow::new(),
        };
        flow = merged(std::mem::take(&mut flow), found);
        Ok(TreeNodeRecursion::Continue)
    });
    if walked.is_err() {
        return everything(scope.flows);
    }
    flow
}

/// The queries within an expression.
fn subqueries(expr: &Expr) -> Vec<Subquery> {
    let mut found = Vec::new();
    let walked = expr.apply(|part| {
        match part {
            Expr::ScalarSubquery(subquery) => found.push(subquery.clone()),
            Expr::Exists(exists) => found.push(exists.subquery.clone()),
            Expr::InSubquery(within) => found.push(within.subquery.clone()),
            Expr::SetComparison(comparison) => found.push(comparison.subquery.clone()),
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    });
    if walked.is_err() {
        found.clear();
    }
    found
}
