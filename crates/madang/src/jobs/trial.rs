//! A row as somebody says it should be, tried against the contract before anything is kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use access::SourceRow;
use arrow::array::RecordBatch;
use async_trait::async_trait;
use city::{Dataset, DatasetId, Reason};
use ingest::{Block, BrokenRow, Input, Mending, RawRows, Sink, SinkError, SourceTable};
use lake::Record;

use crate::exit::Failure;
use crate::jobs::judge::Judge;
use crate::jobs::load::korean_day;
use crate::jobs::references::references;
use crate::platform::Platform;

/// What the contract says of a row; nothing when it would be accepted. Whether its key stands in another row is not
/// asked: the load does.
pub(crate) async fn try_row(
    platform: &Platform,
    dataset: &Dataset,
    columns: &[String],
    cells: Vec<String>,
) -> Result<Vec<Reason>, Failure> {
    let manifest = &platform.city.manifest;
    let references = references(platform, dataset).await?;
    let today = korean_day(platform.records.clock().now());
    let judge = Judge::new(dataset, &references, manifest.bounds, today);
    let came = BrokenRow {
        file: String::new(),
        row: 1,
        raw: cells.clone(),
        reason: Reason {
            column: None,
            value: None,
            why: city::Why::FieldCount {
                expected: 0,
                found: 0,
            },
        },
    };
    let block = Block {
        seq: 0,
        rows: RecordBatch::new_empty(ingest::table_schema(dataset)),
        faults: Vec::new(),
        raw: Arc::new(NoRows),
        broken: vec![came],
        source: Arc::new(SourceTable {
            file: dataset.title.clone(),
            columns: columns.to_vec(),
            crs: None,
        }),
    };
    let mending = Mending {
        rows: BTreeMap::new(),
        broken: [(0, cells)].into(),
    };
    let block = block
        .mended(dataset, &manifest.crs, &mending)
        .map_err(|error| crate::jobs::work::failure(&dataset.id, error))?;
    let verdict = judge
        .judge(block)
        .map_err(|error| Failure::Machine(error.to_string()))?;
    let reasons = verdict.quarantined.into_iter().flat_map(|row| row.reasons);
    Ok(reasons.collect())
}

struct NoRows;

impl RawRows for NoRows {
    fn cells(&self, _row: usize) -> Vec<String> {
        Vec::new()
    }
}

/// A row of a load as its source has it: its bytes are read again.
pub(crate) fn source_row(
    platform: &Platform,
    dataset: &Dataset,
    load: &Record,
    (file, row): (&str, i64),
    threads: usize,
) -> Result<Option<SourceRow>, Failure> {
    let landing = platform.lake.landing();
    let inputs: Vec<Input> = load
        .sources
        .iter()
        .map(|source| Input {
            name: source.name.clone(),
            path: landing.path(&source.sha256),
        })
        .collect();
    let looked = Looked {
        file,
        row: u64::try_from(row).unwrap_or_default(),
        found: Mutex::new(None),
    };
    let crs = &platform.city.manifest.crs;
    let decoded = ingest::decode(dataset, crs, &inputs, threads, &looked);
    let found = looked
        .found
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    match (found, decoded) {
        // Reading stops where the row is found.
        (Some(found), _) => Ok(Some(found)),
        (None, Ok(_)) => Ok(None),
        (None, Err(error)) => Err(crate::jobs::work::failure(&dataset.id, error)),
    }
}

struct Looked<'l> {
    file: &'l str,
    row: u64,
    found: Mutex<Option<SourceRow>>,
}

impl Sink for Looked<'_> {
    fn block(&self, block: Block) -> Result<(), SinkError> {
        if block.source.file != self.file {
            return Ok(());
        }
        let place = block
            .numbers()
            .iter()
            .position(|number| *number == self.row);
        let Some(place) = place else { return Ok(()) };
        let found = SourceRow {
            columns: block.source.columns.clone(),
            cells: block.raw.cells(place),
        };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        Err("found".into())
    }
}

/// Tries rows for the pages and the API.
pub(crate) struct Workshop {
    pub(crate) platform: Platform,
    pub(crate) threads: usize,
}

impl Workshop {
    fn dataset(&self, id: &DatasetId) -> Result<Dataset, String> {
        let found = self.platform.city.datasets.get(id);
        found
            .cloned()
            .ok_or_else(|| format!("no dataset is called {id}"))
    }
}

#[async_trait]
impl interop::repair::Workshop for Workshop {
    async fn try_row(
        &self,
        dataset: &DatasetId,
        columns: &[String],
        cells: Vec<String>,
    ) -> Result<Vec<Reason>, String> {
        let dataset = self.dataset(dataset)?;
        let tried = try_row(&self.platform, &dataset, columns, cells).await;
        tried.map_err(|failure| failure.message().to_owned())
    }

    async fn source_row(
        &self,
        dataset: &DatasetId,
        load_id: &str,
        file: &str,
        row: i64,
    ) -> Result<Option<SourceRow>, String> {
        let dataset = self.dataset(dataset)?;
        let loads = self.platform.lake.loads(&dataset.id);
        let loads = loads.map_err(|error| error.to_string())?;
        let load = loads.into_iter().find(|load| load.load_id == load_id);
        let Some(load) = load else { return Ok(None) };
        let (platform, threads) = (self.platform.clone(), self.threads);
        let file = file.to_owned();
        let read = tokio::task::spawn_blocking(move || {
            source_row(&platform, &dataset, &load, (&file, row), threads)
        });
        let read = read.await.map_err(|error| error.to_string())?;
        read.map_err(|failure| failure.message().to_owned())
    }
}
