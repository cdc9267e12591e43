//! Shapefiles: `.shp` with its `.dbf`, `.prj` and `.cpg`.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::shapefile::{PolygonRing, Shape as Raw, ShapeReader};
use city::Fault;
use city::dataset::{Encoding, Format};

use super::{Row, Rows, dbf, fault};
use crate::origin::Input;
use crate::place::prj;
use crate::place::shape::{Shape, polygons};

/// A file that tells how far it has been read: the library's reader begins each time as if at the first record.
struct Tracked {
    file: BufReader<File>,
    at: Arc<AtomicU64>,
}

impl Read for Tracked {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.at
            .fetch_add(u64::try_from(read).unwrap_or_default(), Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Tracked {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let at = self.file.seek(to)?;
        self.at.store(at, Ordering::Relaxed);
        Ok(at)
    }
}

pub(super) struct ShapeRows {
    input: Input,
    names: Vec<String>,
    shapes: ShapeReader<Tracked>,
    at: Arc<AtomicU64>,
    size: u64,
    table: Option<dbf::Table<BufReader<File>>>,
    number: u64,
    crs: Option<String>,
}

/// A part of the shapefile: the same name with another ending, in either letter case.
fn part(shp: &Path, ending: &str) -> Option<PathBuf> {
    [ending.to_owned(), ending.to_uppercase()]
        .iter()
        .map(|ending| shp.with_extension(ending))
        .find(|path| path.is_file())
}

pub(super) fn open(input: &Input, format: &Format) -> Result<ShapeRows, Vec<Fault>> {
    let failed = |error: &dyn std::fmt::Display| {
        vec![
            Fault::at(&input.name, format!("is not a sound shapefile: {error}"))
                .remedy("deliver .shp, .shx, .dbf and .prj together, best in one ZIP"),
        ]
    };
    let file = File::open(&input.path)
        .map_err(|error| fault(input, format!("cannot be read: {error}")))?;
    let size = file.metadata().map_err(|error| failed(&error))?.len();
    let at = Arc::new(AtomicU64::new(0));
    let shapes = ShapeReader::new(Tracked {
        file: BufReader::new(file),
        at: Arc::clone(&at),
    })
    .map_err(|error| failed(&error))?;
    let cpg = part(&input.path, "cpg")
        .and_then(|path| std::fs::read_to_string(path).ok())
        .map(|text| text.trim().to_uppercase());
    let encoding = format.encoding.or(match cpg.as_deref() {
        Some("UTF-8" | "UTF8" | "65001") => Some(Encoding::Utf8),
        Some("949" | "CP949" | "EUC-KR" | "EUCKR" | "51949" | "MS949" | "UHC") => {
            Some(Encoding::Cp949)
        }
        _ => None,
    });
    let table = match part(&input.path, "dbf") {
        Some(path) => Some(
            File::open(path)
                .and_then(|file| dbf::Table::new(BufReader::new(file), encoding))
                .map_err(|error| failed(&error))?,
        ),
        None => None,
    };
    let crs = part(&input.path, "prj")
        .and_then(|path| std::fs::read(path).ok())
        .and_then(|bytes| prj::crs(&String::from_utf8_lossy(&bytes)));
    let names = table.as_ref().map(dbf::Table::names).unwrap_or_default();
    Ok(ShapeRows {
        input: input.clone(),
        names,
        shapes,
        at,
        size,
        table,
        number: 0,
        crs,
    })
}

impl Rows for ShapeRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        let mut rows = Vec::new();
        let number = self.number;
        let failed = |error: &dyn std::fmt::Display, number: u64| {
            vec![Fault::at(
                &self.input.name,
                format!("record {number} cannot be read: {error}"),
            )]
        };
        while rows.len() < limit && self.at.load(Ordering::Relaxed) < self.size {
            let Some(raw) = self.shapes.iter_shapes().next() else {
                break;
            };
            let number = number + u64::try_from(rows.len()).unwrap_or_default() + 1;
            let raw = raw.map_err(|error| failed(&error, number))?;
            let cells = match &mut self.table {
                Some(table) => table
                    .next_record()
                    .map_err(|error| failed(&error, number))?
                    .unwrap_or_default(),
                None => Vec::new(),
            };
            rows.push(Row {
                number,
                cells,
                geometry: shape(&raw).map(|shape| shape.to_wkb()),
                odd: None,
            });
        }
        self.number += u64::try_from(rows.len()).unwrap_or_default();
        Ok((!rows.is_empty()).then_some(rows))
    }

    fn crs(&self) -> Option<String> {
        self.crs.clone()
    }
}

macro_rules! flat {
    ($points:expr) => {
        $points
            .iter()
            .map(|point| (point.x, point.y))
            .collect::<Vec<(f64, f64)>>()
    };
}

macro_rules! rings {
    ($polygon:expr) => {
        polygons(
            $polygon
                .rings()
                .iter()
                .map(|ring| match ring {
                    PolygonRing::Outer(points) | PolygonRing::Inner(points) => flat!(points),
                })
                .collect(),
        )
    };
}

fn shape(raw: &Raw) -> Option<Shape> {
    Some(match raw {
        Raw::Point(point) => Shape::Point((point.x, point.y)),
        Raw::PointM(point) => Shape::Point((point.x, point.y)),
        Raw::PointZ(point) => Shape::Point((point.x, point.y)),
        Raw::Multipoint(points) => Shape::MultiPoint(flat!(points.points())),
        Raw::Polyline(line) => Shape::Lines(line.parts().iter().map(|part| flat!(part)).collect()),
        Raw::PolylineM(line) => Shape::Lines(line.parts().iter().map(|part| flat!(part)).collect()),
        Raw::PolylineZ(line) => Shape::Lines(line.parts().iter().map(|part| flat!(part)).collect()),
        Raw::Polygon(polygon) => rings!(polygon),
        Raw::PolygonM(polygon) => rings!(polygon),
        Raw::PolygonZ(polygon) => rings!(polygon),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::shapefile::{Point, ShapeWriter};

    #[test]
    fn every_record_is_read_once_whatever_the_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.shp");
        let mut writer = ShapeWriter::new(File::create(&path).unwrap());
        for at in 0..5_u32 {
            writer.write_shape(&Point::new(f64::from(at), 1.0)).unwrap();
        }
        drop(writer);
        let format: Format = serde_json::from_str(r#"{"kind":"shapefile"}"#).unwrap();
        let mut rows = open(
            &Input {
                name: "a.shp".to_owned(),
                path,
            },
            &format,
        )
        .unwrap();
        let mut counts = Vec::new();
        while let Some(block) = rows.next(2).unwrap() {
            counts.push((block[0].number, block.len()));
        }
        assert_eq!(counts, [(1, 2), (3, 2), (5, 1)]);
    }
}
