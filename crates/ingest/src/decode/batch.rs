//! Cells of a run of rows → one Arrow batch in the shape of the table.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Float64Array, Float64Builder, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use city::{Reason, Why};

use super::CellFault;
use super::layout::Layout;
use crate::place::shape::Shape;
use crate::types::Cells;

/// Types all cells. `numbers` are the rows' numbers in `file`.
pub(super) fn typed(
    layout: &Layout,
    schema: &SchemaRef,
    file: &str,
    cells: &impl Cells,
    numbers: Vec<i64>,
) -> Result<(RecordBatch, Vec<CellFault>), ArrowError> {
    let rows = cells.rows();
    let mut faults = Vec::new();
    let mut arrays: Vec<ArrayRef> = layout
        .plans
        .iter()
        .map(|plan| plan.read(cells, &mut faults))
        .collect();
    if layout.adds_place {
        let (longitude, latitude) = match layout.place {
            Some((x, y)) => from_columns(layout, &arrays, (x, y), &mut faults)?,
            None => from_shapes(cells),
        };
        arrays.push(Arc::new(longitude));
        arrays.push(Arc::new(latitude));
    }
    arrays.push(Arc::new(StringArray::from_iter_values(
        std::iter::repeat_n(file, rows),
    )));
    arrays.push(Arc::new(Int64Array::from(numbers)));
    Ok((RecordBatch::try_new(Arc::clone(schema), arrays)?, faults))
}

/// WGS 84 from two columns of numbers.
fn from_columns(
    layout: &Layout,
    arrays: &[ArrayRef],
    (x, y): (usize, usize),
    faults: &mut Vec<CellFault>,
) -> Result<(Float64Array, Float64Array), ArrowError> {
    let numbers = |at: usize| -> Result<Float64Array, ArrowError> {
        let array = arrays
            .get(at)
            .ok_or_else(|| ArrowError::SchemaError("no such column".to_owned()))?;
        let array = cast(array, &DataType::Float64)?;
        Ok(array
            .as_any()
            .downcast_ref::<Float64Array>()
            .cloned()
            .unwrap_or_else(|| Float64Array::new_null(array.len())))
    };
    let (xs, ys) = (numbers(x)?, numbers(y)?);
    let (mut longitude, mut latitude) = (
        Float64Builder::with_capacity(xs.len()),
        Float64Builder::with_capacity(xs.len()),
    );
    for row in 0..xs.len() {
        let pair = (xs.is_valid(row) && ys.is_valid(row)).then(|| (xs.value(row), ys.value(row)));
        let point = pair.and_then(|(x, y)| layout.converter.point(x, y));
        if let (Some((x_value, _)), None) = (pair, point) {
            let name = layout.plans.get(x).map(|plan| plan.column().name.clone());
            let reason = Reason {
                column: name,
                value: Some(x_value.to_string()),
                why: Why::Place {
                    crs: layout.crs.clone(),
                },
            };
            faults.push(CellFault {
                row: u32::try_from(row).unwrap_or(u32::MAX),
                reason,
            });
        }
        longitude.append_option(point.map(|point| point.0));
        latitude.append_option(point.map(|point| point.1));
    }
    Ok((longitude.finish(), latitude.finish()))
}

/// A point inside each shape; shapes are in WGS 84 already.
fn from_shapes(cells: &impl Cells) -> (Float64Array, Float64Array) {
    let points: Vec<Option<(f64, f64)>> = (0..cells.rows())
        .map(|row| {
            cells
                .geometry(row)
                .and_then(Shape::from_wkb)
                .and_then(|shape| shape.inside_point())
        })
        .collect();
    (
        points
            .iter()
            .map(|point| point.map(|point| point.0))
            .collect(),
        points
            .iter()
            .map(|point| point.map(|point| point.1))
            .collect(),
    )
}
