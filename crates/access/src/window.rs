//! A table through a window: the columns a person may see, and no way to the others.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

/// A table of which only some columns exist for whoever queries it.
#[derive(Debug)]
pub(crate) struct Window {
    table: Arc<dyn TableProvider>,
    columns: Vec<usize>,
    schema: SchemaRef,
}

impl Window {
    /// `table` with the columns that `shows` allows.
    pub(crate) fn new(table: Arc<dyn TableProvider>, shows: impl Fn(&str) -> bool) -> Result<Self> {
        let all = table.schema();
        let columns: Vec<usize> = all
            .fields()
            .iter()
            .enumerate()
            .filter(|(_, field)| shows(field.name()))
            .map(|(index, _)| index)
            .collect();
        let schema = Arc::new(
            all.project(&columns)
                .map_err(|error| DataFusionError::ArrowError(Box::new(error), None))?,
        );
        Ok(Self {
            table,
            columns,
            schema,
        })
    }
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
        self.table.supports_filters_pushdown(filters)
    }
}
