//! A board beside the measures and datasets it shows.

use std::collections::BTreeSet;

use super::Text;
use super::folder::{Read, unknown};
use super::links::{Known, dataset, ids};
use super::views;
use crate::alert::Alert;
use crate::fault::Fault;
use crate::{Board, Dataset, Measure};

/// Boards beside the measures and datasets.
pub(super) fn all(
    reads: &[Read<Board>],
    (measures, datasets): (&Known<'_, Measure>, &Known<'_, Dataset>),
    departments: Option<&[&str]>,
    faults: &mut Vec<Fault>,
) {
    for read in reads {
        board(read, measures, datasets, departments, faults);
    }
}

/// A board beside the measures and datasets.
fn board(
    read: &Read<Board>,
    measures: &Known<'_, Measure>,
    datasets: &Known<'_, Dataset>,
    departments: Option<&[&str]>,
    faults: &mut Vec<Fault>,
) {
    let text = Text::new(&read.file, &read.text);
    if read.value.panels.is_empty() && text.length(&["panels"]) == Some(0) {
        let fault = text.fault_at(&["panels"], "the board shows nothing");
        faults.push(fault.expected("panels, e.g. [{ measure = \"...\" }]"));
    }
    filters(&read.value, &text, measures, faults);
    alerts(&read.value, &text, measures, departments, faults);
    for (at, panel) in read.value.panels.iter().enumerate() {
        let at = at.to_string();
        let says = |key| text.has(&["panels", &at, key]);
        if text.length(&["panels", &at]).is_some() && !says("measure") && !says("dataset") {
            faults.push(text.fault_at(
                &["panels", &at],
                "a panel shows a `measure`, or a `dataset` on a map",
            ));
        }
        if says("measure") && says("dataset") {
            let path = ["panels", at.as_str(), "dataset"];
            let fault = text.fault_at(&path, "a panel shows a `measure` or a `dataset`, not both");
            faults.push(fault.remedy("take one of the two out, or make two panels of it"));
            continue;
        }
        if let Some(id) = &panel.dataset {
            let path = ["panels", &at, "dataset"];
            if let Some(found) = dataset(id, datasets, &text, &path, faults) {
                views::dataset(panel, &at, found, &text, faults);
            }
        }
        let Some(id) = &panel.measure else { continue };
        let Some(found) = measures.get(id.as_str()) else {
            let path = ["panels", &at, "measure"];
            let what = format!("there is no measure `{id}`");
            faults.extend(unknown(text.fault_at(&path, what), id, &ids(measures)));
            continue;
        };
        if let Some(found) = found {
            views::measure(panel, &at, found, &text, faults);
        }
    }
}

/// What a board may be narrowed by: a dimension of a measure it shows, or the period of one with a history.
fn filters(board: &Board, text: &Text<'_>, measures: &Known<'_, Measure>, faults: &mut Vec<Fault>) {
    for (at, name) in board.filters.iter().enumerate() {
        let before = board.filters.get(..at).unwrap_or_default();
        if before.contains(name) {
            let what = format!("the board has the filter `{name}` twice");
            let fault = text.fault_at(&["filters", &at.to_string()], what);
            faults.push(fault.remedy("take one of the two out"));
        }
    }
    let shown: Vec<_> = board
        .panels
        .iter()
        .filter_map(|panel| measures.get(panel.measure.as_ref()?.as_str()))
        .collect();
    // One that could not be read may have the dimension.
    if shown.iter().any(|measure| measure.is_none()) {
        return;
    }
    let shown: Vec<&Measure> = shown.into_iter().flatten().copied().collect();
    let has_time = shown.iter().any(|measure| measure.time.is_some());
    let mut known: Vec<&str> = shown
        .iter()
        .flat_map(|measure| measure.dimensions.iter().map(String::as_str))
        .chain(has_time.then_some("period"))
        .collect();
    known.sort_unstable();
    known.dedup();
    for (at, name) in board.filters.iter().enumerate() {
        if !known.contains(&name.as_str()) {
            let what = format!("no measure of the board is broken down by `{name}`");
            let fault = text.fault_at(&["filters", &at.to_string()], what);
            faults.extend(unknown(fault, name, &known));
        }
    }
}

/// Alerts: what they watch, whom they tell, and limits that can be passed and left again.
fn alerts(
    board: &Board,
    text: &Text<'_>,
    measures: &Known<'_, Measure>,
    departments: Option<&[&str]>,
    faults: &mut Vec<Fault>,
) {
    let mut seen = BTreeSet::new();
    for (at, alert) in board.alerts.iter().enumerate() {
        let at = at.to_string();
        let path = |key| ["alerts", &at, key];
        if !seen.insert(&alert.id) {
            let what = format!("the board has two alerts `{}`", alert.id);
            faults.push(text.fault_at(&path("id"), what));
        }
        if let Some(departments) = departments
            && !departments.contains(&alert.department.as_str())
        {
            let what = format!("city.toml declares no department `{}`", alert.department);
            let fault = text.fault_at(&path("department"), what);
            faults.extend(unknown(fault, &alert.department, departments));
        }
        match measures.get(alert.measure.as_str()) {
            None => {
                let what = format!("there is no measure `{}`", alert.measure);
                let fault = text.fault_at(&path("measure"), what);
                faults.extend(unknown(fault, &alert.measure, &ids(measures)));
            }
            Some(Some(measure)) if alert.change.is_some() && measure.time.is_none() => {
                let what = format!("`{}` has no `time`, so nothing of it changes", measure.id);
                faults.push(
                    text.fault_at(&path("change"), what)
                        .remedy("give the measure a `time`, or name a limit: `above` or `below`"),
                );
            }
            Some(_) => {}
        }
        limits(alert, text, &at, faults);
        if let Some(quiet) = &alert.quiet
            && quiet.from == quiet.to
            && text.has(&path("quiet"))
        {
            let what = "the quiet hours end when they begin: there are none";
            let fault = text.fault_at(&path("quiet"), what);
            faults.push(fault.remedy("write another end, or leave `quiet` out"));
        }
    }
}

/// One limit, and an end that lies on its quiet side.
fn limits(alert: &Alert, text: &Text<'_>, at: &str, faults: &mut Vec<Fault>) {
    let said = ["above", "below", "change"].map(|key| text.has(&["alerts", at, key]));
    let given = [alert.above, alert.below, alert.change];
    if said.iter().filter(|is_said| **is_said).count() != 1 {
        let what = format!("the alert `{}` needs one limit", alert.id);
        faults.push(
            text.fault_at(&["alerts", at], what)
                .expected("one of `above`, `below`, `change`"),
        );
        return;
    }
    // What is no number is told already.
    if given.iter().flatten().count() != 1 {
        return;
    }
    if alert.change.is_some_and(|percent| percent <= 0.0) {
        let fault = text.fault_at(
            &["alerts", at, "change"],
            "no change is always more than 0 %",
        );
        faults.push(fault.expected("percent, greater than 0"));
    }
    let Some(clear) = alert.clear else { return };
    let is_past = match (alert.above.or(alert.change), alert.below) {
        (Some(limit), _) => clear > limit,
        (None, Some(limit)) => clear < limit,
        (None, None) => false,
    };
    if is_past {
        let what = format!(
            "at {clear} the alert `{}` would begin and end at once",
            alert.id
        );
        faults.push(
            text.fault_at(&["alerts", at, "clear"], what)
                .expected("not past the limit: at most `above` or `change`, at least `below`"),
        );
    }
}
