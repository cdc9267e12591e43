//! Panels of boards: whether what they show can be shown that way.

use super::Text;
use super::folder::unknown;
use crate::board::{Panel, TIME, View, axes};
use crate::fault::Fault;
use crate::measure::Direction;
use crate::{Dataset, Measure};

/// A panel of a measure: its dimensions, and whether its view fits the measure.
pub(super) fn measure(
    panel: &Panel,
    at: &str,
    measure: &Measure,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let before = faults.len();
    for (key, name) in [("by", &panel.by), ("across", &panel.across)] {
        let Some(name) = name else { continue };
        let is_time = name == TIME && measure.time.is_some();
        if !is_time && !measure.dimensions.contains(name) {
            let mut known: Vec<&str> = measure.dimensions.iter().map(String::as_str).collect();
            known.extend(measure.time.as_ref().map(|_| TIME));
            let path = ["panels", at, key];
            let what = format!(
                "the measure `{}` is not broken down by `{name}`",
                measure.id
            );
            faults.extend(unknown(text.fault_at(&path, what), name, &known));
        }
    }
    if panel.worst_first && measure.direction == Direction::Neutral {
        let what = format!("`{}` has no worst: its `direction` is neutral", measure.id);
        let fault = text.fault_at(&["panels", at, "worst-first"], what);
        faults.push(
            fault.remedy(
                "leave `worst-first` out, or say in the measure's `direction` what is better",
            ),
        );
    }
    let Some(view) = panel.view.filter(|_| faults.len() == before) else {
        return;
    };
    if let Some((what, remedy)) = misfit(panel, view, measure) {
        let fault = text.fault_at(&["panels", at, "view"], what);
        faults.push(fault.remedy(remedy));
    }
}

/// Why a view does not fit a measure, and what to do.
fn misfit(panel: &Panel, view: View, measure: &Measure) -> Option<(String, &'static str)> {
    let id = &measure.id;
    let (by, across) = axes(measure, view, panel.by.as_deref(), panel.across.as_deref());
    if panel.across.is_some() && !matches!(view, View::Stacked | View::Heat) {
        let what = format!("`{}` has one dimension only", view.word());
        return Some((what, "leave `across` out, or write view = \"heat\""));
    }
    match view {
        View::Trend | View::Line | View::Multiples if measure.time.is_none() => Some((
            format!("`{id}` has no `time`, so it has no history"),
            "give the measure a `time`, or choose another view",
        )),
        View::Trajectory if measure.target.is_none() => Some((
            format!("`{id}` has no `target`, so there is nothing to be on the way to"),
            "give the measure a `target`, or write view = \"line\"",
        )),
        View::Stacked if !measure.adds_up() => Some((
            format!("the parts of `{id}` do not add up to the whole"),
            "write view = \"heat\": only counts and sums are stacked",
        )),
        View::Stacked | View::Heat if by.is_none() || across.is_none() || by == across => Some((
            format!("`{}` needs two different dimensions of `{id}`", view.word()),
            "name them in `by` and `across`; the time axis is called `time`",
        )),
        View::Multiples if by.is_none() || by == Some(TIME) => Some((
            format!("`multiples` needs a dimension of `{id}`"),
            "name it in `by`",
        )),
        View::Distribution if by.is_none() && measure.column().is_none() => Some((
            format!("`{id}` takes no single values of a column"),
            "name in `by` the parts whose values are spread",
        )),
        // Where few rows are not told, the bounds of their values are not either.
        View::Distribution if by.is_none() && measure.least_rows.is_some() => Some((
            format!("`{id}` has `least-rows`: the values of single rows are not told"),
            "name in `by` the parts whose values are spread",
        )),
        View::Map | View::Grid => Some((
            format!("`{}` shows the places of a `dataset`", view.word()),
            "name the `dataset` in place of the measure",
        )),
        _ => None,
    }
}

/// A panel of a dataset: it has places, and the view shows them.
pub(super) fn dataset(
    panel: &Panel,
    at: &str,
    dataset: &Dataset,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    if panel.measure.is_none()
        && let Some(view) = panel.view
        && !view.is_of_places()
        && view != View::Areas
    {
        let what = format!("`{}` shows a `measure`", view.word());
        let fault = text.fault_at(&["panels", at, "view"], what);
        faults.push(fault.expected("`map` or `grid` of a dataset"));
    }
    let shows_places = panel.view.is_none_or(|view| view != View::Grid);
    if shows_places && dataset.place.is_none() && crate::map::shape_of(dataset).is_none() {
        let what = format!("`{}` has no places to show", dataset.id);
        let fault = text.fault_at(&["panels", at, "dataset"], what);
        faults.push(fault.expected("a dataset with `place`, or with a column of shapes"));
        return;
    }
    let is_grid = panel.view == Some(View::Grid);
    if is_grid && dataset.place.is_none() {
        let what = format!("`{}` has no points to count in squares", dataset.id);
        let fault = text.fault_at(&["panels", at, "dataset"], what);
        faults.push(fault.expected("a dataset with `place`"));
    }
}
