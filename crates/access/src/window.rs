//! A table through a window: the columns a person may see, the rows they may see, and no way to the others.
//!
//! Every scan of a question reads a window and nothing else, so that tables, views, subqueries, joins and earlier
//! versions are all cut alike, before anything is optimised. What a question asks runs above the [`Veil`]; only what
//! can tell nothing of what is hidden may run below it, so that files and row groups are still passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::datatypes::{Field, FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use city::Dataset;
use city::subject::Subject;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::TreeNode as _;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{
    BinaryExpr, Expr, Operator, TableProviderFilterPushDown, TableType,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExecBuilder;
use datafusion::physical_plan::projection::ProjectionExec;

use crate::policy::mask::shown_as;
use crate::policy::sight::{Choice, Seen};
use crate::veil::{Cell, Picked, Veil};
use crate::whose::Carried;

/// What of a table is not simply as it is.
#[derive(Debug)]
pub(crate) struct Cut {
    rows: Option<Expr>,
    veiled: BTreeMap<String, Vec<Choice>>,
    key: Option<Arc<[u8]>>,
}

impl Cut {
    /// What is cut of a dataset for a person; nothing, if all its columns are shown as they are, in all rows.
    pub(crate) fn of(seen: &Seen, key: Option<Arc<[u8]>>) -> Option<Self> {
        (seen.rows.is_some() || !seen.veiled.is_empty()).then(|| Self {
            rows: seen.rows.clone(),
            veiled: seen
                .veiled
                .iter()
                .map(|(name, choices)| (name.clone(), of_shown(choices, seen.rows.as_ref())))
                .collect(),
            key,
        })
    }

    /// Whether a condition of a question may be looked at below the veil.
    fn lets_through(&self, condition: &Expr) -> bool {
        let is_plain = condition
            .column_refs()
            .iter()
            .all(|column| !self.veiled.contains_key(&column.name));
        // With no hidden row a condition on plain values meets only what is shown.
        is_plain && stands_alone(condition) && (self.rows.is_none() || is_harmless(condition))
    }
}

/// The choices of a column among the rows that are shown: the condition that every such row fulfils need not be looked at
/// again, and nothing behind it counts.
fn of_shown(choices: &[Choice], rows: Option<&Expr>) -> Vec<Choice> {
    let always = |choice: &Choice| choice.when.is_none() || choice.when.as_ref() == rows;
    let Some(last) = choices.iter().position(always) else {
        return choices.to_vec();
    };
    let mut own: Vec<Choice> = choices.iter().take(last + 1).cloned().collect();
    if let Some(choice) = own.last_mut() {
        choice.when = None;
    }
    own
}

/// Whether a condition says the same at every look, and can be looked at without another part of the question.
fn stands_alone(condition: &Expr) -> bool {
    let asks_more = condition.exists(|part| {
        Ok(matches!(
            part,
            Expr::ScalarSubquery(_)
                | Expr::InSubquery(_)
                | Expr::Exists(_)
                | Expr::SetComparison(_)
                | Expr::OuterReferenceColumn(_, _)
                | Expr::Placeholder(_)
        ))
    });
    !condition.is_volatile() && asks_more.is_ok_and(|asks_more| !asks_more)
}

/// Whether a condition neither fails nor takes longer for any value: a comparison of a column with a constant.
fn is_harmless(condition: &Expr) -> bool {
    let is_column = |expr: &Expr| matches!(expr, Expr::Column(_));
    let is_constant = |expr: &Expr| matches!(expr, Expr::Literal(_, _));
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::And | Operator::Or => is_harmless(left) && is_harmless(right),
            Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq => {
                is_column(left) && is_constant(right) || is_constant(left) && is_column(right)
            }
            _ => false,
        },
        Expr::Not(inner) => is_harmless(inner),
        Expr::IsNull(inner) | Expr::IsNotNull(inner) => is_column(inner),
        Expr::InList(list) => is_column(&list.expr) && list.list.iter().all(is_constant),
        Expr::Between(between) => {
            is_column(&between.expr) && is_constant(&between.low) && is_constant(&between.high)
        }
        _ => false,
    }
}

/// A table of which only some columns and rows exist for whoever queries it.
#[derive(Debug)]
pub(crate) struct Window {
    table: Arc<dyn TableProvider>,
    columns: Vec<usize>,
    schema: SchemaRef,
    cut: Option<Arc<Cut>>,
    persons: Option<Arc<Persons>>,
    /// Columns added behind the others, each as it is stored; only for the log, never by a question.
    added: Vec<String>,
}

/// What a table says of whose its rows are.
#[derive(Debug)]
pub(crate) struct Persons {
    /// Whose rows they are: kinds of person and stored columns.
    subjects: Vec<Subject>,
    /// Columns that say something of one person.
    personal: BTreeSet<String>,
    /// Those that tell who it is.
    identifying: BTreeSet<String>,
}

impl Persons {
    /// What a dataset declares; nothing, if it does not say whose its rows are.
    pub(crate) fn of(dataset: &Dataset) -> Option<Self> {
        if dataset.subjects.is_empty() {
            return None;
        }
        let columns = |of: &dyn Fn(&city::Column) -> bool| {
            let columns = dataset.columns.iter().filter(|column| of(column));
            columns.map(|column| column.name.clone()).collect()
        };
        Some(Self {
            subjects: dataset.subjects.clone(),
            personal: columns(&|column| dataset.is_of_persons(column)),
            identifying: columns(&|column| dataset.identifies(column)),
        })
    }
}

impl Window {
    /// `table` with the columns that `shows` allows, and what is cut of them.
    pub(crate) fn new(
        table: Arc<dyn TableProvider>,
        shows: impl Fn(&str) -> bool,
        cut: Option<Cut>,
    ) -> Result<Self> {
        let all = table.schema();
        let columns: Vec<usize> = all
            .fields()
            .iter()
            .enumerate()
            .filter(|(_, field)| shows(field.name()))
            .map(|(index, _)| index)
            .collect();
        let schema = all
            .project(&columns)
            .map_err(|error| DataFusionError::ArrowError(Box::new(error), None))?;
        let schema = match &cut {
            Some(cut) => behind_veil(&schema, cut),
            None => schema,
        };
        Ok(Self {
            table,
            columns,
            schema: Arc::new(schema),
            cut: cut.map(Arc::new),
            persons: None,
            added: Vec::new(),
        })
    }

    /// The same, able to say whose its rows are.
    pub(crate) fn telling(self, persons: Option<Persons>) -> Self {
        Self {
            persons: persons.map(Arc::new),
            ..self
        }
    }

    /// Whether it can say whose its rows are.
    pub(crate) fn tells_persons(&self) -> bool {
        self.persons.is_some()
    }

    /// Whether no row is hidden.
    pub(crate) fn shows_every_row(&self) -> bool {
        self.cut.as_ref().is_none_or(|cut| cut.rows.is_none())
    }

    /// Whether any of these columns says something of one person; where they are only counted, tells who it is.
    pub(crate) fn is_of_persons(&self, columns: &BTreeSet<String>, only_counted: bool) -> bool {
        self.persons.as_ref().is_some_and(|persons| {
            let telling = if only_counted {
                &persons.identifying
            } else {
                &persons.personal
            };
            !telling.is_disjoint(columns)
        })
    }

    /// How many columns are shown.
    pub(crate) fn shown(&self) -> usize {
        self.columns.len()
    }

    /// The same with the columns behind the others that say whose a row is, under names with numbers from `first` on.
    pub(crate) fn with_persons(&self, first: usize) -> (Self, Vec<Carried>) {
        let stored = self.table.schema();
        let mut fields: Vec<FieldRef> = self.schema.fields().iter().cloned().collect();
        let (mut added, mut carried) = (Vec::new(), Vec::new());
        let subjects = self.persons.iter().flat_map(|persons| &persons.subjects);
        for subject in subjects {
            let Ok(field) = stored.field_with_name(&subject.column) else {
                continue;
            };
            let name = format!("__subject_{}", first + carried.len());
            let own = Field::new(name.as_str(), field.data_type().clone(), true);
            fields.push(Arc::new(own));
            added.push(subject.column.clone());
            carried.push(Carried {
                name,
                kind: subject.kind.clone(),
                identity: subject.identity(),
            });
        }
        let wide = Self {
            table: Arc::clone(&self.table),
            columns: self.columns.clone(),
            schema: Arc::new(Schema::new(fields)),
            cut: self.cut.clone(),
            persons: self.persons.clone(),
            added,
        };
        (wide, carried)
    }

    /// The stored name of a column, and whether it was added.
    fn stored_name(&self, index: usize) -> Option<(&str, bool)> {
        if let Some(at) = index.checked_sub(self.columns.len()) {
            return self.added.get(at).map(|name| (name.as_str(), true));
        }
        let field = self.schema.fields().get(index)?;
        Some((field.name().as_str(), false))
    }

    /// Reads each stored column once, and gives it under every name that is asked for.
    async fn scan_wide(
        &self,
        state: &dyn Session,
        shown: &[usize],
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let stored = self.table.schema();
        let names: Vec<(&str, bool)> = shown
            .iter()
            .filter_map(|index| self.stored_name(*index))
            .collect();
        let mut inner = Vec::new();
        for (name, _) in &names {
            let index = stored.index_of(name)?;
            if !inner.contains(&index) {
                inner.push(index);
            }
        }
        inner.sort_unstable();
        let plan = self.table.scan(state, Some(&inner), filters, limit).await?;
        let read = plan.schema();
        let outer = Arc::new(self.schema.project(shown)?);
        let mut exprs: Vec<(Arc<dyn PhysicalExpr>, String)> = Vec::new();
        for ((name, _), field) in names.iter().zip(outer.fields()) {
            let column = Column::new(name, read.index_of(name)?);
            exprs.push((Arc::new(column), field.name().clone()));
        }
        Ok(Arc::new(ProjectionExec::try_new(exprs, plan)?))
    }

    /// Reads below the veil what it needs, and shows through it what is asked for.
    async fn scan_cut(
        &self,
        cut: &Cut,
        state: &dyn Session,
        shown: &[usize],
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let stored = self.table.schema();
        let shown_names: Vec<(&str, bool)> = shown
            .iter()
            .filter_map(|index| self.stored_name(*index))
            .collect();
        let names: Vec<&str> = shown_names.iter().map(|(name, _)| *name).collect();
        let looked_at = needed(cut, &names, filters, For::Read);
        let inner: Vec<usize> = (0..stored.fields().len())
            .filter(|index| {
                let field = stored.fields().get(*index);
                field.is_some_and(|field| looked_at.contains(field.name()))
            })
            .collect();
        let conditions: Vec<Expr> = cut.rows.iter().chain(filters).cloned().collect();
        // What the table itself can use to pass over files.
        let each: Vec<&Expr> = conditions.iter().collect();
        let supported = self.table.supports_filters_pushdown(&each)?;
        let pruning: Vec<Expr> = conditions
            .iter()
            .zip(supported)
            .filter(|(_, support)| *support != TableProviderFilterPushDown::Unsupported)
            .map(|(condition, _)| condition.clone())
            .collect();
        let limit = limit.filter(|_| conditions.is_empty());
        let mut plan = self
            .table
            .scan(state, Some(&inner), &pruning, limit)
            .await?;
        let read = plan.schema();
        let physical = DFSchema::try_from(Arc::clone(&read))?;
        if let Some(condition) = conjunction(conditions) {
            let condition = state.create_physical_expr(condition, &physical)?;
            // What only the condition looks at is not carried further, and not read at all where the table looks itself.
            let carried = needed(cut, &names, &[], For::Shown);
            let kept = (0..read.fields().len()).filter(|at| {
                let field = read.fields().get(*at);
                field.is_some_and(|field| carried.contains(field.name()))
            });
            let filter = FilterExecBuilder::new(condition, plan);
            plan = Arc::new(filter.apply_projection(Some(kept.collect()))?.build()?);
        }
        let read = plan.schema();
        let physical = DFSchema::try_from(Arc::clone(&read))?;
        let mut cells = Vec::new();
        for (name, is_added) in &shown_names {
            let at = read.index_of(name)?;
            // What only the log sees is no mask's business.
            let veiled = cut.veiled.get(*name).filter(|_| !is_added);
            let Some(choices) = veiled else {
                cells.push(Cell::Plain(at));
                continue;
            };
            let mut picked = Vec::new();
            for choice in choices {
                let when = choice.when.clone();
                picked.push(Picked {
                    when: when
                        .map(|when| state.create_physical_expr(when, &physical))
                        .transpose()?,
                    mask: choice.mask,
                });
            }
            cells.push(Cell::Veiled { at, picked });
        }
        let schema = Arc::new(self.schema.project(shown)?);
        let hides_rows = cut.rows.is_some();
        Ok(Arc::new(Veil::new(
            plan,
            cells,
            schema,
            hides_rows,
            cut.key.clone(),
        )))
    }
}

/// Which columns are needed for what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// To read: those that are shown, and those that any condition looks at.
    Read,
    /// To show: those, and what decides about masks; no longer what decides about rows.
    Shown,
}

/// The columns that are needed to show some.
fn needed(cut: &Cut, names: &[&str], filters: &[Expr], what: For) -> BTreeSet<String> {
    let choices = names
        .iter()
        .filter_map(|name| cut.veiled.get(*name))
        .flatten()
        .filter_map(|choice| choice.when.as_ref());
    let rows = cut.rows.iter().filter(|_| what == For::Read);
    let asked = choices.chain(rows).chain(filters);
    let asked = asked.flat_map(|expr| {
        expr.column_refs()
            .into_iter()
            .map(|column| column.name.clone())
    });
    let own = names.iter().map(|name| (*name).to_owned());
    asked.chain(own).collect()
}

/// The columns as the veil shows them: a cell that is never empty in the table can be empty behind it.
fn behind_veil(schema: &Schema, cut: &Cut) -> Schema {
    let fields = schema.fields().iter().map(|field| {
        let own = field.as_ref().clone();
        if cut.veiled.contains_key(own.name()) {
            let kind = shown_as(own.data_type());
            own.with_nullable(true).with_data_type(kind)
        } else {
            own
        }
    });
    Schema::new(fields.collect::<Vec<_>>())
}

#[async_trait]
impl TableProvider for Window {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.columns.len() + self.added.len()).collect();
        let shown = projection.unwrap_or(&all);
        if let Some(cut) = &self.cut {
            return self.scan_cut(cut, state, shown, filters, limit).await;
        }
        if !self.added.is_empty() {
            return self.scan_wide(state, shown, filters, limit).await;
        }
        let inner: Vec<usize> = match projection {
            Some(wanted) => wanted
                .iter()
                .filter_map(|index| self.columns.get(*index).copied())
                .collect(),
            None => self.columns.clone(),
        };
        self.table.scan(state, Some(&inner), filters, limit).await
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let Some(cut) = &self.cut else {
            return self.table.supports_filters_pushdown(filters);
        };
        let each = filters.iter().map(|condition| {
            if cut.lets_through(condition) {
                // Looked at below the veil, by a filter of its own.
                TableProviderFilterPushDown::Exact
            } else {
                TableProviderFilterPushDown::Unsupported
            }
        });
        Ok(each.collect())
    }
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::{col, lit};

    use super::*;
    use crate::policy::Mask;

    #[test]
    fn what_every_shown_row_fulfils_is_not_looked_at_again_and_hides_what_comes_after() {
        let rows = col("dong").eq(lit("가온"));
        let choice = |when: Option<Expr>, mask| Choice { when, mask };
        let older = choice(Some(col("age").gt(lit(65))), None);
        let own = choice(Some(rows.clone()), Some(Mask::Redact));
        let choices = [older.clone(), own, choice(None, None)];
        let shown = of_shown(&choices, Some(&rows));
        assert_eq!(shown, [older, choice(None, Some(Mask::Redact))]);
        // Of other rows nothing is known: all stays.
        let others = col("dong").eq(lit("누리"));
        assert_eq!(of_shown(&choices[..2], Some(&others)), choices[..2]);
        assert_eq!(of_shown(&choices[..2], None), choices[..2]);
    }
}
