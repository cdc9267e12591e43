//! The file of a release on its way: the bytes that were checked, and no other. The access log has its entry before the
//! first of them leaves.

use access::Person;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use city::{Duty, GateRecord, ReleasePlan};
use records::log::{Act, Decision, Entry, Touched};
use records::tokens::Token;
use records::{RequestEvent, RequestState};

use super::Standing;
use super::ask::both;
use crate::caller::Caller;
use crate::desk::Declined;
use crate::problem::Problem;
use crate::state::AppState;

impl From<Declined> for Problem {
    fn from(declined: Declined) -> Self {
        if declined.is_broken {
            return Self::broken(&declined.en);
        }
        if declined.is_forbidden {
            return Self {
                detail_ko: Some(declined.ko),
                ..Self::forbidden(declined.en)
            };
        }
        both(&declined.ko, &declined.en)
    }
}

/// The file of a release that anybody may take, or that staff look at.
///
/// # Errors
/// When it is given otherwise, or not now.
pub async fn file(
    state: &AppState,
    caller: &Caller,
    standing: &Standing,
) -> Result<Response, Problem> {
    if !standing.plan.kind.is_for_everybody() {
        caller.require(Duty::Release)?;
    }
    let given = standing.given.as_ref().filter(|_| standing.is_given(state));
    let Some(record) = given else {
        return Err(both(
            "지금 제공하는 파일이 없습니다.",
            "no file is given now",
        ));
    };
    send(state, caller.person(), &standing.plan, record, "download").await
}

/// The file of a granted request, for whoever has its word.
///
/// # Errors
/// When the word is not known, it was not granted, it is too late, or it was taken.
pub async fn granted(state: &AppState, caller: &Caller, word: &str) -> Result<Response, Problem> {
    let releases = state.records.releases();
    let unknown = || Problem::not_found("there is no such request");
    let request = releases.presented(&Token::presented(word)).await?;
    let request = request.ok_or_else(unknown)?;
    let plan = state.city.releases.get(request.release.as_str());
    let plan = plan.ok_or_else(unknown)?;
    let now = state.records.clock().now();
    let RequestState::Granted { sha256, .. } = request.state(now) else {
        return Err(both(
            "이 링크로는 받을 수 없습니다. 결정 전이거나, 기한이 지났거나, 이미 받았습니다.",
            "this link gives nothing: it is not decided, too late, or was taken",
        ));
    };
    let records = releases.of(&plan.id, u32::MAX).await?;
    let record = records
        .into_iter()
        .find(|record| record.passed() && record.sha256 == sha256)
        .ok_or_else(unknown)?;
    let desk = state.desk.as_ref().ok_or_else(unknown)?;
    // Before it counts as taken: what is not there is not given.
    desk.file(&plan.id, &sha256).await?;
    let event = RequestEvent {
        at: now,
        who: "requester".to_owned(),
        what: "delivered".to_owned(),
        why: String::new(),
        sha256: None,
        until: None,
        once: None,
    };
    if !releases.happened(&request, &event).await? {
        return Err(both(
            "같은 링크로 동시에 받고 있습니다. 잠시 뒤 다시 열어 주십시오.",
            "the same link is being used just now; open it again in a moment",
        ));
    }
    let purpose = format!("request {}", request.id);
    send(state, caller.person(), plan, &record, &purpose).await
}

async fn send(
    state: &AppState,
    person: &Person,
    plan: &ReleasePlan,
    record: &GateRecord,
    purpose: &str,
) -> Result<Response, Problem> {
    let desk = state
        .desk
        .as_ref()
        .ok_or_else(|| Problem::not_found("no files are given here"))?;
    let path = desk.file(&plan.id, &record.sha256).await?;
    let touched = record.versions.iter().map(|(dataset, version)| Touched {
        dataset: dataset.clone(),
        version: Some(*version),
        columns: record.columns.clone(),
    });
    let entry = Entry {
        who: person.name().to_owned(),
        from: person.from().map(str::to_owned),
        act: Act::Read,
        purpose: purpose.to_owned(),
        touched: touched.collect(),
        subjects: Vec::new(),
        about: None,
        query: Some(format!("release {} {}", plan.id, record.sha256)),
        decision: Decision::Allowed,
        policy: "release-gate".to_owned(),
        rows: Some(record.rows),
        completes: None,
    };
    let logged = state.records.log().append(entry).await;
    logged.map_err(Problem::from)?;
    let file = tokio::fs::File::open(&path)
        .await
        .map_err(|error| Problem::broken(&error))?;
    let body = Body::from_stream(tokio_util::io::ReaderStream::with_capacity(file, 1 << 17));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    let set = [
        (header::CONTENT_LENGTH, record.bytes.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.csv\"", plan.id),
        ),
        (
            HeaderName::from_static("x-madang-sha256"),
            record.sha256.clone(),
        ),
    ];
    for (name, text) in set {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
    Ok(response)
}
