//! Whether everything still is what was written.

use std::path::Path;

use city::DatasetId;
use serde::Serialize;

use crate::landing::sha256_of;
use crate::table::is_version;
use crate::{Lake, LakeError};

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The dataset.
    pub dataset: String,
    /// What is wrong.
    pub what: String,
}

impl Lake {
    /// Rechecks a dataset: landed bytes against their hashes, rows read = accepted + quarantined for each load, rows of
    /// each version's files against its record.
    ///
    /// # Errors
    /// When a log cannot be read at all.
    pub fn verify(&self, dataset: &DatasetId) -> Result<Vec<Finding>, LakeError> {
        let mut findings = Vec::new();
        let mut tell = |what: String| {
            findings.push(Finding {
                dataset: dataset.to_string(),
                what,
            });
        };
        for load in self.loads(dataset)? {
            if load.read != load.accepted + load.quarantined {
                tell(format!(
                    "load {}: {} rows read, {} accepted, {} quarantined",
                    load.load_id, load.read, load.accepted, load.quarantined
                ));
            }
            for source in &load.sources {
                match sha256_of(&self.landing().path(&source.sha256)) {
                    Ok(found) if found == source.sha256 => {}
                    Ok(_) => tell(format!(
                        "load {}: the landed bytes of {} were altered",
                        load.load_id, source.name
                    )),
                    Err(_) => tell(format!(
                        "load {}: the landed bytes of {} are gone",
                        load.load_id, source.name
                    )),
                }
            }
            if !is_version(&load) {
                continue;
            }
            let mut rows = 0;
            for file in self.files(dataset, load.number)? {
                match rows_of(&self.table_folder(dataset).join(&file.path)) {
                    Ok(found) if found == file.rows => rows += found,
                    Ok(found) => tell(format!(
                        "version {}: file {} holds {found} rows, not {}",
                        load.number, file.path, file.rows
                    )),
                    Err(_) => tell(format!(
                        "version {}: file {} cannot be read",
                        load.number, file.path
                    )),
                }
            }
            if rows != load.rows {
                tell(format!(
                    "version {}: {rows} rows, {} recorded",
                    load.number, load.rows
                ));
            }
        }
        Ok(findings)
    }
}

/// Rows a file says it holds.
fn rows_of(path: &Path) -> Result<u64, LakeError> {
    let file = std::fs::File::open(path).map_err(LakeError::disk(path))?;
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)?;
    Ok(u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or_default())
}
