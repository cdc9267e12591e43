//! Separated text as rows, for the cases the parallel way does not serve: inside archives, wide
//! tables, cells filled from above, and looking at a file.

use std::io::Read;

use city::Fault;
use city::dataset::{Encoding, Format};

use super::{Row, Rows};
use crate::decode::{DecodeError, open_csv};
use crate::origin::Input;
use crate::text::csv::{Cutter, Dialect, Records};
use crate::text::encoding;

pub(super) struct CsvRows {
    cutter: Cutter<Box<dyn Read + Send>>,
    encoding: Encoding,
    dialect: Dialect,
    names: Vec<String>,
    waiting: std::collections::VecDeque<Row>,
    file: String,
}

pub(super) fn open(input: &Input, format: &Format) -> Result<CsvRows, Vec<Fault>> {
    let opened = open_csv(&input.name, &input.path, format).map_err(|error| match error {
        DecodeError::Input(faults) => faults,
        other => super::fault(input, other.to_string()),
    })?;
    Ok(CsvRows {
        cutter: Cutter::new(opened.reader, opened.dialect, opened.first_line),
        encoding: opened.encoding,
        dialect: opened.dialect,
        names: opened.names,
        waiting: std::collections::VecDeque::new(),
        file: input.name.clone(),
    })
}

impl Rows for CsvRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        while self.waiting.is_empty() {
            let piece = self
                .cutter
                .next_piece()
                .map_err(|error| vec![Fault::at(&self.file, format!("cannot be read: {error}"))])?;
            let Some(piece) = piece else { return Ok(None) };
            let text = encoding::decode_lossy(&piece.bytes, self.encoding);
            let mut records =
                Records::split(text, piece.first_line, self.names.len(), self.dialect);
            for row in 0..records.len() {
                let number = records.lines.get(row).copied().unwrap_or_default();
                self.waiting.push_back(Row {
                    number,
                    cells: records.cells(row).into_iter().map(Some).collect(),
                    geometry: None,
                    odd: None,
                });
            }
            // Rows with too few or too many cells are shifted: decoding puts them aside as they are.
            for (number, cells) in std::mem::take(&mut records.odd) {
                self.waiting.push_back(Row {
                    number,
                    odd: Some(cells.len()),
                    cells: cells.into_iter().map(Some).collect(),
                    geometry: None,
                });
            }
        }
        let take = limit.min(self.waiting.len());
        Ok(Some(self.waiting.drain(..take).collect()))
    }
}
