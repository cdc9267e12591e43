//! Questions planned over what a city declares, without a row: whether they could be asked at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use chrono::DateTime;
use city::{City, Dataset, DatasetId};
use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;

use crate::engine::{Engine, Names};
use crate::error::AskError;
use crate::names;
use crate::person::Person;
use crate::policy::{Policies, Sight, When, Who};
use crate::reader::unplanned;

/// Plans questions over empty tables of a city's datasets.
#[derive(Debug)]
pub struct Planner<'c> {
    city: &'c City,
    engine: Engine,
    sight: Sight,
    table_of: fn(&Dataset) -> SchemaRef,
}

impl<'c> Planner<'c> {
    /// A planner over what a city declares. `table_of` says how a dataset is stored.
    ///
    /// # Errors
    /// When the query engine cannot be opened.
    pub fn new(city: &'c City, table_of: fn(&Dataset) -> SchemaRef) -> Result<Self, AskError> {
        let engine = Engine::new().map_err(|error| AskError::Run(Some(error.to_string())))?;
        // Nothing is read: all that is declared may be named.
        let (policies, _) = Policies::of(city, city.people.clone(), &[]);
        let who = Who::of(&Person::local(), &policies);
        let when = When::of("", DateTime::UNIX_EPOCH, &city.calendar, &policies);
        let sight = Sight::of(city, &policies, &who, &when);
        Ok(Self {
            city,
            engine,
            sight,
            table_of,
        })
    }

    /// The datasets a question reads.
    ///
    /// # Errors
    /// When it is no reading statement, or names what is not declared.
    pub fn datasets(&self, sql: &str) -> Result<BTreeSet<DatasetId>, AskError> {
        let named = names::read(sql, self.city, &self.sight)?;
        Ok(named.tables.into_values().collect())
    }

    /// The columns a question would answer with.
    ///
    /// # Errors
    /// When it is no reading statement, names what is not declared, or cannot be planned.
    pub fn plan(&self, sql: &str) -> Result<SchemaRef, AskError> {
        let named = names::read(sql, self.city, &self.sight)?;
        let tables = named.tables.iter().filter_map(|(name, id)| {
            let declared = self.city.datasets.get(id)?;
            let table: Arc<dyn TableProvider> =
                Arc::new(EmptyTable::new((self.table_of)(declared)));
            Some((name.clone(), table))
        });
        let state = self.engine.open(DateTime::UNIX_EPOCH, false);
        let plan = Names::new(&state, tables)
            .plan(named.statement.clone())
            .and_then(|plan| state.optimize(&plan))
            .map_err(|error| unplanned(&error, &named, self.sight.view()))?;
        Ok(Arc::clone(plan.schema().inner()))
    }
}
