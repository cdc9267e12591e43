//! Every other format: rows are read in one thread, typed in the same.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use city::dataset::{Format, FormatKind, Repair};
use city::{Fault, Reason, Why};

use super::layout::Layout;
use super::{Block, BrokenRow, DecodeError, Run, SourceTable, batch, quoted};
use crate::formats::{self, Row};
use crate::long::Melt;
use crate::origin::{Input, RawRows};
use crate::place::shape::Shape;
use crate::text::trim;
use crate::types::{Cells, table_schema};

/// Rows in a block.
const BLOCK_ROWS: usize = 32_768;

pub(super) fn decode(run: &mut Run<'_>, input: &Input) -> Result<(), DecodeError> {
    let dataset = run.dataset;
    let format = crate::envelope::format_of(dataset, input);
    let mut source = formats::open(input, &format).map_err(DecodeError::Input)?;
    // A page of an API, or a list, with nothing in it names no columns either.
    let mut first = None;
    if source.columns().is_empty() && source.crs().is_none() && !has_shapes(&dataset.format) {
        first = source.next(1).map_err(DecodeError::Input)?;
        if first.is_none() {
            return Ok(());
        }
    }
    let melt = match &dataset.long {
        Some(long) => {
            Some(Melt::new(long, source.columns(), &input.name).map_err(DecodeError::Input)?)
        }
        None => None,
    };
    let names = melt
        .as_ref()
        .map_or_else(|| source.columns().to_vec(), |melt| melt.columns().to_vec());
    let shape_crs = source.crs();
    let layout = Layout::new(
        dataset,
        run.city_crs,
        &input.name,
        &names,
        shape_crs.as_deref(),
    )
    .map_err(DecodeError::Input)?;
    run.done.extra_columns.clone_from(&layout.extra);
    let table = |columns: &[String]| {
        Arc::new(SourceTable {
            file: input.name.clone(),
            columns: columns.to_vec(),
            crs: shape_crs.clone(),
        })
    };
    // A row that has other cells than the header is shown as it came, before the table was turned long.
    let (typed_source, odd_source) = (table(&names), table(source.columns()));
    let schema = table_schema(dataset);
    let mut fill = FillDown::new(&dataset.format.fill_down, source.columns(), &input.name)?;
    let mut left_out = LeftOut::new(&dataset.format, source.columns());
    let has_marks = format.repair.contains(&Repair::QuotedCells);
    loop {
        let rows = match first.take() {
            None => source.next(BLOCK_ROWS).map_err(DecodeError::Input)?,
            first => first,
        };
        let Some(mut rows) = rows else { break };
        if has_marks {
            run.done.places_repaired += quoted::take_off(&mut rows);
        }
        run.done.rows_skipped += leave_out(&mut rows, &mut fill, &mut left_out);
        let (mut rows, shifted): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.odd.is_none());
        if !shifted.is_empty() {
            put_aside(run, &odd_source, &shifted, &schema)?;
        }
        for row in &mut rows {
            to_wgs84(row, &layout);
        }
        if let Some(melt) = &melt {
            rows = melt.rows(&rows);
        }
        hand_out(run, (&layout, &schema), &typed_source, rows)?;
    }
    Ok(())
}

/// Types rows and hands them out.
fn hand_out(
    run: &mut Run<'_>,
    (layout, schema): (&Layout, &SchemaRef),
    source: &Arc<SourceTable>,
    mut rows: Vec<Row>,
) -> Result<(), DecodeError> {
    // A melted block can be a hundred times as long: cut it again.
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(BLOCK_ROWS * 2));
        let text = TextRows {
            rows,
            width: source.columns.len(),
        };
        let numbers = text
            .rows
            .iter()
            .map(|row| i64::try_from(row.number).unwrap_or_default())
            .collect();
        let (batch, faults) =
            batch::typed(layout, schema, &source.file, &text, numbers).map_err(|error| {
                DecodeError::Input(vec![Fault::at(
                    &source.file,
                    format!("a block cannot become a table: {error}"),
                )])
            })?;
        run.done.rows_read += u64::try_from(text.rows.len()).unwrap_or_default();
        let block = Block {
            seq: run.seq,
            rows: batch,
            faults,
            raw: Arc::new(text),
            broken: Vec::new(),
            source: Arc::clone(source),
        };
        run.sink.block(block).map_err(DecodeError::Sink)?;
        run.seq += 1;
        rows = rest;
    }
    Ok(())
}

/// Fills merged cells and takes totals and notes out; how many those were.
fn leave_out(rows: &mut Vec<Row>, fill: &mut FillDown, left_out: &mut LeftOut<'_>) -> u64 {
    let before = rows.len();
    rows.retain(|row| !left_out.is_note(row));
    fill.apply(rows);
    rows.retain(|row| !left_out.is_total(row));
    u64::try_from(before - rows.len()).unwrap_or_default()
}

/// Hands out rows that have another number of cells than there are columns.
fn put_aside(
    run: &mut Run<'_>,
    source: &Arc<SourceTable>,
    shifted: &[Row],
    schema: &SchemaRef,
) -> Result<(), DecodeError> {
    let count = |number: usize| u64::try_from(number).unwrap_or_default();
    // The only thing of NDJSON that is no row is no record at all.
    let is_lines = run.dataset.format.kind == FormatKind::Ndjson;
    let broken = |row: &Row| BrokenRow {
        file: source.file.clone(),
        row: row.number,
        raw: row
            .cells
            .iter()
            .map(|cell| cell.clone().unwrap_or_default())
            .collect(),
        reason: Reason {
            column: None,
            value: None,
            why: if is_lines {
                Why::NoRecord
            } else {
                Why::FieldCount {
                    expected: count(source.columns.len()),
                    found: count(row.cells.len()),
                }
            },
        },
    };
    let none = TextRows {
        rows: Vec::new(),
        width: 0,
    };
    let block = Block {
        seq: run.seq,
        rows: RecordBatch::new_empty(SchemaRef::clone(schema)),
        faults: Vec::new(),
        raw: Arc::new(none),
        broken: shifted.iter().map(broken).collect(),
        source: Arc::clone(source),
    };
    run.done.rows_read += u64::try_from(shifted.len()).unwrap_or_default();
    run.sink.block(block).map_err(DecodeError::Sink)?;
    run.seq += 1;
    Ok(())
}

/// Whether rows of this format can be without a cell.
fn has_shapes(format: &Format) -> bool {
    matches!(format.kind, FormatKind::Shapefile | FormatKind::Geojson)
}

/// Rows that the manifest leaves out: totals and notes.
pub(crate) struct LeftOut<'f> {
    words: &'f [String],
    marks: &'f [String],
    /// Columns that repeat the value above: a total's word may stand behind them.
    filled_down: Vec<usize>,
    is_narrow: bool,
    /// The row before was a note.
    is_in_notes: bool,
}

impl<'f> LeftOut<'f> {
    pub(crate) fn new(format: &'f Format, columns: &[String]) -> Self {
        let names = columns.iter().enumerate();
        Self {
            words: &format.skip_rows_starting,
            marks: &format.notes_starting,
            filled_down: names
                .filter(|(_, name)| format.fill_down.contains(name))
                .map(|(at, _)| at)
                .collect(),
            is_narrow: columns.len() < 2,
            is_in_notes: false,
        }
    }

    /// Whether a row, as it came, is a note below the table or goes on with one. Asked row by row, in order.
    pub(crate) fn is_note(&mut self, row: &Row) -> bool {
        if self.marks.is_empty() {
            return false;
        }
        let mut cells = filled(row).map(|(_, cell)| cell);
        let first = cells.next().unwrap_or_default();
        let is_marked = self
            .marks
            .iter()
            .any(|mark| first.starts_with(mark.as_str()));
        // A note that is cut at its commas has other cells than the table: it is no row of it either.
        let is_alone = cells.next().is_none();
        let goes_on = self.is_in_notes && is_alone && !self.is_narrow;
        self.is_in_notes = goes_on || (is_marked && (is_alone || row.odd.is_some()));
        self.is_in_notes
    }

    /// Whether a row, its merged cells filled, begins with one of the words by which totals are known.
    pub(crate) fn is_total(&self, row: &Row) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let is_word = |cell: &str| self.words.iter().any(|word| word == cell);
        let is_filled_down = |at: &usize| self.filled_down.contains(at);
        filled(row).next().is_some_and(|(_, cell)| is_word(cell))
            || filled(row).any(|(at, cell)| is_filled_down(&at) && is_word(cell))
            || filled(row)
                .find(|(at, _)| !is_filled_down(at))
                .is_some_and(|(_, cell)| is_word(cell))
    }

    /// Where the first filled cell stands that no cell above stands for, and what it says.
    pub(crate) fn beginning<'r>(&self, row: &'r Row) -> &'r str {
        let own = filled(row).find(|(at, _)| !self.filled_down.contains(at));
        own.map(|(_, cell)| cell).unwrap_or_default()
    }
}

/// The filled cells of a row, with their places.
fn filled(row: &Row) -> impl Iterator<Item = (usize, &str)> {
    let cells = row.cells.iter().enumerate();
    cells
        .filter_map(|(at, cell)| Some((at, trim(cell.as_deref()?))))
        .filter(|(_, cell)| !cell.is_empty())
}

/// Moves a row's shape to WGS 84; a shape that cannot be moved is gone and its raw form too.
fn to_wgs84(row: &mut Row, layout: &Layout) {
    row.geometry = row
        .geometry
        .take()
        .and_then(|bytes| Shape::from_wkb(&bytes))
        .and_then(|shape| shape.to_wgs84(&layout.converter))
        .map(|shape| shape.to_wkb());
}

/// Cells left empty because a merged cell above stands for them.
pub(crate) struct FillDown {
    columns: Vec<usize>,
    last: HashMap<usize, String>,
}

impl FillDown {
    pub(crate) fn new(
        names: &[String],
        columns: &[String],
        file: &str,
    ) -> Result<Self, DecodeError> {
        let mut found = Vec::new();
        for name in names {
            match columns.iter().position(|column| column == name) {
                Some(at) => found.push(at),
                None => {
                    return Err(DecodeError::Input(vec![Fault::at(
                        file,
                        format!("`fill-down` names a column `{name}` the source has not"),
                    )]));
                }
            }
        }
        Ok(Self {
            columns: found,
            last: HashMap::new(),
        })
    }

    pub(crate) fn apply(&mut self, rows: &mut [Row]) {
        for row in rows {
            for at in &self.columns {
                let Some(cell) = row.cells.get_mut(*at) else {
                    continue;
                };
                match cell {
                    Some(text) if !trim(text).is_empty() => {
                        self.last.insert(*at, text.clone());
                    }
                    _ => *cell = self.last.get(at).cloned(),
                }
            }
        }
    }
}

pub(super) struct TextRows {
    pub(super) rows: Vec<Row>,
    pub(super) width: usize,
}

impl Cells for TextRows {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize) -> &str {
        self.rows
            .get(row)
            .and_then(|row| row.cells.get(column))
            .and_then(Option::as_deref)
            .unwrap_or_default()
    }

    fn geometry(&self, row: usize) -> Option<&[u8]> {
        self.rows.get(row).and_then(|row| row.geometry.as_deref())
    }
}

impl RawRows for TextRows {
    fn cells(&self, row: usize) -> Vec<String> {
        (0..self.width)
            .map(|column| self.cell(row, column).to_owned())
            .collect()
    }
}
