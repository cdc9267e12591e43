//! What a browser carries for one sign-in that is under way.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::caller::named_cookie;
use crate::state::AppState;

/// One cookie of a sign-in under way.
pub(crate) struct Carried {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its name where everything is encrypted.
    pub(crate) secure: &'static str,
    /// Seconds it is good for.
    pub(crate) seconds: i64,
    /// `Lax` where another site's page leads back to us.
    pub(crate) same_site: &'static str,
}

impl Carried {
    /// What the browser carries.
    pub(crate) fn of<'h>(&self, state: &AppState, headers: &'h HeaderMap) -> Option<&'h str> {
        let https = state.web.is_https();
        named_cookie(headers, if https { self.secure } else { self.name })
    }

    /// The answer that makes the browser carry it.
    pub(crate) fn give(&self, state: &AppState, response: Response, sealed: &str) -> Response {
        self.set(state, response, sealed, self.seconds)
    }

    /// The answer that takes it away: it is of no more use.
    pub(crate) fn take(&self, state: &AppState, response: Response) -> Response {
        self.set(state, response, "", 0)
    }

    fn set(&self, state: &AppState, mut response: Response, value: &str, age: i64) -> Response {
        let https = state.web.is_https();
        let (name, secure) = if https {
            (self.secure, "; Secure")
        } else {
            (self.name, "")
        };
        let site = self.same_site;
        let text =
            format!("{name}={value}; Path=/; HttpOnly; SameSite={site}; Max-Age={age}{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}
