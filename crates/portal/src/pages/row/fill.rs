//! One row that is looked at, from data; and what is typed, kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Reader, Reported, RightCells, SourceRow};
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use city::{Dataset, Reason, Why};
use interop::repair::{self, Looked, Refused};

use super::sentence::{sentence, why};
use super::{FieldView, FormView, ReportView, RowPage};
use crate::facts::column_title;
use crate::frame::{Crumb, Section};
use crate::parts::{Fact, Link};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

type Words = BTreeMap<String, String>;

/// `GET /datasets/{id}/quarantine/row`, for staff.
pub async fn page(Path(id): Path<String>, visit: Visit, Query(asked): Query<Words>) -> Response {
    visit.show(look(&visit, &id, &asked, None).await)
}

/// `POST /datasets/{id}/quarantine/row`, for staff.
pub async fn keep(
    Path(id): Path<String>,
    visit: Visit,
    Query(asked): Query<Words>,
    Form(typed): Form<Words>,
) -> Response {
    match kept(&visit, &id, &asked, &typed).await {
        Ok(None) => to(&visit, &format!("/datasets/{id}/corrections")),
        Ok(Some(faults)) => visit.show(look(&visit, &id, &asked, Some((&typed, faults))).await),
        Err(error) => visit.show::<RowPage>(Err(error)),
    }
}

fn to(visit: &Visit, path: &str) -> Response {
    Redirect::to(&template::address(visit.lang, path)).into_response()
}

async fn kept(
    visit: &Visit,
    id: &str,
    asked: &Words,
    typed: &Words,
) -> Result<Option<Vec<String>>, PageError> {
    let reader = visit.reader();
    let (dataset, looked) = looked(visit, &reader, id, asked).await?;
    save(visit, &reader, (&dataset, &looked), typed, None).await
}

/// Keeps what was typed; what is wrong with it, where it was not kept.
async fn save(
    visit: &Visit,
    reader: &Reader,
    (dataset, looked): (&Dataset, &Looked),
    typed: &Words,
    report: Option<String>,
) -> Result<Option<Vec<String>>, PageError> {
    let said = typed.get("why").map_or("", |why| why.trim());
    if said.is_empty() {
        return Ok(Some(vec![visit.t("row.why_missing")]));
    }
    let leaves_out = typed.get("do").is_some_and(|word| word == "leave-out");
    let right = (!leaves_out).then(|| cells(&looked.source, typed));
    let state = visit.state();
    match repair::correct(
        state,
        reader,
        dataset,
        looked,
        (right.as_ref(), said),
        report,
    )
    .await
    {
        Ok(_) => Ok(None),
        Err(Refused::Words(_)) if right.is_some() && is_unchanged(&looked.source, typed) => {
            Ok(Some(vec![visit.t("row.nothing_changed")]))
        }
        Err(Refused::Words(what)) => Ok(Some(vec![what])),
        Err(Refused::Reasons(reasons)) => {
            let told = reasons.iter().map(|reason| told(visit, dataset, reason));
            Ok(Some(told.collect()))
        }
        Err(Refused::Problem(problem)) => Err(problem_error(visit, problem)),
    }
}

fn problem_error(visit: &Visit, problem: interop::Problem) -> PageError {
    match problem.status {
        404 => PageError::Missing(
            problem.detail,
            vec![Link::new(visit.t("frame.datasets"), "/datasets")],
        ),
        _ => PageError::Broken(problem.detail),
    }
}

fn told(visit: &Visit, dataset: &Dataset, reason: &Reason) -> String {
    let why = why(visit, dataset, reason);
    match &reason.column {
        Some(column) => format!("{}: {why}", column_title(visit, dataset, column)),
        None => why,
    }
}

/// What was typed, by source column.
fn cells(source: &SourceRow, typed: &Words) -> RightCells {
    let cells = source
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, column)| {
            let cell = typed.get(&format!("cell.{at}"))?;
            Some((column.clone(), cell.trim().to_owned()))
        });
    cells.collect()
}

fn is_unchanged(source: &SourceRow, typed: &Words) -> bool {
    let right = cells(source, typed);
    let own = source.columns.iter().zip(&source.cells);
    source.columns.len() == source.cells.len()
        && own.into_iter().all(|(column, cell)| {
            right
                .get(column)
                .is_none_or(|typed| typed.as_str() == cell.trim())
        })
}

/// The row that the address means.
async fn looked(
    visit: &Visit,
    reader: &Reader,
    id: &str,
    asked: &Words,
) -> Result<(Arc<Dataset>, Looked), PageError> {
    let dataset = Arc::clone(reader.asked(id)?);
    reader.staff_only(id)?;
    let word = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let row = word("row").parse().unwrap_or_default();
    let looked = repair::put_aside(reader, id, word("load"), (word("file"), row)).await;
    let looked = looked.map_err(|problem| problem_error(visit, problem))?;
    Ok((dataset, looked))
}

async fn look(
    visit: &Visit,
    id: &str,
    asked: &Words,
    typed: Option<(&Words, Vec<String>)>,
) -> Result<Page<RowPage>, PageError> {
    let reader = visit.reader();
    let (dataset, looked) = looked(visit, &reader, id, asked).await?;
    let (title, back) = (
        title(visit, &dataset),
        Link::new(
            visit.t("dataset.quarantined_label"),
            format!("/datasets/{id}/quarantine"),
        ),
    );
    let form_address = address(
        &format!("/datasets/{id}/quarantine/row"),
        &[
            ("load", &looked.from.load_id),
            ("file", &looked.from.file),
            ("row", &looked.from.row.to_string()),
        ],
    );
    let (typed, faults) = match typed {
        Some((typed, faults)) => (Some(typed), faults),
        None => (None, Vec::new()),
    };
    let row = looked.from.row;
    let sentences = looked.reasons.iter();
    let view = RowPage {
        heading: visit.say(
            "row.title",
            &[("title", title.clone()), ("row", row.to_string())],
        ),
        dataset: Link::new(title.clone(), format!("/datasets/{id}")),
        back: back.clone(),
        sentences: sentences
            .map(|reason| sentence(visit, &dataset, row, reason))
            .collect(),
        facts: place(visit, &looked),
        report: None,
        faults,
        form: Some(form(visit, &dataset, &looked, typed, form_address)),
        done: None,
    };
    Ok(Page {
        title: view.heading.clone(),
        section: Section::Datasets,
        crumbs: vec![
            Crumb::to(visit.t("frame.datasets"), "/datasets"),
            Crumb::to(title, format!("/datasets/{id}")),
            Crumb::to(back.title, back.path),
            Crumb::here(visit.say("row.crumb", &[("row", row.to_string())])),
        ],
        data_url: None,
        view,
    })
}

fn title(visit: &Visit, dataset: &Dataset) -> String {
    visit.title(&dataset.title, dataset.title_en.as_deref())
}

fn place(visit: &Visit, looked: &Looked) -> Vec<Fact> {
    vec![
        Fact::new(visit.t("quarantine.file"), looked.from.file.clone()),
        Fact::new(visit.t("quarantine.row"), looked.from.row.to_string()),
    ]
}

/// The row as a form: cells at fault first, as typed before or as they came.
fn form(
    visit: &Visit,
    dataset: &Dataset,
    looked: &Looked,
    typed: Option<&Words>,
    address: String,
) -> FormView {
    let source = &looked.source;
    let came_apart = source.cells.len() != source.columns.len();
    let field = |(at, name): (usize, &String)| {
        let column = dataset
            .columns
            .iter()
            .find(|column| column.source_name() == name);
        let own = looked
            .reasons
            .iter()
            .find(|reason| column.is_some_and(|column| is_about(dataset, reason, &column.name)));
        let label_of = |column: &city::Column| {
            let title = visit.title(&column.title, column.title_en.as_deref());
            if title == *name {
                title
            } else {
                format!("{title} ({name})")
            }
        };
        let field = format!("cell.{at}");
        let came = source.cells.get(at).cloned().unwrap_or_default();
        let value = typed.and_then(|typed| typed.get(&field)).cloned();
        FieldView {
            label: column.map_or_else(|| name.clone(), label_of),
            value: value.unwrap_or(came),
            fault: own.map(|reason| why(visit, dataset, reason)),
            name: field,
        }
    };
    let fields = source.columns.iter().enumerate().map(field);
    let (wrong, others): (Vec<_>, Vec<_>) =
        fields.partition(|field| field.fault.is_some() || came_apart);
    FormView {
        address,
        wrong,
        others,
        why: typed
            .and_then(|typed| typed.get("why"))
            .cloned()
            .unwrap_or_default(),
        answers: false,
        can_leave_out: true,
    }
}

/// Whether a reason is about a column: it names it, alone or among others, or it is about the place.
fn is_about(dataset: &Dataset, reason: &Reason, column: &str) -> bool {
    if let Some(own) = &reason.column {
        return own == column;
    }
    if matches!(reason.why, Why::Inside { .. } | Why::Place { .. }) {
        let place = dataset.place.iter();
        let mut axes = place.flat_map(|place| [&place.x, &place.y]);
        return axes.any(|axis| axis.as_deref() == Some(column));
    }
    let told = serde_json::to_value(&reason.why).unwrap_or_default();
    names(&told).contains(&column)
}

/// The texts of a reason: names of columns are among them.
fn names(told: &serde_json::Value) -> Vec<&str> {
    match told {
        serde_json::Value::String(text) => vec![text],
        serde_json::Value::Array(all) => all.iter().flat_map(names).collect(),
        serde_json::Value::Object(all) => all.values().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

/// `GET /datasets/{id}/reports/{report}`: what became of a report; for staff, the row and what can be done.
pub async fn reported(Path((id, report)): Path<(String, String)>, visit: Visit) -> Response {
    visit.show(look_reported(&visit, &id, &report, None).await)
}

/// `POST /datasets/{id}/reports/{report}`: staff answer.
pub async fn keep_reported(
    Path((id, report)): Path<(String, String)>,
    visit: Visit,
    Form(typed): Form<Words>,
) -> Response {
    match kept_reported(&visit, &id, &report, &typed).await {
        Ok(None) => to(&visit, &format!("/datasets/{id}/reports/{report}")),
        Ok(Some(faults)) => {
            let typed = Some((&typed, faults));
            visit.show(look_reported(&visit, &id, &report, typed).await)
        }
        Err(error) => visit.show::<RowPage>(Err(error)),
    }
}

async fn kept_reported(
    visit: &Visit,
    id: &str,
    report: &str,
    typed: &Words,
) -> Result<Option<Vec<String>>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    let known = of_staff(visit, &reader, id, report)?;
    let text = typed.get("why").map_or("", |text| text.trim());
    if text.is_empty() {
        return Ok(Some(vec![visit.t("row.why_missing")]));
    }
    let declines = typed.get("do").is_some_and(|word| word == "decline");
    if declines {
        reader.answer_report(id, report, text, None).await?;
        return Ok(None);
    }
    let looked = repair::reported_row(visit.state(), &reader, &dataset, &known.report)
        .await
        .map_err(|problem| problem_error(visit, problem))?;
    let row = (&*dataset, &looked);
    let faults = save(visit, &reader, row, typed, Some(report.to_owned())).await?;
    if faults.is_some() {
        return Ok(faults);
    }
    let made = reader.corrections(id)?;
    let mut newest_first = made.iter().rev().map(|standing| &standing.correction);
    let made = newest_first.find(|correction| correction.report.as_deref() == Some(report));
    let made = made.map(|correction| correction.id.clone());
    reader.answer_report(id, report, text, made).await?;
    Ok(None)
}

fn of_staff(visit: &Visit, reader: &Reader, id: &str, report: &str) -> Result<Reported, PageError> {
    let missing = || no_report(visit, id);
    let all = reader.reports(id)?;
    let found = all.iter().find(|known| known.report.id == report);
    found.cloned().ok_or_else(missing)
}

fn no_report(visit: &Visit, id: &str) -> PageError {
    PageError::Missing(
        visit.t("report.missing"),
        vec![Link::new(
            visit.t("frame.datasets"),
            format!("/datasets/{id}"),
        )],
    )
}

async fn look_reported(
    visit: &Visit,
    id: &str,
    report: &str,
    typed: Option<(&Words, Vec<String>)>,
) -> Result<Page<RowPage>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    let title = title(visit, &dataset);
    let known = if visit.is_operator() {
        of_staff(visit, &reader, id, report)?
    } else {
        reader
            .receipt(id, report)?
            .ok_or_else(|| no_report(visit, id))?
    };
    let heading = visit.say("report.status_title", &[("title", title.clone())]);
    let mut view = RowPage {
        heading: heading.clone(),
        dataset: Link::new(title.clone(), format!("/datasets/{id}")),
        back: Link::new(title.clone(), format!("/datasets/{id}")),
        sentences: Vec::new(),
        facts: Vec::new(),
        report: Some(view_of(visit, &dataset, &known)),
        faults: Vec::new(),
        form: None,
        done: None,
    };
    if visit.is_operator() && known.answer.is_none() {
        offer(visit, &reader, (&dataset, &known), typed, &mut view).await;
    }
    Ok(Page {
        title: heading,
        section: Section::Datasets,
        crumbs: vec![
            Crumb::to(visit.t("frame.datasets"), "/datasets"),
            Crumb::to(title, format!("/datasets/{id}")),
            Crumb::here(visit.t("report.status_crumb")),
        ],
        data_url: None,
        view,
    })
}

/// Offers staff the row as its source has it; where it cannot be found, only an answer.
async fn offer(
    visit: &Visit,
    reader: &Reader,
    (dataset, known): (&Dataset, &Reported),
    typed: Option<(&Words, Vec<String>)>,
    view: &mut RowPage,
) {
    let (typed, faults) = match typed {
        Some((typed, faults)) => (Some(typed), faults),
        None => (None, Vec::new()),
    };
    view.faults = faults;
    let address = format!("/datasets/{}/reports/{}", dataset.id, known.report.id);
    let looked = repair::reported_row(visit.state(), reader, dataset, &known.report).await;
    let mut form = match &looked {
        Ok(looked) => {
            view.facts = place(visit, looked);
            form(visit, dataset, looked, typed, address)
        }
        Err(problem) => {
            view.faults.push(problem.detail.clone());
            FormView {
                address,
                wrong: Vec::new(),
                others: Vec::new(),
                why: String::new(),
                answers: true,
                can_leave_out: false,
            }
        }
    };
    let source = dataset
        .column(&known.report.column)
        .map(city::Column::source_name);
    let place = looked.as_ref().ok().and_then(|looked| {
        let mut names = looked.source.columns.iter();
        names.position(|name| Some(name.as_str()) == source)
    });
    if let Some(place) = place {
        let name = format!("cell.{place}");
        let (reported, others): (Vec<_>, Vec<_>) = form
            .others
            .into_iter()
            .partition(|field| field.name == name);
        form.wrong.extend(reported);
        form.others = others;
        if let (Some(field), Some(says), None) = (
            form.wrong.iter_mut().find(|field| field.name == name),
            &known.report.says,
            typed,
        ) {
            field.fault = Some(visit.say("report.was", &[("value", field.value.clone())]));
            field.value.clone_from(says);
        }
    }
    form.answers = true;
    view.form = Some(form);
}

fn view_of(visit: &Visit, dataset: &Dataset, known: &Reported) -> ReportView {
    let report = &known.report;
    let mut facts = vec![
        Fact::new(visit.t("report.receipt"), report.id.clone()),
        Fact::new(visit.t("report.when"), show::moment(report.at)),
        Fact::new(
            visit.t("dataset.column"),
            column_title(visit, dataset, &report.column),
        ),
    ];
    if visit.is_operator() {
        facts.push(Fact::new(visit.t("report.shown"), report.shown.clone()));
        if let Some(says) = &report.says {
            facts.push(Fact::new(visit.t("report.says"), says.clone()));
        }
    }
    let state = match &known.answer {
        None => visit.t("report.open"),
        Some(answer) if answer.correction.is_some() => visit.t("report.corrected"),
        Some(_) => visit.t("report.declined"),
    };
    facts.push(Fact::new(visit.t("report.state"), state));
    ReportView {
        facts,
        note: Some(report.note.clone()).filter(|note| !note.is_empty()),
        answer: known.answer.as_ref().map(|answer| answer.text.clone()),
    }
}
