//! Versions read back.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::{DateTime, Utc};
use city::DatasetId;
use datafusion::catalog::TableProvider;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::kept::Kept;
use crate::landing::Landing;
use crate::notice::Notices;
use crate::record::{Outcome, Record};
use crate::replay::{self, Commit, DataFile};
use crate::{LakeError, disk};

/// Which state of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum At {
    /// The newest.
    #[default]
    Latest,
    /// The one of this number.
    Version(i64),
    /// The one in force at this moment.
    Time(DateTime<Utc>),
}

/// The lake: every dataset's versions, and the bytes they were made of.
#[derive(Debug)]
pub struct Lake {
    pub(crate) root: PathBuf,
    landing: Landing,
    /// Commits read so far; they never change.
    read: Mutex<HashMap<DatasetId, Arc<Vec<Commit>>>>,
    /// What was read since the last change.
    pub(crate) kept: Mutex<HashMap<DatasetId, Kept>>,
    /// Changes, of this process and of others.
    pub(crate) notices: Notices,
}

impl Lake {
    /// Opens the lake in a folder, making it where there is none.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(root: &Path) -> Result<Self, LakeError> {
        disk::folder(root)?;
        let landing = Landing::new(root.join("landing"));
        landing.clean();
        Ok(Self {
            root: root.to_owned(),
            landing,
            read: Mutex::default(),
            kept: Mutex::default(),
            notices: Notices::new(root.join("changes")),
        })
    }

    /// Where bytes land.
    pub fn landing(&self) -> &Landing {
        &self.landing
    }

    pub(crate) fn table_folder(&self, dataset: &str) -> PathBuf {
        self.root.join("tables").join(dataset)
    }

    pub(crate) fn quarantine_folder(&self, dataset: &str) -> PathBuf {
        self.root.join("quarantine").join(dataset)
    }

    pub(crate) fn refused_folder(&self, dataset: &str) -> PathBuf {
        self.root.join("refused").join(dataset)
    }

    /// The commits of a dataset that are loads, oldest first.
    pub(crate) fn commits(&self, dataset: &DatasetId) -> Result<Arc<Vec<Commit>>, LakeError> {
        let all = self.keep(
            dataset,
            |kept| &mut kept.commits,
            || self.new_commits(dataset),
        )?;
        Ok(Arc::clone(&all))
    }

    /// The commits known, and those that came since they were read.
    fn new_commits(&self, dataset: &DatasetId) -> Result<Arc<Vec<Commit>>, LakeError> {
        let known = self
            .read
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(dataset)
            .cloned()
            .unwrap_or_default();
        let first = known.last().map_or(0, |commit| commit.number + 1);
        let new = replay::commits(&self.table_folder(dataset), first)?;
        if new.is_empty() {
            return Ok(known);
        }
        let all: Arc<Vec<Commit>> = Arc::new(known.iter().cloned().chain(new).collect());
        self.read
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(dataset.clone(), Arc::clone(&all));
        Ok(all)
    }

    /// A number that is another one after each change of any dataset; nothing while one may be changing.
    pub fn standing(&self) -> Option<u64> {
        self.notices.standing()
    }

    /// All versions, newest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn versions(&self, dataset: &DatasetId) -> Result<Vec<Arc<Record>>, LakeError> {
        Ok(self
            .commits(dataset)?
            .iter()
            .rev()
            .filter_map(|commit| commit.record.clone())
            .collect())
    }

    /// All loads, newest first: versions and refusals.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn loads(&self, dataset: &DatasetId) -> Result<Vec<Arc<Record>>, LakeError> {
        let mut loads = self.versions(dataset)?;
        let refusals = self.keep(
            dataset,
            |kept| &mut kept.refusals,
            || self.refusals(dataset),
        )?;
        loads.extend(refusals.iter().cloned());
        loads.sort_by(|left, right| {
            right
                .committed_at
                .cmp(&left.committed_at)
                .then_with(|| right.number.cmp(&left.number))
        });
        Ok(loads)
    }

    fn refusals(&self, dataset: &DatasetId) -> Result<Vec<Arc<Record>>, LakeError> {
        let mut refusals = Vec::new();
        for entry in std::fs::read_dir(self.refused_folder(dataset))
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let text = std::fs::read_to_string(&path).map_err(LakeError::disk(&path))?;
                let record = serde_json::from_str(&text).map_err(|error| LakeError::Log {
                    path: path.display().to_string(),
                    why: error.to_string(),
                })?;
                refusals.push(Arc::new(record));
            }
        }
        Ok(refusals)
    }

    /// The version in force, if there is one.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn version(&self, dataset: &DatasetId, at: &At) -> Result<Option<Arc<Record>>, LakeError> {
        let commits = self.commits(dataset)?;
        let mut records = commits
            .iter()
            .rev()
            .filter_map(|commit| commit.record.as_ref());
        Ok(match at {
            At::Latest => records.next(),
            At::Version(number) => records.find(|record| record.number == *number),
            At::Time(moment) => records.find(|record| record.committed_at <= *moment),
        }
        .cloned())
    }

    /// When bytes arrived last that were not those before: a version made of the same bytes by another manifest, or
    /// of a correction, brings nothing new.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn renewed(&self, dataset: &DatasetId) -> Result<Option<DateTime<Utc>>, LakeError> {
        let commits = self.commits(dataset)?;
        let records = commits
            .iter()
            .rev()
            .filter_map(|commit| commit.record.as_ref());
        let mut newest: Option<&Arc<Record>> = None;
        for record in records {
            let is_same = |newest: &Arc<Record>| {
                let (of_newest, own) = (newest.sources.iter(), record.sources.iter());
                of_newest
                    .map(|source| &source.sha256)
                    .eq(own.map(|source| &source.sha256))
            };
            if newest.is_some_and(|newest| !is_same(newest)) {
                break;
            }
            newest = Some(record);
        }
        Ok(newest.map(|record| record.committed_at))
    }

    /// Whether a load of these bytes under this manifest would change nothing.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn unchanged(
        &self,
        dataset: &DatasetId,
        sha256s: &[String],
        manifest_sha256: &str,
    ) -> Result<bool, LakeError> {
        Ok(self.version(dataset, &At::Latest)?.is_some_and(|last| {
            last.manifest_sha256 == manifest_sha256
                && last.sources.iter().map(|source| &source.sha256).eq(sha256s)
        }))
    }

    /// SHA-256 of every file any version was made of: an append leaves them out.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn loaded_before(
        &self,
        dataset: &DatasetId,
    ) -> Result<std::collections::HashSet<String>, LakeError> {
        Ok(self
            .versions(dataset)?
            .into_iter()
            .flat_map(|record| {
                let own = record.sources.iter();
                own.map(|source| source.sha256.clone()).collect::<Vec<_>>()
            })
            .collect())
    }

    pub(crate) fn files(
        &self,
        dataset: &DatasetId,
        number: i64,
    ) -> Result<Vec<DataFile>, LakeError> {
        let commits = self.commits(dataset)?;
        Ok(replay::files(
            commits.iter().filter(|commit| commit.number <= number),
        ))
    }

    /// The table of one version, for the door. Texts come as views into what was read.
    ///
    /// # Errors
    /// When there is no such version or its files cannot be read.
    pub fn table(
        &self,
        dataset: &DatasetId,
        number: i64,
    ) -> Result<Arc<dyn TableProvider>, LakeError> {
        if self.version(dataset, &At::Version(number))?.is_none() {
            return Err(LakeError::NoVersion {
                dataset: dataset.to_string(),
                asked: number.to_string(),
            });
        }
        let folder = self.table_folder(dataset);
        let paths: Vec<PathBuf> = self
            .files(dataset, number)?
            .iter()
            .map(|file| folder.join(&file.path))
            .collect();
        if paths.is_empty() {
            return Err(LakeError::NoVersion {
                dataset: dataset.to_string(),
                asked: number.to_string(),
            });
        }
        listing(&paths)
    }

    /// The quarantined rows of one load, or of the newest load that has any.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn quarantine(
        &self,
        dataset: &DatasetId,
        load_id: Option<&str>,
    ) -> Result<Option<Arc<dyn TableProvider>>, LakeError> {
        // Only loads that were committed or refused count: rows of a killed load were never put aside.
        let known: Vec<String> = self
            .loads(dataset)?
            .into_iter()
            .map(|record| record.load_id.clone())
            .collect();
        let wanted = match load_id {
            Some(id) => known.into_iter().find(|known| known == id),
            None => known.into_iter().next(),
        };
        let path = wanted.map(|id| {
            self.quarantine_folder(dataset)
                .join(format!("{id}.parquet"))
        });
        path.filter(|path| path.is_file())
            .map(|path| listing(&[path]))
            .transpose()
    }

    /// Columns of the newest version, batch by batch: for a load that must know which keys there are.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn scan(
        &self,
        dataset: &DatasetId,
        columns: &[String],
        mut take: impl FnMut(arrow::array::RecordBatch) -> Result<(), LakeError>,
    ) -> Result<(), LakeError> {
        let Some(last) = self.version(dataset, &At::Latest)? else {
            return Ok(());
        };
        for file in self.files(dataset, last.number)? {
            let path = self.table_folder(dataset).join(&file.path);
            for batch in reader(&path, Some(columns))? {
                take(batch?)?;
            }
        }
        Ok(())
    }
}

/// Reads a data file.
pub(crate) fn reader(
    path: &Path,
    columns: Option<&[String]>,
) -> Result<ParquetRecordBatchReader, LakeError> {
    let file = File::open(path).map_err(LakeError::disk(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(65_536);
    let builder = match columns {
        Some(columns) => {
            let mask = ProjectionMask::columns(
                builder.parquet_schema(),
                columns.iter().map(String::as_str),
            );
            builder.with_projection(mask)
        }
        None => builder,
    };
    Ok(builder.build()?)
}

/// The Arrow schema of a data file.
pub(crate) fn schema_of(path: &Path) -> Result<SchemaRef, LakeError> {
    let file = File::open(path).map_err(LakeError::disk(path))?;
    Ok(Arc::clone(
        ParquetRecordBatchReaderBuilder::try_new(file)?.schema(),
    ))
}

/// Parquet files as one table.
fn listing(paths: &[PathBuf]) -> Result<Arc<dyn TableProvider>, LakeError> {
    let urls = paths
        .iter()
        .map(|path| ListingTableUrl::parse(path.to_string_lossy()))
        .collect::<Result<Vec<_>, _>>()?;
    // Columns are only ever added, so the widest file has them all.
    let mut schema = Schema::empty();
    for path in paths {
        let own = schema_of(path)?;
        if own.fields().len() > schema.fields().len() {
            schema = Schema::new(own.fields().clone());
        }
    }
    let options =
        ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension("parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(Arc::new(as_views(&schema)));
    Ok(Arc::new(ListingTable::try_new(config)?))
}

/// The same with texts as views: a column of few different texts is read without copying one of them for every row.
fn as_views(schema: &Schema) -> Schema {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => Arc::new(Field::clone(field).with_data_type(DataType::Utf8View)),
        _ => Arc::clone(field),
    });
    Schema::new(fields.collect::<Vec<_>>())
}

/// Whether a record is a version.
pub(crate) fn is_version(record: &Record) -> bool {
    record.outcome == Outcome::Loaded
}
