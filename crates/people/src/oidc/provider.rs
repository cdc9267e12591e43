//! What the provider says of itself, kept for a while.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::{DiscoveryError, IssuerUrl, ProviderMetadataWithLogout};
use records::Clock;
use tokio::sync::Mutex;

use super::refusal::Refusal;
use super::settings::Settings;
use super::wire::{Wire, WireError};

/// What it says of itself is asked anew after so long.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// After it did not answer, nobody waits for it again for so long.
const SILENT: TimeDelta = TimeDelta::seconds(5);
/// Its keys are asked anew for an unknown one no more often than this: anybody can make up a key's name.
const KEYS: TimeDelta = TimeDelta::seconds(10);

/// The provider as it says it is.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) metadata: ProviderMetadataWithLogout,
    asked_at: DateTime<Utc>,
    keys_at: DateTime<Utc>,
}

#[derive(Debug, Default)]
struct Memory {
    known: Option<Arc<Known>>,
    silent: Option<(DateTime<Utc>, Refusal)>,
}

/// Asks the provider about itself, and remembers.
#[derive(Debug)]
pub(super) struct Provider {
    issuer: IssuerUrl,
    pub(super) wire: Wire,
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
}

impl Provider {
    pub(super) fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, String> {
        Ok(Self {
            // As it is written in the city's file: the tokens repeat it letter by letter.
            issuer: IssuerUrl::new(settings.issuer.clone()).map_err(|error| error.to_string())?,
            wire: Wire::new(settings.authority.as_deref())?,
            clock,
            memory: Mutex::default(),
        })
    }

    /// The provider as it is known; asked when it is not, or not lately. One asks, the others wait for its answer.
    pub(super) async fn known(&self) -> Result<Arc<Known>, Refusal> {
        let mut memory = self.memory.lock().await;
        let now = self.clock.now();
        if let Some(known) = &memory.known
            && now - known.asked_at < FRESH
        {
            return Ok(Arc::clone(known));
        }
        if let Some((since, refusal)) = &memory.silent
            && now - *since < SILENT
        {
            return memory.known.clone().ok_or_else(|| refusal.clone());
        }
        match self.discover(now).await {
            Ok(known) => {
                let known = Arc::new(known);
                *memory = Memory {
                    known: Some(Arc::clone(&known)),
                    silent: None,
                };
                Ok(known)
            }
            Err(refusal) => {
                tracing::warn!(%refusal, "the identity provider is not known");
                memory.silent = Some((now, refusal.clone()));
                // What it said an hour ago is most likely still true.
                memory.known.clone().ok_or(refusal)
            }
        }
    }

    async fn discover(&self, now: DateTime<Utc>) -> Result<Known, Refusal> {
        let asked = ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &self.wire);
        let metadata = asked.await.map_err(|error| down(&error))?;
        if metadata.token_endpoint().is_none() {
            return Err(Refusal::Down("it names no token endpoint".to_owned()));
        }
        Ok(Known {
            metadata,
            asked_at: now,
            keys_at: now,
        })
    }

    /// The provider with its keys asked anew, for a key that is not known; the same again where that was done a
    /// moment ago.
    pub(super) async fn with_new_keys(&self) -> Result<Arc<Known>, Refusal> {
        let known = self.known().await?;
        let mut memory = self.memory.lock().await;
        // Another may have asked while this one waited.
        let known = memory.known.clone().unwrap_or(known);
        let now = self.clock.now();
        if now - known.keys_at < KEYS {
            return Ok(known);
        }
        let mut anew = Known::clone(&known);
        anew.keys_at = now;
        let keys = CoreJsonWebKeySet::fetch_async(known.metadata.jwks_uri(), &self.wire).await;
        let failed = match keys {
            Ok(keys) => {
                anew.metadata = anew.metadata.set_jwks(keys);
                None
            }
            Err(error) => Some(down(&error)),
        };
        // A failure counts as asked, too: else every made-up key is a question.
        let anew = Arc::new(anew);
        memory.known = Some(Arc::clone(&anew));
        failed.map_or(Ok(anew), Err)
    }
}

/// Whatever it answered, it is not an identity provider just now.
fn down(error: &DiscoveryError<WireError>) -> Refusal {
    Refusal::Down(match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Response(status, _, _) => format!("it answers {status}"),
        DiscoveryError::Parse(error) => format!("its description cannot be read: {error}"),
        DiscoveryError::Validation(what) | DiscoveryError::Other(what) => what.clone(),
        other => other.to_string(),
    })
}
