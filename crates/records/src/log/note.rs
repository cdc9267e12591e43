//! Signed notes: a text and, below an empty line, who signed it. The form transparency logs use for checkpoints, so that
//! tools made for them read ours.
//!
//! A checkpoint's text is the log's name, the number of entries, the root in base64, and the moment of the last entry.
//! A public key is written `name+id+base64(0x01 ‖ key)`; the id is the first four bytes of
//! `SHA-256(name ‖ "\n" ‖ 0x01 ‖ key)`, in hexadecimal digits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::tree::Hash;
use crate::clock::{moment, stamp};
use crate::tokens::hex;

/// The kind of key: Ed25519.
const KIND: u8 = 1;
/// What a line with a signature begins with.
const DASH: &str = "\u{2014} ";

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The log's name.
    pub name: String,
    key: [u8; 32],
}

impl PublicKey {
    pub(super) fn new(name: &str, key: [u8; 32]) -> Self {
        Self {
            name: name.to_owned(),
            key,
        }
    }

    fn id(&self) -> [u8; 4] {
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update([b'\n', KIND]);
        hash.update(self.key);
        let mut id = [0; 4];
        id.iter_mut()
            .zip(hash.finalize())
            .for_each(|(to, byte)| *to = byte);
        id
    }

    /// Reads what [`std::fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
        let bytes = STANDARD.decode(key).ok()?;
        let (kind, key) = bytes.split_first()?;
        let key = Self::new(name, key.try_into().ok()?);
        (*kind == KIND && hex(&key.id()) == id && !name.is_empty()).then_some(key)
    }

    /// Whether it signed `text`.
    pub(super) fn signed(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.key)
            .verify(text.as_bytes(), signature)
            .is_ok()
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = vec![KIND];
        bytes.extend(self.key);
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex(&self.id()),
            STANDARD.encode(bytes)
        )
    }
}

/// A key that signs.
pub(super) struct Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl Signer {
    /// The key of a seed; `name` is the log's, or is made from the key when the log has none yet.
    pub(super) fn new(name: Option<&str>, seed: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let key: [u8; 32] = pair.public_key().as_ref().try_into().ok()?;
        let own = hex(&Sha256::digest(key));
        let own = format!("madang-access-log-{}", own.get(..16)?);
        Some(Self {
            pair,
            public: PublicKey::new(name.unwrap_or(&own), key),
        })
    }

    pub(super) fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn signature(&self, text: &str) -> Vec<u8> {
        self.pair.sign(text.as_bytes()).as_ref().to_vec()
    }

    /// A text, signed; it ends with a line break.
    pub(super) fn note(&self, text: &str) -> String {
        let mut bytes = self.public.id().to_vec();
        bytes.extend(self.signature(text));
        format!(
            "{text}\n{DASH}{} {}\n",
            self.public.name,
            STANDARD.encode(bytes)
        )
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.public)
    }
}

/// Why a note is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is no signed note, or no checkpoint.
    #[error("it does not have the form of a signed checkpoint")]
    Form,
    /// No key that is known signed it.
    #[error("no key of this log signed it, or it was changed since")]
    Signature,
}

/// The text of a note that one of `keys` signed.
pub(super) fn opened<'n>(note: &'n str, keys: &[PublicKey]) -> Result<&'n str, NoteError> {
    let at = note.rfind("\n\n").ok_or(NoteError::Form)?;
    let (text, rest) = note.split_at_checked(at + 1).ok_or(NoteError::Form)?;
    let signatures = rest.strip_prefix('\n').ok_or(NoteError::Form)?;
    if !signatures.ends_with('\n') {
        return Err(NoteError::Form);
    }
    let is_signed = signatures.lines().any(|line| {
        let parts = line
            .strip_prefix(DASH)
            .and_then(|line| line.split_once(' '));
        let Some((name, signature)) = parts else {
            return false;
        };
        let Ok(bytes) = STANDARD.decode(signature) else {
            return false;
        };
        let Some((id, signature)) = bytes.split_at_checked(4) else {
            return false;
        };
        keys.iter()
            .any(|key| key.name == name && key.id() == id && key.signed(text, signature))
    });
    is_signed.then_some(text).ok_or(NoteError::Signature)
}

/// A note of the log's own: one signature, by one of `keys`. What others added may stand below a copy outside only.
pub(super) fn own<'n>(note: &'n str, keys: &[PublicKey]) -> Result<&'n str, NoteError> {
    let text = opened(note, keys)?;
    let is_alone = note.lines().count() == text.lines().count() + 2;
    is_alone.then_some(text).ok_or(NoteError::Form)
}

/// What a log said of itself at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// Its entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// When the last of them was written.
    #[serde(serialize_with = "stamped")]
    pub at: DateTime<Utc>,
}

fn stamped<S: serde::Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&stamp(*at))
}

impl Checkpoint {
    pub(super) fn text(&self) -> String {
        let Self {
            origin, size, root, ..
        } = self;
        format!("{origin}\n{size}\n{root}\nat {}\n", stamp(self.at))
    }

    /// Reads a checkpoint that one of `keys` signed.
    ///
    /// # Errors
    /// When it is none, or none of them signed it.
    pub fn open(note: &str, keys: &[PublicKey]) -> Result<Self, NoteError> {
        Self::of(opened(note, keys)?)
    }

    /// Reads a checkpoint of the log's own, as it wrote it.
    pub(super) fn own(note: &str, keys: &[PublicKey]) -> Result<Self, NoteError> {
        Self::of(own(note, keys)?)
    }

    fn of(text: &str) -> Result<Self, NoteError> {
        let checkpoint = Self::read(text).ok_or(NoteError::Form)?;
        // One way to write it: nothing may hide in what a reader passes over.
        (checkpoint.text() == text)
            .then_some(checkpoint)
            .ok_or(NoteError::Form)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        Some(Self {
            origin: lines.next()?.to_owned(),
            size: lines.next()?.parse().ok()?,
            root: Hash::parse(lines.next()?)?,
            at: moment(lines.next()?.strip_prefix("at ")?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(origin: &str) -> Checkpoint {
        Checkpoint {
            origin: origin.to_owned(),
            size: 17,
            root: Hash::leaf(b"x"),
            at: moment("2026-11-05T00:00:00.000001Z").unwrap(),
        }
    }

    #[test]
    fn a_checkpoint_is_believed_with_its_key_and_with_no_other() {
        let signer = Signer::new(None, &[7; 32]).unwrap();
        let other = Signer::new(Some(&signer.public().name), &[8; 32]).unwrap();
        let said = checkpoint(&signer.public().name);
        let note = signer.note(&said.text());
        let keys = [signer.public().clone()];
        assert_eq!(Checkpoint::open(&note, &keys), Ok(said));
        assert_eq!(
            Checkpoint::open(&note, &[other.public().clone()]),
            Err(NoteError::Signature)
        );
        assert_eq!(
            Checkpoint::open(&other.note(&checkpoint("a").text()), &keys),
            Err(NoteError::Signature)
        );
    }

    #[test]
    fn any_changed_byte_of_a_checkpoint_is_noticed() {
        let signer = Signer::new(None, &[7; 32]).unwrap();
        let keys = [signer.public().clone()];
        let note = signer.note(&checkpoint(&signer.public().name).text());
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(bent) = String::from_utf8(bytes) else {
                continue;
            };
            assert!(Checkpoint::open(&bent, &keys).is_err(), "byte {at}: {bent}");
        }
        for cut in 0..note.len() {
            let cut = note.get(..cut).unwrap_or_default();
            assert!(Checkpoint::open(cut, &keys).is_err(), "{cut}");
        }
    }

    #[test]
    fn a_public_key_is_read_as_it_is_written() {
        let signer = Signer::new(None, &[7; 32]).unwrap();
        let text = signer.public().to_string();
        assert_eq!(PublicKey::parse(&text).as_ref(), Some(signer.public()));
        let bent = text.replace("log-", "lag-");
        assert_eq!(PublicKey::parse(&bent), None, "the id is over the name too");
    }
}
