//! Thirty rules over rows in memory: `bench_checks make ROWS OUT`, then `bench_checks judge OUT RUNS`.
//!
//! The batches lie in memory before the clock starts; it runs from the contract as it is declared to the finished
//! report. All cores take batches in turn, as they do in a load. Rows that fail are split off with their reasons and
//! their cells as text.

#![expect(
    clippy::print_stdout,
    reason = "what it measured goes to the caller as JSON"
)]

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::NaiveDate;
use city::Dataset;
use demo::bench::checked;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use quality::{Area, Candidate, Judge, Known, References, Report};
use serde_json::json;

type Fault = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "usage: bench_checks make ROWS OUT | judge OUT RUNS";
/// Rows of a batch: about as many as a block of a load has.
const BATCH: usize = 8_192;

fn main() -> Result<(), Fault> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["make", rows, out] => Ok(checked::write(rows.parse()?, Path::new(out))?),
        ["judge", from, runs] => judge(Path::new(from), runs.parse()?),
        _ => Err(USAGE.into()),
    }
}

/// What is judged.
struct Bench {
    dataset: Dataset,
    references: References,
    batches: Vec<RecordBatch>,
    threads: usize,
}

fn judge(from: &Path, runs: usize) -> Result<(), Fault> {
    let path = from.join("manifest.toml");
    let text = std::fs::read_to_string(&path)?;
    let (dataset, faults) = city::read::dataset_text(&path, &text);
    let dataset = dataset.filter(|_| faults.is_empty());
    let dataset = dataset.ok_or_else(|| format!("the manifest is not sound: {faults:?}"))?;
    let mut known = Known::default();
    let codes = std::fs::read_to_string(from.join("offices.txt"))?;
    codes.lines().for_each(|code| known.insert(code));
    let name = ("offices".to_owned(), "code".to_owned());
    let bench = Bench {
        dataset,
        references: References::from([(name, Arc::new(known))]),
        batches: batches(&from.join("rows.parquet"))?,
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    };
    let (mut seconds, mut found) = (Vec::new(), None);
    for _ in 0..runs.max(1) {
        let began = Instant::now();
        let one = bench.once()?;
        seconds.push(began.elapsed().as_secs_f64());
        found = Some(one);
    }
    let (report, quarantined) = found.ok_or(USAGE)?;
    let rows: usize = bench.batches.iter().map(RecordBatch::num_rows).sum();
    println!(
        "{}",
        json!({
            "rows": rows, "threads": bench.threads, "seconds": seconds, "quarantined": quarantined,
            "rules": rules(&report),
        })
    );
    Ok(())
}

/// The rows as a load has them: with the file and the number of each.
fn batches(path: &Path) -> Result<Vec<RecordBatch>, Fault> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let mut first = 1_i64;
    let mut all = Vec::new();
    for batch in reader.with_batch_size(BATCH).build()? {
        let batch = batch?;
        let count = batch.num_rows();
        let next = first + i64::try_from(count)?;
        let mut fields: Vec<_> = batch.schema().fields().iter().map(Arc::clone).collect();
        fields.push(Arc::new(Field::new("_file", DataType::Utf8, true)));
        fields.push(Arc::new(Field::new("_row", DataType::Int64, true)));
        let mut columns = batch.columns().to_vec();
        let files: ArrayRef = Arc::new(StringArray::from(vec!["permits.csv"; count]));
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(first..next));
        columns.extend([files, numbers]);
        all.push(RecordBatch::try_new(
            Arc::new(Schema::new(fields)),
            columns,
        )?);
        first = next;
    }
    Ok(all)
}

impl Bench {
    /// Everything once: the report, and how many rows failed.
    fn once(&self) -> Result<(Report, u64), Fault> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 26).ok_or(USAGE)?;
        let area = Area([126.95, 37.20, 127.15, 37.38]);
        let judge = Judge::new(&self.dataset, &self.references, area, today);
        let (next, quarantined) = (AtomicU64::new(0), AtomicU64::new(0));
        let work = || -> Result<(), Fault> {
            loop {
                let seq = next.fetch_add(1, Ordering::Relaxed);
                let Some(batch) = self.batches.get(usize::try_from(seq)?) else {
                    return Ok(());
                };
                let raw = |row: usize| cells(batch, row);
                let candidate = Candidate {
                    rows: batch.clone(),
                    faults: Vec::new(),
                    raw: &raw,
                };
                let verdict = judge.judge(seq, candidate).inspect_err(|_| judge.abort())?;
                let failed = u64::try_from(verdict.quarantined.len())?;
                quarantined.fetch_add(failed, Ordering::Relaxed);
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().map_err(|_panic| "a thread broke down")?)
        })?;
        Ok((judge.finish(&[], today), quarantined.into_inner()))
    }
}

fn cells(batch: &RecordBatch, row: usize) -> Vec<String> {
    let options = FormatOptions::default();
    let cell = |column: &ArrayRef| {
        ArrayFormatter::try_new(column, &options)
            .map_or_else(|_| String::new(), |cells| cells.value(row).to_string())
    };
    batch.columns().iter().map(cell).collect()
}

/// How many values failed by rule. Orders of dates look at no one column, so they are told apart by their order.
fn rules(report: &Report) -> BTreeMap<&'static str, u64> {
    let mut left = checked::RULES.to_vec();
    let mut rules = BTreeMap::new();
    for counted in &report.checks {
        let is_it = |rule: &&'static str| {
            let (check, columns) = rule.split_once(' ').unwrap_or((rule, ""));
            let named = counted.column.as_deref();
            check == counted.check && named.is_none_or(|named| named == columns)
        };
        if let Some(at) = left.iter().position(is_it) {
            rules.insert(left.remove(at), counted.errors);
        }
    }
    rules
}
