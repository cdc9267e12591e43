//! What a dataset has been through: versions, loads, quality over time, lineage.

use std::sync::Arc;

use access::{Outcome, Record};

use super::{Choice, CompareForm, Step};
use crate::facts::{Dimension, dimensions, size, word};
use crate::parts::{Cell, CellKind, Chart, Fact, Head, Table, bars, small};
use crate::show;
use crate::site::Visit;

/// Versions and loads shown; all are in the API.
const SHOWN: usize = 30;
/// Versions that the history of quality draws.
const DRAWN: usize = 60;

fn counted(list: &[Arc<Record>]) -> String {
    show::count_of(u64::try_from(list.len()).unwrap_or_default())
}

fn number(value: u64) -> Cell {
    Cell::number(show::count_of(value))
}

/// Its versions, newest first.
pub(super) fn versions(visit: &Visit, list: &[Arc<Record>]) -> Table {
    let row = |version: &Arc<Record>| {
        vec![
            Cell::of(
                CellKind::Moment,
                format!("{}{}", version.number, visit.t("dataset.version_unit")),
            ),
            Cell::of(CellKind::Moment, show::moment(version.committed_at)),
            number(version.rows),
            Cell::text(visit.t(&format!("mode.{}", word(&version.mode)))),
        ]
    };
    Table {
        caption: visit.say("dataset.versions_caption", &[("count", counted(list))]),
        heads: vec![
            Head::text(visit.t("dataset.version")),
            Head::text(visit.t("dataset.when")),
            Head::number(visit.t("dataset.rows_in_table")),
            Head::text(visit.t("dataset.mode")),
        ],
        rows: list.iter().take(SHOWN).map(row).collect(),
        plain: true,
    }
}

/// Its loads, newest first, with every row accounted for.
pub(super) fn loads(visit: &Visit, list: &[Arc<Record>]) -> Table {
    let row = |load: &Arc<Record>| {
        let state = match load.outcome {
            Outcome::Loaded => "dataset.done",
            Outcome::Refused => "dataset.refused",
            Outcome::Held => "dataset.held",
        };
        let version = if load.number > 0 {
            format!("{}{}", load.number, visit.t("dataset.version_unit"))
        } else {
            "–".to_owned()
        };
        vec![
            Cell::of(CellKind::Moment, show::moment(load.started_at)),
            Cell::text(visit.t(state)),
            number(load.read),
            number(load.accepted),
            number(load.quarantined),
            number(load.skipped),
            Cell::of(CellKind::Moment, version),
        ]
    };
    let mut heads = vec![
        Head::text(visit.t("dataset.when")),
        Head::text(visit.t("dataset.state")),
    ];
    heads.extend(
        ["read", "accepted", "quarantined", "skipped"]
            .map(|key| Head::number(visit.t(&format!("dataset.{key}")))),
    );
    heads.push(Head::text(visit.t("dataset.version")));
    Table {
        caption: visit.say("dataset.loads_caption", &[("count", counted(list))]),
        heads,
        rows: list.iter().take(SHOWN).map(row).collect(),
        plain: true,
    }
}

/// Quality by dimension in a version, worst first.
pub(super) fn quality(visit: &Visit, version: &Record) -> Option<Chart> {
    let mut scored: Vec<Dimension> = dimensions(version)
        .into_iter()
        .filter(|dimension| dimension.diagnosed > 0)
        .collect();
    scored.sort_by(|a, b| a.score().total_cmp(&b.score()));
    let title = |dimension: &Dimension| visit.t(&format!("dimension.{}", dimension.name));
    let percent = |dimension: &Dimension| dimension.percent().unwrap_or_default();
    let worst = scored.first()?;
    let headline = if worst.errors == 0 {
        visit.t("dataset.quality_all_good")
    } else {
        visit.say(
            "dataset.quality_headline",
            &[("dimension", title(worst)), ("score", percent(worst))],
        )
    };
    let values: Vec<(String, f64, String)> = scored
        .iter()
        .map(|dimension| (title(dimension), dimension.score(), percent(dimension)))
        .collect();
    let row = |dimension: &Dimension| {
        vec![
            Cell::text(title(dimension)),
            Cell::number(percent(dimension)),
            number(dimension.errors),
            number(dimension.diagnosed),
        ]
    };
    let mut heads = vec![Head::text(visit.t("dataset.dimension"))];
    heads.extend(
        ["score", "errors", "diagnosed"]
            .map(|key| Head::number(visit.t(&format!("dataset.{key}")))),
    );
    let subtitle = visit.say(
        "dataset.quality_subtitle",
        &[("version", version.number.to_string())],
    );
    Some(Chart {
        headline,
        subtitle: subtitle.clone(),
        name: "quality".to_owned(),
        bars: bars(&values, if worst.errors == 0 { usize::MAX } else { 0 }),
        line: None,
        small: Vec::new(),
        table: Table {
            caption: subtitle,
            heads,
            rows: scored.iter().map(row).collect(),
            plain: true,
        },
        marks: Box::default(),
        receipt: None,
        source: None,
    })
}

/// Least height of the quality history's scale, in percent: a hundredth must not look like a fall.
const SCALE_LEAST: f64 = 5.0;

/// The score of each dimension in each version; nothing while there is one version.
pub(super) fn quality_history(visit: &Visit, list: &[Arc<Record>]) -> Option<Chart> {
    let drawn: Vec<(&Arc<Record>, Vec<Dimension>)> = list
        .iter()
        .take(DRAWN)
        .rev()
        .map(|version| (version, dimensions(version)))
        .collect();
    let newest = &drawn.last()?.1;
    let names: Vec<&str> = newest
        .iter()
        .map(|dimension| dimension.name.as_str())
        .filter(|name| {
            drawn
                .iter()
                .any(|(_, known)| diagnosed(known, name).is_some())
        })
        .collect();
    let histories: Vec<(String, Vec<Option<f64>>, String)> = names
        .iter()
        .map(|name| {
            let scores = drawn
                .iter()
                .map(|(_, known)| diagnosed(known, name).map(|one| one.score() * 100.0));
            (
                visit.t(&format!("dimension.{name}")),
                scores.collect(),
                percent(visit, diagnosed(newest, name)),
            )
        })
        .collect();
    let least = histories
        .iter()
        .flat_map(|(_, scores, _)| scores.iter().flatten())
        .fold(100.0 - SCALE_LEAST, |least: f64, score| least.min(*score));
    let low = (least / SCALE_LEAST).floor() * SCALE_LEAST;
    let small = small(&histories, low, 100.0);
    if small.is_empty() {
        return None;
    }
    let headline = visit.t("dataset.quality_over_time");
    let values = [
        ("count", drawn.len().to_string()),
        ("low", format!("{low:.0}")),
    ];
    Some(Chart {
        headline: headline.clone(),
        subtitle: visit.say("dataset.quality_over_time_subtitle", &values),
        name: "quality-history".to_owned(),
        bars: Vec::new(),
        line: None,
        small,
        table: scores(visit, headline, &names, &drawn),
        marks: Box::default(),
        receipt: None,
        source: None,
    })
}

/// A dimension by its name, where anything was looked at.
fn diagnosed<'d>(dimensions: &'d [Dimension], name: &str) -> Option<&'d Dimension> {
    dimensions
        .iter()
        .find(|dimension| dimension.name == name && dimension.diagnosed > 0)
}

fn percent(visit: &Visit, dimension: Option<&Dimension>) -> String {
    dimension
        .and_then(Dimension::percent)
        .unwrap_or_else(|| visit.t("dataset.not_diagnosed"))
}

/// Versions by dimensions, newest first.
fn scores(
    visit: &Visit,
    caption: String,
    names: &[&str],
    drawn: &[(&Arc<Record>, Vec<Dimension>)],
) -> Table {
    let row = |(version, known): &(&Arc<Record>, Vec<Dimension>)| {
        let label = format!("{}{}", version.number, visit.t("dataset.version_unit"));
        let mut cells = vec![Cell::of(CellKind::Moment, label)];
        let scores = names.iter().map(|name| diagnosed(known, name));
        cells.extend(scores.map(|one| Cell::number(percent(visit, one))));
        cells
    };
    let mut heads = vec![Head::text(visit.t("dataset.version"))];
    heads.extend(
        names
            .iter()
            .map(|name| Head::number(visit.t(&format!("dimension.{name}")))),
    );
    Table {
        caption,
        heads,
        rows: drawn.iter().rev().map(row).collect(),
        plain: true,
    }
}

/// From the source's bytes to the version.
pub(super) fn lineage(visit: &Visit, version: &Record) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for source in version.sources.iter().take(SHOWN) {
        steps.push(Step {
            title: visit.t("dataset.source"),
            facts: vec![
                Fact::new(visit.t("dataset.source_name"), source.name.clone()),
                Fact::new(visit.t("dataset.source_bytes"), size(source.bytes)),
                Fact::new(visit.t("dataset.source_hash"), source.sha256.clone()),
            ],
        });
    }
    steps.push(Step {
        title: visit.t("dataset.load"),
        facts: vec![
            Fact::new(visit.t("dataset.when"), show::moment(version.started_at)),
            Fact::new(visit.t("dataset.load_id"), version.load_id.clone()),
            Fact::new(
                visit.t("dataset.manifest_hash"),
                version.manifest_sha256.clone(),
            ),
            Fact::new(
                visit.t("dataset.mode"),
                visit.t(&format!("mode.{}", word(&version.mode))),
            ),
            Fact::new(visit.t("dataset.read"), show::count_of(version.read)),
            Fact::new(
                visit.t("dataset.accepted"),
                show::count_of(version.accepted),
            ),
            Fact::new(
                visit.t("dataset.quarantined"),
                show::count_of(version.quarantined),
            ),
        ],
    });
    steps.push(Step {
        title: visit.t("dataset.version"),
        facts: vec![
            Fact::new(
                visit.t("dataset.version_label"),
                format!("{}{}", version.number, visit.t("dataset.version_unit")),
            ),
            Fact::new(visit.t("dataset.when"), show::moment(version.committed_at)),
            Fact::new(
                visit.t("dataset.rows_in_table"),
                show::count_of(version.rows),
            ),
        ],
    });
    steps
}

/// Two versions to choose, when there are two.
pub(super) fn compare_form(visit: &Visit, list: &[Arc<Record>]) -> Option<CompareForm> {
    let choices = |chosen: usize| {
        let choice = |(at, version): (usize, &Arc<Record>)| Choice {
            value: version.number.to_string(),
            title: visit.say(
                "dataset.version_option",
                &[
                    ("number", version.number.to_string()),
                    ("when", show::moment(version.committed_at)),
                ],
            ),
            selected: at == chosen,
        };
        list.iter().enumerate().map(choice).collect()
    };
    (list.len() > 1).then(|| CompareForm {
        from: choices(1),
        to: choices(0),
    })
}
