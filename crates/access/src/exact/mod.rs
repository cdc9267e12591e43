//! `sum` and `avg` of doubles that are the same on every machine.
//!
//! A sum of doubles depends on their order, and the engine's order on how many processors share the rows: a receipt that
//! was given by two processors would not be reproduced to the digit by sixteen. These two take the place of the engine's
//! own; of everything but doubles they are the engine's own.

mod groups;
mod twofold;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use arrow::compute::filter;
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type, UInt64Type};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, ReversedUDAF, Signature,
};

use groups::Groups;
use twofold::Twofold;

/// Puts them in the place of the engine's own.
pub(crate) fn exact(functions: &mut [Arc<AggregateUDF>]) {
    for own in functions {
        let told = match own.name() {
            "sum" => Told::Sum,
            "avg" => Told::Mean,
            _ => continue,
        };
        let inner = Arc::clone(own);
        *own = Arc::new(AggregateUDF::from(Exact { inner, told }));
    }
}

/// What is told of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Told {
    Sum,
    Mean,
}

impl Told {
    /// Nothing of no values.
    fn of(self, sum: Twofold, count: u64) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "no table has 2⁵³ rows")]
        let count = (count > 0).then_some(count as f64)?;
        Some(match self {
            Self::Sum => sum.told(),
            Self::Mean => sum.told() / count,
        })
    }
}

/// One of the two functions.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Exact {
    /// The engine's own.
    inner: Arc<AggregateUDF>,
    told: Told,
}

/// Whether doubles are added up, each as often as it occurs.
fn is_of_doubles(fields: &[FieldRef], is_distinct: bool) -> bool {
    let kinds = fields.iter().map(|field| field.data_type());
    !is_distinct && kinds.eq([&DataType::Float64])
}

impl AggregateUDFImpl for Exact {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, kinds: &[DataType]) -> Result<DataType> {
        self.inner.return_type(kinds)
    }

    fn coerce_types(&self, kinds: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(kinds)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.inner.order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        if !is_of_doubles(args.input_fields, args.is_distinct) {
            return self.inner.state_fields(args);
        }
        let field = |name: &str, kind| {
            let name = format_state_name(args.name, name);
            Arc::new(Field::new(name, kind, true))
        };
        Ok(vec![
            field("high", DataType::Float64),
            field("low", DataType::Float64),
            field("count", DataType::UInt64),
        ])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if !is_of_doubles(args.expr_fields, args.is_distinct) {
            return self.inner.accumulator(args);
        }
        Ok(Box::new(One {
            told: self.told,
            sum: Twofold::default(),
            count: 0,
        }))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        is_of_doubles(args.expr_fields, args.is_distinct)
            || self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        if !is_of_doubles(args.expr_fields, args.is_distinct) {
            return self.inner.create_groups_accumulator(args);
        }
        Ok(Box::new(Groups::new(self.told)))
    }

    fn create_sliding_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        self.inner.create_sliding_accumulator(args)
    }
}

/// A column of doubles.
fn doubles(array: &ArrayRef) -> &Float64Array {
    array.as_primitive::<Float64Type>()
}

/// One sum.
#[derive(Debug)]
struct One {
    told: Told,
    sum: Twofold,
    count: u64,
}

impl One {
    fn add(&mut self, values: &[f64]) {
        self.sum = self.sum.and(Twofold::of(values));
        self.count += u64::try_from(values.len()).unwrap_or_default();
    }
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [values] = values else { return Ok(()) };
        match values
            .logical_nulls()
            .filter(|nulls| nulls.null_count() > 0)
        {
            None => self.add(doubles(values).values()),
            Some(nulls) => {
                let known = filter(values, &nulls.into_inner().into())?;
                self.add(doubles(&known).values());
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.told.of(self.sum, self.count)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let (high, low) = self.sum.parts();
        Ok(vec![
            ScalarValue::Float64(Some(high)),
            ScalarValue::Float64(Some(low)),
            ScalarValue::UInt64(Some(self.count)),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [high, low, count] = states else {
            return Ok(());
        };
        let counts = count.as_primitive::<UInt64Type>().values();
        let parts = doubles(high).values().iter().zip(doubles(low).values());
        for ((high, low), count) in parts.zip(counts) {
            self.sum = self.sum.and(Twofold::new(*high, *low));
            self.count += count;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
