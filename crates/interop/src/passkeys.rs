//! Passkeys: a device is asked, and its answer makes one or signs somebody in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use people::passkey::{Asked, PasskeyError, Passkeys};
use people::{Begin, By};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::caller::Caller;
use crate::carried::Carried;
use crate::problem::Problem;
use crate::sign_in::{Browser, with_session};
use crate::state::AppState;

/// The page of one's own account, where passkeys are listed.
const ACCOUNT: &str = "/account";

const UNDER_WAY: Carried = Carried {
    name: "madang_passkey",
    secure: "__Host-madang_passkey",
    seconds: 300,
    same_site: "Strict",
};

/// What the browser sends.
#[derive(Deserialize)]
pub(crate) struct Answer {
    /// What its owner calls the passkey.
    #[serde(default)]
    name: String,
    /// The device's answer.
    answer: Box<RawValue>,
}

/// `POST /sign-in/passkey/ask`.
pub(crate) async fn ask_use(State(state): State<AppState>) -> Result<Response, Problem> {
    let asked = known(&state)?.begin_using().map_err(refused)?;
    Ok(asking(&state, asked))
}

/// `POST /sign-in/passkey`.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    browser: Browser,
    Json(sent): Json<Answer>,
) -> Result<Response, Problem> {
    let begin = Begin {
        address: browser.address,
        browser: browser.agent,
        replaces: browser.session,
        ..Begin::default()
    };
    let answer = (UNDER_WAY.of(&state, &headers), sent.answer.get().as_bytes());
    let people = state.door.people();
    let outcome = state
        .accounts
        .sign_in_by_passkey(&people, known(&state)?, answer, begin)
        .await?;
    let begun = outcome.map_err(refused)?;
    let done = UNDER_WAY.take(&state, done("/"));
    Ok(with_session(&state, done, &begun))
}

/// `POST /account/passkeys/ask`, for whoever is signed in.
pub(crate) async fn ask_make(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Response, Problem> {
    let account = account(&state, &caller)?;
    let asked = state
        .accounts
        .ask_for_passkey(known(&state)?, account)
        .await?;
    Ok(asking(&state, asked.map_err(refused)?))
}

/// `POST /account/passkeys`, for whoever is signed in.
pub(crate) async fn make(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Json(sent): Json<Answer>,
) -> Result<Response, Problem> {
    let account = account(&state, &caller)?;
    let by = By::new(account, caller.person().from());
    let answer = (UNDER_WAY.of(&state, &headers), sent.answer.get().as_bytes());
    let outcome = state
        .accounts
        .keep_passkey(known(&state)?, answer, (account, &sent.name), &by)
        .await?;
    outcome.map_err(refused)?;
    Ok(UNDER_WAY.take(&state, done("/account#passkeys")))
}

/// `POST /account/passkeys/{id}/remove`, for whoever is signed in.
pub(crate) async fn remove(
    State(state): State<AppState>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    let account = account(&state, &caller)?;
    let by = By::new(account, caller.person().from());
    state.accounts.remove_passkey(account, &id, &by).await?;
    Ok(Redirect::to(ACCOUNT).into_response())
}

fn known(state: &AppState) -> Result<&Passkeys, Problem> {
    state.passkeys.as_deref().ok_or_else(|| {
        Problem::not_found("there are no passkeys at this address").in_korean(
            "지금 주소에서는 패스키를 쓸 수 없습니다. 정해진 누리집 주소로 들어와 주십시오.",
        )
    })
}

/// The account of somebody who is signed in with a browser, and whom the city's folder knows.
fn account<'c>(state: &AppState, caller: &'c Caller) -> Result<&'c str, Problem> {
    let session = caller
        .session()
        .filter(|session| state.door.people().has(&session.account));
    session
        .map(|session| session.account.as_str())
        .ok_or_else(|| {
            Problem::forbidden("passkeys are for accounts of people.toml, signed in with a browser")
                .in_korean(
                    "패스키는 people.toml에 계정이 있는 분이 로그인한 뒤에 만들 수 있습니다.",
                )
        })
}

fn asking(state: &AppState, asked: Asked) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let response = (StatusCode::OK, kind, asked.options).into_response();
    UNDER_WAY.give(state, unkept(response), &asked.sealed)
}

fn done(to: &str) -> Response {
    unkept(Json(json!({ "to": to })).into_response())
}

fn unkept(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn refused(error: PasskeyError) -> Problem {
    let (what, ko) = match error {
        PasskeyError::Broken(why) => return Problem::broken(&why),
        PasskeyError::NotBegun => (
            "this was not begun in this browser, or took more than five minutes",
            "시작한 브라우저가 아니거나 5분이 지났습니다. 다시 해 주십시오.",
        ),
        PasskeyError::Full => (
            "the account has as many passkeys as it may have, or this one already",
            "패스키는 20개까지 만들 수 있고, 같은 패스키는 한 번만 넣을 수 있습니다.",
        ),
        PasskeyError::Answer(why) => {
            tracing::info!(%why, "a passkey is refused");
            (
                "the passkey is not accepted",
                "패스키를 확인하지 못했습니다. 다시 하거나 다른 방법으로 로그인해 주십시오.",
            )
        }
    };
    Problem::forbidden(what).in_korean(ko)
}
