//! Where columns come from, from the plan of the question and the records of loads.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use access::lineage::{ColumnLineage, DatasetLineage, How, Origin, Use, User, Way};
use access::{AskError, At, Reader, Record};
use axum::extract::Path;
use axum::response::Response;
use city::{Dataset, DatasetId};

use super::LineagePage;
use crate::facts::{column_title, field_title, size, word};
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, CellKind, Head, Link, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /datasets/{id}/lineage`.
pub async fn page(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id).await)
}

async fn fill(visit: &Visit, id: &str) -> Result<Page<LineagePage>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    let version = reader.version(id, &At::Latest)?;
    let lineage = reader.lineage_of(id, &version).await?;
    let uses = reader.uses(id).await?;
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let path = format!("/datasets/{id}");
    let view = LineagePage {
        title: visit.say("lineage.title", &[("title", title.clone())]),
        sentence: sentence(visit, &lineage),
        cut: lineage.is_cut.then(|| visit.t("lineage.cut")),
        columns: columns(visit, &dataset, &lineage),
        rows: rows(visit, &lineage),
        sources: sources(visit, &reader, version)?,
        uses: (!uses.is_empty()).then(|| used(visit, &dataset, &uses)),
        back: Link::new(
            visit.say("quarantine.back", &[("title", title.clone())]),
            path.clone(),
        ),
    };
    Ok(Page {
        title: view.title.clone(),
        section: Section::Datasets,
        crumbs: vec![
            Crumb::to(visit.t("frame.datasets"), "/datasets"),
            Crumb::to(
                field_title(visit, &dataset),
                format!("/fields/{}", dataset.field),
            ),
            Crumb::to(title, path),
            Crumb::here(visit.t("lineage.crumb")),
        ],
        data_url: Some(format!("/api/datasets/{id}/lineage")),
        view,
    })
}

fn count(number: usize) -> String {
    show::count_of(u64::try_from(number).unwrap_or_default())
}

fn sentence(visit: &Visit, lineage: &DatasetLineage) -> String {
    let version = ("version", lineage.version.to_string());
    if lineage.inputs.is_empty() {
        return visit.say("lineage.from_source", &[version]);
    }
    let inputs = ("count", count(lineage.inputs.len()));
    visit.say("lineage.from_others", &[version, inputs])
}

/// `공영주차장의 주차면수`, or its rows.
fn place(visit: &Visit, origin: &Origin) -> String {
    let city = visit.city();
    let Some(dataset) = city.datasets.get(&origin.dataset) else {
        return origin.dataset.to_string();
    };
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    match &origin.column {
        Some(column) => visit.say(
            "lineage.column_of",
            &[
                ("dataset", title),
                ("column", column_title(visit, dataset, column)),
            ],
        ),
        None => visit.say("lineage.rows_of", &[("dataset", title)]),
    }
}

fn columns(visit: &Visit, dataset: &Dataset, lineage: &DatasetLineage) -> Table {
    let how = |how: &How| visit.t(&format!("lineage.{}", word(how)));
    let row = |column: &ColumnLineage| {
        let places = column.from.iter().map(|(origin, _)| place(visit, origin));
        let read = column
            .source
            .iter()
            .map(|name| visit.say("lineage.read_from", &[("name", name.clone())]));
        let from: Vec<String> = places.chain(read).collect();
        let ways: BTreeSet<How> = column.from.iter().map(|(_, how)| *how).collect();
        let ways: Vec<String> = ways.iter().map(how).collect();
        let (from, ways) = match (from.is_empty(), column.source.is_empty()) {
            (true, _) => (visit.t("lineage.constant"), String::new()),
            (false, true) => (from.join(", "), ways.join(", ")),
            (false, false) => (from.join(", "), visit.t("lineage.read")),
        };
        vec![
            Cell::text(column_title(visit, dataset, &column.column)),
            Cell::text(from),
            Cell::text(ways),
        ]
    };
    Table {
        caption: visit.say(
            "dataset.columns_caption",
            &[("count", count(lineage.columns.len()))],
        ),
        heads: ["lineage.column", "lineage.from", "lineage.how"]
            .map(|key| Head::text(visit.t(key)))
            .into(),
        rows: lineage.columns.iter().map(row).collect(),
        plain: true,
    }
}

/// One line a way, with all columns that decide in that way.
fn rows(visit: &Visit, lineage: &DatasetLineage) -> Vec<String> {
    let mut ways: BTreeMap<Way, Vec<String>> = BTreeMap::new();
    for (origin, way) in &lineage.rows {
        ways.entry(*way).or_default().push(place(visit, origin));
    }
    ways.into_iter()
        .map(|(way, places)| {
            let key = format!("lineage.by_{}", word(&way));
            visit.say(&key, &[("columns", places.join(", "))])
        })
        .collect()
}

/// The files of the version and of all it was derived from, as far as this person may see.
fn sources(visit: &Visit, reader: &Reader, version: Arc<Record>) -> Result<Table, AskError> {
    let mut next = VecDeque::from([version]);
    let mut seen: BTreeSet<(DatasetId, i64)> = BTreeSet::new();
    let mut rows = Vec::new();
    while let Some(version) = next.pop_front() {
        if !seen.insert((version.dataset.clone(), version.number)) {
            continue;
        }
        let Ok(dataset) = reader.dataset(&version.dataset) else {
            continue;
        };
        let title = visit.title(&dataset.title, dataset.title_en.as_deref());
        for source in &version.sources {
            rows.push(vec![
                Cell::text(title.clone()).leading_to(format!("/datasets/{}", dataset.id)),
                Cell::number(version.number.to_string()),
                Cell::text(source.name.clone()),
                Cell::number(size(source.bytes)),
                Cell::of(CellKind::Hash, source.sha256.clone()),
            ]);
        }
        for (id, number) in &version.inputs {
            match reader.version(id, &At::Version(*number)) {
                Ok(version) => next.push_back(version),
                Err(AskError::Denied(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Table {
        caption: visit.say("lineage.sources_caption", &[("count", count(rows.len()))]),
        heads: vec![
            Head::text(visit.t("lineage.dataset")),
            Head::number(visit.t("dataset.version")),
            Head::text(visit.t("dataset.source_name")),
            Head::number(visit.t("dataset.source_bytes")),
            Head::text(visit.t("dataset.source_hash")),
        ],
        rows,
        plain: true,
    })
}

fn used(visit: &Visit, dataset: &Dataset, uses: &[Use]) -> Table {
    let row = |one: &Use| {
        let path = match one.user {
            User::Dataset | User::Reference => format!("/datasets/{}", one.id),
            User::Measure => format!("/measures/{}", one.id),
            User::Board => format!("/boards/{}", one.id),
        };
        let own = |name: &String| {
            if name == access::lineage::ROWS {
                visit.t("lineage.all_rows")
            } else {
                column_title(visit, dataset, name)
            }
        };
        // Through another dataset the columns are that one's.
        let columns: Vec<String> = match &one.through {
            None => one.columns.keys().map(own).collect(),
            Some(_) => one.columns.keys().cloned().collect(),
        };
        let through = one.through.as_ref().map_or_else(String::new, |id| {
            visit.say("lineage.through", &[("dataset", id.to_string())])
        });
        vec![
            Cell::text(one.title.clone()).leading_to(path),
            Cell::text(format!(
                "{}{through}",
                visit.t(&format!("lineage.user_{}", word(&one.user)))
            )),
            Cell::text(columns.join(", ")),
        ]
    };
    Table {
        caption: visit.say("lineage.uses_caption", &[("count", count(uses.len()))]),
        heads: ["lineage.what", "lineage.kind", "lineage.which"]
            .map(|key| Head::text(visit.t(key)))
            .into(),
        rows: uses.iter().map(row).collect(),
        plain: true,
    }
}
