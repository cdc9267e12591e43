//! Rows that failed, with reasons.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use city::DatasetId;
use datafusion::catalog::TableProvider;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{LogicalPlanBuilder, col, lit};

use crate::Lake;
use crate::error::LakeError;
use crate::log::Log;
use crate::table::scan;
use crate::version::{Load, Outcome};

/// Columns of a quarantine table: `load_id`, `file`, `row`, `raw`, `reasons`.
pub fn quarantine_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    Arc::new(Schema::new(vec![
        text("load_id"),
        text("file"),
        Field::new("row", DataType::Int64, true),
        text("raw"),
        text("reasons"),
    ]))
}

impl Lake {
    /// The quarantined rows of one load, or of all, as a table; `None` when there are none. Rows of a load
    /// that never ended are not among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn quarantine(&self, dataset: &DatasetId, load_id: Option<&str>) -> Result<Option<Arc<dyn TableProvider>>, LakeError> {
        let visible: Vec<String> = self
            .loads(dataset)?
            .into_iter()
            .filter(|load| load.version.quarantined > 0)
            .map(|load| load.version.load_id)
            .filter(|known| load_id.is_none_or(|wanted| known == wanted))
            .collect();
        let entries = self.quarantine_entries(dataset)?;
        if visible.is_empty() || entries == 0 {
            return Ok(None);
        }
        let snapshot = self.snapshot(&self.quarantine_log(dataset), entries - 1).await?;
        let source = provider_as_source(scan(&snapshot)?);
        let ids = visible.into_iter().map(lit).collect();
        let view = LogicalPlanBuilder::scan("quarantine", source, None)
            .and_then(|plan| plan.filter(col("load_id").in_list(ids, false)))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| LakeError::from(deltalake::DeltaTableError::from(error)))?;
        Ok(Some(Arc::new(ViewTable::new(view, None))))
    }

    /// Refused loads, oldest first.
    pub(crate) fn refused(&self, dataset: &DatasetId) -> Result<Vec<Load>, LakeError> {
        let known = self.quarantine_records(dataset)?;
        Ok(known.into_iter().filter(|load| load.outcome == Outcome::Refused).collect())
    }

    pub(crate) fn quarantine_log(&self, dataset: &DatasetId) -> Log {
        Log::new(self.quarantine_folder(dataset), self.aside())
    }

    /// Entries in the quarantine's log.
    pub(crate) fn quarantine_entries(&self, dataset: &DatasetId) -> Result<u64, LakeError> {
        Ok(u64::try_from(self.quarantine_records(dataset)?.len()).unwrap_or_default())
    }
}
