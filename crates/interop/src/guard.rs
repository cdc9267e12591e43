//! What every request passes before anything else: whether a page of another site sent it, and what browsers may keep of
//! its answer.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::caller;
use crate::problem::Problem;
use crate::state::AppState;

/// For two years browsers ask this city for encrypted answers only.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Refuses requests that change something and were sent by another site's page; for `axum::middleware::from_fn_with_state`.
///
/// Browsers say on each request where it comes from (`Sec-Fetch-Site`, and `Origin` for all that change something), and
/// no page can make them lie. So no form needs a token, and none can be without one.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (https, headers) = (state.web.is_https(), request.headers());
    let has_session = caller::cookie(headers, https).is_some();
    if !is_safe(request.method()) && !may_change(&state, headers, has_session) {
        return Problem::cross_site().into_response();
    }
    let is_file = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let answer = response.headers_mut();
    if https {
        answer.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    if has_session && !is_file {
        // What is shown to somebody who signed in must not lie in a cache when they are gone.
        answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Whether a method only asks.
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn may_change(state: &AppState, headers: &HeaderMap, has_session: bool) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // No browser adds a key by itself, and none lets another site's page add one.
    if headers.contains_key(header::AUTHORIZATION) {
        return true;
    }
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        // No browser: a program, which holds no cookie unless somebody gave it one; then it must say where it stands.
        return !has_session;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    if state.web.origin() == Some(origin) {
        return true;
    }
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == text("host")
}
