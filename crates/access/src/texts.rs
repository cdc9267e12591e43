//! Texts of answers are plain ones, however they lie in memory while a question is answered: tables are read as views,
//! and masks write plain texts. No answer, and no function of a question, tells the one from the other.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::ScalarValue;
use datafusion::common::utils::take_function_args;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{Column, cast};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;

/// A plan whose texts are plain ones at the end, in lists and structures too.
pub(crate) fn in_plain_texts(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = plan.schema();
    let is_plain = |field: &FieldRef| plain(field.data_type()) == *field.data_type();
    if schema.fields().iter().all(is_plain) {
        return Ok(plan);
    }
    let columns = schema.fields().iter().enumerate().map(|(at, field)| {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), at));
        let column = if is_plain(field) {
            column
        } else {
            cast(column, &schema, plain(field.data_type()))?
        };
        Ok((column, field.name().clone()))
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(ProjectionExec::try_new(columns, plan)?))
}

/// The same type with plain texts for views.
pub(crate) fn plain(kind: &DataType) -> DataType {
    match kind {
        DataType::Utf8View => DataType::Utf8,
        DataType::List(item) => DataType::List(plain_field(item)),
        DataType::LargeList(item) => DataType::LargeList(plain_field(item)),
        DataType::FixedSizeList(item, count) => DataType::FixedSizeList(plain_field(item), *count),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(plain_field).collect::<Fields>())
        }
        DataType::Map(entries, is_sorted) => DataType::Map(plain_field(entries), *is_sorted),
        other => other.clone(),
    }
}

fn plain_field(field: &FieldRef) -> FieldRef {
    let kind = plain(field.data_type());
    Arc::new(Field::clone(field).with_data_type(kind))
}

/// `arrow_typeof(value)`: the type the value has in an answer.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypeOf {
    signature: Signature,
}

impl TypeOf {
    /// What a question calls it.
    pub(crate) const NAME: &'static str = "arrow_typeof";
}

impl Default for TypeOf {
    fn default() -> Self {
        Self {
            signature: Signature::any(1, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for TypeOf {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [value] = take_function_args(Self::NAME, args.args)?;
        let told = plain(&value.data_type()).to_string();
        Ok(ColumnarValue::Scalar(ScalarValue::from(told)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_plain_wherever_they_are() {
        let item = |kind: DataType| Arc::new(Field::new("item", kind, true));
        let [view, text] = [DataType::Utf8View, DataType::Utf8].map(|kind| {
            let listed = DataType::List(item(kind.clone()));
            let made = DataType::Struct(Fields::from(vec![
                Field::new("one", kind, false),
                Field::new("more", listed, true),
            ]));
            let entries = DataType::Map(item(made.clone()), false);
            [
                DataType::LargeList(item(made.clone())),
                DataType::FixedSizeList(item(made), 2),
                entries,
            ]
        });
        assert_eq!(view.map(|kind| plain(&kind)), text);
        assert_eq!(plain(&DataType::Int64), DataType::Int64);
    }
}
