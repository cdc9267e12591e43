//! What can be asked.

use city::DatasetId;
use lake::At;

use crate::filter::Filter;

/// A question in SQL.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// One reading statement, with Korean or physical names.
    pub sql: String,
    /// Which state of the datasets.
    pub at: At,
}

/// An order of rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sort {
    /// Column: physical name, Korean title or source name.
    pub column: String,
    /// Greatest first.
    pub descending: bool,
}

/// A question for rows of one dataset, without SQL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rows {
    /// The dataset.
    pub dataset: DatasetId,
    /// Which state of it.
    pub at: At,
    /// Conditions, all of which must hold.
    pub filters: Vec<Filter>,
    /// Order.
    pub sort: Vec<Sort>,
    /// Columns by physical name; all when empty.
    pub columns: Vec<String>,
    /// Rows to pass over.
    pub offset: u64,
    /// Most rows; all when absent.
    pub limit: Option<u64>,
}

/// A question for rows, for the log: which columns are compared, not with what.
pub(crate) fn described(question: &Rows) -> String {
    let filters: Vec<String> = question
        .filters
        .iter()
        .map(|filter| format!("{} {} ?", filter.column, filter.op.word()))
        .collect();
    format!(
        "rows of {} where [{}] offset {} limit {:?}",
        question.dataset,
        filters.join(", "),
        question.offset,
        question.limit
    )
}
