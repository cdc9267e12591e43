//! Corrections and reports for programs.

use std::collections::BTreeMap;

use access::{Person, Purpose, Remedy, Report, Standing};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::repair::{self, NOTE_MAX, Refused, VALUE_MAX};
use crate::state::AppState;

/// `GET /api/datasets/{id}/corrections`: what staff put right, oldest first, and what came of it in the newest load.
///
/// # Errors
/// When somebody else asks, or there is no such dataset.
pub async fn corrections(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require_operator()?;
    let reader = caller.reader(&state, Purpose::new("corrections"));
    let loads = reader.loads(&id)?;
    let one = |standing: &Standing| {
        let correction = &standing.correction;
        let load = loads
            .iter()
            .find(|load| load.corrections.contains_key(&correction.id));
        json!({
            "id": correction.id,
            "at": correction.at,
            "who": correction.who,
            "why": correction.why,
            "from": correction.from,
            "remedy": remedy(&correction.remedy),
            "report": correction.report,
            "came": load.and_then(|load| load.corrections.get(&correction.id)),
            "version": load.map(|load| load.number),
            "withdrawn": standing.withdrawn,
        })
    };
    let all = reader.read_corrections(&id).await?;
    Ok(Json(json!({
        "dataset": id,
        "corrections": all.iter().map(one).collect::<Vec<_>>(),
    })))
}

fn remedy(remedy: &Remedy) -> Value {
    serde_json::to_value(remedy).unwrap_or_default()
}

/// Body of a correction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The load that put the row aside.
    load: String,
    /// The file.
    file: String,
    /// The row's number in it.
    row: i64,
    /// What is right, by source column; absent: the row is left out of the table.
    right: Option<BTreeMap<String, String>>,
    /// Why.
    why: String,
}

/// `POST /api/datasets/{id}/corrections`: a quarantined row put right. It is loaded within a minute.
///
/// # Errors
/// When somebody else asks, no such row was put aside, or it would be again.
pub async fn correct(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Response, Problem> {
    caller.require_operator()?;
    let Json(wanted) = wanted.map_err(|rejection| worded(&rejection))?;
    let why = wanted.why.trim();
    if why.is_empty() {
        return Err(Problem::question("say why (`why`), for whoever asks later"));
    }
    let reader = caller.reader(&state, Purpose::new("correct a row"));
    let dataset = std::sync::Arc::clone(reader.asked(&id)?);
    let row = (wanted.file.as_str(), wanted.row);
    let looked = repair::put_aside(&reader, &id, &wanted.load, row).await?;
    let said = (wanted.right.as_ref(), why);
    match repair::correct(&state, &reader, &dataset, &looked, said, None).await {
        Ok(correction) => Ok((
            StatusCode::CREATED,
            Json(json!({"dataset": id, "id": correction.id, "at": correction.at})),
        )
            .into_response()),
        Err(Refused::Problem(problem)) => Err(problem),
        Err(Refused::Words(what)) => Err(Problem::question(what)),
        Err(Refused::Reasons(reasons)) => {
            let told = reasons.iter().map(|reason| {
                let column = reason.column.as_deref().unwrap_or("the row");
                format!("{column}: {}", reason.why.text(city::Lang::En))
            });
            let told: Vec<String> = told.collect();
            Err(Problem::question(format!(
                "the row would be quarantined as you say it: {}",
                told.join("; ")
            )))
        }
    }
}

/// What is wrong with a body.
fn worded(rejection: &JsonRejection) -> Problem {
    Problem::question(rejection.body_text())
}

/// Body of a withdrawal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    why: String,
}

/// `POST /api/datasets/{id}/corrections/{correction}/withdraw`: taken back; the next load does without it.
///
/// # Errors
/// When somebody else asks, or there is no such correction.
pub async fn withdraw(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, correction)): Path<(String, String)>,
    why: Result<Json<Why>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    caller.require_operator()?;
    let Json(Why { why }) = why.map_err(|rejection| worded(&rejection))?;
    let reader = caller.reader(&state, Purpose::new("withdraw a correction"));
    let known = reader.corrections(&id)?;
    if !known.iter().any(|one| one.correction.id == correction) {
        return Err(Problem::not_found(format!(
            "'{id}' has no correction {correction}"
        )));
    }
    let withdrawal = reader.withdraw(&id, &correction, why.trim()).await?;
    Ok(Json(
        json!({"dataset": id, "id": correction, "withdrawn": withdrawal}),
    ))
}

/// Body of a report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The question that gives the row: `at=7&offset=12`, with filters and order as `/rows` takes them.
    row: String,
    /// The column that is wrong.
    column: String,
    /// What should stand there.
    #[serde(default)]
    says: Option<String>,
    /// How you know.
    #[serde(default)]
    note: String,
}

/// `POST /api/datasets/{id}/reports`: a value of an open dataset is wrong. Anybody may say so, ten times an hour.
///
/// # Errors
/// When there is no such row or column, or too much was said.
pub async fn report(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    said: Result<Json<Said>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(said) = said.map_err(|rejection| worded(&rejection))?;
    let reader = caller.reader(&state, Purpose::new("report a value"));
    let said = Reporting {
        row: said.row,
        column: said.column,
        says: said.says,
        note: said.note,
    };
    let report = keep_report(&state, &reader, &id, said).await?;
    Ok((
        StatusCode::CREATED,
        Json(json!({"dataset": id, "receipt": report.id, "at": report.at})),
    )
        .into_response())
}

/// What somebody says is wrong.
#[derive(Clone, Debug, Default)]
pub struct Reporting {
    /// The question that gives the row.
    pub row: String,
    /// The column.
    pub column: String,
    /// What should stand there.
    pub says: Option<String>,
    /// How the person knows.
    pub note: String,
}

/// Keeps a report, if its writer may write.
///
/// # Errors
/// When there is no such row or column, or too much was said.
pub async fn keep_report(
    state: &AppState,
    reader: &access::Reader,
    id: &str,
    said: Reporting,
) -> Result<Report, Problem> {
    let says = said.says.map(|says| says.trim().to_owned());
    let says = says.filter(|says| !says.is_empty());
    let note = said.note.trim().to_owned();
    let too_long = note.chars().count() > NOTE_MAX
        || says
            .as_ref()
            .is_some_and(|says| says.chars().count() > VALUE_MAX);
    if too_long {
        return Err(Problem::question(format!(
            "at most {VALUE_MAX} letters of a value and {NOTE_MAX} of a note"
        )));
    }
    if says.is_none() && note.is_empty() {
        return Err(Problem::question(
            "say what should stand there (`says`), or how you know that it is wrong (`note`)",
        ));
    }
    let (asked, cells) = repair::shown_row(reader, id, &said.row).await?;
    let shown = cells.into_iter().find(|(name, _)| *name == said.column);
    let Some((_, shown)) = shown else {
        return Err(Problem::question(format!(
            "the row has no column {}",
            said.column
        )));
    };
    if !state
        .limits
        .take(&writer(reader), state.records.clock().now())
    {
        return Err(Problem::too_many(
            "ten reports an hour are taken from one address; try again later",
        ));
    }
    let report = Report {
        id: String::new(),
        at: state.records.clock().now(),
        row: crate::question::row_address(&asked),
        column: said.column,
        shown,
        says,
        note,
    };
    Ok(reader.report(id, report).await?)
}

/// Whose reports are counted together: those from one address, or by one of the staff.
fn writer(reader: &access::Reader) -> String {
    match reader.person() {
        Person::Public { from } => from.clone().unwrap_or_default(),
        Person::Operator { name, .. } => format!("staff {name}"),
        Person::Staff(staff) => format!("staff {}", staff.name),
    }
}

/// `GET /api/datasets/{id}/reports`: what citizens say is wrong, oldest first.
///
/// # Errors
/// When somebody else asks, or there is no such dataset.
pub async fn reports(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require_operator()?;
    let reader = caller.reader(&state, Purpose::new("reports"));
    let all = reader.read_reports(&id).await?;
    let one =
        |reported: &access::Reported| json!({"report": reported.report, "answer": reported.answer});
    Ok(Json(json!({
        "dataset": id,
        "reports": all.iter().map(one).collect::<Vec<_>>(),
    })))
}

/// `GET /api/datasets/{id}/reports/{report}`: what became of a report, for whoever has its receipt.
///
/// # Errors
/// When there is no such report.
pub async fn receipt(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, report)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("receipt of a report"));
    let found = reader
        .receipt(&id, &report)?
        .ok_or_else(|| Problem::not_found(format!("there is no report {report}")))?;
    let answer = found.answer.map(|answer| {
        json!({"at": answer.at, "text": answer.text, "corrected": answer.correction.is_some()})
    });
    Ok(Json(json!({
        "dataset": id,
        "receipt": report,
        "at": found.report.at,
        "column": found.report.column,
        "answer": answer,
    })))
}
