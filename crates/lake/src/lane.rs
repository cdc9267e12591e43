//! Parquet files written by several threads at once, each its own.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use crate::durable::make_folder;
use crate::error::{LakeError, io};
use crate::stats::delta_stats;

/// Rows in a row group: what a query skips or reads.
const GROUP_ROWS: usize = 1 << 19;
/// A file is closed once it is this long.
const FILE_BYTES: u64 = 256 << 20;
const BUFFER_BYTES: usize = 1 << 20;

/// A file written and durable, not yet part of a table.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) stats: String,
    first_seq: u64,
}

/// Writers of one load into one folder.
#[derive(Debug)]
pub(crate) struct Lanes {
    folder: PathBuf,
    stem: String,
    schema: SchemaRef,
    idle: Mutex<Vec<Open>>,
    done: Mutex<Vec<Written>>,
    names: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Open {
    name: String,
    path: PathBuf,
    first_seq: u64,
    file: File,
    writer: ArrowWriter<BufWriter<File>>,
}

impl Lanes {
    /// Writers whose files are called `<stem>-<number>.parquet`.
    pub(crate) fn new(folder: &Path, stem: &str, schema: SchemaRef) -> Result<Self, LakeError> {
        make_folder(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            stem: stem.to_owned(),
            schema,
            idle: Mutex::default(),
            done: Mutex::default(),
            names: Mutex::default(),
        })
    }

    /// Columns of the files.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Encodes a batch in the calling thread.
    pub(crate) fn write(&self, seq: u64, batch: &RecordBatch) -> Result<(), LakeError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let idle = lock(&self.idle).pop();
        let mut open = match idle {
            Some(open) => open,
            None => self.open(seq)?,
        };
        open.writer.write(batch)?;
        let bytes = open.writer.bytes_written() + open.writer.in_progress_size();
        if u64::try_from(bytes).unwrap_or(u64::MAX) >= FILE_BYTES {
            let written = open.close()?;
            lock(&self.done).push(written);
        } else {
            lock(&self.idle).push(open);
        }
        Ok(())
    }

    /// Closes every file and makes it durable; in the order of their first rows.
    pub(crate) fn finish(&self) -> Result<Vec<Written>, LakeError> {
        let open: Vec<Open> = std::mem::take(&mut *lock(&self.idle));
        let closed: Vec<Result<Written, LakeError>> = std::thread::scope(|scope| {
            let threads: Vec<_> = open.into_iter().map(|open| scope.spawn(|| open.close())).collect();
            threads.into_iter().map(|thread| thread.join().map_err(|_panicked| LakeError::Stopped)?).collect()
        });
        let mut written = std::mem::take(&mut *lock(&self.done));
        for file in closed {
            written.push(file?);
        }
        written.sort_by_key(|file| file.first_seq);
        Ok(written)
    }

    /// Removes every file of these writers: the load is abandoned.
    pub(crate) fn abandon(&self) {
        lock(&self.idle).clear();
        for name in lock(&self.names).drain(..) {
            let path = self.folder.join(name);
            if let Err(error) = fs::remove_file(&path) {
                tracing::warn!(path = %path.display(), %error, "could not remove an abandoned file; the next load will");
            }
        }
    }

    fn open(&self, seq: u64) -> Result<Open, LakeError> {
        let name = {
            let mut names = lock(&self.names);
            let name = format!("{}-{:04}.parquet", self.stem, names.len());
            names.push(name.clone());
            name
        };
        let path = self.folder.join(&name);
        let file = File::create_new(&path).map_err(io("create", &path))?;
        let own = file.try_clone().map_err(io("open", &path))?;
        let buffer = BufWriter::with_capacity(BUFFER_BYTES, file);
        let writer = ArrowWriter::try_new(buffer, SchemaRef::clone(&self.schema), Some(properties()?))?;
        Ok(Open { name, path, first_seq: seq, file: own, writer })
    }
}

impl Open {
    fn close(mut self) -> Result<Written, LakeError> {
        let metadata = self.writer.finish()?;
        std::io::Write::flush(self.writer.inner_mut()).map_err(io("write", &self.path))?;
        self.file.sync_all().map_err(io("sync", &self.path))?;
        let bytes = self.file.metadata().map_err(io("read", &self.path))?.len();
        Ok(Written {
            name: self.name,
            bytes,
            stats: delta_stats(&metadata),
            first_seq: self.first_seq,
        })
    }
}

fn properties() -> Result<WriterProperties, LakeError> {
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_dictionary_enabled(true)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_created_by(concat!("madang ", env!("CARGO_PKG_VERSION")).to_owned())
        .build())
}

/// A lock that a panic elsewhere does not poison for us.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
