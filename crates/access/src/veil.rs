//! The veil: the node of a plan that masks values. Above it nothing knows what lies below: conditions stop here, but
//! for those that can tell nothing, and so do statistics.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, new_null_array,
};
use arrow::compute::cast;
use arrow::compute::kernels::zip::zip;
use arrow::compute::prep_null_mask_filter;
use arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Statistics, internal_datafusion_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::{Column, DynamicFilterPhysicalExpr};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{
    CardinalityEffect, ChildrenPropertiesMode, ReplaceChildrenOptions, apply_expression_roots,
};
use datafusion::physical_plan::filter_pushdown::{
    ChildFilterDescription, ChildPushdownResult, FilterDescription, FilterPushdownPhase,
    FilterPushdownPropagation,
};
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties as _, Partitioning,
    PlanProperties,
};
use futures::StreamExt as _;

use crate::policy::Mask;
use crate::policy::mask::shown_as;

/// A column as it is shown.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// As it is read.
    Plain(usize),
    /// By the first choice that holds; empty where none does.
    Veiled { at: usize, picked: Vec<Picked> },
}

/// One choice of a veiled column.
#[derive(Clone, Debug)]
pub(crate) struct Picked {
    pub(crate) when: Option<Arc<dyn PhysicalExpr>>,
    pub(crate) mask: Option<Mask>,
}

/// Shows rows through masks.
#[derive(Debug)]
pub(crate) struct Veil {
    input: Arc<dyn ExecutionPlan>,
    cells: Arc<[Cell]>,
    schema: SchemaRef,
    /// Whether rows are hidden below.
    hides_rows: bool,
    key: Option<Arc<[u8]>>,
    properties: Arc<PlanProperties>,
}

impl Veil {
    pub(crate) fn new(
        input: Arc<dyn ExecutionPlan>,
        cells: Vec<Cell>,
        schema: SchemaRef,
        hides_rows: bool,
        key: Option<Arc<[u8]>>,
    ) -> Self {
        let properties = Arc::new(properties(&input, &schema));
        Self {
            input,
            cells: cells.into(),
            schema,
            hides_rows,
            key,
            properties,
        }
    }

    fn over(&self, input: Arc<dyn ExecutionPlan>) -> Self {
        let properties = Arc::new(properties(&input, &self.schema));
        Self {
            input,
            cells: Arc::clone(&self.cells),
            schema: Arc::clone(&self.schema),
            hides_rows: self.hides_rows,
            key: self.key.clone(),
            properties,
        }
    }

    /// The shown columns that are as they are read.
    fn plain(&self) -> HashSet<usize> {
        let cells = self.cells.iter().enumerate();
        cells
            .filter(|(_, cell)| matches!(cell, Cell::Plain(_)))
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether a condition that another node makes while it runs can tell nothing of a hidden row: it compares columns.
    fn is_harmless(filter: &Arc<dyn PhysicalExpr>) -> bool {
        let made = filter.downcast_ref::<DynamicFilterPhysicalExpr>();
        made.is_some_and(|made| {
            let compared = made.children();
            let is_column = |expr: &&Arc<dyn PhysicalExpr>| expr.downcast_ref::<Column>().is_some();
            compared.iter().all(is_column)
        })
    }
}

/// The rows come as they come from below; nothing else is known of them.
fn properties(input: &Arc<dyn ExecutionPlan>, schema: &SchemaRef) -> PlanProperties {
    let partitions = input.output_partitioning().partition_count();
    PlanProperties::new(
        EquivalenceProperties::new(Arc::clone(schema)),
        Partitioning::UnknownPartitioning(partitions),
        input.pipeline_behavior(),
        input.boundedness(),
    )
}

impl DisplayAs for Veil {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Veil")
    }
}

impl ExecutionPlan for Veil {
    fn name(&self) -> &'static str {
        "Veil"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    /// Rows come in their order, but no order may be asked of what lies below: it would be that of hidden values.
    fn maintains_input_order(&self) -> Vec<bool> {
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        let picked = self.cells.iter().flat_map(|cell| match cell {
            Cell::Plain(_) => [].iter(),
            Cell::Veiled { picked, .. } => picked.iter(),
        });
        let own: Vec<&Arc<dyn PhysicalExpr>> =
            picked.filter_map(|picked| picked.when.as_ref()).collect();
        apply_expression_roots(own, f)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut children = children.into_iter();
        match (children.next(), children.next()) {
            (Some(input), None) => Ok(Arc::new(self.over(input))),
            _ => Err(internal_datafusion_err!("a veil has one input")),
        }
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
        self.replace_children(children, options)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let rows = self.input.execute(partition, context)?;
        let (cells, schema) = (Arc::clone(&self.cells), Arc::clone(&self.schema));
        let key = self.key.clone();
        let shown = rows.map(move |batch| shown(&batch?, &cells, &schema, key.as_deref()));
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.schema),
            shown,
        )))
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    /// Only how many rows there are, and where some are hidden, only about.
    fn statistics_from_inputs(
        &self,
        input: &[Arc<Statistics>],
        _: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let rows = input
            .first()
            .map_or(Precision::Absent, |input| input.num_rows);
        let mut own = Statistics::new_unknown(&self.schema);
        own.num_rows = if self.hides_rows {
            rows.to_inexact()
        } else {
            rows
        };
        Ok(Arc::new(own))
    }

    fn supports_limit_pushdown(&self) -> bool {
        true
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::Equal
    }

    fn gather_filters_for_pushdown(
        &self,
        phase: FilterPushdownPhase,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterDescription> {
        let none = || ChildFilterDescription::all_unsupported(&filters);
        let child = if self.hides_rows
            && (phase == FilterPushdownPhase::Pre || !filters.iter().all(Self::is_harmless))
        {
            none()
        } else {
            ChildFilterDescription::from_child_with_allowed_indices(
                &filters,
                self.plain(),
                &self.input,
            )?
        };
        Ok(FilterDescription::new().with_child(child))
    }

    fn handle_child_pushdown_result(
        &self,
        _: FilterPushdownPhase,
        result: ChildPushdownResult,
        _: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        Ok(FilterPushdownPropagation::if_all(result))
    }
}

/// One batch through the veil.
fn shown(
    batch: &RecordBatch,
    cells: &[Cell],
    schema: &SchemaRef,
    key: Option<&[u8]>,
) -> Result<RecordBatch> {
    let mut columns = Vec::with_capacity(cells.len());
    for cell in cells {
        columns.push(match cell {
            Cell::Plain(at) => Arc::clone(read(batch, *at)?),
            Cell::Veiled { at, picked } => veiled(batch, read(batch, *at)?, picked, key)?,
        });
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
        .map_err(|error| DataFusionError::ArrowError(Box::new(error), None))
}

fn read(batch: &RecordBatch, at: usize) -> Result<&ArrayRef> {
    let column = batch.columns().get(at);
    column.ok_or_else(|| internal_datafusion_err!("a veil misses a column"))
}

fn veiled(
    batch: &RecordBatch,
    values: &ArrayRef,
    picked: &[Picked],
    key: Option<&[u8]>,
) -> Result<ArrayRef> {
    let kind = shown_as(values.data_type());
    let mut shown = new_null_array(&kind, values.len());
    // From the last to the first: what holds earlier covers what holds later.
    for choice in picked.iter().rev() {
        let own = match choice.mask {
            Some(mask) => mask.apply(values, key),
            None => cast(values, &kind)?,
        };
        shown = match &choice.when {
            None => own,
            Some(when) => zip(&holds(when, batch)?, &own, &shown)?,
        };
    }
    Ok(shown)
}

/// Where a condition holds. Where it is not known, it does not.
fn holds(when: &Arc<dyn PhysicalExpr>, batch: &RecordBatch) -> Result<BooleanArray> {
    let held = when.evaluate(batch)?.into_array(batch.num_rows())?;
    let held = held
        .as_any()
        .downcast_ref::<BooleanArray>()
        .ok_or_else(|| internal_datafusion_err!("a condition on rows is not yes or no"))?;
    Ok(if held.null_count() > 0 {
        prep_null_mask_filter(held)
    } else {
        held.clone()
    })
}
