//! What can go wrong in the lake.

/// Why the lake could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The disk failed.
    #[error("{path}: {source}")]
    Disk {
        /// Where.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Another load of the dataset is running.
    #[error("another load of `{0}` is running; try again when it has ended")]
    Busy(String),
    /// The table's columns changed in a way that its rows cannot follow.
    #[error(
        "column `{column}` was {before} and is declared {now}; rows of earlier loads stay: load mode `snapshot` replaces them, or give the column a new name"
    )]
    TypeChanged {
        /// The column.
        column: String,
        /// Its stored type.
        before: String,
        /// The type it is declared to have.
        now: String,
    },
    /// The table format's own error. Its text can hold values, so it is not shown as it is.
    #[error("the table's log cannot be {0}")]
    Delta(&'static str, #[source] Box<deltalake::DeltaTableError>),
    /// Parquet could not be written or read.
    #[error("a table file cannot be written or read")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Arrow.
    #[error("a batch has not the table's shape")]
    Arrow(#[from] arrow::error::ArrowError),
    /// The query engine.
    #[error("the table cannot be opened")]
    Engine(#[from] datafusion::error::DataFusionError),
    /// The log holds something this version of Madang does not understand.
    #[error("{path}: not a log entry this version understands: {why}")]
    Log {
        /// Where.
        path: String,
        /// Why.
        why: String,
    },
    /// No such load waits for a person.
    #[error("no load {load} of `{dataset}` waits for a decision")]
    NotHeld {
        /// The dataset.
        dataset: String,
        /// The load.
        load: String,
    },
    /// There is no such correction.
    #[error("`{dataset}` has no correction {correction}")]
    NoCorrection {
        /// The dataset.
        dataset: String,
        /// What was asked for.
        correction: String,
    },
    /// There is no such report.
    #[error("there is no report {report} about `{dataset}`")]
    NoReport {
        /// The dataset.
        dataset: String,
        /// What was asked for.
        report: String,
    },
    /// There is no such version.
    #[error("`{dataset}` has no version {asked}")]
    NoVersion {
        /// The dataset.
        dataset: String,
        /// What was asked for.
        asked: String,
    },
}

impl LakeError {
    /// Adds the place to a disk error.
    pub(crate) fn disk(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Disk {
            path: path.display().to_string(),
            source,
        }
    }

    pub(crate) fn delta(what: &'static str) -> impl FnOnce(deltalake::DeltaTableError) -> Self {
        move |source| Self::Delta(what, Box::new(source))
    }
}
