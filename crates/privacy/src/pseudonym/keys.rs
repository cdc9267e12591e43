//! Keys of projects: apart from data, each of a version, rotated, destroyed.
//!
//! A key that was made and is not there is lost, and that is said: a new key in its place would give
//! the same person another pseudonym, and nobody would notice.

use city::ProjectId;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::random::{Entropy, Stream, hmac};

/// A project's key of one version. Never shown, never written but by a [`KeyStore`].
#[derive(Clone)]
pub struct Key {
    /// The project.
    pub project: ProjectId,
    /// Which of its keys, from 1.
    pub version: u32,
    bytes: Zeroizing<[u8; 32]>,
}

impl Key {
    /// A key of these bytes: for a store that keeps keys.
    pub fn new(project: ProjectId, version: u32, bytes: [u8; 32]) -> Self {
        Self {
            project,
            version,
            bytes: Zeroizing::new(bytes),
        }
    }

    /// A secret for one use: other uses, projects and versions have others, and none tells of the key.
    pub fn secret(&self, of: &str) -> Zeroizing<[u8; 32]> {
        let version = self.version.to_be_bytes();
        let project = self.project.as_str().as_bytes();
        let parts: [&[u8]; 6] = [
            b"madang pseudonym 1\0",
            project,
            b"\0",
            &version,
            of.as_bytes(),
            b"\0",
        ];
        Zeroizing::new(hmac(&self.bytes, &parts))
    }

    /// Chance for one use: the same again for the same key.
    pub fn stream(&self, of: &str) -> Stream {
        Stream::new(&self.secret(&format!("stream {of}")))
    }

    /// What tells this key from others and says nothing of it.
    pub fn fingerprint(&self) -> String {
        let secret = self.secret("fingerprint");
        secret
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The bytes, for a store that keeps keys.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({}, {})", self.project, self.version)
    }
}

/// Where keys are kept: a folder, or a key management system.
pub trait KeyStore {
    /// The key of a version.
    ///
    /// # Errors
    /// It was never made, was destroyed, is lost, or is not the one that was made.
    fn key(&self, project: &ProjectId, version: u32) -> Result<Key, KeyError>;

    /// Makes the next key of a project: its first, or a rotation. Older ones stay until they are destroyed.
    ///
    /// # Errors
    /// The store cannot be written, or there is no chance to be had.
    fn make(
        &mut self,
        project: &ProjectId,
        act: &KeyAct,
        entropy: &mut dyn Entropy,
    ) -> Result<Key, KeyError>;

    /// Destroys a key: what it made can never be made again nor turned back (crypto-shredding). That is recorded.
    ///
    /// # Errors
    /// It was never made or is destroyed already, or the store cannot be written.
    fn destroy(&mut self, project: &ProjectId, version: u32, act: &KeyAct) -> Result<(), KeyError>;

    /// All that happened to keys, in order.
    fn history(&self) -> &[KeyEvent];
}

/// Who does something to a key, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct KeyAct {
    /// When, as RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Something that happened to a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct KeyEvent {
    /// The project.
    pub project: ProjectId,
    /// The key's version.
    pub version: u32,
    /// What.
    pub what: KeyChange,
    /// Fingerprint of the key.
    pub fingerprint: String,
    /// Who, when, why.
    #[serde(flatten)]
    pub act: KeyAct,
}

/// What can happen to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyChange {
    /// It was made.
    Made,
    /// It was destroyed.
    Destroyed,
}

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The project has no key of this version.
    #[error(
        "project `{project}` has no key of version {version}; {}",
        absent(project, *latest)
    )]
    Absent {
        /// The project.
        project: ProjectId,
        /// The version that was asked for.
        version: u32,
        /// The newest there is, 0 when there is none.
        latest: u32,
    },
    /// It was made, and is not there.
    #[error(
        "the key of project `{project}`, version {version}, made at {made_at}, is lost: {place} is not there; bring it back from its copy. Nothing is made in its place: the same person would get another pseudonym"
    )]
    Lost {
        /// The project.
        project: ProjectId,
        /// The version.
        version: u32,
        /// When it was made.
        made_at: String,
        /// Where it should be.
        place: String,
    },
    /// It was destroyed.
    #[error(
        "the key of project `{project}`, version {version}, was destroyed at {at} by {by}; what it made can neither be made again nor turned back"
    )]
    Destroyed {
        /// The project.
        project: ProjectId,
        /// The version.
        version: u32,
        /// When.
        at: String,
        /// Who did it.
        by: String,
    },
    /// It is another one than was made.
    #[error(
        "{place} is not the key that was made for project `{project}`, version {version} (fingerprint {expected}); bring the right one back from its copy"
    )]
    Another {
        /// The project.
        project: ProjectId,
        /// The version.
        version: u32,
        /// Where it is.
        place: String,
        /// The fingerprint of the one that was made.
        expected: String,
    },
    /// Others may read it.
    #[error(
        "{place} can be read by others than its owner; take their rights away (chmod 600) and rotate the key"
    )]
    Exposed {
        /// Where it is.
        place: String,
    },
    /// The store cannot be read or written.
    #[error("{0}")]
    Store(String),
}

fn absent(project: &ProjectId, latest: u32) -> String {
    if latest == 0 {
        format!("make one with `madang privacy key make {project}`")
    } else {
        format!(
            "its newest is version {latest}: write `key-version = {latest}` into the recipe, or rotate with `madang privacy key make {project}`"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_by_use_project_version_and_key() {
        let key = |project: &str, version, byte| Key::new(project.into(), version, [byte; 32]);
        let base = key("a", 1, 1);
        let others = [
            base.secret("tokens"),
            key("b", 1, 1).secret("pseudonyms"),
            key("a", 2, 1).secret("pseudonyms"),
            key("a", 1, 2).secret("pseudonyms"),
        ];
        let own = base.secret("pseudonyms");
        assert_eq!(own, key("a", 1, 1).secret("pseudonyms"));
        for other in others {
            assert_ne!(own, other);
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        let key = Key::new("a".into(), 1, [0x5a; 32]);
        assert_eq!(format!("{key:?}"), "Key(a, 1)");
        assert!(!key.fingerprint().contains("5a5a5a"));
    }
}
