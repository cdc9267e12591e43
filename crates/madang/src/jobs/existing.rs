//! Keys that still exist at a source: rows with others are gone.

use std::fs::File;
use std::path::Path;

use city::dataset::{Format, FormatKind};
use city::{Dataset, Lang};
use ingest::decode::DecodeError;
use ingest::{Block, Input, Sink, SinkError};
use lake::{Lake, Landed, LoadWriter};

use crate::exit::Failure;
use crate::jobs::work::failure;

/// What the list is called.
const NAME: &str = "keys.csv";

/// Keeps the list as it came.
pub(crate) fn existing(lake: &Lake, list: &Path) -> Result<Landed, Failure> {
    let bytes = File::open(list)
        .map_err(|error| Failure::Machine(format!("failed to read {}: {error}", list.display())))?;
    Ok(lake.landing().receive(NAME, bytes)?)
}

/// Tells the load which keys exist; how many, and whether a row of the table goes.
pub(crate) fn keep_existing(
    lake: &Lake,
    dataset: &Dataset,
    list: &Landed,
    writer: &LoadWriter<'_>,
) -> Result<(u64, bool), Failure> {
    let of_keys = of_keys(dataset)?;
    let input = Input {
        name: NAME.to_owned(),
        path: lake.landing().path(&list.sha256),
    };
    let keys = Keys { writer };
    let read = ingest::decode(&of_keys, "EPSG:4326", &[input], 1, &keys)
        .map_err(|error| match error {
            DecodeError::Sink(error) if error.is::<NoKey>() => Failure::Input(format!(
                "dataset `{}`: {error}; no row is taken for gone, and the last version stays: let the source correct it, or leave `deletions` out",
                dataset.id
            )),
            error => failure(&dataset.id, error),
        })?;
    if read.rows_read == 0 {
        return Err(Failure::Input(format!(
            "dataset `{}`: the source has no row any more; that is taken for a mistake, the last version stays",
            dataset.id
        )));
    }
    Ok((read.rows_read, writer.replaces_any()?))
}

/// The dataset as far as its key goes.
fn of_keys(dataset: &Dataset) -> Result<Dataset, Failure> {
    let format: Format = serde_json::from_value(serde_json::json!({"kind": FormatKind::Csv}))
        .map_err(|error| Failure::Machine(error.to_string()))?;
    let mut of_keys = Dataset {
        format,
        place: None,
        long: None,
        checks: Vec::new(),
        ..dataset.clone()
    };
    of_keys
        .columns
        .retain(|column| dataset.load.key.contains(&column.name));
    Ok(of_keys)
}

/// A key that cannot be read. It would look like one that is gone.
#[derive(Debug, thiserror::Error)]
#[error("the source has a row whose key is none: {0}")]
struct NoKey(String);

struct Keys<'k> {
    writer: &'k LoadWriter<'k>,
}

impl Sink for Keys<'_> {
    fn block(&self, block: Block) -> Result<(), SinkError> {
        let faults = block.faults.iter().map(|fault| &fault.reason);
        let broken = block.broken.iter().map(|row| &row.reason);
        if let Some(reason) = faults.chain(broken).next() {
            let column = reason.column.as_deref();
            let column = column.map_or_else(String::new, |column| format!("'{column}': "));
            let why = reason.why.text(Lang::En);
            return Err(Box::new(NoKey(format!("{column}{why}"))));
        }
        self.writer.exist(&block.rows)?;
        Ok(())
    }
}
