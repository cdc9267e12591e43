//! GeoJSON feature collections, feature by feature.

use std::fs::File;
use std::io::{BufReader, Read};

use ::geojson::{Feature, FeatureReader, GeometryValue};
use city::Fault;

use super::{Row, Rows, fault, json};
use crate::origin::Input;
use crate::place::shape::Shape;

/// Features as they are read; not asked again after the last, which the library takes ill.
type Features = std::iter::Fuse<Box<dyn Iterator<Item = Result<Feature, ::geojson::Error>> + Send>>;

pub(super) struct GeoRows {
    input: Input,
    names: Vec<String>,
    features: Features,
    number: u64,
    crs: Option<String>,
}

pub(super) fn open(input: &Input) -> Result<GeoRows, Vec<Fault>> {
    let open = || {
        File::open(&input.path)
            .map(BufReader::new)
            .map_err(|error| fault(input, format!("cannot be read: {error}")))
    };
    let mut head = Vec::new();
    open()?
        .take(4096)
        .read_to_end(&mut head)
        .map_err(|error| fault(input, error.to_string()))?;
    super::refuse_html(input, &head)?;
    let mut names: Vec<String> = Vec::new();
    for (at, feature) in features(open()?).enumerate() {
        let feature = feature.map_err(|error| broken(input, at, &error))?;
        for name in feature.properties.iter().flat_map(serde_json::Map::keys) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    Ok(GeoRows {
        input: input.clone(),
        names,
        features: features(open()?),
        number: 0,
        crs: Some(crs_of(&head)),
    })
}

fn features(reader: BufReader<File>) -> Features {
    let all: Box<dyn Iterator<Item = Result<Feature, ::geojson::Error>> + Send> =
        Box::new(FeatureReader::from_reader(reader).features());
    all.fuse()
}

fn broken(input: &Input, at: usize, error: &::geojson::Error) -> Vec<Fault> {
    vec![
        Fault::at(
            &input.name,
            format!("feature {} is not sound GeoJSON: {error}", at + 1),
        )
        .remedy("ask for the file again"),
    ]
}

/// The legacy `crs` member, or WGS 84 as the standard says.
fn crs_of(head: &[u8]) -> String {
    let head = String::from_utf8_lossy(head);
    let code = head.split_once("\"crs\"").and_then(|(_, behind)| {
        let behind = behind.get(..behind.len().min(300)).unwrap_or(behind);
        let digits: String = behind
            .split_once("EPSG")?
            .1
            .chars()
            .skip_while(|sign| *sign == ':')
            .take_while(char::is_ascii_digit)
            .collect();
        city::crs::code(&format!("EPSG:{digits}"))
    });
    format!("EPSG:{}", code.unwrap_or(4326))
}

impl Rows for GeoRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        let mut rows = Vec::new();
        while rows.len() < limit {
            let Some(feature) = self.features.next() else {
                break;
            };
            self.number += 1;
            let feature = feature.map_err(|error| {
                broken(
                    &self.input,
                    usize::try_from(self.number).unwrap_or_default(),
                    &error,
                )
            })?;
            let cells = self
                .names
                .iter()
                .map(|name| {
                    feature
                        .properties
                        .as_ref()
                        .and_then(|all| all.get(name))
                        .and_then(json::text)
                })
                .collect();
            let geometry = feature
                .geometry
                .as_ref()
                .and_then(|geometry| shape(&geometry.value))
                .map(|shape| shape.to_wkb());
            rows.push(Row {
                number: self.number,
                cells,
                geometry,
                odd: None,
            });
        }
        Ok((!rows.is_empty()).then_some(rows))
    }

    fn crs(&self) -> Option<String> {
        self.crs.clone()
    }
}

fn shape(value: &GeometryValue) -> Option<Shape> {
    let point = |position: &::geojson::Position| {
        Some((*position.as_slice().first()?, *position.as_slice().get(1)?))
    };
    let line = |positions: &Vec<::geojson::Position>| {
        positions.iter().map(point).collect::<Option<Vec<_>>>()
    };
    Some(match value {
        GeometryValue::Point { coordinates } => Shape::Point(point(coordinates)?),
        GeometryValue::MultiPoint { coordinates } => Shape::MultiPoint(line(coordinates)?),
        GeometryValue::LineString { coordinates } => Shape::Lines(vec![line(coordinates)?]),
        GeometryValue::MultiLineString { coordinates } => {
            Shape::Lines(coordinates.iter().map(line).collect::<Option<_>>()?)
        }
        GeometryValue::Polygon { coordinates } => {
            Shape::Polygons(vec![coordinates.iter().map(line).collect::<Option<_>>()?])
        }
        GeometryValue::MultiPolygon { coordinates } => Shape::Polygons(
            coordinates
                .iter()
                .map(|rings| rings.iter().map(line).collect::<Option<_>>())
                .collect::<Option<_>>()?,
        ),
        GeometryValue::GeometryCollection { .. } => return None,
    })
}
