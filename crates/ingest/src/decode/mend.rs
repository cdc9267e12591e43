//! Rows of a block read again from other cells: what a person corrected.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::{concat, interleave, take};
use arrow::error::ArrowError;
use city::{ColumnType, Dataset};

use super::layout::Layout;
use super::rows::TextRows;
use super::{Block, BrokenRow, CellFault, DecodeError, batch};
use crate::formats::Row;
use crate::origin::RawRows;
use crate::types::table_schema;

/// Cells by row: of a block's rows, and of its broken rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mending {
    /// By place in [`Block::rows`].
    pub rows: BTreeMap<usize, Vec<String>>,
    /// By place in [`Block::broken`]. A row that is mended has as many cells as the source has columns.
    pub broken: BTreeMap<usize, Vec<String>>,
}

impl Mending {
    /// Whether there is nothing to mend.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.broken.is_empty()
    }
}

impl Block {
    /// The block with some rows' cells put right. Mended broken rows come last. A row keeps its number and, where it
    /// is shown as it came, its own cells; what a shape says stays.
    ///
    /// # Errors
    /// When the source has not the columns that the dataset needs.
    pub fn mended(
        self,
        dataset: &Dataset,
        city_crs: &str,
        mending: &Mending,
    ) -> Result<Self, DecodeError> {
        if mending.is_empty() {
            return Ok(self);
        }
        let source = Arc::clone(&self.source);
        let layout = Layout::new(
            dataset,
            city_crs,
            &source.file,
            &source.columns,
            source.crs.as_deref(),
        )
        .map_err(DecodeError::Input)?;
        let (mended, broken): (Vec<_>, Vec<_>) = self
            .broken
            .into_iter()
            .enumerate()
            .partition(|(at, _)| mending.broken.contains_key(at));
        let again = again(&self.rows, &mended, mending);
        let width = source.columns.len();
        let numbers = again.iter().map(|row| number(row.number)).collect();
        let text = TextRows { rows: again, width };
        let schema = table_schema(dataset);
        let read = batch::typed(&layout, &schema, &source.file, &text, numbers);
        let (fresh, found) = read.map_err(table_fault(&source.file))?;
        let rows = joined(dataset, &layout, &self.rows, &fresh, mending);
        Ok(Self {
            seq: self.seq,
            faults: faults(self.faults, found, self.rows.num_rows(), mending),
            raw: Arc::new(AsTheyCame {
                own: self.raw,
                rows: self.rows.num_rows(),
                more: mended.into_iter().map(|(_, row)| row.raw).collect(),
            }),
            rows: rows.map_err(table_fault(&source.file))?,
            broken: broken.into_iter().map(|(_, row)| row).collect(),
            source,
        })
    }

    /// Only the rows and broken rows that `keep` says, by their number in the file.
    ///
    /// # Errors
    /// When the block has not the table's shape.
    pub fn only(self, keep: &dyn Fn(u64) -> bool) -> Result<Self, DecodeError> {
        let numbers = self.numbers().into_iter().enumerate();
        let kept = numbers.filter(|(_, number)| keep(*number));
        let kept = kept.map(|(place, _)| place).collect();
        let mut some = self.at(kept)?;
        some.broken.retain(|row| keep(row.row));
        Ok(some)
    }

    /// Without the rows at these places; its broken rows stay.
    ///
    /// # Errors
    /// When the block has not the table's shape.
    pub fn without(self, places: &BTreeSet<usize>) -> Result<Self, DecodeError> {
        let rows = 0..self.rows.num_rows();
        let kept = rows.filter(|place| !places.contains(place)).collect();
        self.at(kept)
    }

    /// The rows at these places, which are in order.
    fn at(self, kept: Vec<usize>) -> Result<Self, DecodeError> {
        let places = UInt32Array::from_iter_values(kept.iter().map(|at| short(*at)));
        let columns = self.rows.columns().iter();
        let columns: Result<Vec<ArrayRef>, ArrowError> =
            columns.map(|column| take(column, &places, None)).collect();
        let rows = columns
            .and_then(|columns| RecordBatch::try_new(self.rows.schema(), columns))
            .map_err(table_fault(&self.source.file))?;
        let faults = self.faults.into_iter().filter_map(|fault| {
            let at = kept.binary_search(&(fault.row as usize)).ok()?;
            Some(CellFault {
                row: short(at),
                ..fault
            })
        });
        Ok(Self {
            faults: faults.collect(),
            rows,
            raw: Arc::new(Chosen {
                own: self.raw,
                places: kept,
            }),
            broken: self.broken,
            seq: self.seq,
            source: self.source,
        })
    }

    /// The numbers of its rows in their file.
    pub fn numbers(&self) -> Vec<u64> {
        row_numbers(&self.rows)
    }
}

fn row_numbers(rows: &RecordBatch) -> Vec<u64> {
    rows.column_by_name(crate::types::ROW_COLUMN)
        .and_then(|array| array.as_any().downcast_ref::<arrow::array::Int64Array>())
        .map(|array| {
            array
                .iter()
                .map(|number| u64::try_from(number.unwrap_or_default()).unwrap_or_default())
                .collect()
        })
        .unwrap_or_default()
}

fn number(row: u64) -> i64 {
    i64::try_from(row).unwrap_or_default()
}

fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn table_fault(file: &str) -> impl Fn(ArrowError) -> DecodeError {
    let file = file.to_owned();
    move |error| {
        DecodeError::Input(vec![city::Fault::at(
            &file,
            format!("a corrected row cannot become one of the table: {error}"),
        )])
    }
}

/// The mended rows as text, in the order of the block, the broken ones last.
fn again(rows: &RecordBatch, mended: &[(usize, BrokenRow)], mending: &Mending) -> Vec<Row> {
    let numbers = row_numbers(rows);
    let row = |number: u64, cells: &[String]| Row {
        number,
        cells: cells.iter().cloned().map(Some).collect(),
        ..Row::default()
    };
    let whole = mending
        .rows
        .iter()
        .map(|(at, cells)| row(numbers.get(*at).copied().unwrap_or_default(), cells));
    let parted = mended.iter().filter_map(|(at, broken)| {
        let cells = mending.broken.get(at)?;
        Some(row(broken.row, cells))
    });
    whole.chain(parted).collect()
}

/// The block's rows with the mended ones in their places, and the once broken ones behind them.
fn joined(
    dataset: &Dataset,
    layout: &Layout,
    old: &RecordBatch,
    fresh: &RecordBatch,
    mending: &Mending,
) -> Result<RecordBatch, ArrowError> {
    let in_place: Vec<usize> = mending
        .rows
        .keys()
        .copied()
        .filter(|at| *at < old.num_rows())
        .collect();
    let order: Vec<(usize, usize)> = (0..old.num_rows())
        .map(|at| match in_place.binary_search(&at) {
            Ok(place) => (1, place),
            Err(_) => (0, at),
        })
        .chain((in_place.len()..fresh.num_rows()).map(|at| (1, at)))
        .collect();
    let columns = old.columns().iter().zip(fresh.columns()).enumerate();
    let columns = columns.map(|(at, (old_column, fresh_column))| {
        if !is_of_shape(dataset, layout, at) {
            return interleave(&[old_column.as_ref(), fresh_column.as_ref()], &order);
        }
        // A shape is no cell: it stays, and a row that was broken had none that could be read.
        let tail = fresh_column.slice(in_place.len(), fresh_column.len() - in_place.len());
        concat(&[old_column.as_ref(), tail.as_ref()])
    });
    RecordBatch::try_new(old.schema(), columns.collect::<Result<_, _>>()?)
}

/// Whether the table's column at this place comes from shapes.
fn is_of_shape(dataset: &Dataset, layout: &Layout, at: usize) -> bool {
    match dataset.columns.get(at) {
        Some(column) => column.column_type == ColumnType::Geometry,
        None => layout.adds_place && layout.place.is_none() && at < dataset.columns.len() + 2,
    }
}

/// What is wrong with cells, once some rows were read again.
fn faults(
    old: Vec<CellFault>,
    fresh: Vec<CellFault>,
    rows: usize,
    mending: &Mending,
) -> Vec<CellFault> {
    let places: Vec<usize> = mending
        .rows
        .keys()
        .copied()
        .filter(|at| *at < rows)
        .collect();
    let moved = fresh.into_iter().map(|fault| {
        let at = fault.row as usize;
        let place = places
            .get(at)
            .copied()
            .unwrap_or_else(|| rows + at.saturating_sub(places.len()));
        CellFault {
            row: short(place),
            ..fault
        }
    });
    let stay = old
        .into_iter()
        .filter(|fault| places.binary_search(&(fault.row as usize)).is_err());
    let mut all: Vec<CellFault> = stay.chain(moved).collect();
    all.sort_by_key(|fault| fault.row);
    all
}

/// The cells as they came, those of once broken rows behind the others.
struct AsTheyCame {
    own: Arc<dyn RawRows>,
    rows: usize,
    more: Vec<Vec<String>>,
}

impl RawRows for AsTheyCame {
    fn cells(&self, row: usize) -> Vec<String> {
        if row < self.rows {
            return self.own.cells(row);
        }
        self.more.get(row - self.rows).cloned().unwrap_or_default()
    }
}

/// Some rows of others.
struct Chosen {
    own: Arc<dyn RawRows>,
    places: Vec<usize>,
}

impl RawRows for Chosen {
    fn cells(&self, row: usize) -> Vec<String> {
        let place = self.places.get(row);
        place.map_or_else(Vec::new, |place| self.own.cells(*place))
    }
}

#[cfg(test)]
mod tests;
