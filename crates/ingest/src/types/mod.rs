//! Text cells → Arrow columns.
//!
//! A cell has its column's type or it is a fault and null: nothing is bent.

mod column;
pub mod moment;
pub mod number;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use city::{Column, ColumnType, Dataset};

pub use column::{Cells, ColumnPlan};

/// Column that names the source file of a row.
pub const FILE_COLUMN: &str = "_file";
/// Column that numbers the row in its file.
pub const ROW_COLUMN: &str = "_row";

/// The table a dataset is stored as: its columns, `longitude` and `latitude` where it has places,
/// `_file` and `_row`. All may be null.
pub fn table_schema(dataset: &Dataset) -> SchemaRef {
    let mut fields: Vec<Field> = dataset
        .columns
        .iter()
        .map(|column| Field::new(&column.name, data_type(column), true))
        .collect();
    if adds_place(dataset) {
        fields.push(Field::new("longitude", DataType::Float64, true));
        fields.push(Field::new("latitude", DataType::Float64, true));
    }
    fields.push(Field::new(FILE_COLUMN, DataType::Utf8, true));
    fields.push(Field::new(ROW_COLUMN, DataType::Int64, true));
    Arc::new(Schema::new(fields))
}

/// Whether `longitude` and `latitude` are columns that the decoder computes.
pub fn adds_place(dataset: &Dataset) -> bool {
    let has_place = dataset
        .place
        .as_ref()
        .is_some_and(|place| place.x.is_some())
        || dataset
            .columns
            .iter()
            .any(|column| column.column_type == ColumnType::Geometry);
    has_place && dataset.column("longitude").is_none() && dataset.column("latitude").is_none()
}

/// The Arrow type a column is stored as.
pub fn data_type(column: &Column) -> DataType {
    match column.column_type {
        ColumnType::Text | ColumnType::Code | ColumnType::Time => DataType::Utf8,
        ColumnType::Integer | ColumnType::Year => DataType::Int64,
        ColumnType::Decimal => {
            DataType::Decimal128(38, i8::try_from(column.scale.unwrap_or(2)).unwrap_or(2))
        }
        ColumnType::Number => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date | ColumnType::Month => DataType::Date32,
        ColumnType::Datetime => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Geometry => DataType::Binary,
    }
}
