//! Blocks of typed rows → judged → kept: the sink of a load.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use city::{Dataset, Reason, Why};
use ingest::{Block, Sink, SinkError};
use lake::{LoadWriter, QuarantineRow};
use quality::drift::Summary;

use crate::jobs::judge::Judge;
use crate::jobs::progress::Watch;

/// Where the blocks of one load go.
pub(crate) struct Rows<'a> {
    judge: &'a Judge,
    writer: &'a LoadWriter<'a>,
    watch: &'a Watch,
    accepted: AtomicU64,
    quarantined: AtomicU64,
    broken: Mutex<Vec<Why>>,
    /// What is compared with the delivery before, where the manifest sets limits.
    seen: Option<(&'a Dataset, Mutex<Summary>)>,
}

/// What went where.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) seen: Option<Summary>,
    pub(crate) accepted: u64,
    pub(crate) quarantined: u64,
    pub(crate) broken: Vec<Why>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(
        dataset: &'a Dataset,
        judge: &'a Judge,
        writer: &'a LoadWriter<'a>,
        watch: &'a Watch,
    ) -> Self {
        let drift = dataset.load.drift.as_ref();
        Self {
            seen: drift.map(|_| (dataset, Mutex::default())),
            judge,
            writer,
            watch,
            accepted: AtomicU64::new(0),
            quarantined: AtomicU64::new(0),
            broken: Mutex::default(),
        }
    }

    pub(crate) fn counts(self) -> Counts {
        Counts {
            seen: self
                .seen
                .map(|(_, seen)| seen.into_inner().unwrap_or_else(PoisonError::into_inner)),
            accepted: self.accepted.into_inner(),
            quarantined: self.quarantined.into_inner(),
            broken: self
                .broken
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn keep(&self, mut block: Block) -> Result<(), SinkError> {
        let broken = std::mem::take(&mut block.broken);
        let read = count(block.rows.num_rows()) + count(broken.len());
        let mut rejected: Vec<QuarantineRow> = Vec::with_capacity(broken.len());
        for broken in &broken {
            let number = i64::try_from(broken.row).unwrap_or(i64::MAX);
            rejected.push(row(
                &broken.file,
                number,
                &broken.raw,
                std::slice::from_ref(&broken.reason),
            )?);
        }
        if !broken.is_empty() {
            let whys = broken.into_iter().map(|broken| broken.reason.why);
            self.broken
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(whys);
        }
        let verdict = self.judge.judge(block)?;
        for quarantined in &verdict.quarantined {
            rejected.push(row(
                &quarantined.file,
                quarantined.row,
                &quarantined.raw,
                &quarantined.reasons,
            )?);
        }
        let accepted = count(verdict.accepted.num_rows());
        let total = accepted + count(rejected.len());
        if total != read {
            return Err(format!("{read} rows were read, {total} came back from the checks").into());
        }
        if let Some((dataset, seen)) = &self.seen {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.see(dataset, &verdict.accepted);
        }
        rejected.sort_by(|a, b| a.file.cmp(&b.file).then(a.row.cmp(&b.row)));
        self.writer.accept(&verdict.accepted)?;
        self.writer.quarantine(&rejected)?;
        self.accepted.fetch_add(accepted, Ordering::Relaxed);
        self.quarantined
            .fetch_add(count(rejected.len()), Ordering::Relaxed);
        self.watch.rows(read);
        Ok(())
    }
}

impl Sink for Rows<'_> {
    fn block(&self, block: Block) -> Result<(), SinkError> {
        self.keep(block)
    }

    fn stopped(&self) {
        self.judge.abort();
    }

    fn progress(&self, bytes_done: u64, bytes_all: u64) {
        self.watch.bytes(bytes_done, bytes_all);
    }
}

fn row(
    file: &str,
    row: i64,
    raw: &[String],
    reasons: &[Reason],
) -> Result<QuarantineRow, serde_json::Error> {
    Ok(QuarantineRow {
        file: file.to_owned(),
        row,
        raw: serde_json::to_string(raw)?,
        reasons: serde_json::to_string(reasons)?,
    })
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
