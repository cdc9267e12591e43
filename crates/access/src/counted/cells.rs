//! A table of counts, small ones hidden.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, AsArray as _, Int64Array, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, Int64Type, Schema};
use arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::Column;
use datafusion::datasource::provider_as_source;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::SessionState;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit};
use datafusion::physical_plan::execute_stream;
use futures::StreamExt as _;

use super::{COUNT, reason};
use crate::policy::Reason;
use crate::suppress::{suppress, suppress_line};

/// Most cells of a table of counts, empty ones too: what is finer is hidden almost whole, and takes long to hide.
const CELLS_MAX: usize = 10_000;

/// A table of counts.
pub(super) struct Cube {
    pub(super) table: Arc<dyn TableProvider>,
    /// Counts that are hidden.
    pub(super) hidden: usize,
}

/// The counts of a table by one or two columns, or of all its rows; hidden ones are null.
///
/// # Errors
/// When the engine fails; inside, when the table would be too fine to show anything.
pub(super) async fn counted(
    state: &SessionState,
    table: &Arc<dyn TableProvider>,
    columns: &[String],
    threshold: u64,
) -> Result<std::result::Result<Cube, Reason>> {
    let Some(counts) = count_by(state, table, columns).await? else {
        return Ok(Err(too_fine()));
    };
    let columns = columns.len();
    let hidden = tokio::task::spawn_blocking(move || hidden(&counts, columns, threshold)).await;
    let (counts, hidden) =
        match hidden.map_err(|error| DataFusionError::External(error.into()))?? {
            Ok(found) => found,
            Err(why) => return Ok(Err(why)),
        };
    let table = with_hidden(&counts, &hidden)?;
    Ok(Ok(Cube {
        table: Arc::new(MemTable::try_new(table.schema(), vec![vec![table]])?),
        hidden: hidden.len(),
    }))
}

fn too_fine() -> Reason {
    reason(
        "너무 잘게 나누어 보일 수 있는 수가 없습니다. 더 넓은 항목으로 물어 주십시오.",
        "It is cut so fine that no count could be shown. Ask by a broader column.",
    )
}

/// The counts; nothing where there are more than can be shown.
async fn count_by(
    state: &SessionState,
    table: &Arc<dyn TableProvider>,
    columns: &[String],
) -> Result<Option<RecordBatch>> {
    let source = provider_as_source(Arc::clone(table));
    let groups = columns
        .iter()
        .map(|name| Expr::Column(Column::new_unqualified(name)));
    let plan = LogicalPlanBuilder::scan("counted", source, None)?
        .aggregate(groups, [count(lit(1_i64)).alias(COUNT)])?
        .build()?;
    let plan = state.create_physical_plan(&state.optimize(&plan)?).await?;
    let mut stream = execute_stream(plan, state.task_ctx())?;
    let (mut batches, mut cells) = (Vec::new(), 0);
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        cells += batch.num_rows();
        if cells > CELLS_MAX {
            return Ok(None);
        }
        batches.push(batch);
    }
    Ok(Some(concat_batches(&stream.schema(), &batches)?))
}

type Found = std::result::Result<(RecordBatch, BTreeSet<usize>), Reason>;

/// Which rows of a table of counts are hidden.
fn hidden(counts: &RecordBatch, columns: usize, threshold: u64) -> Result<Found> {
    let numbers = numbers(counts);
    let cell = |at: usize| numbers.get(at).copied().unwrap_or_default();
    let all = counts.num_rows();
    let hidden: BTreeSet<usize> = match columns {
        0 | 1 => {
            // The order decides between two that count the same: it must be that of every question.
            let order = match counts.columns().first().filter(|_| columns == 1) {
                Some(column) => places(column)?.0,
                None => vec![0; all],
            };
            let mut line = vec![0; all];
            for (at, place) in order.iter().enumerate() {
                if let Some(count) = line.get_mut(*place) {
                    *count = cell(at);
                }
            }
            let small = if columns == 0 {
                // Of a sum there is nothing to hide it behind.
                let is_small = (1..threshold).contains(&cell(0));
                is_small.then_some(0).into_iter().collect()
            } else {
                suppress_line(&line, threshold)
            };
            let is_hidden = |at: &usize| order.get(*at).is_some_and(|place| small.contains(place));
            (0..all).filter(is_hidden).collect()
        }
        _ => {
            let (Some(one), Some(other)) = (counts.columns().first(), counts.columns().get(1))
            else {
                return Ok(Err(too_fine()));
            };
            let ((rows, height), (columns, width)) = (places(one)?, places(other)?);
            if height.saturating_mul(width) > CELLS_MAX {
                return Ok(Err(too_fine()));
            }
            let mut table = vec![vec![0; width]; height];
            let at = |at: usize| Some((*rows.get(at)?, *columns.get(at)?));
            for (row, place) in (0..all).filter_map(|row| Some((row, at(row)?))) {
                let own = table
                    .get_mut(place.0)
                    .and_then(|line| line.get_mut(place.1));
                if let Some(count) = own {
                    *count = cell(row);
                }
            }
            let cells = suppress(&table, threshold).cells;
            let is_hidden = |row: &usize| at(*row).is_some_and(|place| cells.contains(&place));
            (0..all).filter(is_hidden).collect()
        }
    };
    // A table of nothing but hidden cells would still tell which values there are.
    if columns > 0 && all > 0 && hidden.len() == all {
        return Ok(Err(too_fine()));
    }
    Ok(Ok((counts.clone(), hidden)))
}

fn numbers(counts: &RecordBatch) -> Vec<u64> {
    let column = counts.columns().last();
    let numbers = column.and_then(|column| column.as_primitive_opt::<Int64Type>());
    numbers.map_or_else(Vec::new, |numbers| {
        let all = numbers.iter();
        all.map(|count| count.and_then(|count| u64::try_from(count).ok()))
            .map(Option::unwrap_or_default)
            .collect()
    })
}

/// The place of each value among the different ones, in their order, and how many there are.
fn places(values: &ArrayRef) -> Result<(Vec<usize>, usize)> {
    let converter = RowConverter::new(vec![SortField::new(values.data_type().clone())])?;
    let rows = converter.convert_columns(&[Arc::clone(values)])?;
    let distinct: BTreeSet<OwnedRow> = rows.iter().map(|row| row.owned()).collect();
    let numbers: BTreeMap<OwnedRow, usize> = distinct.into_iter().zip(0..).collect();
    let places = rows
        .iter()
        .map(|row| numbers.get(&row.owned()).copied().unwrap_or_default());
    Ok((places.collect(), numbers.len()))
}

/// The counts with hidden ones unknown.
fn with_hidden(counts: &RecordBatch, hidden: &BTreeSet<usize>) -> Result<RecordBatch> {
    let numbers = numbers(counts).into_iter().enumerate().map(|(at, count)| {
        let is_shown = !hidden.contains(&at);
        is_shown.then(|| i64::try_from(count).unwrap_or(i64::MAX))
    });
    let numbers: Int64Array = numbers.collect();
    let mut columns = counts.columns().to_vec();
    columns.pop();
    columns.push(Arc::new(numbers));
    let mut fields: Vec<Arc<Field>> = counts.schema().fields().iter().cloned().collect();
    fields.pop();
    fields.push(Arc::new(Field::new(
        COUNT,
        arrow::datatypes::DataType::Int64,
        true,
    )));
    Ok(RecordBatch::try_new(
        Arc::new(Schema::new(fields)),
        columns,
    )?)
}
