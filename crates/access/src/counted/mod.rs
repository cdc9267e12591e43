//! Counts of people by those who may not see a row of them.
//!
//! A policy that permits `Action::"count"` gives columns to count by and no rows. A question about such a dataset is
//! answered from its table of counts by the one or two columns that the question names anywhere, in conditions as well
//! as in groups. In that table small counts are hidden, and others with them ([`crate::suppress`]), before anything of
//! the question is worked out: conditions, sums and orders see what is left. So no condition can isolate a person, and
//! the difference of two answers tells nothing that a table itself would not.
//!
//! | module | holds |
//! | --- | --- |
//! | [`plan`] | which part of a plan counts what; and the plan that asks the table of counts instead |
//! | [`cells`] | the table of counts, small ones hidden |

mod cells;
mod plan;

use std::collections::BTreeMap;
use std::sync::Arc;

use city::DatasetId;
use datafusion::catalog::TableProvider;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::LogicalPlan;

use crate::policy::Reason;

/// Name of the column of counts; no question can name it.
pub(crate) const COUNT: &str = "__count";

/// A plan that sees tables of counts in place of rows.
pub(crate) struct Guarded {
    pub(crate) plan: LogicalPlan,
    /// Cells that were hidden.
    pub(crate) hidden: usize,
}

/// Why a question about what may only be counted has no answer.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It is none that counts, or would tell too much.
    No {
        /// The dataset.
        dataset: DatasetId,
        /// Why.
        why: Reason,
    },
    /// The engine failed.
    Failed(DataFusionError),
}

impl From<DataFusionError> for Refused {
    fn from(error: DataFusionError) -> Self {
        Self::Failed(error)
    }
}

/// The tables of a question that may only be counted, by their name in it.
pub(crate) type Tables = BTreeMap<String, (DatasetId, Arc<dyn TableProvider>)>;

/// Puts tables of counts into a plan, where it reads tables that may only be counted. Counts from 1 to below `threshold`
/// are small.
///
/// # Errors
/// When the plan does anything with such a table but count it, when the table of counts would show nothing, or when the
/// engine fails.
pub(crate) async fn guard(
    state: &SessionState,
    plan: LogicalPlan,
    tables: &Tables,
    threshold: u64,
) -> Result<Guarded, Refused> {
    let asked = plan::asked(&plan, tables)?;
    let mut cubes = BTreeMap::new();
    let mut hidden = 0;
    for question in asked {
        let Some((dataset, table)) = tables.get(&question.table) else {
            continue;
        };
        let cube = cells::counted(state, table, &question.columns, threshold).await?;
        let cube = cube.map_err(|why| Refused::No {
            dataset: dataset.clone(),
            why,
        })?;
        hidden += cube.hidden;
        cubes.insert(question, cube.table);
    }
    Ok(Guarded {
        plan: plan::replaced(plan, tables, &cubes)?,
        hidden,
    })
}

/// A reason in both languages.
fn reason(ko: impl Into<String>, en: impl Into<String>) -> Reason {
    Reason {
        ko: ko.into(),
        en: en.into(),
    }
}
