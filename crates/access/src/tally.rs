//! Tallies: how many rows of a version have each value of a column.
//!
//! A large table is filtered by few columns and by many values. One pass over a column answers how many rows
//! meet any condition on it, where a pass for each value would take as long every time.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Int64Type;
use city::{Column, ColumnType, Dataset};
use datafusion::common::DFSchema;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionState;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, ident, lit, utils::conjunction};
use lake::{At, Record};
use tokio::sync::OnceCell;

use crate::error::AskError;
use crate::question::Rows;
use crate::reader::Reader;
use crate::rows::touched;

/// A table of fewer rows is counted as soon as it is tallied.
const ROWS: u64 = 100_000;
/// A column of more different values is not tallied.
const VALUES: usize = 16_384;
/// Rows that are looked at first: a column that has too many values mostly shows it in these.
const SAMPLE: usize = 65_536;

/// Where people ask all the time, each tally waits so long for its turn.
const GIVES_WAY: Duration = Duration::from_secs(30);

/// The values of a column with the number of rows that have each: two columns, the second the number.
#[derive(Debug)]
pub(crate) struct Tally(RecordBatch);

impl Tally {
    /// How many rows meet a condition on the column.
    fn count(&self, state: &SessionState, condition: Expr) -> Result<u64, DataFusionError> {
        let schema = DFSchema::try_from(self.0.schema())?;
        let condition = state.create_physical_expr(condition, &schema)?;
        let meets = condition.evaluate(&self.0)?.into_array(self.0.num_rows())?;
        let numbers = self.0.column(1).as_primitive::<Int64Type>();
        let counted: i64 = meets
            .as_boolean()
            .iter()
            .zip(numbers.values())
            .filter(|(meets, _)| *meets == Some(true))
            .map(|(_, number)| number)
            .sum();
        Ok(u64::try_from(counted).unwrap_or_default())
    }
}

/// A tally in the making or made; nothing when the column has too many values.
pub(crate) type TallyCell = Arc<OnceCell<Option<Tally>>>;

impl Reader {
    /// How many rows a question has, if all its conditions are on one column that has a tally.
    pub(crate) async fn tallied(
        &self,
        question: &Rows,
        version: &Record,
        dataset: &Dataset,
    ) -> Result<Option<u64>, AskError> {
        if version.rows < ROWS {
            return Ok(None);
        }
        let place = self.shows_place(&dataset.id);
        let (mut names, mut conditions) = (Vec::new(), Vec::new());
        for filter in &question.filters {
            names.push(self.column(dataset, &filter.column)?.0);
            conditions.push(filter.expression(dataset, place)?);
        }
        names.dedup();
        let ([name], Some(condition)) = (names.as_slice(), conjunction(conditions)) else {
            return Ok(None);
        };
        if !self.sight.is_clear(&version.dataset, name) {
            // A tally is shared by all and counts every row.
            return Ok(None);
        }
        let cell = self.door.kept.tally(&version.dataset, version.number, name);
        let tally = cell.get_or_try_init(|| self.tally(version, name)).await?;
        let state = self
            .door
            .engine
            .open(self.door.records.clock().now(), false);
        tally
            .as_ref()
            .map(|tally| tally.count(&state, condition))
            .transpose()
            .map_err(|error| self.failed(&error))
    }

    /// Makes the tallies of a large table before anybody asks: the first of many who filter it waits no longer than
    /// the others. Whoever asks something meanwhile goes first.
    ///
    /// # Errors
    /// When the dataset may not be seen or cannot be read.
    pub async fn prepare(&self, id: &str) -> Result<(), AskError> {
        let version = self.find_version(id, &At::Latest)?;
        if version.rows < ROWS {
            return Ok(());
        }
        let dataset = Arc::clone(self.dataset(id)?);
        let asked_for = |column: &&Column| {
            column.column_type != ColumnType::Geometry
                && self.sight.is_clear(&version.dataset, &column.name)
        };
        for column in dataset.columns.iter().filter(asked_for) {
            self.door.rest(GIVES_WAY).await;
            let kept = &self.door.kept;
            let cell = kept.tally(&version.dataset, version.number, &column.name);
            cell.get_or_try_init(|| self.tally(&version, &column.name))
                .await?;
        }
        Ok(())
    }

    /// Reads a column and counts the rows of each value, if there are not too many values.
    async fn tally(&self, version: &Record, name: &str) -> Result<Option<Tally>, AskError> {
        for most in [Some(SAMPLE), None] {
            let plan = self
                .scan(version)?
                .limit(0, most)
                .and_then(|plan| plan.aggregate([ident(name)], [count(lit(1_i64))]))
                .and_then(|plan| plan.limit(0, Some(VALUES + 1)))
                .and_then(LogicalPlanBuilder::build)
                .map_err(|error| self.failed(&error))?;
            let read = vec![touched(version, [name.to_owned()])];
            let query = format!("values of {} {name}", version.dataset);
            let turn = self.door.turn().await;
            let answer = self.run(plan, read, Some(query), false, Vec::new()).await?;
            let schema = Arc::clone(&answer.schema);
            let batches = answer.collect().await?;
            drop(turn);
            let tally =
                concat_batches(&schema, &batches).map_err(|error| self.failed(&error.into()))?;
            if tally.num_rows() > VALUES {
                return Ok(None);
            }
            if most.is_none() {
                return Ok(Some(Tally(tally)));
            }
        }
        Ok(None)
    }
}
