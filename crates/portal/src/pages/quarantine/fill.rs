//! The quarantined rows of a dataset from data.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{PutAside, Record};
use axum::extract::{Path, Query};
use axum::response::Response;
use city::Dataset;

use super::Quarantine;
use crate::facts::column_title;
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, CellKind, Head, Link, Pager, Table};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Rows on a page.
const PAGE: u64 = 50;

/// `GET /datasets/{id}/quarantine`.
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
) -> Result<Page<Quarantine>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let loads = reader.loads(id)?;
    let load = match asked.get("load") {
        Some(wanted) => loads.iter().find(|load| load.load_id == *wanted),
        None => loads.first(),
    };
    let (read, count) = load.map_or((0, 0), |load| (load.read, load.quarantined));
    let last_page = count.div_ceil(PAGE).max(1);
    let page = asked
        .get("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1_u64)
        .clamp(1, last_page);
    let path = format!("/datasets/{id}/quarantine");
    let load_id = load.map(|load| load.load_id.clone()).unwrap_or_default();
    let rows = if visit.is_operator() && count > 0 {
        let found = reader
            .quarantine(id, Some(&load_id), (page - 1) * PAGE, PAGE)
            .await?;
        Some(table(
            visit,
            &dataset,
            &load_id,
            (&found, (page - 1) * PAGE, count),
        ))
    } else {
        None
    };
    let chosen = asked.get("load").map(String::as_str).unwrap_or_default();
    let view = Quarantine {
        dataset: Link::new(title.clone(), format!("/datasets/{id}")),
        sentence: visit.say(
            "quarantine.sentence",
            &[
                ("read", show::count_of(read)),
                ("count", show::count_of(count)),
            ],
        ),
        reasons: load.and_then(|load| reasons(visit, &dataset, load)),
        pager: rows.as_ref().and_then(|_| {
            Pager::new(page, last_page, |number| {
                address(&path, &[("load", chosen), ("page", &number.to_string())])
            })
        }),
        rows,
    };
    let heading = visit.say("quarantine.title", &[("title", title.clone())]);
    let crumbs = vec![
        Crumb::to(visit.t("frame.datasets"), "/datasets"),
        Crumb::to(title, format!("/datasets/{id}")),
        Crumb::here(visit.t("dataset.quarantined_label")),
    ];
    Ok(Page {
        title: heading,
        section: Section::Datasets,
        crumbs,
        data_url: None,
        view,
    })
}

/// Reasons of a load with counts, most frequent first; nothing when there are none.
pub(crate) fn reasons(visit: &Visit, dataset: &Dataset, load: &Record) -> Option<Table> {
    let mut rows: Vec<(u64, Vec<Cell>)> = Vec::new();
    for check in load
        .report
        .get("checks")
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
    {
        let errors = check["errors"].as_u64().unwrap_or_default();
        let word = check["check"].as_str().unwrap_or_default();
        // A table that is late has no row at fault.
        if errors == 0 || word == "fresh-within" {
            continue;
        }
        let column = check["column"].as_str().map_or_else(
            || visit.t("dataset.whole_row"),
            |name| column_title(visit, dataset, name),
        );
        let diagnosed = check["diagnosed"].as_u64().unwrap_or_default();
        let cells = vec![
            Cell::text(column),
            Cell::text(visit.t(&format!("check.{word}"))),
            Cell::number(show::count_of(errors)),
            Cell::number(show::count_of(diagnosed)),
        ];
        rows.push((errors, cells));
    }
    if rows.is_empty() {
        return None;
    }
    rows.sort_by_key(|(errors, _)| std::cmp::Reverse(*errors));
    let count = show::count_of(u64::try_from(rows.len()).unwrap_or_default());
    Some(Table {
        caption: visit.say("dataset.quarantine_caption", &[("count", count)]),
        heads: vec![
            Head::text(visit.t("dataset.column")),
            Head::text(visit.t("dataset.reason")),
            Head::number(visit.t("dataset.count")),
            Head::number(visit.t("dataset.diagnosed")),
        ],
        rows: rows.into_iter().map(|(_, cells)| cells).collect(),
        plain: true,
    })
}

fn table(
    visit: &Visit,
    dataset: &Dataset,
    load_id: &str,
    (found, offset, total): (&[PutAside], u64, u64),
) -> Table {
    let row = |row: &PutAside| {
        let why = row.reasons.iter().map(|reason| {
            let column = reason
                .column
                .as_deref()
                .map(|name| format!("{}: ", column_title(visit, dataset, name)))
                .unwrap_or_default();
            format!("{column}{}", reason.why.text(visit.lang))
        });
        let path = address(
            &format!("/datasets/{}/quarantine/row", dataset.id),
            &[
                ("load", load_id),
                ("file", &row.file),
                ("row", &row.row.to_string()),
            ],
        );
        vec![
            Cell::of(CellKind::Moment, show::count(row.row)).leading_to(path),
            Cell::text(why.collect::<Vec<_>>().join("; ")),
            Cell::text(row.raw.join(" | ")),
            Cell::text(row.file.clone()),
        ]
    };
    let last = offset + u64::try_from(found.len()).unwrap_or_default();
    let values = [
        ("total", show::count_of(total)),
        ("first", show::count_of((offset + 1).min(last))),
        ("last", show::count_of(last)),
    ];
    Table {
        caption: visit.say("quarantine.rows_caption", &values),
        heads: [
            "quarantine.row",
            "quarantine.why",
            "quarantine.raw",
            "quarantine.file",
        ]
        .map(|key| Head::text(visit.t(key)))
        .into(),
        rows: found.iter().map(row).collect(),
        plain: true,
    }
}
