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
use datafusion::functions_aggregate::expr_fn::{count, min, sum};
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
    let hidden = tokio::task::spawn_blocking(move || {
        let same = sames(&counts, columns);
        let counts = counts.project(&(0..=columns).collect::<Vec<_>>())?;
        hidden(&counts, &same, columns, threshold)
    });
    let hidden = hidden.await;
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

/// The counts, and behind them which rows each counts, where that is stored; nothing where there are more than can be
/// shown.
async fn count_by(
    state: &SessionState,
    table: &Arc<dyn TableProvider>,
    columns: &[String],
) -> Result<Option<RecordBatch>> {
    let source = provider_as_source(Arc::clone(table));
    let groups = columns
        .iter()
        .map(|name| Expr::Column(Column::new_unqualified(name)));
    let scan = LogicalPlanBuilder::scan("counted", source, None)?;
    let has = scan.schema().index_of_column_by_name(None, ROW).is_some();
    let mut counts = vec![count(lit(1_i64)).alias(COUNT)];
    if has && !columns.is_empty() {
        let row = || Expr::Column(Column::new_unqualified(ROW));
        counts.push(min(row()).alias("__first"));
        counts.push(sum(row()).alias("__sum"));
    }
    let plan = scan.aggregate(groups, counts)?.build()?;
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

/// Column of a row's number in the file it came from.
const ROW: &str = "_row";

type Found = std::result::Result<(RecordBatch, BTreeSet<usize>), Reason>;

/// Which rows of a table of counts are hidden.
fn hidden(counts: &RecordBatch, same: &[Same], columns: usize, threshold: u64) -> Result<Found> {
    let numbers = numbers(counts);
    let cell = |at: usize| numbers.get(at).copied().unwrap_or_default();
    let all = counts.num_rows();
    let hidden: BTreeSet<usize> = match columns {
        0 | 1 => {
            // The order decides between two that count the same: it must be that of every question.
            let order = match counts.columns().first().filter(|_| columns == 1) {
                Some(column) => Axis::of(column, same)?.places,
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
            let mut axes = [Axis::of(one, same)?, Axis::of(other, same)?];
            // Nor does it matter which of the two is named first.
            axes.sort_by(|one, other| one.values.cmp(&other.values));
            let [rows, columns] = axes;
            let (height, width) = (rows.values.len(), columns.values.len());
            let (rows, columns) = (rows.places, columns.places);
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

/// Which rows are counted: how many, the first of them, and the sum of their numbers. What says the same of the same rows
/// by other words, a code for a name, has the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Same(u64, i64, i64);

impl Same {
    fn with(self, other: Self) -> Self {
        let first = if self.0 == 0 {
            other.1
        } else {
            self.1.min(other.1)
        };
        Self(
            self.0.saturating_add(other.0),
            first,
            self.2.wrapping_add(other.2),
        )
    }
}

/// Which rows each count counts; how many alone, where it is not stored which.
fn sames(counts: &RecordBatch, columns: usize) -> Vec<Same> {
    let whole = |at: usize, row: usize| -> i64 {
        let column = counts.columns().get(at);
        let column = column.and_then(|column| column.as_primitive_opt::<Int64Type>());
        column.map_or(0, |column| column.value(row))
    };
    let of = |row: usize| {
        let count = u64::try_from(whole(columns, row)).unwrap_or_default();
        Same(count, whole(columns + 1, row), whole(columns + 2, row))
    };
    (0..counts.num_rows()).map(of).collect()
}

/// The values of a column in an order that does not depend on how they are spelt: two columns that say the same must hide
/// the same, or what one shows tells what the other hides.
struct Axis {
    /// The place of each count's value.
    places: Vec<usize>,
    /// Which rows each value has.
    values: Vec<Same>,
}

impl Axis {
    fn of(values: &ArrayRef, same: &[Same]) -> Result<Self> {
        let converter = RowConverter::new(vec![SortField::new(values.data_type().clone())])?;
        let rows = converter.convert_columns(&[Arc::clone(values)])?;
        let mut distinct: BTreeMap<OwnedRow, Same> = BTreeMap::new();
        for (row, same) in rows.iter().zip(same) {
            let own = distinct.entry(row.owned()).or_default();
            *own = own.with(*same);
        }
        let mut order: Vec<(Same, OwnedRow)> = distinct
            .into_iter()
            .map(|(value, same)| (same, value))
            .collect();
        order.sort();
        let values = order.iter().map(|(same, _)| *same).collect();
        let numbers = order.into_iter().map(|(_, value)| value).zip(0..);
        let numbers: BTreeMap<OwnedRow, usize> = numbers.collect();
        let places = rows
            .iter()
            .map(|row| numbers.get(&row.owned()).copied().unwrap_or_default());
        Ok(Self {
            places: places.collect(),
            values,
        })
    }
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
