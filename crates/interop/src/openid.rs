//! Sign-in by the city's identity provider: there and back.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use people::Begin;
use people::oidc::{OpenId, Refusal, Returned};
use serde::Deserialize;
use url::Url;

use crate::carried::Carried;
use crate::problem::Problem;
use crate::sign_in::{Browser, with_session};
use crate::state::AppState;

/// The address that begins it.
pub const BEGIN: &str = "/sign-in/openid";
/// The address the provider leads back to; it stands in the provider's settings.
pub const BACK: &str = "/sign-in/openid/return";
/// The address that leads to the provider's own sign-out.
pub const FAREWELL: &str = "/sign-in/openid/farewell";

const FLIGHT: Carried = Carried {
    name: "madang_openid",
    secure: "__Host-madang_openid",
    seconds: 600,
    // The provider's page leads back: strict ones would stay behind.
    same_site: "Lax",
};

/// Where somebody was who signs in.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Was {
    #[serde(default)]
    back: String,
}

/// `GET /sign-in/openid?back=/datasets`: leads to the provider's page.
pub(crate) async fn begin(
    State(state): State<AppState>,
    Query(was): Query<Was>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let openid = known(&state)?;
    // The provider leads back to one address alone, and the cookie must be there.
    if let Some(home) = elsewhere(&state, &headers) {
        return Ok(Redirect::to(&home).into_response());
    }
    match openid.begin(own_path(&was.back)).await {
        Ok(leaving) => {
            let there = Redirect::to(leaving.to.as_str()).into_response();
            Ok(unkept(FLIGHT.give(&state, there, &leaving.sealed)))
        }
        Err(refusal) => Ok(refused(&refusal)),
    }
}

/// `GET /sign-in/openid/return?state=…&code=…`: the provider led back.
pub(crate) async fn back(
    State(state): State<AppState>,
    Query(returned): Query<Returned>,
    headers: HeaderMap,
    browser: Browser,
) -> Result<Response, Problem> {
    let openid = known(&state)?;
    let flight = match openid.flight(FLIGHT.of(&state, &headers), &returned) {
        Ok(flight) => flight,
        Err(refusal) => return Ok(refused(&refusal)),
    };
    let begin = Begin {
        address: browser.address,
        browser: browser.agent,
        replaces: browser.session,
        ..Begin::default()
    };
    let people = state.door.people();
    let outcome = state
        .accounts
        .sign_in_vouched(&people, openid, (&flight, &returned), begin)
        .await?;
    let answer = match outcome {
        Ok(begun) => {
            let there = Redirect::to(own_path(&flight.back)).into_response();
            with_session(&state, there, &begun)
        }
        Err(refusal) => refused(&refusal),
    };
    Ok(unkept(FLIGHT.take(&state, answer)))
}

/// `GET /sign-in/openid/farewell`: leads to the provider's own sign-out, if it has one.
pub(crate) async fn farewell(State(state): State<AppState>) -> Result<Response, Problem> {
    let openid = known(&state)?;
    let home = state.home.as_ref().and_then(|home| home.join("/").ok());
    let page = match &home {
        Some(home) => openid.farewell(home).await,
        None => None,
    };
    let to = page.as_ref().map_or("/", Url::as_str);
    Ok(unkept(Redirect::to(to).into_response()))
}

fn known(state: &AppState) -> Result<&OpenId, Problem> {
    state
        .openid
        .as_deref()
        .ok_or_else(|| Problem::not_found("this city names no identity provider in madang.toml"))
}

/// The same address under this machine's own name, where the browser came by its number. A city with a public address
/// may stand behind a proxy that asks by another name: it is not led anywhere.
fn elsewhere(state: &AppState, headers: &HeaderMap) -> Option<String> {
    if state.web.origin().is_some() {
        return None;
    }
    let home = state.home.as_ref()?;
    let own = home.origin().ascii_serialization();
    let (_, own_host) = own.split_once("://")?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    (host != own_host).then(|| format!("{own}{BEGIN}"))
}

/// A path of this site, whatever was asked for: nobody is led elsewhere by a link that begins here.
fn own_path(back: &str) -> &str {
    let is_own = back.starts_with('/')
        && !back.starts_with("//")
        && !back.starts_with("/sign-in")
        && back.len() <= 1000
        && back
            .chars()
            .all(|letter| letter.is_ascii_graphic() && letter != '\\');
    if is_own { back } else { "/" }
}

fn refused(refusal: &Refusal) -> Response {
    unkept(Redirect::to(&format!("/sign-in?openid={}", refusal.word())).into_response())
}

/// An answer of which nothing stays: its address has a code in it.
fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        for back in ["/datasets", "/en/boards?x=1"] {
            assert_eq!(own_path(back), back);
        }
        let long = format!("/{}", "a".repeat(1000));
        for back in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "evil",
            "/a\nb",
            "/sign-in/openid",
            &long,
        ] {
            assert_eq!(own_path(back), "/", "{back}");
        }
    }
}
