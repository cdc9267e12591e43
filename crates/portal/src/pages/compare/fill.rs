//! Two versions of a dataset compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::Response;

use access::Difference;
use access::compare::{Differing, Kind};
use city::Dataset;

use super::Compare;
use crate::facts::column_title;
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, FigureView, Head, Link, Table};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /datasets/{id}/compare?from=&to=`.
pub async fn page(
    Path(id): Path<String>,
    visit: Visit,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    visit.show(fill(&visit, &id, &asked).await)
}

async fn fill(
    visit: &Visit,
    id: &str,
    asked: &BTreeMap<String, String>,
) -> Result<Page<Compare>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let back = || vec![Link::new(title.clone(), format!("/datasets/{id}#versions"))];
    let versions = reader.versions(id)?;
    let newest = versions.first().map_or(0, |version| version.number);
    let number = |name: &str, otherwise: i64| match asked.get(name) {
        None => Ok(otherwise),
        Some(text) => match text.parse::<i64>() {
            Ok(number) if versions.iter().any(|version| version.number == number) => Ok(number),
            _ => Err(PageError::Missing(
                visit.say("compare.unknown", &[("version", text.clone())]),
                back(),
            )),
        },
    };
    let (from, to) = (number("from", newest - 1)?, number("to", newest)?);
    if from == to {
        return Err(PageError::Missing(visit.t("compare.same"), back()));
    }
    let (from, to) = (from.min(to), from.max(to));
    let difference = reader.compare(id, from, to).await?;
    let figure = |key: &str, rows: u64| FigureView {
        label: visit.t(key),
        value: Some(show::count_of(rows)),
        exact: rows.to_string(),
        unit: visit.t("home.unit_rows"),
        ..FigureView::default()
    };
    let key = versions
        .iter()
        .find(|version| version.number == to)
        .map(|version| version.key.clone())
        .unwrap_or_default();
    let how = if key.is_empty() {
        visit.t("compare.by_row")
    } else {
        let titles: Vec<String> = key
            .iter()
            .map(|name| column_title(visit, &dataset, name))
            .collect();
        visit.say("compare.by_key", &[("key", titles.join(", "))])
    };
    let view = Compare {
        dataset: Link::new(title.clone(), format!("/datasets/{id}")),
        sentence: visit.say(
            "compare.sentence",
            &[("from", from.to_string()), ("to", to.to_string())],
        ),
        figures: vec![
            figure("compare.added", difference.added),
            figure("compare.removed", difference.removed),
            figure("compare.changed", difference.changed),
        ],
        how,
        examples: rows(visit, &dataset, &key, &difference),
    };
    let crumbs = vec![
        Crumb::to(visit.t("frame.datasets"), "/datasets"),
        Crumb::to(title.clone(), format!("/datasets/{id}")),
        Crumb::here(visit.t("dataset.compare")),
    ];
    let data_url = address(
        &format!("/api/datasets/{id}/compare"),
        &[("from", &from.to_string()), ("to", &to.to_string())],
    );
    Ok(Page {
        title: visit.say("compare.title", &[("title", title)]),
        section: Section::Datasets,
        crumbs,
        data_url: Some(data_url),
        view,
    })
}

/// Cells told of a row that came or went, besides its key.
const CELLS_TOLD: usize = 6;

/// The rows that differ, as far as they are listed.
fn rows(
    visit: &Visit,
    dataset: &Dataset,
    key: &[String],
    difference: &Difference,
) -> Option<Table> {
    if difference.rows.is_empty() {
        return None;
    }
    let all = difference.added + difference.removed + difference.changed;
    let listed = u64::try_from(difference.rows.len()).unwrap_or_default();
    let values = [
        ("total", show::count_of(all)),
        ("shown", show::count_of(listed)),
    ];
    let row = |differing: &Differing| {
        let kind = match differing.kind {
            Kind::Added => "compare.added_one",
            Kind::Removed => "compare.removed_one",
            Kind::Changed => "compare.changed_one",
        };
        vec![
            Cell::text(name(differing, key)),
            Cell::text(visit.t(kind)),
            Cell::text(told(visit, dataset, key, differing)),
        ]
    };
    Some(Table {
        caption: visit.say("compare.caption", &values),
        heads: ["compare.row", "compare.what", "compare.values"]
            .map(|key| Head::text(visit.t(key)))
            .into(),
        rows: difference.rows.iter().map(row).collect(),
        plain: false,
    })
}

/// The cells of a row's key, or of its first columns where it has none.
fn name(differing: &Differing, key: &[String]) -> String {
    let cells = differing
        .cells
        .iter()
        .filter(|(name, _)| key.is_empty() || key.contains(name))
        .filter_map(|(_, cell)| cell.as_deref());
    let limit = if key.is_empty() { 2 } else { key.len() };
    cells.take(limit).collect::<Vec<_>>().join(" · ")
}

/// `주차구획수 80 → 81` of a changed row; of another what it says.
fn told(visit: &Visit, dataset: &Dataset, key: &[String], differing: &Differing) -> String {
    let shown = |cell: &Option<String>| {
        cell.clone()
            .unwrap_or_else(|| visit.t("dataset.unknown_cell"))
    };
    let title = |name: &str| column_title(visit, dataset, name);
    let parts: Vec<String> = if differing.kind == Kind::Changed {
        let changes = differing.changes.iter();
        changes
            .map(|(name, before, after)| {
                format!("{} {} → {}", title(name), shown(before), shown(after))
            })
            .collect()
    } else {
        let cells = differing
            .cells
            .iter()
            .filter(|(name, cell)| !key.contains(name) && cell.is_some());
        cells
            .take(CELLS_TOLD)
            .map(|(name, cell)| format!("{} {}", title(name), shown(cell)))
            .collect()
    };
    parts.join("; ")
}
