//! Rows replaced by key: only the parts of files that hold one are read and written again.
//!
//! A table of many rows and a delivery of few meet here. What tells that a row group holds none of the keys is asked
//! first, cheapest first: the bounds of its first key column, then its keys. Groups without any are copied as the bytes
//! they are.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows, SortField};
use hashbrown::HashSet;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{PageIndexPolicy, RowGroupMetaData};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use crate::LakeError;
use crate::beside::side_by_side;

/// Keys as bytes: equal where the keys are.
pub(crate) type KeySet = HashSet<Box<[u8]>>;

/// Rows of a batch when keys are looked for.
const BATCH_ROWS: usize = 65_536;

/// The key columns, and how a key becomes comparable bytes.
pub(crate) struct Keys {
    columns: Vec<String>,
    whole: RowConverter,
    /// The first column alone: its bounds are known without reading a row.
    first: RowConverter,
}

/// Which rows go: those whose key arrived again, and those whose key the source has no more.
#[derive(Default)]
pub(crate) struct Going {
    /// Keys that arrived.
    pub(crate) seen: KeySet,
    /// Keys that exist at the source, where it said so.
    pub(crate) existing: Option<KeySet>,
    /// The first columns of the keys that arrived.
    firsts: KeySet,
}

/// Keys of rows that arrived.
pub(crate) struct Arrived {
    keys: Rows,
    firsts: Option<Rows>,
}

impl Going {
    /// Adds keys that arrived.
    pub(crate) fn arrived(&mut self, arrived: &Arrived) {
        add(&arrived.keys, &mut self.seen);
        if let Some(firsts) = &arrived.firsts {
            add(firsts, &mut self.firsts);
        }
    }

    fn has(&self, key: &[u8]) -> bool {
        self.seen.contains(key) || self.is_deleted(key)
    }

    fn is_deleted(&self, key: &[u8]) -> bool {
        let existing = self.existing.as_ref();
        existing.is_some_and(|existing| !existing.contains(key)) && !self.seen.contains(key)
    }
}

impl Keys {
    pub(crate) fn new(schema: &Schema, columns: &[String]) -> Result<Self, LakeError> {
        let field = |name: &String| {
            let field = schema.field_with_name(name)?;
            Ok(SortField::new(field.data_type().clone()))
        };
        let fields = columns.iter().map(field);
        Ok(Self {
            columns: columns.to_vec(),
            whole: RowConverter::new(fields.collect::<Result<_, ArrowError>>()?)?,
            first: RowConverter::new(
                columns
                    .iter()
                    .take(1)
                    .map(field)
                    .collect::<Result<_, ArrowError>>()?,
            )?,
        })
    }

    fn of(&self, rows: &RecordBatch) -> Result<Rows, ArrowError> {
        let find = |name: &String| {
            let array = rows.column_by_name(name).cloned();
            array.ok_or_else(|| ArrowError::SchemaError(format!("no column {name}")))
        };
        let arrays: Vec<ArrayRef> = self.columns.iter().map(find).collect::<Result<_, _>>()?;
        self.whole.convert_columns(&arrays)
    }

    /// The keys of rows that arrived.
    pub(crate) fn arrived(&self, rows: &RecordBatch) -> Result<Arrived, ArrowError> {
        let first = self.columns.first();
        let first = first.and_then(|name| rows.column_by_name(name));
        Ok(Arrived {
            keys: self.of(rows)?,
            firsts: first
                .map(|first| self.first.convert_columns(std::slice::from_ref(first)))
                .transpose()?,
        })
    }

    /// Adds keys that exist at the source.
    pub(crate) fn exist(&self, rows: &RecordBatch, going: &mut Going) -> Result<(), ArrowError> {
        let existing = going.existing.get_or_insert_default();
        add(&self.of(rows)?, existing);
        Ok(())
    }

    /// The rows that stay, and how many of the others the source has no more.
    pub(crate) fn staying(
        &self,
        rows: &RecordBatch,
        going: &Going,
    ) -> Result<(RecordBatch, u64), LakeError> {
        let keys = self.of(rows)?;
        let stay: BooleanArray = keys
            .iter()
            .map(|key| Some(!going.has(key.as_ref())))
            .collect();
        let deleted = keys.iter().filter(|key| going.is_deleted(key.as_ref()));
        let deleted = u64::try_from(deleted.count()).unwrap_or_default();
        Ok((filter_record_batch(rows, &stay)?, deleted))
    }

    /// The row groups of files that hold a row that goes, file by file. Files are looked through side by side.
    pub(crate) fn touched(
        &self,
        paths: &[std::path::PathBuf],
        going: &Going,
    ) -> Result<Vec<Touched>, LakeError> {
        let files = paths
            .iter()
            .map(|path| Opened::new(path))
            .collect::<Result<Vec<_>, _>>()?;
        let firsts = sorted(&going.firsts);
        let mut groups = Vec::new();
        for (at, file) in files.iter().enumerate() {
            let candidates = file.candidates(self, going, &firsts)?;
            groups.extend(candidates.into_iter().map(|group| (at, group)));
        }
        let found = Mutex::new(Vec::new());
        side_by_side(groups.len(), |at| {
            let Some((at, group)) = groups.get(at) else {
                return Ok(());
            };
            if let Some(file) = files.get(*at)
                && file.holds_any(*group, self, going)?
            {
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.push((*at, *group));
            }
            Ok(())
        })?;
        let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_unstable();
        Ok(files
            .into_iter()
            .enumerate()
            .map(|(at, file)| Touched {
                groups: found
                    .iter()
                    .filter(|(file, _)| *file == at)
                    .map(|(_, group)| *group)
                    .collect(),
                file,
            })
            .collect())
    }
}

fn add(keys: &Rows, set: &mut KeySet) {
    for key in keys {
        set.get_or_insert_with(key.as_ref(), |key: &[u8]| Box::from(key));
    }
}

fn sorted(keys: &KeySet) -> Vec<&[u8]> {
    let mut all: Vec<&[u8]> = keys.iter().map(AsRef::as_ref).collect();
    all.sort_unstable();
    all
}

/// A data file whose description has been read.
pub(crate) struct Opened {
    path: std::path::PathBuf,
    metadata: ArrowReaderMetadata,
}

/// A data file, and its row groups that hold a row that goes.
pub(crate) struct Touched {
    file: Opened,
    groups: Vec<usize>,
}

impl Opened {
    fn new(path: &Path) -> Result<Self, LakeError> {
        let file = File::open(path).map_err(LakeError::disk(path))?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        Ok(Self {
            path: path.to_owned(),
            metadata: ArrowReaderMetadata::load(&file, options)?,
        })
    }

    fn groups(&self) -> &[RowGroupMetaData] {
        self.metadata.metadata().row_groups()
    }

    /// Row groups that may hold a row that goes, by the bounds of the first key column.
    fn candidates(
        &self,
        keys: &Keys,
        going: &Going,
        firsts: &[&[u8]],
    ) -> Result<Vec<usize>, LakeError> {
        let all = (0..self.groups().len()).collect();
        let (None, Some(column)) = (&going.existing, keys.columns.first()) else {
            return Ok(all);
        };
        let (schema, parquet) = (self.metadata.schema(), self.metadata.parquet_schema());
        let Ok(bounds) = StatisticsConverter::try_new(column, schema, parquet) else {
            return Ok(all);
        };
        let (least, most) = (
            bounds.row_group_mins(self.groups())?,
            bounds.row_group_maxes(self.groups())?,
        );
        let known: Vec<bool> = (0..least.len())
            .map(|group| least.is_valid(group) && most.is_valid(group))
            .collect();
        let (least, most) = (
            keys.first.convert_columns(&[least])?,
            keys.first.convert_columns(&[most])?,
        );
        let may_hold = |group: &usize| {
            if !known.get(*group).copied().unwrap_or_default() {
                return true;
            }
            let (least, most) = (least.row(*group), most.row(*group));
            let from = firsts.partition_point(|key| *key < least.as_ref());
            firsts.get(from).is_some_and(|key| *key <= most.as_ref())
        };
        Ok(all.into_iter().filter(may_hold).collect())
    }

    fn builder(&self) -> Result<ParquetRecordBatchReaderBuilder<File>, LakeError> {
        let file = File::open(&self.path).map_err(LakeError::disk(&self.path))?;
        let metadata = self.metadata.clone();
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        Ok(builder.with_batch_size(BATCH_ROWS))
    }

    fn holds_any(&self, group: usize, keys: &Keys, going: &Going) -> Result<bool, LakeError> {
        let builder = self.builder()?;
        let names = keys.columns.iter().map(String::as_str);
        let mask = ProjectionMask::columns(builder.parquet_schema(), names);
        let reader = builder
            .with_projection(mask)
            .with_row_groups(vec![group])
            .build()?;
        for batch in reader {
            if keys.of(&batch?)?.iter().any(|key| going.has(key.as_ref())) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Touched {
    /// Whether a row of it goes.
    pub(crate) fn is_touched(&self) -> bool {
        !self.groups.is_empty()
    }

    /// The Arrow schema of its rows.
    pub(crate) fn schema(&self) -> Arc<Schema> {
        Arc::clone(self.file.metadata.schema())
    }

    /// The rows of its row groups that hold one that goes.
    pub(crate) fn rows(
        &self,
    ) -> Result<parquet::arrow::arrow_reader::ParquetRecordBatchReader, LakeError> {
        let builder = self.file.builder()?;
        Ok(builder.with_row_groups(self.groups.clone()).build()?)
    }

    /// Copies its other row groups, as the bytes they are, into `to`; how many rows they have. No file is made when
    /// there are none.
    pub(crate) fn copy_rest(&self, to: &Path) -> Result<Option<u64>, LakeError> {
        let rest: Vec<usize> = (0..self.file.groups().len())
            .filter(|group| !self.groups.contains(group))
            .collect();
        if rest.is_empty() {
            return Ok(None);
        }
        let from = File::open(&self.file.path).map_err(LakeError::disk(&self.file.path))?;
        let metadata = self.file.metadata.metadata();
        let about = metadata.file_metadata();
        let properties = WriterProperties::builder()
            .set_key_value_metadata(about.key_value_metadata().cloned())
            .build();
        let copy = File::create(to).map_err(LakeError::disk(to))?;
        let schema = about.schema_descr().root_schema_ptr();
        let mut writer = SerializedFileWriter::new(copy, schema, Arc::new(properties))?;
        let mut rows = 0;
        for group in rest {
            let Some(described) = self.file.groups().get(group) else {
                continue;
            };
            rows += u64::try_from(described.num_rows()).unwrap_or_default();
            let mut copied = writer.next_row_group()?;
            for (at, column) in described.columns().iter().enumerate() {
                let index = metadata
                    .column_index()
                    .and_then(|all| all.get(group)?.get(at));
                let offsets = metadata
                    .offset_index()
                    .and_then(|all| all.get(group)?.get(at));
                let close = ColumnCloseResult {
                    bytes_written: u64::try_from(column.compressed_size()).unwrap_or_default(),
                    rows_written: u64::try_from(described.num_rows()).unwrap_or_default(),
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: index.cloned(),
                    offset_index: offsets.cloned(),
                };
                copied.append_column(&from, close)?;
            }
            copied.close()?;
        }
        let file = writer.into_inner()?;
        file.sync_all().map_err(LakeError::disk(to))?;
        Ok(Some(rows))
    }
}
