//! Pseudonyms of data subjects: HMAC-SHA-256 under a key of this log, so that "who read my data" can be answered and the
//! log itself names nobody.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::LogError;
use super::folder::{Folder, secret};
use super::keys::random;
use crate::tokens::hex;

const KEY: &str = "subjects.private";
/// Bytes of the code that are kept.
const LENGTH: usize = 16;

/// Makes pseudonyms: the log's key, read once.
#[derive(Clone)]
pub struct Pseudonyms(hmac::Key);

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    pub(super) fn open(folder: &Folder) -> Result<Self, LogError> {
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key(folder)?)))
    }

    /// The pseudonym of a data subject: the same person has the same one.
    pub fn of(&self, kind: &str, person: &str) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(kind.as_bytes());
        // Nothing can be moved between the kind and the person.
        context.update(&[0]);
        context.update(person.as_bytes());
        let code = context.sign();
        let short = code.as_ref().get(..LENGTH).unwrap_or_default();
        format!("{kind}:{}", hex(short))
    }
}

/// The key; made once, under the turn to write.
fn key(folder: &Folder) -> Result<Vec<u8>, LogError> {
    let disk = LogError::disk(folder);
    let read = |text: String| {
        let key = STANDARD.decode(text.trim()).unwrap_or_default();
        let damaged = || LogError::Damaged(format!("`{KEY}` is no key"));
        (key.len() == 32).then_some(key).ok_or_else(damaged)
    };
    if let Some(text) = folder.text(KEY).map_err(&disk)? {
        return read(text);
    }
    let _turn = folder.lock().map_err(&disk)?;
    if let Some(text) = folder.text(KEY).map_err(&disk)? {
        return read(text);
    }
    let mut key = vec![0; 32];
    random(&mut key)?;
    secret(&folder.file(KEY), STANDARD.encode(&key).as_bytes()).map_err(&disk)?;
    Ok(key)
}
