//! Alerts of boards, as far as a person may see the figures that are watched.

use std::collections::HashMap;

use access::{AskError, At, Reader};
use axum::Json;
use axum::extract::State;
use city::alert::Alert;
use city::{Board, City, Measure, MeasureId};
use measure::Figure;
use records::alerts::Alarm;
use records::log::{Act, Entry};
use serde::Serialize;
use serde_json::{Value, json};

use crate::audit;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// The policy by which the inbox is staff's.
const POLICY: &str = "signed-in";
/// Alerts that are over and still listed.
const OVER: u32 = 50;

/// An alert that is or was on, with what declares it.
#[derive(Clone, Debug)]
pub struct Told<'c> {
    /// The time it is or was on.
    pub alarm: Alarm,
    /// The board.
    pub board: &'c Board,
    /// The declaration.
    pub alert: &'c Alert,
    /// What is watched.
    pub measure: &'c Measure,
}

/// Those that are on, oldest first; then those that are over, newest first. What the city no longer declares, and
/// figures that this person may not see, are left out.
///
/// # Errors
/// When the person is nobody, or the machine fails.
pub async fn list<'c>(
    state: &'c AppState,
    caller: &Caller,
    reader: &Reader,
) -> Result<(Vec<Told<'c>>, Vec<Told<'c>>), AskError> {
    signed_in(caller)?;
    let alerts = state.records.alerts();
    let (on, over) = (alerts.on().await?, alerts.over(OVER).await?);
    let mut seen = HashMap::new();
    Ok((
        visible(state, reader, on, &mut seen).await?,
        visible(state, reader, over, &mut seen).await?,
    ))
}

async fn visible<'c>(
    state: &'c AppState,
    reader: &Reader,
    alarms: Vec<Alarm>,
    seen: &mut HashMap<MeasureId, bool>,
) -> Result<Vec<Told<'c>>, AskError> {
    let mut told = Vec::new();
    for alarm in alarms {
        let Some((board, alert, measure)) = declared(&state.city, &alarm) else {
            continue;
        };
        let may = if let Some(may) = seen.get(&measure.id) {
            *may
        } else {
            let now = state.records.clock().now();
            let figure = measure::figure(reader, measure, &At::Latest, now).await?;
            let may = !matches!(figure, Figure::Forbidden { .. } | Figure::Suppressed);
            seen.insert(measure.id.clone(), may);
            may
        };
        if may {
            told.push(Told {
                alarm,
                board,
                alert,
                measure,
            });
        }
    }
    Ok(told)
}

fn declared<'c>(city: &'c City, alarm: &Alarm) -> Option<(&'c Board, &'c Alert, &'c Measure)> {
    let board = city.boards.get(&alarm.board)?;
    let alert = board.alerts.iter().find(|alert| alert.id == alarm.alert)?;
    Some((board, alert, city.measures.get(&alert.measure)?))
}

/// Nobody has an inbox who is nobody.
fn signed_in(caller: &Caller) -> Result<(), AskError> {
    match caller.person() {
        access::Person::Public { .. } => Err(AskError::Denied(access::Denied {
            policy: POLICY.to_owned(),
            reason: None,
            dataset: None,
            what: "alerts".to_owned(),
        })),
        _ => Ok(()),
    }
}

/// A person takes an alert on; answers false where somebody has, or it is not theirs to see.
///
/// # Errors
/// When the person is nobody, or the machine fails.
pub async fn take(
    state: &AppState,
    caller: &Caller,
    reader: &Reader,
    id: i64,
    words: &str,
) -> Result<bool, AskError> {
    let (on, over) = list(state, caller, reader).await?;
    if !on.iter().chain(&over).any(|told| told.alarm.id == id) {
        return Ok(false);
    }
    let by = caller.person();
    let entry = Entry {
        policy: POLICY.to_owned(),
        ..audit::entry(by, Act::Change, format!("take alert {id}"), "경보를 맡음")
    };
    state.records.log().append(entry).await?;
    Ok(state.records.alerts().take(id, by.name(), words).await?)
}

#[derive(Serialize)]
struct Line<'l> {
    #[serde(flatten)]
    alarm: &'l Alarm,
    title: &'l str,
    unit: &'l str,
    above: Option<f64>,
    below: Option<f64>,
    change: Option<f64>,
    clear: Option<f64>,
    say: &'l str,
}

fn lines<'l>(told: &'l [Told<'_>]) -> Vec<Line<'l>> {
    told.iter()
        .map(|told| Line {
            alarm: &told.alarm,
            title: &told.measure.title,
            unit: &told.measure.unit,
            above: told.alert.above,
            below: told.alert.below,
            change: told.alert.change,
            clear: told.alert.clear,
            say: &told.alert.say,
        })
        .collect()
}

/// `GET /api/alerts`: what is on, and the last that are over.
///
/// # Errors
/// When the person is nobody, or the machine fails.
pub async fn all(State(state): State<AppState>, caller: Caller) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, access::Purpose::new("alerts"));
    let (on, over) = list(&state, &caller, &reader).await?;
    Ok(Json(json!({ "on": lines(&on), "over": lines(&over) })))
}
