//! Measures: a figure with its receipt, history and parts.

use access::Purpose;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use city::{Measure, Period};
use measure::{Asked, Told};
use serde_json::{Value, json};

use super::receipts::keep;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::question::{at, pairs};
use crate::state::AppState;

/// What is read for figures, in the access log.
pub const PURPOSE: &str = "measure";
/// Most dimensions that narrow one figure.
const EQUALS_MAX: usize = 16;

/// `GET /api/measures`.
pub async fn all(State(state): State<AppState>) -> Json<Value> {
    let measures = state.city.measures.values().map(|measure| {
        json!({"id": measure.id, "title": measure.title, "title_en": measure.title_en, "question": measure.question, "unit": measure.unit, "unit_en": measure.unit_en, "dataset": measure.dataset, "dimensions": measure.dimensions})
    });
    Json(json!({"measures": measures.collect::<Vec<_>>()}))
}

/// What an address asks of a measure.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// As of when, of which period and part.
    pub asked: Asked,
    /// By which dimensions; all when empty.
    pub by: Vec<String>,
}

/// Reads `by=`, `at=`, `period=` and `where=dimension=value`; parameters in `also` are somebody else's.
///
/// # Errors
/// When a parameter is not known or does not have its form.
pub fn question(query: &str, also: &[&str]) -> Result<Question, Problem> {
    let mut question = Question::default();
    for (name, value) in pairs(query) {
        match name.as_str() {
            "by" => question.by.extend(
                value
                    .split(',')
                    .filter(|by| !by.is_empty())
                    .map(str::to_owned),
            ),
            "at" | "version" => question.asked.at = at(&value)?,
            "period" | "where" if value.is_empty() => {}
            "period" => {
                let period = Period::parse(&value);
                question.asked.period = Some(period.ok_or_else(|| {
                    Problem::question(format!(
                        "period={value}: expected 2026, 2026-11, 2026-11-05 or two of them with .. between"
                    ))
                    .in_korean(format!("기간 ‘{value}’을 읽을 수 없습니다. 2026, 2026-11, 2026-11-05처럼 쓰거나 두 때를 ..으로 이어 써 주십시오."))
                })?);
            }
            "where" => {
                let pair = value.split_once('=').ok_or_else(|| {
                    Problem::question("where: expected dimension=value".to_owned())
                        .in_korean("where에는 구분=값을 써 주십시오.")
                })?;
                question
                    .asked
                    .equals
                    .push((pair.0.to_owned(), pair.1.to_owned()));
            }
            other if also.contains(&other) => {}
            other => {
                return Err(Problem::question(format!(
                    "no parameter is called {other}; there are by, at, period, where"
                ))
                .in_korean(format!(
                    "‘{other}’라는 조건은 없습니다. by, at, period, where를 쓸 수 있습니다."
                )));
            }
        }
    }
    if question.asked.equals.len() > EQUALS_MAX {
        return Err(Problem::question(format!(
            "a figure is narrowed by {EQUALS_MAX} dimensions at most"
        )));
    }
    Ok(question)
}

/// The measure of an id.
pub(crate) fn named<'s>(state: &'s AppState, id: &str) -> Result<&'s Measure, Problem> {
    let mut all = state.city.measures.values();
    all.find(|measure| measure.id.as_str() == id)
        .ok_or_else(|| {
            Problem::not_found(format!("no measure is called '{id}'"))
                .in_korean(format!("이름이 ‘{id}’인 지표가 없습니다."))
        })
}

/// `GET /api/measures/{id}?by=&at=&period=&where=`.
///
/// # Errors
/// When there is no such measure or dimension, or its figure cannot be made.
pub async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let measure = named(&state, &id)?;
    let Question { asked, by } = question(query.as_deref().unwrap_or_default(), &[])?;
    let by = if by.is_empty() {
        measure.dimensions.clone()
    } else {
        by
    };
    let reader = caller.reader(&state, Purpose::new(PURPOSE));
    let now = state.records.clock().now();
    let told = measure::told(&reader, measure, &asked, &by, now).await?;
    let address = keep(&state, &reader, &told.receipt).await?;
    Ok(Json(with_address(&told, address.as_deref())?))
}

/// What is told, with the address of its lasting receipt.
fn with_address(told: &Told, address: Option<&str>) -> Result<Value, Problem> {
    let mut value = serde_json::to_value(told).map_err(|error| Problem::broken(&error))?;
    if let Some(object) = value.as_object_mut() {
        let address = address.map(|id| format!("/api/receipts/{id}"));
        object.insert("receipt_address".to_owned(), json!(address));
    }
    Ok(value)
}
