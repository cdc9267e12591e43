//! Room `ingest`'s blocks in room `quality`'s terms.

use chrono::NaiveDate;
use city::Dataset;
use ingest::Block;
use quality::{Area, Candidate, JudgeError, References, Report, Verdict};

/// The checks of one load, and the day it runs on.
pub(crate) struct Judge {
    judge: quality::Judge,
    today: NaiveDate,
}

impl Judge {
    pub(crate) fn new(
        dataset: &Dataset,
        references: &References,
        bounds: [f64; 4],
        today: NaiveDate,
    ) -> Self {
        Self {
            judge: quality::Judge::new(dataset, references, Area(bounds), today),
            today,
        }
    }

    /// The contract itself, to be told what stands in the table already.
    pub(crate) fn contract(&self) -> &quality::Judge {
        &self.judge
    }

    /// The day the load runs on.
    pub(crate) fn day(&self) -> NaiveDate {
        self.today
    }

    /// Both halves of a block's rows. Its broken rows are the caller's.
    pub(crate) fn judge(&self, block: Block) -> Result<Verdict, JudgeError> {
        let raw = block.raw;
        let cells = |row: usize| raw.cells(row);
        let faults = block
            .faults
            .into_iter()
            .map(|fault| (fault.row, fault.reason))
            .collect();
        self.judge.judge(
            block.seq,
            Candidate {
                rows: block.rows,
                faults,
                raw: &cells,
            },
        )
    }

    /// Lets threads that wait for their turn go: the load stops.
    pub(crate) fn abort(&self) {
        self.judge.abort();
    }

    /// What was found over the whole load.
    pub(crate) fn finish(&self, broken: &[city::Why]) -> Report {
        self.judge.finish(broken, self.today)
    }
}
