//! One file a format: bytes → rows of text cells.
//!
//! CSV has its own parallel way ([`mod@crate::decode`]); every other format gives [`Rows`], block by
//! block, so that a file larger than memory streams where its format allows it.

pub mod archive;
pub(crate) mod blocks;
mod csv;
mod dbf;
mod document;
mod geojson;
mod hwpx;
pub(crate) mod json;
mod ods;
mod package;
mod parquet;
pub(crate) mod range;
pub(crate) mod repair;
mod shapefile;
pub(crate) mod sheet;
mod stream;
pub(crate) mod table;
pub mod workbook;
pub(crate) mod xml;

use city::Fault;
use city::dataset::{Format, FormatKind};

use crate::origin::Input;

/// Rows of one input, block by block.
pub trait Rows: Send {
    /// Names of the source columns.
    fn columns(&self) -> &[String];

    /// The next rows, at most `limit`; `None` at the end.
    ///
    /// # Errors
    /// When the bytes are not what the format says; the fault names file, part and line.
    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>>;

    /// Coordinate system of the shapes, if the file says it.
    fn crs(&self) -> Option<String> {
        None
    }
}

/// One row as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Line, sheet row or ordinal of the record in the source, from 1.
    pub number: u64,
    /// Cells in the order of [`Rows::columns`]; `None` where the source has nothing.
    pub cells: Vec<Option<String>>,
    /// Shape as well-known binary in the source's coordinates.
    pub geometry: Option<Vec<u8>>,
    /// The cells it has, where that is another number than the columns': it is no row then.
    pub odd: Option<usize>,
}

/// Opens `input` as `format` says.
///
/// # Errors
/// When the file cannot be read as that format.
pub fn open(input: &Input, format: &Format) -> Result<Box<dyn Rows>, Vec<Fault>> {
    // These are archives themselves.
    let is_package = matches!(
        format.kind,
        FormatKind::Xlsx | FormatKind::Ods | FormatKind::Hwpx
    );
    let zipped = !is_package && archive::is_zip(&input.path);
    if format.inner.is_some() || zipped {
        let unpacked = archive::unpack(input, format)?;
        let inner = Format {
            inner: None,
            ..format.clone()
        };
        let rows = open_plain(&unpacked.input, &inner)?;
        return Ok(Box::new(archive::Inner {
            rows,
            _unpacked: unpacked,
        }));
    }
    open_plain(input, format)
}

fn open_plain(input: &Input, format: &Format) -> Result<Box<dyn Rows>, Vec<Fault>> {
    Ok(match format.kind {
        FormatKind::Csv => Box::new(csv::open(input, format)?),
        FormatKind::Xlsx | FormatKind::Xls | FormatKind::Ods | FormatKind::Hwpx => {
            Box::new(workbook::open(input, format)?)
        }
        FormatKind::Json => Box::new(json::open(input, format)?),
        FormatKind::Ndjson => Box::new(json::open_lines(input)?),
        FormatKind::Xml => Box::new(xml::open(input, format)?),
        FormatKind::Geojson => Box::new(geojson::open(input)?),
        FormatKind::Shapefile => Box::new(shapefile::open(input, format)?),
        FormatKind::Parquet => Box::new(parquet::open(input)?),
    })
}

/// One fault about a whole file.
pub(crate) fn fault(input: &Input, what: impl Into<String>) -> Vec<Fault> {
    vec![Fault::at(&input.name, what)]
}

/// Reads a file whole, up to `limit` bytes: for formats that are one tree.
pub(crate) fn read_whole(input: &Input, limit: u64) -> Result<Vec<u8>, Vec<Fault>> {
    let failed = |error: std::io::Error| fault(input, format!("cannot be read: {error}"));
    let size = std::fs::metadata(&input.path).map_err(failed)?.len();
    if size > limit {
        let what = format!(
            "the file has {} MiB, more than the {} MiB one document may have",
            size >> 20,
            limit >> 20
        );
        return Err(vec![Fault::at(&input.name, what).remedy(
            "ask for it in parts, as NDJSON, CSV or Parquet: those stream",
        )]);
    }
    let bytes = std::fs::read(&input.path).map_err(failed)?;
    refuse_html(input, &bytes)?;
    Ok(bytes)
}

/// A web page where data were promised.
pub(crate) fn refuse_html(input: &Input, bytes: &[u8]) -> Result<(), Vec<Fault>> {
    let head = String::from_utf8_lossy(bytes.get(..512).unwrap_or(bytes))
        .trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t'])
        .to_lowercase();
    if head.starts_with("<!doctype html") || head.starts_with("<html") {
        let remedy = "the source answered with an error page: open it in a browser, then ask for the file again";
        return Err(vec![
            Fault::at(&input.name, "the file is a web page, not data")
                .line(1)
                .remedy(remedy),
        ]);
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod made;
#[cfg(test)]
mod tests;
