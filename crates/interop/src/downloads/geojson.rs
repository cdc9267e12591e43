//! GeoJSON (RFC 7946): WGS 84, rows without a place have a null geometry.

use access::{Answer, AskError};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::Float64Type;
use axum::body::Body;
use city::Dataset;
use serde_json::{Map, Value, json};

use super::bytes::streamed;
use super::shape_column;
use super::values::{bytes, json as value, shape};

/// Where the geometry of a row is.
pub(crate) enum Geometry {
    /// In a column of shapes.
    Shape(usize),
    /// In two columns, longitude and latitude.
    Point(usize, usize),
}

impl Geometry {
    /// Finds it in an answer's columns.
    pub(crate) fn find(dataset: &Dataset, names: &[String]) -> Option<Self> {
        let at = |name: &str| names.iter().position(|known| known == name);
        if let Some(shape) = shape_column(dataset).and_then(at) {
            return Some(Self::Shape(shape));
        }
        Some(Self::Point(at("longitude")?, at("latitude")?))
    }

    fn of(&self, columns: &[ArrayRef], row: usize) -> Option<Value> {
        match self {
            Self::Shape(at) => bytes(columns.get(*at)?, row).and_then(shape),
            Self::Point(x, y) => {
                let number = |at: &usize| {
                    columns
                        .get(*at)?
                        .as_primitive_opt::<Float64Type>()
                        .filter(|array| array.is_valid(row))
                        .map(|array| array.value(row))
                };
                Some(json!({"type": "Point", "coordinates": [number(x)?, number(y)?]}))
            }
        }
    }

    fn is_geometry(&self, at: usize) -> bool {
        match self {
            Self::Shape(shape) => *shape == at,
            Self::Point(..) => false,
        }
    }
}

/// One row as a feature whose properties have these names.
pub(crate) fn feature(
    geometry: &Geometry,
    names: &[String],
    batch: &RecordBatch,
    row: usize,
) -> Value {
    let properties: Map<String, Value> = names
        .iter()
        .zip(batch.columns())
        .enumerate()
        .filter(|(at, _)| !geometry.is_geometry(*at))
        .map(|(_, (name, array))| (name.clone(), value(array, row)))
        .collect();
    json!({"type": "Feature", "geometry": geometry.of(batch.columns(), row), "properties": properties})
}

/// Names of an answer's columns.
pub(super) fn names(answer: &Answer) -> Vec<String> {
    answer
        .schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect()
}

pub(super) fn body(dataset: &Dataset, answer: Answer) -> Body {
    let names = names(&answer);
    let geometry = Geometry::find(dataset, &names);
    streamed(
        b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec(),
        answer,
        b"\n]}\n".to_vec(),
        move |batch, first| {
            let Some(geometry) = &geometry else {
                return Err(AskError::NotAQuery(
                    "the columns asked for hold no place".to_owned(),
                ));
            };
            let mut out = Vec::new();
            for row in 0..batch.num_rows() {
                out.extend_from_slice(if first && row == 0 { b"\n" } else { b",\n" });
                serde_json::to_writer(&mut out, &feature(geometry, &names, batch, row))
                    .map_err(|error| AskError::Run(Some(error.to_string())))?;
            }
            Ok(out)
        },
    )
}
