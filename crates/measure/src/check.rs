//! Whether the questions of a city's measures can be asked at all: planned without a row.

use std::path::{Path, PathBuf};

use access::{AskError, Planner};
use city::measure::Compute;
use city::read::fault_in;
use city::{City, Fault, Lang, Measure};

use crate::query::Side;

/// Everything the engine has against the measures of a city that was found sound otherwise.
pub fn check(city: &City, planner: &Planner<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for measure in city.measures.values() {
        let file = PathBuf::from("measures").join(format!("{}.toml", measure.id));
        // Where it cannot be read again, the fault stands at the file.
        let text = std::fs::read_to_string(city.folder.join(&file)).unwrap_or_default();
        faults.extend(of(city, planner, measure, &file, &text));
    }
    faults.sort();
    faults
}

/// What the engine has against one measure, whose text is `text`: one mistake is told once.
pub fn of(
    city: &City,
    planner: &Planner<'_>,
    measure: &Measure,
    file: &Path,
    text: &str,
) -> Option<Fault> {
    let told = |path: &[&str], error: &AskError| {
        let fault = fault_in(file, text, path, error.what(Lang::En));
        Some(match error.remedy(Lang::En) {
            Some(remedy) => fault.remedy(remedy),
            None => fault,
        })
    };
    if let Some(query) = &measure.query
        && let Err(error) = planner.plan(&query.sql)
    {
        return told(&["query", "sql"], &error);
    }
    if let Some(fault) = measure
        .query
        .as_ref()
        .and_then(|query| sources(planner, query, file, text))
    {
        return Some(fault);
    }
    let side = Side::of(city, measure);
    if let Err(error) = planner.plan(&side.figure()) {
        return told(&faulty(city, planner, measure), &error);
    }
    if measure.expression.is_some()
        && let Ok(schema) = planner.plan(&side.plain())
        && let Some(field) = schema.fields().first()
        && !(field.data_type().is_numeric() || field.data_type().is_null())
    {
        let what = format!("the expression is {} and no number", field.data_type());
        let fault = fault_in(file, text, &["expression"], what);
        return Some(fault.expected("an aggregate that is a number"));
    }
    let share = matches!(measure.compute, Some(Compute::Share { .. }));
    let below = measure.denominator.as_ref();
    let whole = if share {
        Some(Side::whole_of(city, measure))
    } else {
        below.and_then(|below| Side::below(city, measure, below))
    };
    if let Some(whole) = whole
        && let Err(error) = planner.plan(&whole.figure())
    {
        return told(&["denominator"], &error);
    }
    for (at, name) in measure.dimensions.iter().enumerate() {
        let Some(dimension) = side.dimension(name) else {
            continue;
        };
        if let Err(error) = planner.plan(&side.parts(&dimension)) {
            let at = at.to_string();
            let path: [&str; 2] = if measure.breakdowns.contains_key(name) {
                ["breakdowns", name]
            } else {
                ["dimensions", &at]
            };
            return told(&path, &error);
        }
    }
    if let Some(axis) = &measure.time
        && let Some(sql) = side.history(axis.step)
        && let Err(error) = planner.plan(&sql)
    {
        return told(&["time", "column"], &error);
    }
    None
}

/// What a question reads and does not name, or names and does not read: receipts tell what is named.
fn sources(
    planner: &Planner<'_>,
    query: &city::compute::Query,
    file: &Path,
    text: &str,
) -> Option<Fault> {
    let read = planner.datasets(&query.sql).ok()?;
    if let Some(other) = read.iter().find(|id| !query.from.contains(id)) {
        let what = format!("the question reads `{other}`, which `from` does not name");
        let fault = fault_in(file, text, &["query", "from"], what);
        return Some(fault.remedy(format!("write `{other}` into `from`")));
    }
    let idle = query.from.iter().position(|id| !read.contains(id))?;
    let id = query.from.get(idle)?;
    let what = format!("the question does not read `{id}`");
    let fault = fault_in(file, text, &["query", "from", &idle.to_string()], what);
    Some(fault.remedy("take it out of `from`, or read it"))
}

/// The part of a measure that the engine cannot plan.
fn faulty(city: &City, planner: &Planner<'_>, measure: &Measure) -> Vec<&'static str> {
    let without = Measure {
        filter: None,
        ..measure.clone()
    };
    if measure.filter.is_some() && planner.plan(&Side::of(city, &without).figure()).is_ok() {
        return vec!["filter"];
    }
    match &measure.compute {
        Some(Compute::Share { .. })
            if planner
                .plan(&Side::whole_of(city, &without).figure())
                .is_ok() =>
        {
            vec!["compute", "part"]
        }
        Some(_) => vec!["compute"],
        None => vec!["expression"],
    }
}
