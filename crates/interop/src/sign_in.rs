//! Sessions in cookies: a ticket that is good once begins one, a password does, and signing out ends it.

use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use people::{Begin, Begun};
use records::Token;
use records::tokens::Kind;

use crate::caller::{COOKIE, Caller, SECURE_COOKIE, cookie, named_cookie};
use crate::preview::Preview;
use crate::problem::Problem;
use crate::state::AppState;

/// Name of the cookie by which a browser is known that signed in before.
const BROWSER: &str = "madang_browser";
/// Its name where everything is encrypted.
const SECURE_BROWSER: &str = "__Host-madang_browser";
/// A browser is known for so many seconds.
const KNOWN_FOR: u64 = 180 * 24 * 3600;

/// What a request says of the browser that sends it.
#[derive(Clone, Default)]
pub struct Browser {
    /// Its network address.
    pub address: Option<String>,
    /// The host it asks.
    pub host: Option<String>,
    /// Its word for itself.
    pub agent: Option<String>,
    /// The session it has.
    pub session: Option<Token>,
    /// The word by which it says that it signed in before.
    pub known: Option<Token>,
}

impl Browser {
    /// What a request says.
    pub fn of(state: &AppState, parts: &Parts) -> Self {
        let headers = &parts.headers;
        let https = state.web.is_https();
        let known = named_cookie(headers, if https { SECURE_BROWSER } else { BROWSER });
        let agent = headers
            .get(header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok());
        Self {
            address: state.web.address(&parts.extensions, headers),
            host: headers
                .get(header::HOST)
                .and_then(|host| host.to_str().ok())
                .map(str::to_owned),
            agent: agent.map(str::to_owned),
            session: cookie(headers, https).map(Token::presented),
            known: known.map(Token::presented),
        }
    }
}

impl axum::extract::FromRequestParts<AppState> for Browser {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::of(state, parts))
    }
}

/// The answer with the cookies of a session that began.
pub fn with_session(state: &AppState, response: Response, begun: &Begun) -> Response {
    let https = state.web.is_https();
    let seconds = state.accounts.absolute().num_seconds();
    // Lax: a link from a message must find its reader signed in. What changes something is guarded elsewhere.
    let session = set(
        if https { SECURE_COOKIE } else { COOKIE },
        begun.token.reveal(),
        &format!("SameSite=Lax; Max-Age={seconds}"),
        https,
    );
    let browser = set(
        if https { SECURE_BROWSER } else { BROWSER },
        begun.browser.reveal(),
        &format!("SameSite=Strict; Max-Age={KNOWN_FOR}"),
        https,
    );
    with_cookie(with_cookie(response, &session), &browser)
}

/// The answer that takes the session's cookie from the browser.
pub fn without_session(state: &AppState, response: Response) -> Response {
    let https = state.web.is_https();
    let name = if https { SECURE_COOKIE } else { COOKIE };
    let mut response = with_cookie(response, &set(name, "", "SameSite=Lax; Max-Age=0", https));
    // What was shown must not be there for whoever sits down next.
    let clear = HeaderValue::from_static("\"cache\", \"storage\"");
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), clear);
    response
}

fn set(name: &str, value: &str, rest: &str, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; {rest}{secure}")
}

/// `GET /sign-in/{ticket}`: the link the server printed. The ticket is good once; a browser that has a
/// session already keeps it when it opens a used link again.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    Path(ticket): Path<String>,
    caller: Caller,
    browser: Browser,
) -> Result<Response, Problem> {
    let tokens = state.records.tokens();
    let account = tokens.end(Kind::Ticket, &Token::presented(&ticket)).await?;
    let account = account.filter(|account| state.door.person(account).is_some());
    let begun = match account {
        Some(account) => {
            let begin = Begin {
                account,
                how: "link",
                claims: None,
                address: browser.address,
                browser: browser.agent,
                replaces: browser.session,
            };
            state.accounts.begin(begin).await?
        }
        None => None,
    };
    let Some(begun) = begun else {
        let to = if caller.session().is_some() {
            "/"
        } else {
            "/sign-in?refused"
        };
        return Ok(Redirect::to(to).into_response());
    };
    Ok(with_session(
        &state,
        Redirect::to("/").into_response(),
        &begun,
    ))
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    browser: Browser,
) -> Result<Response, Problem> {
    let mut to = "/";
    if let Some(token) = &browser.session {
        let session = state.accounts.session(token).await?;
        // Whoever came by the identity provider is still signed in there.
        if session.is_some_and(|session| session.how == people::vouched::HOW) {
            to = "/sign-in?farewell";
        }
        state
            .accounts
            .sign_out(token, browser.address.as_deref())
            .await?;
    }
    let answer = without_session(&state, Redirect::to(to).into_response());
    // The next person at this browser looks through their own eyes.
    Ok(with_cookie(answer, &Preview::ended()))
}

fn with_cookie(mut response: Response, text: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
