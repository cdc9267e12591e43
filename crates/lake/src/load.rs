//! One load: rows are written as they come, then committed or refused in one step.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow::array::{Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use chrono::{DateTime, TimeDelta, Utc};
use city::DatasetId;
use city::dataset::LoadMode;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use crate::begin::Turn;
use crate::beside::side_by_side;
use crate::correction::Came;
use crate::flush::Flusher;
use crate::record::{FORM, Outcome, Record};
use crate::replay::DataFile;
use crate::upsert::{Going, Keys, Touched};
use crate::{At, Lake, LakeError, Landed, commit, disk};

/// A new data file begins when one has about so many bytes.
const FILE_BYTES: usize = 256 << 20;
/// A data file is sent to the disk whenever it has grown by so many bytes.
const FLUSH_BYTES: usize = 16 << 20;
/// Rows in a row group: small enough that memory stays bounded, large enough to compress well.
const GROUP_ROWS: usize = 256 << 10;
/// Rows in a page, the least that can be read of a column: a screen shows a few rows of every column.
const PAGE_ROWS: usize = 4096;
/// A column with a larger dictionary does without: whoever reads a few rows reads all of it first.
const DICTIONARY_BYTES: usize = 128 << 10;

/// What a load will do.
#[derive(Clone, Debug)]
pub struct LoadPlan {
    /// Id of the load.
    pub load_id: String,
    /// How it changes the table.
    pub mode: LoadMode,
    /// Columns that name a row.
    pub key: Vec<String>,
    /// The bytes it is made of, as far as they have landed ([`LoadWriter::made_of`] adds the others).
    pub sources: Vec<Landed>,
    /// SHA-256 of the manifest.
    pub manifest_sha256: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
}

/// What came of the rows.
#[derive(Clone, Debug, Default)]
pub struct Accounting {
    /// Rows read: accepted + quarantined.
    pub read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Rows quarantined.
    pub quarantined: u64,
    /// Rows left out by declaration.
    pub skipped: u64,
    /// The quality report.
    pub report: serde_json::Value,
    /// Columns of the source that the manifest does not use.
    pub extra_columns: Vec<String>,
    /// Places of damaged files that were mended because the manifest says so.
    pub places_repaired: u64,
    /// The versions of other datasets that a derived one was made of.
    pub inputs: BTreeMap<DatasetId, i64>,
    /// What the catalogue that the delivery came from says of it.
    pub provenance: Option<Box<city::Provenance>>,
    /// What differs from the delivery before more than it may.
    pub differences: Vec<serde_json::Value>,
    /// What came of every correction that stood, by its id.
    pub corrections: BTreeMap<String, Came>,
    /// Corrections for which rows of earlier loads were read again.
    pub readmits: Vec<String>,
    /// How far the source has been read.
    pub mark: Option<String>,
    /// The list of keys that existed at the source, where one was made.
    pub keys: Option<Landed>,
}

/// A row put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineRow {
    /// File it stands in.
    pub file: String,
    /// Line or ordinal in the file.
    pub row: i64,
    /// Names of its source's columns: a JSON list of texts.
    pub columns: Arc<str>,
    /// Its cells as they came: a JSON list of texts.
    pub raw: String,
    /// Why: a JSON list of reasons.
    pub reasons: String,
}

pub(crate) struct Lane {
    path: PathBuf,
    writer: ArrowWriter<File>,
    rows: u64,
    /// Bytes that were written when the file was last sent to the disk.
    flushed: usize,
}

/// A load that is being written. Dropped without a commit or a refusal, it leaves nothing that anybody sees.
pub struct LoadWriter<'l> {
    pub(crate) lake: &'l Lake,
    pub(crate) dataset: DatasetId,
    pub(crate) schema: SchemaRef,
    pub(crate) plan: LoadPlan,
    pub(crate) folder: PathBuf,
    pub(crate) lanes: Mutex<Vec<Lane>>,
    pub(crate) done: Mutex<Vec<DataFile>>,
    pub(crate) next: AtomicU64,
    pub(crate) keys: Option<Keys>,
    /// Which rows of the table go.
    pub(crate) going: Mutex<Going>,
    pub(crate) aside: Mutex<Option<Lane>>,
    pub(crate) flusher: OnceLock<Flusher>,
    pub(crate) _lock: Turn,
}

/// Numbers with a fraction have no dictionary: they seldom repeat, so one costs time to make, and whoever reads a few
/// rows must read all of it. Nor are they compressed: their bits look like noise, and a byte saved in ten costs a tenth
/// of the load.
fn properties(schema: &Schema) -> WriterProperties {
    let builder = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES);
    let fractions = schema
        .fields()
        .iter()
        .filter(|field| field.data_type().is_floating());
    fractions
        .fold(builder, |builder, field| {
            let path = ColumnPath::from(field.name().as_str());
            builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_compression(path, Compression::UNCOMPRESSED)
        })
        .build()
}

fn writer(file: File, schema: &SchemaRef) -> Result<ArrowWriter<File>, LakeError> {
    let properties = properties(schema);
    Ok(ArrowWriter::try_new(
        file,
        Arc::clone(schema),
        Some(properties),
    )?)
}

fn quarantine_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("file", DataType::Utf8, false),
        Field::new("row", DataType::Int64, false),
        Field::new("columns", DataType::Utf8, false),
        Field::new("raw", DataType::Utf8, false),
        Field::new("reasons", DataType::Utf8, false),
    ]))
}

impl LoadWriter<'_> {
    /// What the load does, and of which bytes.
    pub fn plan(&self) -> &LoadPlan {
        &self.plan
    }

    /// Adds bytes that landed while their rows were written.
    pub fn made_of(&mut self, landed: Landed) {
        self.plan.sources.push(landed);
    }

    /// Writes accepted rows. Threads write to files of their own.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn accept(&self, rows: &RecordBatch) -> Result<(), LakeError> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        if let Some(keys) = &self.keys {
            let arrived = keys.arrived(rows)?;
            let mut going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
            going.arrived(&arrived);
        }
        let lane = self
            .lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut lane = match lane {
            Some(lane) => lane,
            None => self.lane(&self.schema)?,
        };
        lane.writer.write(rows)?;
        lane.rows += u64::try_from(rows.num_rows()).unwrap_or_default();
        let written = lane.writer.bytes_written();
        if written - lane.flushed.min(written) > FLUSH_BYTES {
            lane.flushed = written;
            // Most loads never write so much: theirs starts no thread.
            let flusher = self.flusher.get_or_init(Flusher::start);
            let flushed = flusher.flush(lane.writer.inner());
            flushed.map_err(LakeError::disk(&lane.path))?;
        }
        if written > FILE_BYTES {
            self.close(lane)?;
        } else {
            self.lanes
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(lane);
        }
        Ok(())
    }

    /// Where the next data file goes.
    fn new_path(&self) -> PathBuf {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("part-{}-{number:04}.parquet", self.plan.load_id);
        self.folder.join(name)
    }

    fn lane(&self, schema: &SchemaRef) -> Result<Lane, LakeError> {
        let path = self.new_path();
        let file = File::create(&path).map_err(LakeError::disk(&path))?;
        Ok(Lane {
            path,
            writer: writer(file, schema)?,
            rows: 0,
            flushed: 0,
        })
    }

    /// Finishes data files, side by side: the last rows of each are still to be encoded, and the disk writes several
    /// at once as well as one.
    fn close_all(&self, lanes: Vec<Lane>) -> Result<(), LakeError> {
        std::thread::scope(|scope| {
            let closing: Vec<_> = lanes
                .into_iter()
                .map(|lane| scope.spawn(move || self.close(lane)))
                .collect();
            closing.into_iter().try_for_each(|closing| {
                closing.join().unwrap_or_else(|_| {
                    let broken = std::io::Error::other("a writing thread broke down");
                    Err(LakeError::disk(&self.folder)(broken))
                })
            })
        })
    }

    /// Finishes a data file: on disk when this returns.
    fn close(&self, lane: Lane) -> Result<(), LakeError> {
        let (path, rows) = (lane.path, lane.rows);
        let file = lane.writer.into_inner()?;
        file.sync_all().map_err(LakeError::disk(&path))?;
        self.keep(&path, rows)
    }

    /// Notes a data file that is whole and on disk.
    fn keep(&self, path: &Path, rows: u64) -> Result<(), LakeError> {
        let bytes = path.metadata().map_err(LakeError::disk(path))?.len();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        self.done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(DataFile {
                path: name,
                rows,
                bytes,
            });
        Ok(())
    }

    /// Puts rows aside.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn quarantine(&self, rows: &[QuarantineRow]) -> Result<(), LakeError> {
        if rows.is_empty() {
            return Ok(());
        }
        let text = |pick: fn(&QuarantineRow) -> &String| {
            Arc::new(StringArray::from_iter_values(rows.iter().map(pick)))
        };
        let schema = quarantine_schema();
        let numbers = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.row)));
        let columns = rows.iter().map(|row| row.columns.as_ref());
        let columns = Arc::new(StringArray::from_iter_values(columns));
        let batch = RecordBatch::try_new(
            Arc::clone(&schema),
            vec![
                text(|row| &row.file),
                numbers,
                columns,
                text(|row| &row.raw),
                text(|row| &row.reasons),
            ],
        )?;
        let mut aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        if aside.is_none() {
            let folder = self.lake.quarantine_folder(&self.dataset);
            disk::folder(&folder)?;
            let path = folder.join(format!("{}.parquet", self.plan.load_id));
            let file = File::create(&path).map_err(LakeError::disk(&path))?;
            *aside = Some(Lane {
                path,
                writer: writer(file, &schema)?,
                rows: 0,
                flushed: 0,
            });
        }
        if let Some(lane) = aside.as_mut() {
            lane.writer.write(&batch)?;
        }
        Ok(())
    }

    fn close_aside(&self) -> Result<(), LakeError> {
        let Some(lane) = self
            .aside
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        else {
            return Ok(());
        };
        let path = lane.path;
        lane.writer
            .into_inner()?
            .sync_all()
            .map_err(LakeError::disk(&path))?;
        disk::sync_folder(&self.lake.quarantine_folder(&self.dataset))
    }

    /// The moment of this load: behind that of the newest, even where the clock was put back since. "The newest" must
    /// stay the one that came last.
    fn moment(&self, at: DateTime<Utc>) -> Result<DateTime<Utc>, LakeError> {
        let loads = self.lake.loads(&self.dataset)?;
        let newest = loads.first().map(|load| load.committed_at);
        Ok(newest.map_or(at, |newest| at.max(newest + TimeDelta::milliseconds(1))))
    }

    fn record(&self, accounting: Accounting, at: DateTime<Utc>, outcome: Outcome) -> Record {
        Record {
            form: FORM,
            dataset: self.dataset.clone(),
            number: 0,
            load_id: self.plan.load_id.clone(),
            outcome,
            started_at: self.plan.started_at,
            committed_at: at,
            mode: self.plan.mode,
            key: self.plan.key.clone(),
            rows: 0,
            deleted: 0,
            mark: accounting.mark,
            keys: accounting.keys,
            read: accounting.read,
            accepted: accounting.accepted,
            quarantined: accounting.quarantined,
            skipped: accounting.skipped,
            sources: self.plan.sources.clone(),
            manifest_sha256: self.plan.manifest_sha256.clone(),
            report: Arc::new(accounting.report),
            message: None,
            extra_columns: accounting.extra_columns,
            places_repaired: accounting.places_repaired,
            inputs: accounting.inputs,
            provenance: accounting.provenance,
            differences: accounting.differences,
            corrections: accounting.corrections,
            readmits: accounting.readmits,
        }
    }

    /// Makes the load a version. When this returns it is on disk, and nothing of it can be lost.
    ///
    /// # Errors
    /// When the disk or the table's log fails; then the last version stays.
    pub async fn commit(
        mut self,
        accounting: Accounting,
        at: DateTime<Utc>,
    ) -> Result<Record, LakeError> {
        let mut lanes =
            std::mem::take(&mut *self.lanes.lock().unwrap_or_else(PoisonError::into_inner));
        if lanes.is_empty()
            && self
                .done
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_empty()
        {
            // A version always has a file, so that an empty table still has its columns.
            lanes.push(self.lane(&self.schema)?);
        }
        self.close_all(lanes)?;
        self.close_aside()?;
        let at = self.moment(at)?;
        let before = self.before()?;
        let (removed, deleted) = match self.plan.mode {
            LoadMode::Snapshot => (before.clone(), 0),
            LoadMode::Append => (Vec::new(), 0),
            LoadMode::Upsert => self.replace(&before)?,
        };
        if let Some(flusher) = self.flusher.take() {
            flusher.end().map_err(LakeError::disk(&self.folder))?;
        }
        let mut added =
            std::mem::take(&mut *self.done.lock().unwrap_or_else(PoisonError::into_inner));
        added.sort_by(|left, right| left.path.cmp(&right.path));
        disk::sync_folder(&self.folder)?;
        let mut record = self.record(accounting, at, Outcome::Loaded);
        record.deleted = deleted;
        let kept: u64 = before
            .iter()
            .filter(|file| !removed.contains(file))
            .map(|file| file.rows)
            .sum();
        record.rows = kept + added.iter().map(|file| file.rows).sum::<u64>();
        let _change = self.lake.notices.announce(&self.dataset)?;
        commit::commit(&self.folder, &self.schema, record, &added, &removed).await
    }

    /// Says which keys exist at the source: rows of the table with others go with this load.
    ///
    /// # Errors
    /// When the load replaces nothing by key, or the rows lack a key column.
    pub fn exist(&self, keys: &RecordBatch) -> Result<(), LakeError> {
        let mut going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.keys {
            Some(own) => Ok(own.exist(keys, &mut going)?),
            None => Err(ArrowError::SchemaError("the load has no key".to_owned()).into()),
        }
    }

    /// Whether the table holds a row that goes with this load.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn replaces_any(&self) -> Result<bool, LakeError> {
        let Some(keys) = &self.keys else {
            return Ok(false);
        };
        let going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        let touched = keys.touched(&self.paths(&self.before()?), &going)?;
        Ok(touched.iter().any(Touched::is_touched))
    }

    /// The data files of the version in force.
    fn before(&self) -> Result<Vec<DataFile>, LakeError> {
        match self.lake.version(&self.dataset, &At::Latest)? {
            Some(last) => self.lake.files(&self.dataset, last.number),
            None => Ok(Vec::new()),
        }
    }

    fn paths(&self, files: &[DataFile]) -> Vec<PathBuf> {
        let paths = files.iter().map(|file| self.folder.join(&file.path));
        paths.collect()
    }

    /// Writes the files that hold a row that goes without it; answers which they were, and how many rows went because
    /// the source has them no more.
    fn replace(&self, before: &[DataFile]) -> Result<(Vec<DataFile>, u64), LakeError> {
        let Some(keys) = &self.keys else {
            return Ok((Vec::new(), 0));
        };
        let going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        let touched = keys.touched(&self.paths(before), &going)?;
        let of_files = before.iter().zip(&touched);
        let of_files: Vec<_> = of_files
            .filter(|(_, touched)| touched.is_touched())
            .collect();
        let deleted = AtomicU64::new(0);
        side_by_side(of_files.len(), |at| {
            let Some((_, touched)) = of_files.get(at) else {
                return Ok(());
            };
            let mut lane = self.lane(&touched.schema())?;
            for rows in touched.rows()? {
                let (staying, gone) = keys.staying(&rows?, &going)?;
                deleted.fetch_add(gone, Ordering::Relaxed);
                lane.rows += u64::try_from(staying.num_rows()).unwrap_or_default();
                lane.writer.write(&staying)?;
            }
            self.close(lane)?;
            let rest = self.new_path();
            if let Some(rows) = touched.copy_rest(&rest)? {
                self.keep(&rest, rows)?;
            }
            Ok(())
        })?;
        let replaced = of_files.into_iter().map(|(file, _)| file.clone());
        Ok((replaced.collect(), deleted.into_inner()))
    }

    /// Records that the load was refused whole; the last version stays, the rows put aside can be seen.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn refuse(
        self,
        accounting: Accounting,
        at: DateTime<Utc>,
        why: String,
    ) -> Result<Record, LakeError> {
        self.put_off(accounting, at, (Outcome::Refused, why))
    }

    /// Records that the load waits for a person ([`Lake::decide`]); the last version stays. Its bytes are kept: once
    /// it is accepted, the same bytes are loaded again.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn hold(
        self,
        accounting: Accounting,
        at: DateTime<Utc>,
        why: String,
    ) -> Result<Record, LakeError> {
        self.put_off(accounting, at, (Outcome::Held, why))
    }

    fn put_off(
        self,
        accounting: Accounting,
        at: DateTime<Utc>,
        (outcome, why): (Outcome, String),
    ) -> Result<Record, LakeError> {
        let at = self.moment(at)?;
        self.close_aside()?;
        let mut record = self.record(accounting, at, outcome);
        record.message = Some(why);
        let path = self
            .lake
            .refused_folder(&self.dataset)
            .join(format!("{}.json", self.plan.load_id));
        let text = serde_json::to_vec_pretty(&record).map_err(|error| LakeError::Log {
            path: path.display().to_string(),
            why: error.to_string(),
        })?;
        let _change = self.lake.notices.announce(&self.dataset)?;
        disk::write_whole(&path, &text)?;
        for lane in std::mem::take(&mut *self.lanes.lock().unwrap_or_else(PoisonError::into_inner))
        {
            std::fs::remove_file(&lane.path).ok();
        }
        for file in self
            .done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            std::fs::remove_file(self.folder.join(&file.path)).ok();
        }
        Ok(record)
    }
}
