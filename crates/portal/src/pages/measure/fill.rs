//! A measure with its receipt.

use access::AskError;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use city::board::{View, names_areas};
use city::measure::Direction;
use city::{Lang, Measure};
use interop::Problem;
use interop::api::measures::{Question, question};
use interop::api::receipts::keep;
use interop::question::pairs;
use measure::{Receipt, Told, codes};

use super::{Drawn, MeasurePage, Way, change, summary};
use crate::charts::{
    Named, bar_chart, dimension_title, figure_view, line_chart, measure_title, source_of,
};
use crate::facts::{column_title, size};
use crate::frame::{Crumb, Section};
use crate::pages::problem_of;
use crate::parts::{Cell, CellKind, Fact, Head, Link, Table};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /measures/{id}?by=&at=&period=&where=`.
pub async fn page(Path(id): Path<String>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    visit.show(fill(&visit, &id, query.as_deref().unwrap_or_default()).await)
}

async fn fill(visit: &Visit, id: &str, query: &str) -> Result<Page<MeasurePage>, PageError> {
    let measure = visit
        .city()
        .measures
        .values()
        .find(|measure| measure.id.as_str() == id);
    let measure = measure.ok_or_else(|| {
        PageError::Missing(
            visit.say("problem.no_measure", &[("id", id.to_owned())]),
            Vec::new(),
        )
    })?;
    let query = asked(query);
    let Question { asked, by } =
        question(&query, &[]).map_err(|problem| slip(problem.told_in(visit.lang)))?;
    // Each dimension costs a question: one is shown, and the others are a choice away.
    let by: Vec<String> = if by.is_empty() {
        measure.dimensions.iter().take(1).cloned().collect()
    } else {
        by
    };
    let query = query.as_str();
    let reader = visit.reader();
    let told = measure::told(&reader, measure, &asked, &by, visit.now()).await?;
    let kept = keep(visit.state(), &reader, &told.receipt).await;
    let kept = kept.map_err(problem_of)?;
    let receipt = &told.receipt;
    let title = measure_title(visit, measure);
    let api = api_address(id, query);
    let compare = told.compare.as_ref();
    let view = MeasurePage {
        title: title.clone(),
        question: visit.title(&measure.question, measure.question_en.as_deref()),
        figure: figure_view(visit, &reader, measure, &receipt.figure),
        sentence: match visit.lang {
            Lang::Ko => told.explanation.ko.clone(),
            Lang::En => told.explanation.en.clone(),
        },
        compared: compare.and_then(|compare| change::table(visit, measure, compare)),
        areas: compare.and_then(|compare| change::areas(visit, measure, compare.areas.as_ref()?)),
        progress: told
            .progress
            .as_ref()
            .map(|progress| change::progress(visit, measure, progress))
            .unwrap_or_default(),
        way: told.progress.as_ref().and_then(way),
        ways: ways(visit, measure, &by, query),
        explanation: explanation(visit, measure),
        charts: charts(visit, &reader, measure, &told, query),
        files: files(visit, id, query, &[("view", "number")]),
        rows: receipt
            .figure
            .value()
            .and_then(|_| rows(visit, measure, query)),
        sql: receipt.denominator_query.as_ref().map_or_else(
            || receipt.query.clone(),
            |denominator| format!("{}\n\n{denominator}", receipt.query),
        ),
        versions: versions(visit, receipt),
        receipt: serde_json::to_string_pretty(&receipt).unwrap_or_default(),
        receipt_url: api.clone(),
        own: own(visit, measure),
        kept: kept.map(|id| format!("/receipts/{id}")),
    };
    let crumbs = vec![
        Crumb::to(visit.t("frame.boards"), "/boards"),
        Crumb::here(title.clone()),
    ];
    Ok(Page {
        title,
        section: Section::Boards,
        crumbs,
        data_url: Some(api),
        view,
    })
}

/// What an address asks of a measure; what other parameters say is somebody else's.
fn asked(query: &str) -> String {
    let all = pairs(query);
    let own: Vec<(&str, &str)> = all
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| matches!(*name, "by" | "at" | "period" | "where"))
        .collect();
    address("", &own).trim_start_matches('?').to_owned()
}

/// What is wrong with an address is said as such.
fn slip(problem: Problem) -> PageError {
    match problem.status {
        400 => AskError::Plan(problem.detail).into(),
        _ => problem_of(problem),
    }
}

fn api_address(id: &str, query: &str) -> String {
    if query.is_empty() {
        format!("/api/measures/{id}")
    } else {
        format!("/api/measures/{id}?{query}")
    }
}

/// The length of the way that is done, in hundredths.
fn way(progress: &measure::Progress) -> Option<String> {
    let share = progress.reached?.clamp(0.0, 1.0);
    Some(format!("{:.1}", share * 100.0))
}

/// What it may be broken down by, as links that keep what narrows it.
fn ways(visit: &Visit, measure: &Measure, by: &[String], query: &str) -> Vec<Way> {
    let others = pairs(query);
    let link = |dimension: &String| {
        let mut kept: Vec<(&str, &str)> = others
            .iter()
            .filter(|(name, _)| name != "by")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        kept.push(("by", dimension));
        Way {
            title: dimension_title(visit, measure, dimension),
            path: address(&format!("/measures/{}", measure.id), &kept),
            current: by.contains(dimension),
        }
    };
    measure.dimensions.iter().map(link).collect()
}

/// Where a measure is changed, for those who may.
fn own(visit: &Visit, measure: &Measure) -> Vec<Link> {
    let dataset = visit.city().datasets.get(&measure.dataset);
    if !dataset.is_some_and(|dataset| interop::drafts::may(visit.caller(), dataset)) {
        return Vec::new();
    }
    [("draft.edit", "edit"), ("draft.history", "history")]
        .map(|(key, way)| Link::new(visit.t(key), format!("/measures/{}/{way}", measure.id)))
        .into()
}

/// What can be taken along: what a view shows, narrowed as the page is.
fn files(visit: &Visit, id: &str, query: &str, view: &[(&str, &str)]) -> Vec<Link> {
    let others = pairs(query);
    let mut kept: Vec<(&str, &str)> = others
        .iter()
        .filter(|(name, _)| name != "by")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    kept.extend(view);
    if visit.lang == Lang::En {
        kept.push(("lang", "en"));
    }
    ["csv", "svg", "png"]
        .map(|kind| {
            let path = address(&format!("/measures/{id}/figures.{kind}"), &kept);
            Link::new(visit.t(&format!("measure.{kind}")), path)
        })
        .into()
}

/// Where the rows are that the figure counts: those of the newest version only.
fn rows(visit: &Visit, measure: &Measure, query: &str) -> Option<Link> {
    let all = pairs(query);
    if all.iter().any(|(name, _)| name == "at") {
        return None;
    }
    let mut parameters = vec![("measure", measure.id.as_str())];
    parameters.extend(all.iter().filter_map(|(name, value)| match name.as_str() {
        "period" => Some(("period", value.as_str())),
        "where" => Some(("part", value.as_str())),
        _ => None,
    }));
    let path = address(&format!("/datasets/{}", measure.dataset), &parameters);
    let title = [("title", measure_title(visit, measure))];
    Some(Link::new(
        visit.say("board.rows_of", &title),
        format!("{path}#rows"),
    ))
}

/// The charts of what was told, each with the version it is of.
fn charts(
    visit: &Visit,
    reader: &access::Reader,
    measure: &Measure,
    told: &Told,
    query: &str,
) -> Vec<Drawn> {
    let mut charts: Vec<Drawn> = Vec::new();
    let own = told.receipt.figure.versions().first();
    let source = own.map(|(_, version)| source_of(visit, measure, *version));
    let named = || Named {
        measure,
        headline: measure_title(visit, measure),
    };
    if let Some(series) = &told.series {
        let chart = line_chart(visit, reader, named(), series);
        charts.extend(chart.map(|mut chart| {
            chart.marks.files = files(visit, measure.id.as_str(), query, &[("view", "line")]);
            Drawn {
                summary: summary::of_series(visit, measure, series),
                chart,
            }
        }));
    }
    for (dimension, parts) in &told.parts {
        let Some(parts) = parts else { continue };
        let parts = &codes::parts(visit.city(), measure, dimension, parts, visit.lang);
        let chart = bar_chart(visit, reader, named(), dimension, parts);
        charts.extend(chart.map(|mut chart| {
            let names_areas = names_areas(visit.city(), measure, dimension);
            let view = if names_areas { View::Areas } else { View::Bar };
            let view = [("view", view.word()), ("by", dimension.as_str())];
            chart.marks.files = files(visit, measure.id.as_str(), query, &view);
            Drawn {
                summary: summary::of_parts(visit, measure, parts),
                chart,
            }
        }));
    }
    for drawn in &mut charts {
        drawn.chart.source.clone_from(&source);
    }
    charts
}

fn explanation(visit: &Visit, measure: &Measure) -> Vec<Fact> {
    let title = |id: &city::DatasetId| {
        let dataset = visit.city().datasets.get(id);
        dataset.map_or_else(
            || id.to_string(),
            |dataset| visit.title(&dataset.title, dataset.title_en.as_deref()),
        )
    };
    let mut facts = vec![
        Fact::new(visit.t("measure.dataset"), title(&measure.dataset))
            .leading_to(format!("/datasets/{}", measure.dataset)),
        Fact::new(visit.t("measure.expression"), measure.aggregate()),
    ];
    if let Some(filter) = &measure.filter {
        facts.push(Fact::new(visit.t("measure.filter"), filter.clone()));
    }
    if let Some(denominator) = &measure.denominator {
        let named = denominator.measure.as_ref();
        let other = named.and_then(|id| visit.city().measures.get(id));
        let fact = match (other, &denominator.dataset) {
            (Some(other), _) => {
                let text = measure_title(visit, other);
                Some((text, format!("/measures/{}", other.id)))
            }
            (None, Some(dataset)) => {
                let text = format!("{}: {}", title(dataset), denominator.aggregate());
                Some((text, format!("/datasets/{dataset}")))
            }
            (None, None) => None,
        };
        facts.extend(
            fact.map(|(text, path)| {
                Fact::new(visit.t("measure.denominator"), text).leading_to(path)
            }),
        );
        facts.push(Fact::new(
            visit.t("measure.per"),
            measure::format::full(measure.factor(), 0),
        ));
    }
    facts.push(Fact::new(
        visit.t("measure.unit"),
        measure.unit_in(visit.lang).to_owned(),
    ));
    if let Some(target) = measure::target::value(measure) {
        facts.push(Fact::new(
            visit.t("measure.target"),
            format!(
                "{} {}",
                measure::format::full(target, measure.digits),
                measure.unit_in(visit.lang)
            ),
        ));
    }
    let direction = match measure.direction {
        Direction::Up => "measure.up",
        Direction::Down => "measure.down",
        Direction::Neutral => "measure.neutral",
    };
    facts.push(Fact::new(visit.t("measure.direction"), visit.t(direction)));
    if let (Some(axis), Some(dataset)) =
        (&measure.time, visit.city().datasets.get(&measure.dataset))
    {
        facts.push(Fact::new(
            visit.t("measure.time"),
            column_title(visit, dataset, &axis.column),
        ));
    }
    facts
}

/// The versions a figure was read from.
pub(crate) fn versions(visit: &Visit, receipt: &Receipt) -> Table {
    let row = |version: &measure::receipt::VersionReceipt| {
        let sources: Vec<String> = version
            .sources
            .iter()
            .map(|source| format!("{} ({})", source.name, size(source.bytes)))
            .collect();
        let hashes: Vec<&str> = version
            .sources
            .iter()
            .filter_map(|source| source.sha256.get(..12))
            .collect();
        vec![
            Cell::text(version.dataset.to_string())
                .leading_to(format!("/datasets/{}", version.dataset)),
            Cell::number(version.version.to_string()),
            Cell::of(CellKind::Moment, show::moment(version.committed_at)),
            Cell::text(sources.join(", ")),
            Cell::of(CellKind::Hash, hashes.join(" ")),
        ]
    };
    let rows: Vec<_> = receipt.versions.iter().map(row).collect();
    let count = show::count_of(u64::try_from(rows.len()).unwrap_or_default());
    Table {
        caption: visit.say("measure.versions_caption", &[("count", count)]),
        heads: vec![
            Head::text(visit.t("measure.dataset")),
            Head::number(visit.t("dataset.version")),
            Head::text(visit.t("dataset.when")),
            Head::text(visit.t("dataset.source")),
            Head::text(visit.t("dataset.source_hash")),
        ],
        rows,
        plain: true,
    }
}
