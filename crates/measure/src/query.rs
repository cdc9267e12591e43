//! A measure's manifest → SQL. Only what the manifest says is in it; nothing a visitor sends.

use city::measure::{Denominator, Step};
use city::{Dataset, Measure};

/// The figure: one row, one column.
pub fn figure(measure: &Measure) -> String {
    format!(
        "select cast({} as double) as value from {}{}",
        measure.expression,
        measure.dataset,
        condition(measure.filter.as_deref())
    )
}

/// The denominator: one row, one column.
pub fn denominator(denominator: &Denominator) -> String {
    format!(
        "select cast({} as double) as value from {}{}",
        denominator.expression,
        denominator.dataset,
        condition(denominator.filter.as_deref())
    )
}

/// The figure by a dimension: greatest first.
pub fn breakdown(measure: &Measure, dimension: &str) -> String {
    format!(
        "select cast({dimension} as varchar) as label, cast({} as double) as value from {}{} group by 1 order by 2 desc nulls last, 1",
        measure.expression,
        measure.dataset,
        condition(measure.filter.as_deref())
    )
}

/// The denominator by a dimension, where its dataset has one: each part is a share of its own whole.
pub fn denominators(denominator: &Denominator, dimension: &str) -> String {
    format!(
        "select cast({dimension} as varchar) as label, cast({} as double) as value from {}{} group by 1",
        denominator.expression,
        denominator.dataset,
        condition(denominator.filter.as_deref())
    )
}

/// The figure over time, oldest first; nothing where the measure has no time axis.
pub fn series(measure: &Measure) -> Option<String> {
    let axis = measure.time.as_ref()?;
    let step = match axis.step {
        Step::Hour => "hour",
        Step::Day => "day",
        Step::Month => "month",
        Step::Year => "year",
    };
    let column = &axis.column;
    let filter = match &measure.filter {
        Some(filter) => format!(" where {column} is not null and ({filter})"),
        None => format!(" where {column} is not null"),
    };
    Some(format!(
        "select cast(date_trunc('{step}', {column}) as varchar) as label, cast({} as double) as value from {}{filter} group by 1 order by 1",
        measure.expression, measure.dataset
    ))
}

/// Rows the figure was computed from.
pub fn rows(measure: &Measure) -> String {
    format!(
        "select count(*) as value from {}{}",
        measure.dataset,
        condition(measure.filter.as_deref())
    )
}

fn condition(filter: Option<&str>) -> String {
    filter.map_or_else(String::new, |filter| format!(" where {filter}"))
}

/// Whether a dataset has a column of that name: dimensions and axes are checked when the folder is read.
pub fn has_column(dataset: &Dataset, name: &str) -> bool {
    dataset.column(name).is_some()
}
