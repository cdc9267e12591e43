//! A dataset's inputs → blocks of typed rows, in parallel.

mod batch;
mod csv;
mod layout;
#[cfg(test)]
mod lines_tests;
mod mend;
mod quoted;
mod rows;

use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use city::dataset::FormatKind;
use city::{Dataset, Fault, Reason};

pub(crate) use csv::open as open_csv;
pub(crate) use layout::{COLUMNS_MAX, too_many_columns};
pub use mend::Mending;
pub(crate) use rows::{FillDown, LeftOut};

use crate::formats::{archive, repair};
use crate::origin::{Bytes, Input, RawRows};

/// A run of rows, in the order of file and row.
pub struct Block {
    /// 0, 1, 2, ... without gaps over all inputs of the load.
    pub seq: u64,
    /// Rows that have the shape of the table ([`crate::table_schema`]).
    pub rows: RecordBatch,
    /// Cells of `rows` that do not fit their column's type and are null there.
    pub faults: Vec<CellFault>,
    /// Source cells of `rows`.
    pub raw: Arc<dyn RawRows>,
    /// Rows that could not be rows at all.
    pub broken: Vec<BrokenRow>,
    /// What the rows were read from.
    pub source: Arc<SourceTable>,
}

/// One table of a source: what its cells are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTable {
    /// Its file.
    pub file: String,
    /// Names of its columns, in the order of [`RawRows::cells`].
    pub columns: Vec<String>,
    /// Coordinate system its shapes name, where it has shapes.
    pub crs: Option<String>,
}

/// A cell that does not fit its column's type.
#[derive(Clone, Debug, PartialEq)]
pub struct CellFault {
    /// Row in the block's batch, from 0.
    pub row: u32,
    /// Why; names the column.
    pub reason: Reason,
}

/// A row that could not be a row at all: another number of fields, undecodable bytes, ...
#[derive(Clone, Debug, PartialEq)]
pub struct BrokenRow {
    /// File it is in.
    pub file: String,
    /// Line or ordinal in the file, from 1.
    pub row: u64,
    /// Its cells, or the whole line in one, as far as they could be read.
    pub raw: Vec<String>,
    /// Why.
    pub reason: Reason,
}

/// What a decode did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Rows read: those handed out in batches and the broken ones.
    pub rows_read: u64,
    /// Rows left out because the manifest says so (totals, notes).
    pub rows_skipped: u64,
    /// Blocks handed out.
    pub blocks: u64,
    /// Places of damaged files that were mended because the manifest says so.
    pub places_repaired: u64,
    /// Source columns the manifest does not use.
    pub extra_columns: Vec<String>,
}

/// What a sink may refuse: the load stops.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// Takes blocks, from several threads, not always in order.
pub trait Sink: Sync {
    /// Takes one block.
    ///
    /// # Errors
    /// When it cannot be kept; the decode stops.
    fn block(&self, block: Block) -> Result<(), SinkError>;

    /// Told that the decode gives up: nobody need wait for blocks that will not come.
    fn stopped(&self) {}

    /// Told now and then how many of all the input bytes are done.
    fn progress(&self, bytes_done: u64, bytes_all: u64) {
        let _ = (bytes_done, bytes_all);
    }
}

/// Why a decode stopped.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The input is at fault.
    #[error("the input cannot be read")]
    Input(Vec<Fault>),
    /// The sink refused.
    #[error("a block could not be kept")]
    Sink(#[source] SinkError),
    /// The machine is at fault.
    #[error("reading failed")]
    Machine(#[from] std::io::Error),
}

/// Decodes `inputs` as `dataset` declares, on `threads` threads, into `sink`. `city_crs` is the
/// coordinate system of places whose manifest names none.
///
/// # Errors
/// When an input is not what the manifest says, the sink refuses, or reading fails. Rows that are
/// merely wrong are no error: they come out as faults and broken rows.
pub fn decode(
    dataset: &Dataset,
    city_crs: &str,
    inputs: &[Input],
    threads: usize,
    sink: &dyn Sink,
) -> Result<Decoded, DecodeError> {
    let bytes_all = inputs
        .iter()
        .map(|input| {
            std::fs::metadata(&input.path)
                .map(|data| data.len())
                .unwrap_or_default()
        })
        .sum();
    let mut run = Run {
        dataset,
        city_crs,
        threads: threads.max(1),
        sink,
        seq: 0,
        done: Decoded::default(),
        bytes_before: 0,
        bytes_all,
    };
    let in_blocks = decodes_in_blocks(dataset);
    for input in inputs {
        let size = std::fs::metadata(&input.path)?.len();
        if size == 0 {
            return Err(DecodeError::Input(vec![
                Fault::at(&input.name, "the file is empty")
                    .remedy("ask for it again; nothing was changed"),
            ]));
        }
        let repaired = repair::repaired(input, &dataset.format)?;
        run.done.places_repaired += repaired.as_ref().map_or(0, |copy| copy.places);
        let input = repaired.as_ref().map_or(input, |copy| &copy.input);
        let zipped = dataset.format.inner.is_some() || archive::is_zip(&input.path);
        if in_blocks && zipped {
            let unpacked = archive::unpack(input, &dataset.format).map_err(DecodeError::Input)?;
            csv::decode(&mut run, &input.name, &unpacked.input.path)?;
        } else if in_blocks {
            csv::decode(&mut run, &input.name, &input.path)?;
        } else {
            rows::decode(&mut run, input)?;
        }
        run.bytes_before += size;
        sink.progress(run.bytes_before, bytes_all);
    }
    run.done.blocks = run.seq;
    Ok(run.done)
}

/// Whether the dataset's files are cut into blocks that are decoded side by side.
fn decodes_in_blocks(dataset: &Dataset) -> bool {
    dataset.format.kind == FormatKind::Csv
        && dataset.format.fill_down.is_empty()
        && dataset.format.notes_starting.is_empty()
        && dataset.long.is_none()
}

/// Whether [`decode_arriving`] can decode the file at `path` (its first bytes are looked at).
pub fn can_arrive(dataset: &Dataset, path: &Path) -> bool {
    let format = &dataset.format;
    decodes_in_blocks(dataset)
        && format.inner.is_none()
        && format.repair.is_empty()
        && !archive::is_zip(path)
}

/// [`fn@decode`] of one input that is still arriving, `size` bytes long as far as is known; for
/// inputs that [`can_arrive`].
///
/// # Errors
/// As [`fn@decode`]; an arrival that ends too early is an error of reading.
pub fn decode_arriving(
    dataset: &Dataset,
    city_crs: &str,
    (name, bytes, size): (&str, &dyn Bytes, u64),
    threads: usize,
    sink: &dyn Sink,
) -> Result<Decoded, DecodeError> {
    let mut run = Run {
        dataset,
        city_crs,
        threads: threads.max(1),
        sink,
        seq: 0,
        done: Decoded::default(),
        bytes_before: 0,
        bytes_all: size,
    };
    csv::decode(&mut run, name, bytes)?;
    run.done.blocks = run.seq;
    Ok(run.done)
}

/// What a decode carries from input to input.
struct Run<'r> {
    dataset: &'r Dataset,
    city_crs: &'r str,
    threads: usize,
    sink: &'r dyn Sink,
    seq: u64,
    done: Decoded,
    bytes_before: u64,
    bytes_all: u64,
}
