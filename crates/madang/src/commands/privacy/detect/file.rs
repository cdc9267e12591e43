//! The cells of a file, as they came.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ingest::draft::{self, About, Guide};
use ingest::{Block, Input, Sink, SinkError};
use privacy::detect::Day;
use privacy::detect::column::Scan;

use super::{Found, Looker};
use crate::commands::draft::around;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::work::failure;
use crate::out;

/// Looks at every cell of a file. Its kind, encoding and header are found as `madang draft` finds them.
pub(super) fn look(
    config: &Config,
    path: &Path,
    today: Day,
    each: bool,
    json: bool,
) -> Result<Found, Failure> {
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let input = Input {
        name: name.clone(),
        path: path.to_owned(),
    };
    let around = around(&config.city.value)?;
    let city = around.manifest.as_ref();
    let guide = Guide {
        id: None,
        title: None,
        field: "field".to_owned(),
        department: "department".to_owned(),
        path: None,
        crs: city.map_or_else(|| "EPSG:5186".to_owned(), |city| city.crs.clone()),
        bounds: city.map_or(ingest::place::guess::KOREA, |city| city.bounds),
        about: About::default(),
    };
    let drafted =
        draft::draft(&input, &guide, &|_| ()).map_err(|faults| Failure::faults(&faults))?;
    let file = format!("{}.toml", drafted.id);
    let (dataset, faults) = city::read::dataset_text(Path::new(&file), &drafted.manifest);
    let Some(mut dataset) = dataset else {
        return Err(Failure::faults(&faults));
    };
    // Totals are left out of a table; here every row counts.
    dataset.format.skip_rows_starting.clear();
    // Findings one by one are told in the order of the file.
    let threads = if each { 1 } else { config.threads.value };
    let cells = Cells {
        today,
        each,
        json,
        found: Mutex::new(Found::new(&name)),
    };
    let decoded = ingest::decode(&dataset, &guide.crs, &[input], threads, &cells)
        .map_err(|error| failure(&dataset.id, error))?;
    let mut found = cells
        .found
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    found.rows = decoded.rows_read;
    if decoded.rows_skipped > 0 {
        out::say(format!(
            "{} rows that are no rows of data (notes, repeated headers) were left out",
            decoded.rows_skipped
        ));
    }
    Ok(found)
}

/// Where cells of broken rows are counted that stand behind the last column.
const BEYOND: &str = "(behind the last column)";

struct Cells {
    today: Day,
    each: bool,
    json: bool,
    found: Mutex<Found>,
}

impl Sink for Cells {
    fn block(&self, block: Block) -> Result<(), SinkError> {
        let mut looker = Looker::new(self.today, self.each, self.json);
        let new = |name: &String| (name.clone(), Scan::new([name.as_str()]));
        let mut columns: Vec<(String, Scan)> = block.source.columns.iter().map(new).collect();
        // A broken row may have more cells than the table has columns.
        let last = columns.len();
        columns.push((BEYOND.to_owned(), Scan::default()));
        let file: Arc<str> = block.source.file.as_str().into();
        let numbers = block.numbers();
        let rows = numbers
            .iter()
            .enumerate()
            .map(|(row, number)| (*number, block.raw.cells(row)));
        let broken = block.broken.iter().map(|row| (row.row, row.raw.clone()));
        for (number, cells) in rows.chain(broken) {
            for (at, cell) in cells.iter().enumerate() {
                if let Some(column) = columns.get_mut(at.min(last)) {
                    looker
                        .see(column, cell, (&file, number))
                        .map_err(|failure| failure.message().to_owned())?;
                }
            }
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, scan) in columns {
            if name == BEYOND && scan.filled == 0 {
                continue;
            }
            // Tables of one file may have columns of the same name: they are told as one.
            match found.columns.iter_mut().find(|(of, _)| *of == name) {
                Some((_, all)) => all.merge(scan),
                None => found.columns.push((name, scan)),
            }
        }
        Ok(())
    }
}
