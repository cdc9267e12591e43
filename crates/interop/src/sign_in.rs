//! A ticket, good once, becomes a session in a cookie.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use records::tokens::{Kind, Token};

use crate::caller::{COOKIE, cookie};
use crate::problem::Problem;
use crate::state::AppState;

/// A session ends after so long.
const SESSION: TimeDelta = TimeDelta::hours(12);

/// `GET /sign-in/{ticket}`: the link the server printed. The ticket is good once; a browser that has a
/// session already keeps it when it opens a used link again.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let tokens = state.records.tokens();
    let Some(person) = tokens.end(Kind::Ticket, &Token::presented(&ticket)).await? else {
        let is_in = match cookie(&headers) {
            Some(session) => tokens
                .person(Kind::Session, &Token::presented(session))
                .await?
                .is_some(),
            None => false,
        };
        return Ok(Redirect::to(if is_in { "/" } else { "/sign-in?refused" }).into_response());
    };
    let session = tokens.issue(Kind::Session, &person, SESSION).await?;
    // Lax: the link is opened from a terminal or a message, and its redirect must carry the cookie.
    let text = format!(
        "{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}",
        session.reveal(),
        SESSION.num_seconds()
    );
    Ok(with_cookie(Redirect::to("/").into_response(), &text))
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(session) = cookie(&headers) {
        state
            .records
            .tokens()
            .end(Kind::Session, &Token::presented(session))
            .await?;
    }
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    Ok(with_cookie(Redirect::to("/").into_response(), &gone))
}

fn with_cookie(mut response: Response, text: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
