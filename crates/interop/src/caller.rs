//! Who asks: a signed-in browser, a program with a key, or anybody.

use std::net::SocketAddr;

use access::{Person, Purpose, Reader};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use city::Duty;
use records::tokens::{Kind, Token};

use crate::problem::Problem;
use crate::state::AppState;

/// Name of the cookie that holds a session.
pub const COOKIE: &str = "madang_session";

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    person: Person,
}

impl Caller {
    /// Who has an account in `people.toml` is what it says; other names are those of whoever runs the city.
    fn named(state: &AppState, name: &str, from: Option<String>) -> Self {
        let known = state.door.person(name);
        let person = known.unwrap_or_else(|| Person::operator(name));
        Self {
            person: person.at(from),
        }
    }

    /// The person.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// Whether it is whoever runs the city.
    pub fn is_operator(&self) -> bool {
        self.person.is_operator()
    }

    /// The operator's name.
    pub fn operator(&self) -> Option<&str> {
        self.is_operator().then(|| self.person.name())
    }

    /// The only way to data.
    pub fn reader(&self, state: &AppState, purpose: Purpose) -> Reader {
        state.door.reader(self.person.clone(), purpose)
    }

    /// Refuses whoever does not have a duty.
    ///
    /// # Errors
    /// When they do not.
    pub fn require(&self, duty: Duty) -> Result<(), Problem> {
        if self.person.may(duty) {
            return Ok(());
        }
        let word = duty.word();
        Err(Problem::forbidden(format!(
            "this is for those whose role has the duty {word}"
        )))
    }

    /// Refuses whoever does not run the city.
    ///
    /// # Errors
    /// When anybody asks.
    pub fn require_operator(&self) -> Result<(), Problem> {
        if self.is_operator() {
            Ok(())
        } else {
            Err(Problem::forbidden("this is for whoever runs the city"))
        }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    /// A session that ran out makes its owner anybody; a key that is not known is refused, since its
    /// program would take the public's rows for all.
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let tokens = state.records.tokens();
        let from = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip().to_string());
        if let Some(key) = bearer(&parts.headers) {
            let known = tokens.person(Kind::Key, &Token::presented(key)).await?;
            return known
                .map(|name| Self::named(state, &name, from))
                .ok_or_else(Problem::unknown_key);
        }
        if let Some(session) = cookie(&parts.headers)
            && let Some(name) = tokens
                .person(Kind::Session, &Token::presented(session))
                .await?
        {
            return Ok(Self::named(state, &name, from));
        }
        Ok(Self {
            person: Person::Public { from },
        })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// The session a browser presents.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}
