//! Reports of citizens, from data; and what is typed, kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Reported;
use axum::Form;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use city::Dataset;
use interop::api::repair::{Reporting, keep_report};
use interop::question::row_address;
use interop::repair::{NOTE_MAX, VALUE_MAX, shown_row};

use super::{ReportPage, ReportsPage, ValueView};
use crate::facts::column_title;
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, CellKind, Head, Link, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

type Words = BTreeMap<String, String>;

/// `GET /datasets/{id}/report?at=7&offset=12`: for anybody who sees the row.
pub async fn page(Path(id): Path<String>, visit: Visit, RawQuery(row): RawQuery) -> Response {
    visit.show(fill(&visit, &id, &row.unwrap_or_default(), None).await)
}

/// `POST /datasets/{id}/report?at=7&offset=12`.
pub async fn keep(
    Path(id): Path<String>,
    visit: Visit,
    RawQuery(row): RawQuery,
    Form(typed): Form<Words>,
) -> Response {
    let row = row.unwrap_or_default();
    let word = |name: &str| typed.get(name).map_or("", |word| word.trim()).to_owned();
    let said = Reporting {
        row: row.clone(),
        column: word("column"),
        says: Some(word("says")),
        note: word("note"),
    };
    let fault = if said.column.is_empty() {
        visit.t("report.choose")
    } else if word("says").is_empty() && said.note.is_empty() {
        visit.t("report.say_something")
    } else if word("says").chars().count() > VALUE_MAX || said.note.chars().count() > NOTE_MAX {
        visit.t("report.too_long")
    } else {
        match keep_report(visit.state(), &visit.reader(), &id, said).await {
            Ok(report) => {
                let path = format!("/datasets/{id}/reports/{}", report.id);
                return Redirect::to(&template::address(visit.lang, &path)).into_response();
            }
            Err(problem) if problem.status == 429 => visit.t("report.too_many"),
            Err(problem) => problem.detail_ko.unwrap_or(problem.detail),
        }
    };
    visit.show(fill(&visit, &id, &row, Some((&typed, fault))).await)
}

async fn fill(
    visit: &Visit,
    id: &str,
    row: &str,
    typed: Option<(&Words, String)>,
) -> Result<Page<ReportPage>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let (asked, cells) = shown_row(&reader, id, row).await.map_err(|problem| {
        PageError::Missing(
            problem.detail,
            vec![Link::new(title.clone(), format!("/datasets/{id}"))],
        )
    })?;
    let word = |name: &str| {
        let word = typed.as_ref().and_then(|(typed, _)| typed.get(name));
        word.cloned().unwrap_or_default()
    };
    let chosen = word("column");
    let value = |(column, value): (String, String)| {
        let known = dataset.column(&column)?;
        let is_shape = known.column_type == city::ColumnType::Geometry;
        (!is_shape).then(|| ValueView {
            title: column_title(visit, &dataset, &column),
            chosen: column == chosen,
            column,
            value,
        })
    };
    let view = ReportPage {
        dataset: Link::new(title.clone(), format!("/datasets/{id}")),
        address: format!("/datasets/{id}/report?{}", row_address(&asked)),
        values: cells.into_iter().filter_map(value).collect(),
        says: word("says"),
        note: word("note"),
        fault: typed.as_ref().map(|(_, fault)| fault.clone()),
    };
    Ok(Page {
        title: visit.say("report.title", &[("title", title.clone())]),
        section: Section::Datasets,
        crumbs: crumbs(visit, id, title, "report.title_short"),
        data_url: None,
        view,
    })
}

fn crumbs(visit: &Visit, id: &str, title: String, here: &str) -> Vec<Crumb> {
    vec![
        Crumb::to(visit.t("frame.datasets"), "/datasets"),
        Crumb::to(title, format!("/datasets/{id}")),
        Crumb::here(visit.t(here)),
    ]
}

/// `GET /datasets/{id}/reports`, for staff.
pub async fn list(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill_list(&visit, &id).await)
}

async fn fill_list(visit: &Visit, id: &str) -> Result<Page<ReportsPage>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    let mut all = Arc::unwrap_or_clone(reader.read_reports(id).await?);
    all.reverse();
    all.sort_by_key(|known| known.answer.is_some());
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let table = (!all.is_empty()).then(|| table(visit, &dataset, &all));
    Ok(Page {
        title: visit.say("report.list_title", &[("title", title.clone())]),
        section: Section::Datasets,
        crumbs: crumbs(visit, id, title.clone(), "report.list"),
        data_url: Some(format!("/api/datasets/{id}/reports")),
        view: ReportsPage {
            dataset: Link::new(title, format!("/datasets/{id}")),
            table,
        },
    })
}

fn table(visit: &Visit, dataset: &Dataset, all: &[Reported]) -> Table {
    let row = |known: &Reported| {
        let report = &known.report;
        let state = match &known.answer {
            None => "report.open",
            Some(answer) if answer.correction.is_some() => "report.corrected",
            Some(_) => "report.declined",
        };
        let path = format!("/datasets/{}/reports/{}", dataset.id, report.id);
        vec![
            Cell::of(CellKind::Moment, show::moment(report.at)).leading_to(path),
            Cell::text(column_title(visit, dataset, &report.column)),
            Cell::text(report.shown.clone()),
            Cell::text(report.says.clone().unwrap_or_default()),
            Cell::text(visit.t(state)),
        ]
    };
    let count = show::count_of(u64::try_from(all.len()).unwrap_or_default());
    Table {
        caption: visit.say("report.caption", &[("count", count)]),
        heads: [
            "report.when",
            "dataset.column",
            "report.shown",
            "report.says",
            "report.state",
        ]
        .map(|key| Head::text(visit.t(key)))
        .into(),
        rows: all.iter().map(row).collect(),
        plain: true,
    }
}
