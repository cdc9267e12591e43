//! A figure beside what it is compared with, and on its way to its target, in words and tables.

use city::Measure;
use measure::compare::{Areas, Change, Trend};
use measure::{Comparison, Progress, format};

use crate::charts::{dimension_title, with_unit};
use crate::parts::{Cell, Fact, Head, Table};
use crate::show;
use crate::site::Visit;

/// What a figure is compared with, as a table; nothing where it is compared with nothing.
pub(crate) fn table(visit: &Visit, measure: &Measure, compare: &Comparison) -> Option<Table> {
    let changes = [
        ("measure.previous", &compare.previous),
        ("measure.last_year", &compare.last_year),
    ];
    let rows: Vec<Vec<Cell>> = changes
        .into_iter()
        .filter_map(|(key, change)| Some(row(visit, measure, key, change.as_ref()?)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let now = compare.now.map_or_else(
        || visit.t("figure.unknown"),
        |now| with_unit(visit, measure, now),
    );
    let caption = match compare.period {
        Some(period) => visit.say(
            "measure.compared_period",
            &[("period", show::period(period)), ("value", now)],
        ),
        None => visit.say("measure.compared_version", &[("value", now)]),
    };
    let caption = if compare.is_part {
        format!("{caption}. {}", visit.t("measure.compared_part"))
    } else {
        caption
    };
    let heads = [
        "measure.compared_with",
        "measure.then",
        "measure.difference",
        "measure.trend",
    ];
    let [with, then, difference, trend] = heads.map(|key| visit.t(key));
    Some(Table {
        caption,
        heads: vec![
            Head::text(with),
            Head::number(then),
            Head::number(difference),
            Head::text(trend),
        ],
        rows,
        plain: true,
    })
}

fn row(visit: &Visit, measure: &Measure, key: &str, change: &Change) -> Vec<Cell> {
    let unknown = || visit.t("figure.unknown");
    let then = match (change.period, change.version) {
        (Some(period), _) => format!("{} ({})", visit.t(key), show::period(period)),
        (None, Some(version)) => {
            let version = visit.say("measure.of_version", &[("version", version.to_string())]);
            format!("{} ({version})", visit.t(key))
        }
        (None, None) => visit.t(key),
    };
    let value = change
        .value
        .map_or_else(unknown, |value| format::full(value, measure.digits));
    let difference = change.difference.map_or_else(unknown, |difference| {
        let difference = format::difference(
            difference,
            measure.digits,
            measure.unit_in(visit.lang),
            visit.lang,
        );
        match change.percent {
            Some(percent) => format!("{difference} ({})", format::change(percent)),
            None => difference,
        }
    });
    let seen = change
        .difference
        .is_none_or(|difference| is_seen(measure, difference));
    let trend = match change.trend {
        Trend::Up | Trend::Down if !seen => "measure.same",
        Trend::Up => "measure.rose",
        Trend::Down => "measure.fell",
        Trend::Same => "measure.same",
        Trend::Unknown => "figure.unknown",
    };
    let better = change.better.filter(|_| seen).map(|better| {
        let key = if better {
            "measure.better"
        } else {
            "measure.worse"
        };
        visit.t(key)
    });
    let trend = match better {
        Some(better) => format!("{} · {better}", visit.t(trend)),
        None => visit.t(trend),
    };
    vec![
        Cell::text(then),
        Cell::number(value),
        Cell::number(difference),
        Cell::text(trend),
    ]
}

/// What is not seen in the digits that are shown is no change.
fn is_seen(measure: &Measure, difference: f64) -> bool {
    format::full(difference.abs(), measure.digits) != format::full(0.0, measure.digits)
}

/// What changed against the period or version before, in a few words; nothing where that is not compared or not known.
pub(crate) fn words(visit: &Visit, measure: &Measure, compare: &Comparison) -> Option<String> {
    let change = compare.previous.as_ref()?;
    let difference = change.difference?;
    let is_seen = is_seen(measure, difference);
    let way = match change.trend {
        Trend::Up | Trend::Down if !is_seen => "measure.stayed",
        Trend::Up => "measure.rose_by",
        Trend::Down => "measure.fell_by",
        Trend::Same => "measure.stayed",
        Trend::Unknown => return None,
    };
    let difference = with_unit(visit, measure, difference.abs());
    let now = compare.now.map(|now| with_unit(visit, measure, now));
    let words = visit.say(way, &[("difference", difference)]);
    let words = match (compare.period, now) {
        (Some(period), Some(now)) if compare.is_part => visit.say(
            "measure.so_far",
            &[
                ("period", show::period(period)),
                ("now", now),
                ("words", words),
            ],
        ),
        (Some(period), Some(now)) => format!("{} {now}, {words}", show::period(period)),
        _ => words,
    };
    Some(match change.better.filter(|_| is_seen) {
        Some(true) => format!("{words} ({})", visit.t("measure.better")),
        Some(false) => format!("{words} ({})", visit.t("measure.worse")),
        None => words,
    })
}

/// One sentence on the other areas.
pub(crate) fn areas(visit: &Visit, measure: &Measure, areas: &Areas) -> Option<String> {
    let (highest, lowest) = (areas.highest.as_ref()?, areas.lowest.as_ref()?);
    let shown = |value: f64| with_unit(visit, measure, value);
    Some(visit.say(
        "measure.areas",
        &[
            (
                "dimension",
                dimension_title(visit, measure, &areas.dimension),
            ),
            (
                "count",
                show::count_of(u64::try_from(areas.known).unwrap_or_default()),
            ),
            ("highest", highest.label.clone()),
            ("most", shown(highest.value)),
            ("lowest", lowest.label.clone()),
            ("least", shown(lowest.value)),
            ("median", areas.median.map(shown).unwrap_or_default()),
        ],
    ))
}

/// How far it is on its way to its target.
pub(crate) fn progress(visit: &Visit, measure: &Measure, progress: &Progress) -> Vec<Fact> {
    let shown = |value: f64| with_unit(visit, measure, value);
    let unknown = || visit.t("figure.unknown");
    let pace = |pace: Option<f64>| {
        pace.map_or_else(unknown, |pace| {
            let value = format::with_unit(pace, 3, measure.unit_in(visit.lang), visit.lang);
            visit.say("measure.a_day", &[("value", value)])
        })
    };
    let mut facts = vec![Fact::new(visit.t("measure.target"), shown(progress.target))];
    if let Some(by) = progress.by {
        let left = progress.days_left.map_or_else(String::new, |left| {
            let key = if left < 0 {
                "measure.days_over"
            } else {
                "measure.days_left"
            };
            format!(
                " ({})",
                visit.say(key, &[("count", left.abs().to_string())])
            )
        });
        facts.push(Fact::new(visit.t("measure.due"), format!("{by}{left}")));
    }
    let met = match progress.met {
        Some(true) => visit.t("measure.met"),
        Some(false) => visit.t("measure.not_met"),
        None => unknown(),
    };
    facts.push(Fact::new(visit.t("measure.state"), met));
    let reached = progress.reached.map_or_else(unknown, |share| {
        format!("{}%", format::full(share * 100.0, 1))
    });
    facts.push(Fact::new(visit.t("measure.reached"), reached));
    if let Some(start) = progress.start {
        let text = format!("{} ({})", shown(start.value), start.day);
        facts.push(Fact::new(visit.t("measure.began"), text));
    }
    if progress.by.is_some() {
        facts.push(Fact::new(
            visit.t("measure.pace_so_far"),
            pace(progress.pace_so_far),
        ));
        if progress.met == Some(false) {
            facts.push(Fact::new(
                visit.t("measure.pace_needed"),
                pace(progress.pace_needed),
            ));
        }
        if let Some(heading) = progress.heading_for {
            facts.push(Fact::new(visit.t("measure.heading_for"), shown(heading)));
        }
    }
    facts
}
