//! Sign-in by the city's identity provider (`OpenID` Connect): authorization code with PKCE.
//!
//! | module | holds |
//! | --- | --- |
//! | [`settings`] | which provider, and what its claims give |
//! | [`wire`] | questions to it, bounded in time and bytes |
//! | [`provider`] | what it says of itself, kept for a while; its keys |
//! | [`flight`] | one sign-in under way, carried by the browser |
//! | [`tokens`] | a code becomes a token, and the token is proven |
//! | [`claims`] | proven claims become a name, roles, a department |
//! | [`refusal`] | why nobody is signed in |

mod claims;
mod flight;
mod provider;
mod refusal;
pub mod settings;
#[cfg(test)]
mod tests;
mod tokens;
mod wire;

use std::sync::Arc;

use openidconnect::{ClientId, EndSessionUrl, LogoutRequest, PostLogoutRedirectUrl};
use records::Clock;
use url::Url;

pub use claims::{Claimed, RESERVED};
pub use flight::{Flight, Leaving, PATIENCE};
pub use refusal::Refusal;
pub use settings::{Algorithm, Secret, Settings, is_private};

use crate::seal::Seal;
use provider::Provider;

/// Sign-in by the city's identity provider.
#[derive(Debug)]
pub struct OpenId {
    settings: Settings,
    provider: Provider,
    seal: Arc<Seal>,
    clock: Arc<dyn Clock>,
}

/// What the provider's page led back with.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Returned {
    /// Ours, repeated.
    #[serde(default)]
    pub state: String,
    /// Good once, for a token.
    pub code: Option<String>,
    /// Its word for why not.
    pub error: Option<String>,
    /// Who it says it is.
    pub iss: Option<String>,
}

impl OpenId {
    /// Sign-in by a provider, which is not asked anything yet: the city is served while it is down.
    ///
    /// # Errors
    /// When the settings cannot be used; the text says why.
    pub fn new(settings: Settings, seal: Arc<Seal>, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let provider = Provider::new(&settings, Arc::clone(&clock))?;
        Ok(Self {
            settings,
            provider,
            seal,
            clock,
        })
    }

    /// The provider's name, on the button.
    pub fn title(&self) -> &str {
        &self.settings.title
    }

    /// The provider's lasting word for itself.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Begins a sign-in; `back` is where the person was.
    ///
    /// # Errors
    /// When the provider is down.
    pub async fn begin(&self, back: &str) -> Result<Leaving, Refusal> {
        let known = self.provider.known().await?;
        let now = self.clock.now();
        Flight::begin(&self.settings, &known, &self.seal, back, now)
    }

    /// The sign-in that a browser carries, if what it came back with belongs to it. The caller sees to it that each
    /// is used once ([`Flight::mark`]) before it is ended.
    ///
    /// # Errors
    /// When it does not belong to it, or took too long.
    pub fn flight(&self, sealed: Option<&str>, returned: &Returned) -> Result<Flight, Refusal> {
        Flight::of(&self.seal, sealed, &returned.state, self.clock.now())
    }

    /// Ends a sign-in: who came back.
    ///
    /// # Errors
    /// When the provider refuses, is down, or answers what is not accepted.
    pub async fn end(&self, flight: &Flight, returned: &Returned) -> Result<Claimed, Refusal> {
        // An answer of another provider, slipped in.
        if returned
            .iss
            .as_ref()
            .is_some_and(|told| *told != self.settings.issuer)
        {
            return Err(Refusal::Answer(
                "it was made by another provider".to_owned(),
            ));
        }
        if let Some(error) = &returned.error {
            return Err(Refusal::Provider(word(error)));
        }
        let Some(code) = &returned.code else {
            return Err(Refusal::Answer("it has no code".to_owned()));
        };
        let settings = &self.settings;
        let mut wanted = vec![settings.account_claim.as_str()];
        wanted.extend(settings.roles_claim.as_deref());
        wanted.extend(settings.department_claim.as_deref());
        let now = self.clock.now();
        let all = tokens::claims(settings, &self.provider, flight, code, &wanted, now).await?;
        claims::read(settings, &all)
    }

    /// The provider's page that ends the session there as well, where it has one; it leads back to `back`. The token
    /// is not kept, so the provider may ask the person once more.
    pub async fn farewell(&self, back: &Url) -> Option<Url> {
        let known = self.provider.known().await.ok()?;
        let page: EndSessionUrl = known
            .metadata
            .additional_metadata()
            .end_session_endpoint
            .clone()?;
        let request = LogoutRequest::from(page)
            .set_client_id(ClientId::new(self.settings.client_id.clone()))
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(back.clone()));
        Some(request.http_get_url()).filter(is_private)
    }
}

/// A word of the provider as it may be shown and logged: short, and of the letters such words have.
fn word(told: &str) -> String {
    told.chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(*letter))
        .take(60)
        .collect()
}
