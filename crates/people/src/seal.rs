//! What a browser carries for us between two requests: sealed, so that it can neither be read nor altered.
//!
//! A sign-in that leads elsewhere and back needs something that is bound to the browser. Sealed in a cookie it costs
//! the server nothing, however many begin one and never end it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::{Digest as _, Sha256};

/// Bytes of what is sealed, at most: a cookie holds no more.
const MOST: usize = 2048;

/// Seals and opens.
pub struct Seal {
    key: LessSafeKey,
    random: SystemRandom,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

/// Nothing can be sealed: no random numbers, or too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what a browser is to carry cannot be sealed")]
pub struct SealError;

impl Seal {
    /// A seal made from a secret of the record store.
    ///
    /// # Errors
    /// Never with this cipher; its maker wants to be asked.
    pub fn new(secret: &str) -> Result<Self, SealError> {
        let digest = Sha256::digest(secret.as_bytes());
        let key = UnboundKey::new(&AES_256_GCM, &digest).map_err(|_error| SealError)?;
        Ok(Self {
            key: LessSafeKey::new(key),
            random: SystemRandom::new(),
        })
    }

    /// Seals `bytes` for one use, which `open` must name again.
    ///
    /// # Errors
    /// When there are no random numbers, or too many bytes.
    pub fn close(&self, what_for: &'static str, bytes: &[u8]) -> Result<String, SealError> {
        if bytes.len() > MOST {
            return Err(SealError);
        }
        let mut nonce = [0_u8; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_error| SealError)?;
        let mut sealed = bytes.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(what_for),
                &mut sealed,
            )
            .map_err(|_error| SealError)?;
        let mut all = nonce.to_vec();
        all.append(&mut sealed);
        Ok(URL_SAFE_NO_PAD.encode(all))
    }

    /// Opens what `close` has sealed for the same use; nothing of anything else.
    pub fn open(&self, what_for: &'static str, text: &str) -> Option<Vec<u8>> {
        if text.len() > MOST * 2 {
            return None;
        }
        let all = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = all.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let opened = self.key.open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(what_for),
            &mut sealed,
        );
        opened.ok().map(|bytes| bytes.to_vec())
    }

    /// A new random word of 256 bits.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub fn word(&self) -> Result<String, SealError> {
        let mut bytes = [0_u8; 32];
        self.random.fill(&mut bytes).map_err(|_error| SealError)?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// What is kept of a word that may be used once.
pub fn mark(what_for: &str, word: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(what_for.as_bytes());
    digest.update([0]);
    digest.update(word.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.finalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_sealed_opens_for_its_use_alone_and_no_letter_can_be_altered(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            at in any::<proptest::sample::Index>(),
        ) {
            let seal = Seal::new("secret").unwrap();
            let sealed = seal.close("one", &bytes).unwrap();
            prop_assert_eq!(seal.open("one", &sealed), Some(bytes.clone()));
            prop_assert_eq!(seal.open("two", &sealed), None);
            prop_assert_eq!(Seal::new("other").unwrap().open("one", &sealed), None);
            let mut letters: Vec<char> = sealed.chars().collect();
            let at = at.index(letters.len());
            letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
            let altered: String = letters.into_iter().collect();
            prop_assert_eq!(seal.open("one", &altered), None);
        }
    }

    #[test]
    fn a_seal_takes_no_more_than_a_cookie_holds_and_never_seals_the_same_twice() {
        let seal = Seal::new("secret").unwrap();
        assert_eq!(seal.close("one", &[0; MOST + 1]), Err(SealError));
        assert_ne!(seal.close("one", b"a"), seal.close("one", b"a"));
        assert_eq!(seal.open("one", &"A".repeat(100_000)), None);
        assert_ne!(seal.word().unwrap(), seal.word().unwrap());
    }
}
