//! A measure with its receipt.

use access::{AskError, At};
use axum::extract::Path;
use axum::response::Response;
use city::Measure;
use city::measure::Direction;
use measure::Receipt;

use super::MeasurePage;
use crate::charts::{Named, bar_chart, figure_view, line_chart, measure_title};
use crate::facts::{column_title, size};
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, CellKind, Chart, Fact, Head, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /measures/{id}`.
pub async fn page(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id).await)
}

async fn fill(visit: &Visit, id: &str) -> Result<Page<MeasurePage>, PageError> {
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
    let reader = visit.reader();
    let receipt = measure::receipt(&reader, measure, &At::Latest, visit.now()).await?;
    let title = measure_title(visit, measure);
    let view = MeasurePage {
        title: title.clone(),
        question: visit.title(&measure.question, measure.question_en.as_deref()),
        figure: figure_view(visit, &reader, measure, &receipt.figure),
        explanation: explanation(visit, measure),
        charts: charts(visit, &reader, measure).await?,
        sql: receipt.denominator_query.as_ref().map_or_else(
            || receipt.query.clone(),
            |denominator| format!("{}\n\n{denominator}", receipt.query),
        ),
        versions: versions(visit, &receipt),
        receipt: serde_json::to_string_pretty(&receipt).unwrap_or_default(),
        receipt_url: format!("/api/measures/{id}"),
    };
    let crumbs = vec![
        Crumb::to(visit.t("frame.boards"), "/boards"),
        Crumb::here(title.clone()),
    ];
    Ok(Page {
        title,
        section: Section::Boards,
        crumbs,
        data_url: Some(format!("/api/measures/{id}")),
        view,
    })
}

async fn charts(
    visit: &Visit,
    reader: &access::Reader,
    measure: &Measure,
) -> Result<Vec<Chart>, PageError> {
    let mut charts = Vec::new();
    let named = || Named {
        measure,
        headline: measure_title(visit, measure),
    };
    let series = known(measure::series(reader, measure, &At::Latest).await)?.flatten();
    charts.extend(series.and_then(|series| line_chart(visit, reader, named(), &series)));
    for dimension in &measure.dimensions {
        let parts = known(measure::breakdown(reader, measure, dimension, &At::Latest).await)?;
        charts.extend(parts.and_then(|parts| bar_chart(visit, reader, named(), dimension, &parts)));
    }
    Ok(charts)
}

/// What is not loaded or not allowed is no chart; the figure says which.
fn known<T>(found: Result<T, AskError>) -> Result<Option<T>, PageError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(AskError::NotLoaded(_) | AskError::Denied(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
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
        facts.extend(fact.map(|(text, path)| {
            Fact::new(visit.t("measure.denominator"), text).leading_to(path)
        }));
        facts.push(Fact::new(
            visit.t("measure.per"),
            measure::format::full(measure.factor(), 0),
        ));
    }
    facts.push(Fact::new(visit.t("measure.unit"), measure.unit.clone()));
    if let Some(target) = measure::target::value(measure) {
        facts.push(Fact::new(
            visit.t("measure.target"),
            format!(
                "{} {}",
                measure::format::full(target, measure.digits),
                measure.unit
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

fn versions(visit: &Visit, receipt: &Receipt) -> Table {
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
