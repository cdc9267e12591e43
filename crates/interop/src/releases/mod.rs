//! What leaves: the list of releases, their records, requests for those that leave on request, and delivery of exactly
//! the bytes that were checked.
//!
//! | module | holds |
//! | --- | --- |
//! | [`ask`] | a request, its decision, its link |
//! | [`deliver`] | the file, logged before its first byte |
//! | [`serve`] | the addresses for programs |

pub mod ask;
pub mod deliver;
pub mod serve;

use city::{Duty, GateRecord, ReleasePlan};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// Records of a release that are shown.
pub const RECORDS: u32 = 20;

/// A release and what the gate said of it last.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What the city declares.
    pub plan: ReleasePlan,
    /// The newest record, passed or not.
    pub newest: Option<GateRecord>,
    /// The newest record that passed: what is given.
    pub given: Option<GateRecord>,
}

impl Standing {
    /// Whether the plan gives it today and something passed.
    pub fn is_given(&self, state: &AppState) -> bool {
        let today = city::calendar::korean_day(state.records.clock().now());
        self.given.is_some() && self.plan.is_given_on(today)
    }
}

/// Whether somebody sees what was refused, and why, and decides about requests.
pub fn is_staff(caller: &Caller) -> bool {
    caller.person().may(Duty::Release)
}

/// Every release this person may know of, by id. One of which nothing passed is for staff.
///
/// # Errors
/// When the records cannot be read.
pub async fn all(state: &AppState, caller: &Caller) -> Result<Vec<Standing>, Problem> {
    let mut found = Vec::new();
    for plan in state.city.releases.values() {
        let standing = standing(state, plan).await?;
        if standing.given.is_some() || is_staff(caller) {
            found.push(standing);
        }
    }
    Ok(found)
}

/// One release.
///
/// # Errors
/// When there is none, or not for this person.
pub async fn one(state: &AppState, caller: &Caller, id: &str) -> Result<Standing, Problem> {
    let missing = || {
        Problem::not_found(format!(
            "there is no release '{id}'; /api/releases lists them"
        ))
    };
    let plan = state.city.releases.get(id).ok_or_else(missing)?;
    let standing = standing(state, plan).await?;
    if standing.given.is_some() || is_staff(caller) {
        Ok(standing)
    } else {
        Err(missing())
    }
}

async fn standing(state: &AppState, plan: &ReleasePlan) -> Result<Standing, Problem> {
    let releases = state.records.releases();
    let newest = releases.of(&plan.id, 1).await?.into_iter().next();
    let given = match &newest {
        Some(newest) if newest.passed() => Some(newest.clone()),
        Some(_) => releases.passed(&plan.id).await?,
        None => None,
    };
    Ok(Standing {
        plan: plan.clone(),
        newest,
        given,
    })
}

/// What the gate last said of open datasets that it closed, for staff.
///
/// # Errors
/// When the records cannot be read.
pub async fn closed_datasets(state: &AppState) -> Result<Vec<GateRecord>, Problem> {
    let newest = state.records.releases().newest().await?;
    let is_dataset = |record: &GateRecord| record.release.starts_with("dataset:");
    let closed = newest
        .into_iter()
        .filter(|record| is_dataset(record) && !record.passed());
    Ok(closed.collect())
}

/// How many open datasets the gate has looked at, and how many of them passed.
///
/// # Errors
/// When the records cannot be read.
pub async fn open_datasets(state: &AppState) -> Result<(usize, usize), Problem> {
    let newest = state.records.releases().newest().await?;
    let datasets: Vec<&GateRecord> = newest
        .iter()
        .filter(|record| record.release.starts_with("dataset:"))
        .collect();
    let passed = datasets.iter().filter(|record| record.passed()).count();
    Ok((datasets.len(), passed))
}

/// A release for programs.
pub(crate) fn value(state: &AppState, standing: &Standing, staff: bool) -> Value {
    let plan = &standing.plan;
    let mut value = json!({
        "id": plan.id,
        "title": plan.title,
        "title_en": plan.title_en,
        "purpose": plan.purpose,
        "kind": plan.kind,
        "dataset": plan.dataset,
        "recipient": plan.recipient,
        "period": plan.period,
        "given": standing.is_given(state),
        "record": standing.given,
        "file": plan.kind.is_for_everybody().then(|| format!("/releases/{}.csv", plan.id)),
    });
    if staff && let Some(object) = value.as_object_mut() {
        object.insert("newest".to_owned(), json!(standing.newest));
    }
    value
}
