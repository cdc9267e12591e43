//! The beginning of a load: its turn is taken, what a killed load left goes, and columns still fit.

use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, OnceLock};

use arrow::datatypes::{Schema, SchemaRef};
use city::DatasetId;
use city::dataset::LoadMode;

use crate::load::{LoadPlan, LoadWriter};
use crate::upsert::Keys;
use crate::{At, Lake, LakeError, disk};

/// The right to load a dataset: a lock on a file. Given back by word: a process that is being started at
/// that moment holds the file too, until it runs.
pub(crate) struct Turn(File);

impl Drop for Turn {
    fn drop(&mut self) {
        // A lock that cannot be given back ends with the file.
        self.0.unlock().ok();
    }
}

impl Lake {
    /// Begins a load. Only one load of a dataset runs at a time, over all processes.
    ///
    /// # Errors
    /// When another load runs, the disk fails, or the stored rows cannot take the new columns.
    pub fn begin(
        &self,
        dataset: &DatasetId,
        schema: SchemaRef,
        plan: LoadPlan,
    ) -> Result<LoadWriter<'_>, LakeError> {
        let folder = self.table_folder(dataset);
        disk::folder(&folder)?;
        let lock_path = self.root.join("tables").join(format!("{dataset}.lock"));
        let lock = File::create(&lock_path).map_err(LakeError::disk(&lock_path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => LakeError::Busy(dataset.to_string()),
            TryLockError::Error(error) => LakeError::disk(&lock_path)(error),
        })?;
        self.sweep(dataset)?;
        if plan.mode != LoadMode::Snapshot {
            self.refuse_changed_types(dataset, &schema)?;
        }
        let keys = (plan.mode == LoadMode::Upsert)
            .then(|| Keys::new(&schema, &plan.key))
            .transpose()?;
        Ok(LoadWriter {
            lake: self,
            dataset: dataset.clone(),
            schema,
            plan,
            folder,
            lanes: Mutex::new(Vec::new()),
            done: Mutex::new(Vec::new()),
            next: AtomicU64::new(0),
            keys,
            going: Mutex::default(),
            aside: Mutex::new(None),
            flusher: OnceLock::new(),
            _lock: Turn(lock),
        })
    }

    fn refuse_changed_types(&self, dataset: &DatasetId, schema: &Schema) -> Result<(), LakeError> {
        let Some(last) = self.version(dataset, &At::Latest)? else {
            return Ok(());
        };
        for file in self.files(dataset, last.number)? {
            let stored = crate::table::schema_of(&self.table_folder(dataset).join(&file.path))?;
            for field in stored.fields() {
                if let Ok(now) = schema.field_with_name(field.name())
                    && now.data_type() != field.data_type()
                {
                    let (before, now) =
                        (field.data_type().to_string(), now.data_type().to_string());
                    return Err(LakeError::TypeChanged {
                        column: field.name().clone(),
                        before,
                        now,
                    });
                }
            }
        }
        Ok(())
    }

    /// Removes data files that no commit names: a killed load left them.
    fn sweep(&self, dataset: &DatasetId) -> Result<(), LakeError> {
        let named: HashSet<String> = self
            .commits(dataset)?
            .iter()
            .flat_map(|commit| &commit.adds)
            .map(|file| file.path.clone())
            .collect();
        for entry in std::fs::read_dir(self.table_folder(dataset))
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".parquet") && !named.contains(&name) {
                std::fs::remove_file(entry.path()).ok();
            }
        }
        let known: HashSet<String> = self
            .loads(dataset)?
            .into_iter()
            .map(|record| format!("{}.parquet", record.load_id))
            .collect();
        for entry in std::fs::read_dir(self.quarantine_folder(dataset))
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            if !known.contains(entry.file_name().to_string_lossy().as_ref()) {
                std::fs::remove_file(entry.path()).ok();
            }
        }
        Ok(())
    }
}
