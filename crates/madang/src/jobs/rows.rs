//! Blocks of typed rows → judged → kept: the sink of a load.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use city::{Dataset, Fault, Reason, Why};
use ingest::{Block, Sink, SinkError};
use lake::{LoadWriter, QuarantineRow};
use quality::drift::Summary;

use crate::jobs::corrections::Corrections;
use crate::jobs::guard::Guard;
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
    /// What people put right.
    corrections: &'a Corrections,
    /// What columns hold that promise to hold nothing of persons.
    guard: Guard,
    /// The dataset, and the coordinate system of places whose manifest names none.
    dataset: &'a Dataset,
    crs: &'a str,
    /// Rows of earlier loads that are read again; all others pass by.
    again: Option<Again<'a>>,
    /// What is compared with the delivery before, where the manifest sets limits.
    seen: Option<(&'a Dataset, Mutex<Summary>)>,
}

/// Some rows of earlier loads, read again.
#[derive(Debug)]
struct Again<'a> {
    wanted: &'a HashSet<(String, u64)>,
    /// The rows as they were read, and those that were accepted: whether they still belong into the table is found out
    /// before they are written.
    seen: Mutex<Seen>,
}

/// Rows read again.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) before: Vec<RecordBatch>,
    pub(crate) accepted: Vec<RecordBatch>,
}

/// What went where.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) seen: Option<Summary>,
    pub(crate) accepted: u64,
    pub(crate) quarantined: u64,
    pub(crate) broken: Vec<Why>,
    /// Identifiers of persons in columns that are not declared to hold any.
    pub(crate) undeclared: Vec<Fault>,
    /// Rows read again, where only some are.
    pub(crate) again: Option<Seen>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(
        dataset: &'a Dataset,
        judge: &'a Judge,
        writer: &'a LoadWriter<'a>,
        watch: &'a Watch,
        (corrections, crs): (&'a Corrections, &'a str),
        wanted: Option<&'a HashSet<(String, u64)>>,
    ) -> Self {
        let drift = dataset.load.drift.as_ref();
        Self {
            seen: drift.map(|_| (dataset, Mutex::default())),
            corrections,
            guard: Guard::new(dataset, judge.day()),
            dataset,
            crs,
            again: wanted.map(|wanted| Again {
                wanted,
                seen: Mutex::default(),
            }),
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
            undeclared: self.guard.faults(self.dataset),
            again: self.again.map(|again| {
                again
                    .seen
                    .into_inner()
                    .unwrap_or_else(PoisonError::into_inner)
            }),
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

    fn keep(&self, block: Block) -> Result<(), SinkError> {
        let block = match &self.again {
            None => block,
            Some(again) => again.only(block)?,
        };
        let mut block = self.corrections.apply(block, self.dataset, self.crs)?;
        self.guard.see(&block);
        let columns: Arc<str> = serde_json::to_string(&block.source.columns)?.into();
        let broken = std::mem::take(&mut block.broken);
        let read = count(block.rows.num_rows()) + count(broken.len());
        let mut rejected: Vec<QuarantineRow> = Vec::with_capacity(broken.len());
        for broken in &broken {
            let number = i64::try_from(broken.row).unwrap_or(i64::MAX);
            rejected.push(row(
                &broken.file,
                number,
                (&columns, &broken.raw),
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
                (&columns, &quarantined.raw),
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
        match &self.again {
            None => self.writer.accept(&verdict.accepted)?,
            Some(again) => again.keep(verdict.accepted),
        }
        self.writer.quarantine(&rejected)?;
        self.accepted.fetch_add(accepted, Ordering::Relaxed);
        self.quarantined
            .fetch_add(count(rejected.len()), Ordering::Relaxed);
        self.watch.rows(read);
        Ok(())
    }
}

impl Again<'_> {
    fn only(&self, block: Block) -> Result<Block, SinkError> {
        let file = block.source.file.clone();
        let block = block.only(&|row| self.wanted.contains(&(file.clone(), row)))?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.before.push(block.rows.clone());
        Ok(block)
    }

    fn keep(&self, accepted: RecordBatch) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.accepted.push(accepted);
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
    (columns, raw): (&Arc<str>, &[String]),
    reasons: &[Reason],
) -> Result<QuarantineRow, serde_json::Error> {
    Ok(QuarantineRow {
        file: file.to_owned(),
        row,
        columns: Arc::clone(columns),
        raw: serde_json::to_string(raw)?,
        reasons: serde_json::to_string(reasons)?,
    })
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
