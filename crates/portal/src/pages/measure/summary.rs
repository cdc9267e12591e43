//! What a chart shows, in words: for whoever hears it, and for whoever has no time for it.

use city::Measure;
use measure::{Part, Series};

use crate::charts::{moment, with_unit};
use crate::show;
use crate::site::Visit;

/// What bars show: the greatest, the least, and how many say nothing.
pub(crate) fn of_parts(visit: &Visit, measure: &Measure, parts: &[Part]) -> String {
    let known: Vec<(String, f64)> = parts
        .iter()
        .filter_map(|part| {
            let label = part.label.clone();
            Some((
                label.unwrap_or_else(|| visit.t("figure.unknown")),
                part.value?,
            ))
        })
        .collect();
    let most = known.iter().max_by(|one, other| one.1.total_cmp(&other.1));
    let least = known.iter().min_by(|one, other| one.1.total_cmp(&other.1));
    let (Some(most), Some(least)) = (most, least) else {
        return visit.t("measure.nothing_known");
    };
    let shown = |value: f64| with_unit(visit, measure, value);
    let count = |count: usize| show::count_of(u64::try_from(count).unwrap_or_default());
    let said = visit.say(
        "measure.bars_say",
        &[
            ("count", count(parts.len())),
            ("most", most.0.clone()),
            ("most_value", shown(most.1)),
            ("least", least.0.clone()),
            ("least_value", shown(least.1)),
        ],
    );
    match parts.len() - known.len() {
        0 => said,
        silent => format!(
            "{said} {}",
            visit.say("measure.some_silent", &[("count", count(silent))])
        ),
    }
}

/// What a line shows: from when to when, the greatest, the least and the last.
pub(crate) fn of_series(visit: &Visit, measure: &Measure, series: &Series) -> String {
    let Some(step) = measure.time.as_ref().map(|axis| axis.step) else {
        return String::new();
    };
    let known: Vec<(String, f64)> = series
        .points
        .iter()
        .filter_map(|point| Some((moment(&point.at, step), point.value?)))
        .collect();
    let most = known.iter().max_by(|one, other| one.1.total_cmp(&other.1));
    let least = known.iter().min_by(|one, other| one.1.total_cmp(&other.1));
    let (Some(first), Some(last), Some(most), Some(least)) =
        (known.first(), known.last(), most, least)
    else {
        return visit.t("measure.nothing_known");
    };
    let shown = |value: f64| with_unit(visit, measure, value);
    visit.say(
        "measure.line_says",
        &[
            ("first", first.0.clone()),
            ("last", last.0.clone()),
            ("last_value", shown(last.1)),
            ("most", most.0.clone()),
            ("most_value", shown(most.1)),
            ("least", least.0.clone()),
            ("least_value", shown(least.1)),
        ],
    )
}
