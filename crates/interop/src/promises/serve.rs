//! The ledger for programs: JSON, and a CSV file to take along.

use access::Purpose;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use city::promise::Promise;
use city::{Lang, PromiseId};
use measure::promise::sentence::sentence;
use measure::promise::{Finding, Standing};
use serde_json::{Value, json};

use super::enter::{entered_by, missing};
use super::{Books, Seen, Wanted, books, enter};
use crate::caller::Caller;
use crate::downloads::cell;
use crate::problem::Problem;
use crate::question::pairs;
use crate::state::AppState;

/// What a list of promises is cut to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Department, by id.
    pub department: Option<String>,
    /// Where it stands.
    pub standing: Option<Standing>,
}

impl Cut {
    /// Reads `department=…&state=…`; an empty value cuts nothing.
    ///
    /// # Errors
    /// When a parameter or a state is not known.
    pub fn read(query: &str) -> Result<Self, Problem> {
        let mut cut = Self::default();
        for (name, value) in pairs(query) {
            match name.as_str() {
                _ if value.is_empty() => (),
                "department" => cut.department = Some(value),
                "state" => {
                    let standing = Standing::of_word(&value).ok_or_else(|| {
                        let known = Standing::ALL.map(Standing::word).join(", ");
                        Problem::question(format!("state={value}: expected one of {known}"))
                    })?;
                    cut.standing = Some(standing);
                }
                _ => {
                    return Err(Problem::question(format!(
                        "no parameter is called {name}; there are department and state"
                    )));
                }
            }
        }
        Ok(cut)
    }

    /// The promises that are left, in the order of their ids.
    pub fn of<'b>(&self, books: &'b Books) -> Vec<(&'b Promise, Standing)> {
        let all = books.promises.values();
        all.map(|promise| (promise, books.standing(promise)))
            .filter(|(promise, standing)| {
                let own = promise.department.as_ref().map(city::DepartmentId::as_str);
                let of_department = self.department.as_deref().is_none_or(|id| own == Some(id));
                of_department && self.standing.is_none_or(|wanted| wanted == *standing)
            })
            .collect()
    }
}

/// A finding with its sentences.
pub fn finding_json(books: &Books, finding: &Finding) -> Value {
    let ledger = books.ledger();
    let mut told = json!(finding);
    if let Some(told) = told.as_object_mut() {
        told.insert("weight".to_owned(), json!(finding.what.weight()));
        let said = json!({
            "ko": sentence(finding, &ledger, Lang::Ko),
            "en": sentence(finding, &ledger, Lang::En),
        });
        told.insert("sentence".to_owned(), said);
    }
    told
}

/// `GET /api/promises`.
///
/// # Errors
/// When the question cannot be understood, or the records cannot be read.
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let cut = Cut::read(query.as_deref().unwrap_or_default())?;
    let reader = caller.reader(&state, Purpose::new("promises"));
    let books = books(Seen::by(&state, &caller, &reader), None).await?;
    let findings = books.findings();
    let promises = cut.of(&books).into_iter().map(|(promise, standing)| {
        let own = findings.get(&promise.id);
        let words: Vec<&str> = own
            .into_iter()
            .flatten()
            .map(|finding| finding.what.word())
            .collect();
        json!({
            "id": promise.id, "title": promise.title, "title-en": promise.title_en, "sentence": promise.sentence,
            "topic": promise.topic, "body": promise.body, "department": promise.department, "figure": promise.figure,
            "period": promise.period, "due": promise.due, "published": promise.source.date, "state": standing,
            "measure": promise.measure, "findings": words,
        })
    });
    let promises: Vec<Value> = promises.collect();
    let gone = books
        .gone
        .iter()
        .map(|gone| json!({"id": gone.id, "claim": gone.claim, "entered-on": gone.entered_on}));
    let gone: Vec<Value> = gone.collect();
    Ok(Json(
        json!({"as-of": books.today(), "promises": promises, "taken-away": gone}),
    ))
}

/// `GET /api/promises/{id}`.
///
/// # Errors
/// When there is none for this person.
pub(crate) async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("promise"));
    let books = books(Seen::by(&state, &caller, &reader), Some(&id)).await?;
    let promise = books
        .promises
        .get(id.as_str())
        .ok_or_else(|| missing(&id))?;
    let known = books.known.get(&promise.id);
    let findings = books.findings().remove(&promise.id).unwrap_or_default();
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| finding_json(&books, finding))
        .collect();
    let parts = books.promises.values();
    let parts = parts.filter(|other| other.part_of.as_ref() == Some(&promise.id));
    let parts: Vec<&PromiseId> = parts.map(|part| &part.id).collect();
    Ok(Json(json!({
        "as-of": books.today(), "promise": promise, "state": books.standing(promise), "parts": parts, "findings": findings,
        "values": known.map(|known| &known.points), "history": known.map(|known| &known.told),
        "claims": known.map(|known| &known.claims),
    })))
}

/// `POST /api/promises/{id}/entries`: `{"state": "under-way", "on": "2026-11-05", "text": "...", "value": 120}`.
///
/// # Errors
/// When the person does not answer for the promise, or the state cannot be so.
pub(crate) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    entered_by(&state.city, caller.person(), &id)?;
    let Json(wanted) = wanted.map_err(|rejection| Problem::question(rejection.body_text()))?;
    let at = (&*state.city, &*state.records);
    let entry = enter(at, caller.person(), &id, &wanted).await?;
    Ok(Json(json!({"promise": id, "entry": entry})))
}

/// `GET /promises.csv`.
///
/// # Errors
/// When the question cannot be understood, or the records cannot be read.
pub(crate) async fn file(
    State(state): State<AppState>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let cut = Cut::read(query.as_deref().unwrap_or_default())?;
    let reader = caller.reader(&state, Purpose::new("promises"));
    let books = books(Seen::by(&state, &caller, &reader), None).await?;
    let mut response = csv(&state, &books, &cut).into_response();
    let headers = response.headers_mut();
    for (name, text) in [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"promises.csv\"",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(text));
    }
    Ok(response)
}

const HEADS: [&str; 13] = [
    "id",
    "알린 곳",
    "주제",
    "제목",
    "문장",
    "수량",
    "단위",
    "기한",
    "담당 부서",
    "출처",
    "알린 날",
    "상태",
    "따져 본 것",
];

fn csv(state: &AppState, books: &Books, cut: &Cut) -> String {
    let findings = books.findings();
    let ledger = books.ledger();
    let mut out = "\u{feff}".to_owned();
    line(&mut out, HEADS.iter().map(|head| (*head, true)));
    for (promise, standing) in cut.of(books) {
        let said: Vec<String> = findings
            .get(&promise.id)
            .into_iter()
            .flatten()
            .map(|finding| sentence(finding, &ledger, Lang::Ko))
            .collect();
        let department = promise.department.as_ref();
        let department = department.and_then(|id| state.city.department(id));
        let value = promise.value().map(|value| value.to_string());
        let said = said.join(" ");
        let cells = [
            (promise.id.as_str(), true),
            (
                promise.body.as_deref().unwrap_or(&state.city.manifest.name),
                true,
            ),
            (promise.topic.as_deref().unwrap_or_default(), true),
            (promise.title.as_str(), true),
            (promise.sentence.as_str(), true),
            (value.as_deref().unwrap_or_default(), false),
            (promise.unit().unwrap_or_default(), true),
            (promise.due.as_ref().map_or("", |due| due.as_str()), true),
            (department.map_or("", |own| own.title.as_str()), true),
            (promise.source.document.as_deref().unwrap_or_default(), true),
            (
                promise
                    .source
                    .date
                    .as_ref()
                    .map_or("", |date| date.as_str()),
                true,
            ),
            (korean(standing), true),
            (said.as_str(), true),
        ];
        line(&mut out, cells.into_iter());
    }
    out
}

fn line<'c>(out: &mut String, cells: impl Iterator<Item = (&'c str, bool)>) {
    for (at, (text, is_text)) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        cell(out, text, is_text);
    }
    out.push_str("\r\n");
}

/// Where a promise stands, in Korean.
fn korean(standing: Standing) -> &'static str {
    match standing {
        Standing::Overdue => "기한 지남",
        Standing::Missed => "지키지 못함",
        Standing::UnderWay => "진행 중",
        Standing::Planned => "계획",
        Standing::Kept => "지킴",
        Standing::Withdrawn => "거둠·바뀜",
        Standing::Told => "알린 사실",
    }
}
