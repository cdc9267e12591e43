//! A request for a release that leaves on request: anybody asks, staff decide with a reason, a link gives exactly the
//! bytes that were checked when it was granted.

use access::Person;
use chrono::TimeDelta;
use city::{Duty, ReleaseKind};
use records::log::{Act, Decision, Entry};
use records::tokens::Token;
use records::{Request, RequestEvent, RequestState};

use super::Standing;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// Most letters of a name.
pub const NAME_MAX: usize = 100;
/// Fewest and most letters of a purpose.
pub const PURPOSE_MIN: usize = 10;
/// The most of them.
pub const PURPOSE_MAX: usize = 1_000;

/// Keeps that somebody asks; the word shows them what becomes of it.
///
/// # Errors
/// When it is not given on request, too little or too much is said, or it is asked too often.
pub async fn ask(
    state: &AppState,
    caller: &Caller,
    standing: &Standing,
    (name, purpose): (&str, &str),
) -> Result<(Request, Token), Problem> {
    if standing.plan.kind != ReleaseKind::OnRequest || !standing.is_given(state) {
        return Err(both(
            "이 자료는 지금 신청을 받지 않습니다.",
            "this release takes no requests now",
        ));
    }
    let (name, purpose) = (name.trim(), purpose.trim());
    let letters = |text: &str| text.chars().count();
    if name.is_empty() || letters(name) > NAME_MAX {
        return Err(both(
            "신청하는 사람이나 기관의 이름을 100자 안으로 적어 주십시오.",
            "say who asks (`name`), a person or an organisation, in at most 100 letters",
        ));
    }
    if !(PURPOSE_MIN..=PURPOSE_MAX).contains(&letters(purpose)) {
        return Err(both(
            "무엇에 쓰시려는지 10자 이상 1,000자 안으로 적어 주십시오.",
            "say what for (`purpose`), in 10 to 1,000 letters",
        ));
    }
    let writer = match caller.person() {
        Person::Public { from } => format!("release {}", from.clone().unwrap_or_default()),
        person => format!("release staff {}", person.name()),
    };
    if !state.limits.take(&writer, state.records.clock().now()) {
        return Err(Problem::too_many(
            "ten requests an hour are taken from one address; try again later",
        ));
    }
    let releases = state.records.releases();
    Ok(releases.ask(&standing.plan.id, name, purpose).await?)
}

/// Staff grant or decline a request, with a reason.
///
/// # Errors
/// When the person may not, there is no such request, it was decided already, or nothing can be given.
pub async fn decide(
    state: &AppState,
    caller: &Caller,
    standing: &Standing,
    request: &str,
    (grant, why): (bool, &str),
) -> Result<(), Problem> {
    caller.require(Duty::Release)?;
    let why = why.trim();
    if why.is_empty() {
        return Err(both("까닭을 적어 주십시오.", "say why (`why`)"));
    }
    let releases = state.records.releases();
    let found = releases.request(request).await?;
    let found = found
        .filter(|found| *found.release == *standing.plan.id)
        .ok_or_else(|| Problem::not_found(format!("there is no request {request}")))?;
    let now = state.records.clock().now();
    if found.state(now) != RequestState::Open {
        return Err(both(
            "이미 결정한 신청입니다.",
            "this request was decided already",
        ));
    }
    let given = standing.given.as_ref().filter(|_| standing.is_given(state));
    let event = match (grant, given) {
        (true, None) => {
            return Err(both(
                "점검을 통과해 지금 제공할 수 있는 파일이 없습니다.",
                "no file passed the gate that can be given now",
            ));
        }
        (true, Some(record)) => RequestEvent {
            at: now,
            who: caller.person().name().to_owned(),
            what: "granted".to_owned(),
            why: why.to_owned(),
            sha256: Some(record.sha256.clone()),
            until: Some(now + TimeDelta::days(i64::from(standing.plan.link_days))),
            once: Some(standing.plan.link_once),
        },
        (false, _) => RequestEvent {
            at: now,
            who: caller.person().name().to_owned(),
            what: "declined".to_owned(),
            why: why.to_owned(),
            sha256: None,
            until: None,
            once: None,
        },
    };
    log(state, caller.person(), &found, grant).await?;
    if releases.happened(&found, &event).await? {
        Ok(())
    } else {
        Err(both(
            "다른 직원이 먼저 결정했습니다.",
            "somebody else decided meanwhile",
        ))
    }
}

async fn log(
    state: &AppState,
    person: &Person,
    request: &Request,
    grant: bool,
) -> Result<(), Problem> {
    let entry = Entry {
        who: person.name().to_owned(),
        from: person.from().map(str::to_owned),
        act: Act::Change,
        purpose: format!("release {}", request.release),
        touched: Vec::new(),
        subjects: Vec::new(),
        about: None,
        query: Some(format!(
            "request {}: {}",
            request.id,
            if grant { "granted" } else { "declined" }
        )),
        decision: Decision::Allowed,
        policy: "release-gate".to_owned(),
        rows: None,
        completes: None,
    };
    let logged = state.records.log().append(entry).await;
    logged.map(drop).map_err(Problem::from)
}

/// A question that cannot be taken, in both languages.
pub(crate) fn both(ko: &str, en: &str) -> Problem {
    Problem {
        detail_ko: Some(ko.to_owned()),
        ..Problem::question(en)
    }
}
