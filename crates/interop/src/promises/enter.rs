//! A state of a promise is entered: in the access log first, then in the ledger. Neither lets go of it.

use access::Person;
use chrono::NaiveDate;
use city::calendar::korean_day;
use city::promise::{Promise, PromiseState, Status};
use city::{City, When};
use records::log::{Act, Decision, Entry};
use records::{Entered, PromiseEntry, Promises, Records};
use serde::Deserialize;

use crate::problem::Problem;
use crate::releases::ask::both;

/// Most letters of what happened.
const TEXT_MAX: usize = 1_000;
/// Others may be first so often.
const TRIES: usize = 5;
/// The policy that the access log names.
const POLICY: &str = "promise-ledger";

/// A state as somebody wants to enter it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wanted {
    /// Its word.
    pub state: String,
    /// The day it tells of; today where none is said.
    #[serde(default)]
    pub on: Option<String>,
    /// What happened.
    pub text: String,
    /// How far it is.
    #[serde(default)]
    pub value: Option<f64>,
}

/// Whether somebody answers for a promise: whoever works in its department, and whoever runs the city.
pub fn may_enter(person: &Person, promise: &Promise) -> bool {
    match person {
        Person::Operator { .. } => true,
        Person::Staff(staff) => {
            let own = promise.department.as_ref();
            own.is_some() && staff.department.as_deref() == own.map(city::DepartmentId::as_str)
        }
        Person::Public { .. } => false,
    }
}

/// Enters a state. When this returns it is on disk, in the access log and in the ledger.
///
/// # Errors
/// When there is no such promise, the person does not answer for it, or the state cannot be so.
pub async fn enter(
    (city, records): (&City, &Records),
    person: &Person,
    id: &str,
    wanted: &Wanted,
) -> Result<PromiseEntry, Problem> {
    let promise = entered_by(city, person, id)?;
    let ledger = records.promises();
    for _ in 0..TRIES {
        let known = ledger.of(&promise.id).await?;
        let now = records.clock().now();
        let status = checked(promise, &known, korean_day(now), wanted)?;
        let what = Entered::Person {
            status: status.clone(),
        };
        let by = (now, person.name());
        let seal = Promises::next_seal(&promise.id, &known, by, &what)?;
        log(records, person, promise, (&status, &seal)).await?;
        if let Some(entry) = ledger.append(&promise.id, &known, by, &what).await? {
            return Ok(entry);
        }
    }
    Err(both(
        "다른 직원이 먼저 적었습니다. 다시 해 주십시오.",
        "somebody else was first; try again",
    ))
}

/// A promise that somebody answers for.
///
/// # Errors
/// When there is none that they see, or others answer for it.
pub(crate) fn entered_by<'c>(
    city: &'c City,
    person: &Person,
    id: &str,
) -> Result<&'c Promise, Problem> {
    let promise = city.promises.get(id);
    let promise = promise
        .filter(|own| own.is_open() || !matches!(person, Person::Public { .. }))
        .ok_or_else(|| missing(id))?;
    if may_enter(person, promise) {
        return Ok(promise);
    }
    let detail = format!("'{id}' is entered by the department that answers for it");
    let problem = Problem::forbidden(detail);
    Err(problem.in_korean("이 약속의 상태는 맡은 부서의 직원만 적을 수 있습니다."))
}

/// There is no such promise for whoever asks.
pub(crate) fn missing(id: &str) -> Problem {
    Problem::not_found(format!("there is no promise '{id}'"))
        .in_korean(format!("‘{id}’ 약속이 없습니다."))
}

/// The state, if it can be so on that day: not in the future, not before the promise, not before the newest one.
fn checked(
    promise: &Promise,
    known: &[PromiseEntry],
    today: NaiveDate,
    wanted: &Wanted,
) -> Result<Status, Problem> {
    let state = PromiseState::of_word(wanted.state.trim())
        .ok_or_else(|| both("상태를 고르십시오.", "choose a state"))?;
    let text = wanted.text.trim();
    if text.is_empty() {
        return Err(both("무슨 일이 있었는지 적으십시오.", "say what happened"));
    }
    if text.chars().count() > TEXT_MAX {
        return Err(both(
            &format!("{TEXT_MAX}자까지 적을 수 있습니다."),
            &format!("say it in {TEXT_MAX} letters"),
        ));
    }
    let value = wanted.value.filter(|value| value.is_finite());
    if value.is_some() && promise.figure.is_none() {
        return Err(both(
            "이 약속에는 수량이 없어 값을 적을 수 없습니다.",
            "this promise has no figure, so no value can be entered",
        ));
    }
    let said = wanted.on.as_deref().map(str::trim);
    let on = match said.filter(|said| !said.is_empty()) {
        None => today,
        Some(said) => said.parse().ok().ok_or_else(|| {
            both(
                "날짜를 2026-12-31처럼 적으십시오.",
                "write the day like 2026-12-31",
            )
        })?,
    };
    in_time(promise, known, today, on)?;
    Ok(Status {
        on: When::day(on),
        state,
        text: text.to_owned(),
        value,
    })
}

fn in_time(
    promise: &Promise,
    known: &[PromiseEntry],
    today: NaiveDate,
    on: NaiveDate,
) -> Result<(), Problem> {
    if on > today {
        return Err(both(
            "아직 오지 않은 날의 상태는 적을 수 없습니다.",
            "a day that has not come has no state yet",
        ));
    }
    let published = promise.source.date.as_ref().and_then(When::first_day);
    if let Some(published) = published.filter(|published| on < *published) {
        return Err(both(
            &format!("약속을 알린 날({published})보다 앞선 날의 상태는 적을 수 없습니다."),
            &format!("the promise was published on {published}: no state is older"),
        ));
    }
    let newest = known.iter().filter_map(|entry| entry.what.status());
    let newest = newest.filter_map(|status| status.on.first_day()).max();
    if let Some(newest) = newest.filter(|newest| on < *newest) {
        return Err(both(
            &format!(
                "이미 적힌 상태({newest})보다 앞선 날로는 적을 수 없습니다. 늦게 안 일은 안 날의 상태로 적으십시오."
            ),
            &format!(
                "a state of {newest} stands already: what was learned later is a state of the day it was learned"
            ),
        ));
    }
    Ok(())
}

async fn log(
    records: &Records,
    person: &Person,
    promise: &Promise,
    (status, seal): (&Status, &str),
) -> Result<(), Problem> {
    let entry = Entry {
        who: person.name().to_owned(),
        from: person.from().map(str::to_owned),
        act: Act::Change,
        purpose: format!("promise {}", promise.id),
        touched: Vec::new(),
        subjects: Vec::new(),
        about: None,
        query: Some(format!(
            "promise {}: {} on {}, seal {seal}",
            promise.id,
            status.state.word(),
            status.on
        )),
        decision: Decision::Allowed,
        policy: POLICY.to_owned(),
        rows: None,
        completes: None,
    };
    let logged = records.log().append(entry).await;
    logged.map(|_| ()).map_err(|error| Problem::broken(&error))
}
