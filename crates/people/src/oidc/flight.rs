//! One sign-in under way: begun here, led to the provider, not back yet.

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, RedirectUrl, Scope};
use serde::{Deserialize, Serialize};
use url::Url;

use super::provider::Known;
use super::refusal::Refusal;
use super::settings::Settings;
use super::tokens::client;
use crate::seal::Seal;

/// A person types a password, and perhaps a second one.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// What the seal is for.
const SEALED_FOR: &str = "openid";

/// One sign-in under way. The browser carries it, sealed: nobody else can bring its answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flight {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// Where the person was.
    pub back: String,
    until: i64,
}

impl std::fmt::Debug for Flight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flight")
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

/// Where to lead the browser, and what it carries.
#[derive(Debug)]
pub struct Leaving {
    /// The provider's page.
    pub to: Url,
    /// For the cookie.
    pub sealed: String,
}

impl Flight {
    /// Begins one; `back` is where the person was.
    pub(super) fn begin(
        settings: &Settings,
        known: &Known,
        seal: &Seal,
        back: &str,
        now: DateTime<Utc>,
    ) -> Result<Leaving, Refusal> {
        let word = || {
            seal.word()
                .map_err(|error| Refusal::Broken(error.to_string()))
        };
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flight = Self {
            state: word()?,
            nonce: word()?,
            verifier: verifier.into_secret(),
            back: back.to_owned(),
            until: (now + PATIENCE).timestamp(),
        };
        let (state, nonce) = (flight.state.clone(), flight.nonce.clone());
        let client = client(settings, known);
        let request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_pkce_challenge(challenge)
            .set_redirect_uri(std::borrow::Cow::Owned(RedirectUrl::from_url(
                settings.back.clone(),
            )))
            .add_scopes(settings.scopes.iter().cloned().map(Scope::new));
        let (to, _, _) = request.url();
        let bytes =
            serde_json::to_vec(&flight).map_err(|error| Refusal::Broken(error.to_string()))?;
        let sealed = seal
            .close(SEALED_FOR, &bytes)
            .map_err(|error| Refusal::Broken(error.to_string()))?;
        Ok(Leaving { to, sealed })
    }

    /// The one a browser carries, if the answer with this state belongs to it and did not take too long.
    pub(super) fn of(
        seal: &Seal,
        sealed: Option<&str>,
        state: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let opened = sealed.and_then(|sealed| seal.open(SEALED_FOR, sealed));
        let flight: Option<Self> = opened.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let own = flight.filter(|flight| {
            let same = crate::seal::mark(SEALED_FOR, &flight.state)
                == crate::seal::mark(SEALED_FOR, state);
            same && now.timestamp() < flight.until
        });
        own.ok_or(Refusal::NotBegun)
    }

    /// Until when it must be remembered that it was used, and what is remembered.
    pub fn mark(&self) -> (String, DateTime<Utc>) {
        let until = DateTime::from_timestamp(self.until, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
        (crate::seal::mark(SEALED_FOR, &self.state), until)
    }
}
