//! Slow hashes, few at a time: ten thousand wrong passwords at once must neither fill the memory nor stop the pages.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use records::PasswordHash;
use tokio::sync::Semaphore;

/// Memory of one hash in KiB, passes, lanes: what OWASP's password storage sheet asks of Argon2id.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes made at the same time.
const AT_ONCE: usize = 2;
/// Those that wait for their turn; more are sent away at once.
const WAITING: usize = 64;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many ask at once.
    #[error("too many passwords are being checked at once; try again in a moment")]
    Busy,
    /// The machine failed.
    #[error("a password cannot be hashed: {0}")]
    Broken(String),
}

/// Makes and checks hashes.
#[derive(Clone, Debug)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    asked: Arc<AtomicUsize>,
    /// The hash of no password: who has none takes as long.
    nobody: Arc<OnceLock<String>>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            asked: Arc::default(),
            nobody: Arc::default(),
        }
    }
}

/// One that waits or works; counted until it is dropped.
pub(crate) struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn engine() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY, PASSES, LANES, None);
    let params = params.map_err(|error| HashError::Broken(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hashed(password: &str) -> Result<String, HashError> {
    let hash = engine()?.hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| HashError::Broken(error.to_string()))
}

impl Hasher {
    /// A place among those that wait or work.
    ///
    /// # Errors
    /// When there is none left.
    pub(crate) fn place(&self) -> Result<Place, HashError> {
        let place = Place(Arc::clone(&self.asked));
        if self.asked.fetch_add(1, Ordering::AcqRel) >= AT_ONCE + WAITING {
            return Err(HashError::Busy);
        }
        Ok(place)
    }

    async fn work<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let broken = |error: &dyn std::fmt::Display| HashError::Broken(error.to_string());
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|error| broken(&error))?;
        // The turn goes with the work: who gives up waiting leaves the processor busy all the same.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        done.await.map_err(|error| broken(&error))?
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// When too many ask at once, or the machine fails.
    pub async fn hash(&self, password: &str) -> Result<PasswordHash, HashError> {
        let (place, password) = (self.place()?, password.to_owned());
        let hash = self.work(place, move || hashed(&password)).await?;
        Ok(PasswordHash::new(hash))
    }

    /// Whether a password is the one of a hash. Without a hash it takes as long and is not.
    ///
    /// # Errors
    /// When the machine fails.
    pub(crate) async fn verify(
        &self,
        place: Place,
        known: Option<&PasswordHash>,
        password: &str,
    ) -> Result<bool, HashError> {
        let password = password.to_owned();
        let (known, nobody) = (
            known.map(|known| known.reveal().to_owned()),
            Arc::clone(&self.nobody),
        );
        self.work(place, move || {
            let is_somebody = known.is_some();
            let text = match (known, nobody.get()) {
                (Some(known), _) => known,
                (None, Some(nobody)) => nobody.clone(),
                (None, None) => {
                    let made = hashed("")?;
                    nobody.get_or_init(|| made).clone()
                }
            };
            let known = Phc::new(&text).map_err(|error| HashError::Broken(error.to_string()))?;
            let is_right = engine()?
                .verify_password(password.as_bytes(), &known)
                .is_ok();
            Ok(is_right && is_somebody)
        })
        .await
    }

    /// Makes what [`Self::verify`] needs for nobody, so that the first one who asks does not wait longer.
    pub async fn warm(&self) {
        let warmed = match self.place() {
            Ok(place) => self.verify(place, None, "").await,
            Err(error) => Err(error),
        };
        if let Err(error) = warmed {
            tracing::error!(%error, "passwords cannot be checked");
        }
    }

    /// How many wait or are being made.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Acquire)
    }
}
