//! Lineage by column: which columns of which datasets a query's columns come from, and which decide its rows.
//!
//! Read off the resolved plan, not off the text: a `*`, an alias, a CTE or a union has been seen through. What the
//! walk does not know is told as coming from everything below it, so that nothing is left out.

mod dataset;
mod flow;
mod uses;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use city::DatasetId;
use serde::Serialize;

use lake::At;

use crate::engine::Names;
use crate::error::AskError;
use crate::names;
use crate::reader::Reader;

pub use dataset::{ColumnLineage, DatasetLineage};
pub use uses::{ROWS, Use, User};

/// A column of a dataset, or its rows where no column is named (`count(*)`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Origin {
    /// The dataset.
    pub dataset: DatasetId,
    /// The column's physical name; none where the rows themselves are counted.
    pub column: Option<String>,
}

/// What was done to values on the way; the strongest on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Nothing.
    Copied,
    /// Each value was computed from values of one row.
    Computed,
    /// One value was made of many rows.
    Aggregated,
}

/// How a column decides which rows there are, or which rows a value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A condition.
    Filter,
    /// Rows of two tables are put side by side by it.
    Join,
    /// Rows are gathered by it.
    Group,
    /// Rows are put in order by it.
    Order,
    /// Of rows that are equal one stays.
    Distinct,
}

/// Where one column comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    /// Its name.
    pub column: String,
    /// What it comes from; empty for a constant.
    pub from: Vec<(Origin, How)>,
}

/// Where a query's columns and rows come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lineage {
    /// Its columns, in their order.
    pub columns: Vec<Made>,
    /// What decides its rows.
    pub rows: BTreeSet<(Origin, Way)>,
}

impl Lineage {
    /// Where the column of a name comes from.
    pub fn column(&self, name: &str) -> Option<&Made> {
        self.columns.iter().find(|made| made.column == name)
    }
}

impl Reader {
    /// Where the columns and rows of a query come from, with the versions given, or those in force. No row is read.
    ///
    /// # Errors
    /// When it is no reading statement, names what is not there or may not be seen, or cannot be planned.
    pub async fn lineage(
        &self,
        sql: &str,
        versions: &BTreeMap<DatasetId, i64>,
    ) -> Result<Lineage, AskError> {
        let named = match names::read(sql, &self.door.city, &self.sight) {
            Ok(named) => named,
            Err(error) => return Err(self.log_denial(error).await),
        };
        let mut tables = Vec::new();
        for (name, id) in &named.tables {
            let at = versions
                .get(id)
                .map_or(At::Latest, |number| At::Version(*number));
            let version = self.find_version(id, &at)?;
            tables.push((
                name.clone(),
                self.window(&version, name.ends_with(names::ORIGIN))?,
            ));
        }
        let state = self
            .door
            .engine
            .open(self.door.records.clock().now(), false);
        let plan = Names::new(&state, tables)
            .plan(named.statement.clone())
            .map_err(|error| self.unplanned(&error, &named))?;
        Ok(walk::walk(&plan, &named.tables))
    }
}
