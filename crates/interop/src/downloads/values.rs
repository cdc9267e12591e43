//! Values as text and as JSON, the same in every file.

use access::AskError;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::Value;

/// Days as `2026-11-05`, moments as `2026-11-05 09:00:00`.
fn options() -> FormatOptions<'static> {
    FormatOptions::default().with_timestamp_format(Some("%Y-%m-%d %H:%M:%S"))
}

/// One column of a batch, ready to be written as text.
pub(super) struct Texts<'a> {
    array: &'a ArrayRef,
    formatter: Option<ArrayFormatter<'a>>,
    /// Text that a spreadsheet could take for a formula.
    pub(super) is_text: bool,
}

impl<'a> Texts<'a> {
    pub(super) fn new(array: &'a ArrayRef) -> Result<Self, AskError> {
        let is_shape = matches!(
            array.data_type(),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView
        );
        let formatter = if is_shape {
            None
        } else {
            Some(ArrayFormatter::try_new(array.as_ref(), &OPTIONS).map_err(failed)?)
        };
        Ok(Self {
            array,
            formatter,
            is_text: matches!(
                array.data_type(),
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
            ),
        })
    }

    /// Appends a value; nothing for no value. Yes is Y and no is N; a shape is WKT.
    pub(super) fn write(&self, row: usize, out: &mut String) -> Result<(), AskError> {
        use std::fmt::Write as _;
        if self.array.is_null(row) {
            return Ok(());
        }
        if let Some(yes) = self.array.as_boolean_opt() {
            out.push(if yes.value(row) { 'Y' } else { 'N' });
            return Ok(());
        }
        if let Some(formatter) = &self.formatter {
            write!(out, "{}", formatter.value(row)).map_err(failed)
        } else {
            out.push_str(&wkt(bytes(self.array, row).unwrap_or_default()));
            Ok(())
        }
    }
}

static OPTIONS: std::sync::LazyLock<FormatOptions<'static>> = std::sync::LazyLock::new(options);

fn failed(error: impl std::fmt::Display) -> AskError {
    AskError::Run(Some(error.to_string()))
}

/// The bytes of a shape.
pub(crate) fn bytes(array: &ArrayRef, row: usize) -> Option<&[u8]> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Binary => Some(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Some(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => Some(array.as_binary_view().value(row)),
        _ => None,
    }
}

fn wkt(bytes: &[u8]) -> String {
    use geozero::ToWkt as _;
    geozero::wkb::Wkb(bytes).to_wkt().unwrap_or_default()
}

/// A value as JSON: numbers as numbers (decimals with all their digits), days and moments in ISO form,
/// shapes as GeoJSON.
pub(crate) fn json(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Int64 => Value::from(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => {
            serde_json::Number::from_f64(array.as_primitive::<Float64Type>().value(row))
                .map_or(Value::Null, Value::Number)
        }
        DataType::Utf8 => Value::String(array.as_string::<i32>().value(row).to_owned()),
        DataType::Utf8View => Value::String(array.as_string_view().value(row).to_owned()),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            bytes(array, row).and_then(shape).unwrap_or(Value::Null)
        }
        DataType::Decimal128(..) => {
            let text = text(array, row);
            text.parse::<serde_json::Number>()
                .map_or(Value::String(text), Value::Number)
        }
        DataType::Timestamp(..) => Value::String(text(array, row).replacen(' ', "T", 1)),
        _ => Value::String(text(array, row)),
    }
}

fn text(array: &ArrayRef, row: usize) -> String {
    ArrayFormatter::try_new(array.as_ref(), &OPTIONS).map_or_else(
        |_| String::new(),
        |formatter| formatter.value(row).to_string(),
    )
}

/// A shape as GeoJSON.
pub(super) fn shape(bytes: &[u8]) -> Option<Value> {
    use geozero::ToJson as _;
    serde_json::from_str(&geozero::wkb::Wkb(bytes).to_json().ok()?).ok()
}
