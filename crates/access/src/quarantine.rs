//! The rows a load put aside, for staff.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use city::spelling::of_person;
use city::subject::Subject;
use city::{Dataset, Reason};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, col, lit};
use records::log::{About, Touched};
use serde::Serialize;

use crate::error::AskError;
use crate::reader::{Reader, clamp};
use crate::whose::LISTED;

/// A row that was put aside, as staff see it.
#[derive(Clone, Debug, Serialize)]
pub struct PutAside {
    /// File it stands in.
    pub file: String,
    /// Line or ordinal in the file.
    pub row: i64,
    /// Names of its source's columns; none for rows put aside before they were kept.
    pub columns: Vec<String>,
    /// Its cells as they came.
    pub raw: Vec<String>,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Reader {
    /// Rows put aside by a load (the newest when none is named). Staff only: they can hold anything.
    ///
    /// # Errors
    /// When the person is not staff, or the rows cannot be read.
    pub async fn quarantine(
        &self,
        id: &str,
        load_id: Option<&str>,
        offset: u64,
        limit: u64,
    ) -> Result<Vec<PutAside>, AskError> {
        self.put_aside(id, load_id, None, (offset, limit)).await
    }

    /// One row put aside by a load.
    ///
    /// # Errors
    /// As for [`Self::quarantine`].
    pub async fn quarantined_row(
        &self,
        id: &str,
        load_id: &str,
        (file, row): (&str, i64),
    ) -> Result<Option<PutAside>, AskError> {
        let one = col("file").eq(lit(file)).and(col("row").eq(lit(row)));
        let mut found = self.put_aside(id, Some(load_id), Some(one), (0, 1)).await?;
        Ok(found.pop())
    }

    async fn put_aside(
        &self,
        id: &str,
        load_id: Option<&str>,
        filter: Option<Expr>,
        (offset, limit): (u64, u64),
    ) -> Result<Vec<PutAside>, AskError> {
        let dataset = match self
            .dataset(id)
            .and_then(|dataset| self.operator_only(id, "quarantine").map(|()| dataset))
        {
            Ok(dataset) => Arc::clone(dataset),
            Err(error) => return Err(self.log_denial(error).await),
        };
        let Some(table) = self.door.lake.quarantine(&dataset.id, load_id)? else {
            return Ok(Vec::new());
        };
        let columns = table
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let touched = Touched {
            dataset: dataset.id.clone(),
            version: None,
            columns,
        };
        let builder = LogicalPlanBuilder::scan("quarantine", provider_as_source(table), None)
            .map_err(|error| self.failed(&error))?;
        let builder = match filter {
            Some(filter) => builder
                .filter(filter)
                .map_err(|error| self.failed(&error))?,
            None => builder,
        };
        let plan = builder
            .limit(clamp(offset), Some(clamp(limit)))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| self.failed(&error))?;
        let answer = self
            .run(
                plan,
                vec![touched.clone()],
                Some("quarantine".to_owned()),
                true,
                Vec::new(),
            )
            .await?;
        let (mut answer, batches) = answer.read().await?;
        let rows: Vec<PutAside> = batches.iter().flat_map(put_aside).collect();
        answer.end.rows = u64::try_from(rows.len()).unwrap_or_default();
        if !dataset.subjects.is_empty() {
            let cells = rows
                .iter()
                .map(|row| row.columns.iter().zip(&row.raw).collect::<Vec<_>>());
            let (subjects, about) = self.persons_of(&dataset, cells.flatten())?;
            answer.named(subjects, about, vec![touched]).await?;
        }
        Ok(rows)
    }
}

impl Reader {
    /// Pseudonyms of the persons whose cells these are, by columns of the source; and whether all are named.
    pub(crate) fn persons_of<'c>(
        &self,
        dataset: &Dataset,
        cells: impl Iterator<Item = (&'c String, &'c String)>,
    ) -> Result<(Vec<String>, About), AskError> {
        let pseudonyms = self.door.records.log().pseudonyms()?;
        let declared = self.door.city.datasets.get(&dataset.id);
        let subjects = declared.map(|own| own.subjects.as_slice());
        let kinds: BTreeMap<&str, &Subject> = subjects
            .unwrap_or_default()
            .iter()
            .filter_map(|own| {
                let column = declared?.column(&own.column)?;
                Some((column.source_name(), own))
            })
            .collect();
        let mut found = BTreeSet::new();
        for (column, cell) in cells {
            if let Some(subject) = kinds.get(column.as_str()) {
                let cell = of_person(subject.identity(), cell);
                if !cell.is_empty() {
                    found.insert(pseudonyms.of(&subject.kind, &cell));
                }
            }
        }
        let about = if found.len() > LISTED {
            About::More
        } else {
            About::Listed
        };
        Ok((found.into_iter().take(LISTED).collect(), about))
    }
}

fn put_aside(batch: &RecordBatch) -> Vec<PutAside> {
    let text = |name: &str, row: usize| {
        batch
            .column_by_name(name)
            .and_then(|array| array.as_string_opt::<i32>())
            .map(|array| array.value(row).to_owned())
            .unwrap_or_default()
    };
    let number = |row: usize| {
        batch
            .column_by_name("row")
            .and_then(|array| array.as_primitive_opt::<Int64Type>())
            .filter(|array| array.is_valid(row))
            .map_or(0, |array| array.value(row))
    };
    (0..batch.num_rows())
        .map(|row| PutAside {
            file: text("file", row),
            row: number(row),
            columns: serde_json::from_str(&text("columns", row)).unwrap_or_default(),
            raw: serde_json::from_str(&text("raw", row)).unwrap_or_default(),
            reasons: serde_json::from_str(&text("reasons", row)).unwrap_or_default(),
        })
        .collect()
}
