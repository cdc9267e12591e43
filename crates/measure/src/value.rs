//! What is computed of rows, as SQL: of a measure, and of what divides it.

use city::compute::quoted;
use city::measure::{Compute, Denominator};
use city::unit::converted;
use city::{City, Measure};

/// What a measure computes of its rows. A column in thousands of a unit is told in the unit.
pub(crate) fn value_of(city: &City, measure: &Measure) -> String {
    let Some(compute) = &measure.compute else {
        return access::divided(&measure.aggregate()).sql;
    };
    let value = match (of_same_rows(measure), counted_of(measure)) {
        (Some(_), Some(counted)) => format!("sum({counted})"),
        _ => measure.aggregate(),
    };
    match compute {
        // Rows that all lack it have no different values that are known.
        Compute::Count {
            distinct: Some(column),
        } => format!(
            "case when count({}) > 0 or count(*) = 0 then {value} end",
            quoted(column)
        ),
        _ => scaled(value, many(city, measure, compute)),
    }
}

/// What a measure computes with, row by row; nothing where rows are counted. Where it is divided by a column of the same rows,
/// rows that lack one of the two are in neither: a number that is missing is not 0.
pub(crate) fn counted_of(measure: &Measure) -> Option<String> {
    if let Some(expression) = &measure.expression {
        return counted_by(expression);
    }
    let own = measure.compute.as_ref()?.column().map(quoted);
    let below = of_same_rows(measure);
    match below.and_then(|below| Some((below.sum.as_deref()?, below.filter.as_deref()))) {
        Some((other, filter)) => {
            let own = own.unwrap_or_else(|| "1".to_owned());
            Some(only_with(&own, other, filter))
        }
        None => own,
    }
}

/// What is not null where every aggregate of an expression has something to take; nothing where it only counts.
fn counted_by(expression: &str) -> Option<String> {
    let taken = access::divided(expression).taken;
    match taken.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => {
            let several: Vec<String> = several
                .iter()
                .map(|own| format!("({own}) is not null"))
                .collect();
            Some(format!("case when {} then 1 end", several.join(" and ")))
        }
    }
}

/// How many of the unit a figure is told in one of the column's unit is.
fn many(city: &City, measure: &Measure, compute: &Compute) -> Option<f64> {
    let dataset = city.datasets.get(&measure.dataset);
    let dataset = dataset.filter(|_| measure.query.is_none())?;
    let own = dataset.column(compute.column()?)?.unit.as_deref()?;
    match compute {
        Compute::Sum { .. } | Compute::Average { .. } | Compute::Percentile { .. } => {
            converted(1.0, own, &measure.unit)
        }
        Compute::Ratio { .. } | Compute::Rate { .. } => {
            converted(1.0, own, unit_below(city, measure.denominator.as_ref()?)?)
        }
        Compute::Count { .. } | Compute::Share { .. } | Compute::Index { .. } => None,
    }
}

/// The unit of what divides a measure.
fn unit_below<'c>(city: &'c City, below: &Denominator) -> Option<&'c str> {
    if let Some(id) = &below.measure {
        return Some(&city.measures.get(id)?.unit);
    }
    let dataset = city.datasets.get(below.dataset.as_ref()?)?;
    dataset.column(below.sum.as_ref()?)?.unit.as_deref()
}

fn scaled(value: String, many: Option<f64>) -> String {
    match many {
        Some(many) if many.total_cmp(&1.0).is_ne() => format!("({value}) * {many}"),
        _ => value,
    }
}

/// What divides a measure, of a dataset's rows.
pub(crate) fn value_below(measure: &Measure, below: &Denominator) -> String {
    match (&below.expression, counted_below(measure, below)) {
        (Some(expression), _) => access::divided(expression).sql,
        (None, Some(counted)) => format!("sum({counted})"),
        (None, None) => below.aggregate(),
    }
}

/// What divides a measure, row by row; nothing where rows are counted.
pub(crate) fn counted_below(measure: &Measure, below: &Denominator) -> Option<String> {
    if let Some(expression) = &below.expression {
        return counted_by(expression);
    }
    let sum = below.sum.as_deref().map(quoted);
    let own = measure.compute.as_ref().and_then(|own| own.column());
    match own.filter(|_| of_same_rows(measure).is_some()) {
        Some(own) => {
            let counted = sum.unwrap_or_else(|| "1".to_owned());
            Some(only_with(&counted, own, measure.filter.as_deref()))
        }
        None => sum,
    }
}

/// What divides a measure, where it is of the very rows that are divided.
fn of_same_rows(measure: &Measure) -> Option<&Denominator> {
    let below = measure.denominator.as_ref()?;
    let is_same = below.dataset.as_ref() == Some(&measure.dataset);
    (is_same && measure.query.is_none() && below.expression.is_none()).then_some(below)
}

/// A value, of rows that do not lack `other` where they are among those it is taken of.
fn only_with(value: &str, other: &str, filter: Option<&str>) -> String {
    let other = quoted(other);
    match filter {
        None => format!("case when {other} is not null then {value} end"),
        Some(filter) => format!(
            "case when not coalesce(({filter}), false) or {other} is not null then {value} end"
        ),
    }
}
