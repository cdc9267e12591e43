//! Shapefiles with their table in CP949, in one ZIP.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use encoding_rs::EUC_KR;
use shapefile::{Point, Polygon, PolygonRing, Polyline, ShapeWriter};
use zip::write::SimpleFileOptions;

use super::{Form, whole};
use crate::DemoError;
use crate::dirt::Plant;

/// EPSG:5186 as `ArcGIS` writes it.
const PRJ: &str = "PROJCS[\"Korea_2000_Korea_Central_Belt_2010\",GEOGCS[\"GCS_Korea_2000\",DATUM[\"D_Korea_2000\",SPHEROID[\"GRS_1980\",6378137.0,298.257222101]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"False_Easting\",200000.0],PARAMETER[\"False_Northing\",600000.0],PARAMETER[\"Central_Meridian\",127.0],PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",38.0],UNIT[\"Meter\",1.0]]";
/// Bytes of a cell of the table.
const WIDTH: usize = 40;

/// A shape and its cells.
pub struct Record {
    /// Points in metres; a polygon's ring is closed here.
    pub points: Vec<(f64, f64)>,
    /// Cells.
    pub cells: Vec<String>,
}

/// Polygons or lines, written row by row: the last cell is the shape, `x y;x y;...` in metres.
pub struct Shapes {
    path: PathBuf,
    stem: &'static str,
    heads: Vec<String>,
    records: Vec<Record>,
    are_polygons: bool,
}

impl Shapes {
    /// A shapefile in an archive; `heads` name the cells before the shape.
    pub fn new(path: &Path, stem: &'static str, heads: &[&str], are_polygons: bool) -> Self {
        Self {
            path: path.to_owned(),
            stem,
            heads: heads.iter().map(|head| (*head).to_owned()).collect(),
            records: Vec::new(),
            are_polygons,
        }
    }
}

impl Form for Shapes {
    fn row(&mut self, cells: &[String], _plant: Option<&Plant>) -> Result<u64, DemoError> {
        let (facts, shape) = cells.split_at(self.heads.len().min(cells.len()));
        let points = shape.iter().flat_map(|cell| cell.split(';'));
        let point = |text: &str| {
            let (x, y) = text.split_once(' ')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        };
        self.records.push(Record {
            points: points.filter_map(point).collect(),
            cells: facts.to_vec(),
        });
        Ok(self.records.len() as u64)
    }

    fn finish(self: Box<Self>) -> Result<(), DemoError> {
        let heads: Vec<&str> = self.heads.iter().map(String::as_str).collect();
        shapefile(
            &self.path,
            self.stem,
            &heads,
            &self.records,
            self.are_polygons,
        )
    }
}

/// Writes polygons or lines with their table as `<stem>.zip`.
///
/// # Errors
/// When the disk fails.
pub fn shapefile(
    path: &Path,
    stem: &str,
    heads: &[&str],
    records: &[Record],
    are_polygons: bool,
) -> Result<(), DemoError> {
    let (mut shp, mut shx) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
    {
        let mut writer = ShapeWriter::with_shx(&mut shp, &mut shx);
        for record in records {
            let mut points: Vec<Point> = record
                .points
                .iter()
                .map(|(x, y)| Point::new(*x, *y))
                .collect();
            if are_polygons {
                points.extend(points.first().copied());
                writer.write_shape(&Polygon::new(PolygonRing::Outer(points)))?;
            } else {
                writer.write_shape(&Polyline::new(points))?;
            }
        }
        writer.finalize()?;
    }
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    let parts = [
        ("shp", shp.into_inner()),
        ("shx", shx.into_inner()),
        ("dbf", dbf(heads, records)),
        ("prj", PRJ.as_bytes().to_vec()),
    ];
    for (ending, bytes) in parts {
        archive.start_file(format!("{stem}.{ending}"), options)?;
        archive.write_all(&bytes)?;
    }
    Ok(whole(path, &archive.finish()?.into_inner())?)
}

/// A dBASE III table of character columns.
fn dbf(heads: &[&str], records: &[Record]) -> Vec<u8> {
    let length = |value: usize| u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes();
    let mut out = vec![3, 126, 1, 1];
    out.extend(
        u32::try_from(records.len())
            .unwrap_or(u32::MAX)
            .to_le_bytes(),
    );
    out.extend(length(32 + 32 * heads.len() + 1));
    out.extend(length(1 + WIDTH * heads.len()));
    out.extend([0; 20]);
    for head in heads {
        let mut name = [0_u8; 11];
        for (slot, byte) in name.iter_mut().zip(head.bytes().take(10)) {
            *slot = byte;
        }
        out.extend(name);
        out.push(b'C');
        out.extend([0; 4]);
        out.push(u8::try_from(WIDTH).unwrap_or(u8::MAX));
        out.extend([0; 15]);
    }
    out.push(b'\r');
    for record in records {
        out.push(b' ');
        for cell in &record.cells {
            let bytes = EUC_KR.encode(cell).0.into_owned();
            out.extend(
                bytes
                    .iter()
                    .copied()
                    .chain(std::iter::repeat(b' '))
                    .take(WIDTH),
            );
        }
    }
    out.push(0x1a);
    out
}
