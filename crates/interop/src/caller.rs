//! Who asks: a signed-in browser, a program with a key, or anybody.

use std::sync::Arc;

use access::{Person, Purpose, Reader, Within};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use city::{City, Duty, People};
use people::Scope;
use records::{Session, Token};

use crate::guard::is_safe;
use crate::preview::{LEAVE, Preview};
use crate::problem::Problem;
use crate::purpose;
use crate::state::AppState;

/// Name of the cookie that holds a session.
pub const COOKIE: &str = "madang_session";
/// Its name where everything is encrypted: browsers then take it from no other host and over no other way.
pub const SECURE_COOKIE: &str = "__Host-madang_session";
/// The address of questions in SQL: it is asked by POST and changes nothing.
const QUERY: &str = "/api/query";

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    person: Person,
    session: Option<Arc<Session>>,
    key: Option<Key>,
    preview: Option<Arc<Preview>>,
    /// The purpose they chose, by id.
    purpose: Option<String>,
}

/// What a program's key gives for this request.
#[derive(Clone, Debug)]
struct Key {
    within: Within,
    /// The purpose of all it reads.
    purpose: String,
    /// Whether what its owner may do is done here by its word.
    acts: bool,
}

impl Caller {
    /// The person.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// The session of a signed-in browser.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// Whose eyes they look through, when they are not their own.
    pub fn preview(&self) -> Option<&Preview> {
        self.preview.as_deref()
    }

    /// The purpose they chose for all they read, by id.
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// The account's name, of somebody who is signed in.
    pub fn name(&self) -> Option<&str> {
        (!matches!(self.person, Person::Public { .. })).then(|| self.person.name())
    }

    /// Whether it is whoever runs the city, with all they see.
    pub fn is_operator(&self) -> bool {
        self.preview.is_none()
            && self.person.is_operator()
            && self.key.as_ref().is_none_or(|key| key.within.as_operator)
    }

    /// The operator's name.
    pub fn operator(&self) -> Option<&str> {
        self.is_operator().then(|| self.person.name())
    }

    /// The only way to data.
    pub fn reader(&self, state: &AppState, purpose: Purpose) -> Reader {
        if let Some(preview) = &self.preview {
            return preview.reader(state, &self.person, purpose);
        }
        let person = self.person.clone();
        let purpose = self.purpose.as_deref().map_or(purpose, Purpose::new);
        match &self.key {
            None => state.door.reader(person, purpose),
            Some(key) => {
                let purpose = Purpose::new(&key.purpose);
                state.door.reader_within(person, purpose, &key.within)
            }
        }
    }

    /// Whether they have a duty. People, roles and keys are administered, and the vault is opened, by nobody but a person.
    pub fn may(&self, duty: Duty) -> bool {
        let by_key = self.key.as_ref();
        let seen = self
            .preview
            .as_ref()
            .is_none_or(|preview| preview.may(duty));
        seen && self.person.may(duty)
            && by_key.is_none_or(|key| key.acts && !matches!(duty, Duty::Administer | Duty::Vault))
    }

    /// Refuses whoever does not have a duty.
    ///
    /// # Errors
    /// When they do not.
    pub fn require(&self, duty: Duty) -> Result<(), Problem> {
        if self.may(duty) {
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
        let may = self.person.is_operator() && self.preview.is_none();
        if may && self.key.as_ref().is_none_or(|key| key.acts) {
            Ok(())
        } else {
            Err(Problem::forbidden("this is for whoever runs the city"))
        }
    }

    fn anybody(from: Option<String>) -> Self {
        Self {
            person: Person::Public { from },
            session: None,
            key: None,
            preview: None,
            purpose: None,
        }
    }

    async fn by_key(
        state: &AppState,
        word: &str,
        asked: (&Method, &str),
        from: Option<String>,
    ) -> Result<Self, Problem> {
        let open = state.accounts.key(word).await?;
        let open = open.and_then(|open| {
            let person = state.door.person(&open.key.owner)?;
            Some((person, open))
        });
        let Some((person, open)) = open else {
            return Err(Problem::unknown_key());
        };
        let key = of_scope(&open.scope, &state.city, asked)?;
        // The log keeps which of the account's keys it was.
        let from = from.map_or_else(String::new, |from| format!("{from} "));
        Ok(Self {
            person: person.at(Some(format!("{from}key:{}", open.key.id))),
            session: None,
            key: Some(key),
            preview: None,
            purpose: None,
        })
    }
}

/// What a scope gives for a request.
///
/// # Errors
/// When the request would change what the scope does not give.
fn of_scope(scope: &Scope, city: &City, (method, path): (&Method, &str)) -> Result<Key, Problem> {
    let path = path
        .strip_prefix("/en")
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path);
    let datasets = scope.datasets_of(city);
    let named = dataset_of(path);
    let covers = match (&datasets, named) {
        (None, _) => true,
        (Some(datasets), Some(named)) => datasets.contains(named),
        (Some(_), None) => false,
    };
    let changes = !is_safe(method) && path != QUERY;
    if changes && !(scope.may_write() && covers) {
        return Err(Problem::forbidden("the key is not good for changing this"));
    }
    let may = changes || scope.actions.contains(&people::Action::Read);
    if !may {
        return Err(Problem::forbidden("the key is not good for reading"));
    }
    Ok(Key {
        within: Within {
            datasets,
            as_operator: covers,
        },
        purpose: scope.purpose.clone(),
        acts: covers || path == QUERY,
    })
}

/// The dataset an address is about.
fn dataset_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/api").unwrap_or(path);
    let rest = rest
        .strip_prefix("/datasets/")
        .or_else(|| rest.strip_prefix("/tiles/"))?;
    let name = rest.split('/').next()?;
    Some(name.split('.').next().unwrap_or(name))
}

/// The person behind a session, as `people.toml` is now; nothing, if it does not know them any more.
fn person_of(state: &AppState, session: &Session) -> Option<Person> {
    let Some(claims) = &session.claims else {
        return state.door.person(&session.account);
    };
    let people: Arc<People> = state.door.people();
    if people.account(&session.account).is_some() {
        return state.door.person(&session.account);
    }
    let claims: people::Claims = serde_json::from_str(claims).ok()?;
    Person::of_claims(
        &people,
        &session.account,
        &claims.roles,
        claims.department,
        claims.attributes,
    )
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    /// A session that ran out makes its owner anybody; a key that is not known is refused, since its
    /// program would take the public's rows for all.
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let now = state.records.clock().now();
        state.renewal.look(&state.door, &state.accounts, now).await;
        let from = state.web.address(&parts.extensions, &parts.headers);
        if let Some(key) = bearer(&parts.headers) {
            return Self::by_key(state, key, (&parts.method, path(parts)), from).await;
        }
        let Some(word) = cookie(&parts.headers, state.web.is_https()) else {
            return Ok(Self::anybody(from));
        };
        let session = state.accounts.session(&Token::presented(word)).await?;
        let known = session.and_then(|session| Some((person_of(state, &session)?, session)));
        let Some((person, session)) = known else {
            return Ok(Self::anybody(from));
        };
        let person = person.at(from);
        let preview = Preview::carried(state, &parts.headers, &person);
        let changes = !is_safe(&parts.method) && !leaves(parts) && !asks(parts);
        if preview.is_some() && changes {
            return Err(Problem::preview());
        }
        let purpose = purpose::told(&parts.headers, &state.door.people(), &person)?;
        Ok(Self {
            person,
            session: Some(Arc::new(session)),
            key: None,
            preview: preview.map(Arc::new),
            purpose,
        })
    }
}

/// Whether a request leaves a preview: the one thing that is changed during one.
fn leaves(parts: &Parts) -> bool {
    path(parts).trim_start_matches("/en") == LEAVE
}

/// Whether a request asks by POST and changes nothing.
fn asks(parts: &Parts) -> bool {
    path(parts) == QUERY
}

fn path(parts: &Parts) -> &str {
    let original = parts.extensions.get::<axum::extract::OriginalUri>();
    original.map_or(parts.uri.path(), |uri| uri.0.path())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// The session a browser presents.
pub(crate) fn cookie(headers: &HeaderMap, is_https: bool) -> Option<&str> {
    named_cookie(headers, if is_https { SECURE_COOKIE } else { COOKIE })
}

/// A cookie by its name.
pub(crate) fn named_cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let pairs = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_its_dataset() {
        assert_eq!(dataset_of("/api/datasets/parking/rows"), Some("parking"));
        assert_eq!(dataset_of("/datasets/parking.csv"), Some("parking"));
        assert_eq!(dataset_of("/tiles/parking.json"), Some("parking"));
        assert_eq!(dataset_of("/tiles/parking/3/1/2.mvt"), Some("parking"));
        assert_eq!(dataset_of("/api/jobs"), None);
    }
}
