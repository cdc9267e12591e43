//! The vault: which token stands for which value. A store of its own, with rights of its own.
//!
//! Tokens are chance: without the vault nobody can say anything of the value. In the vault a value lies
//! sealed under its project's key: without the key the vault says nothing either, and a destroyed key
//! makes it worthless.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use city::ProjectId;
use serde::{Deserialize, Serialize};

use super::journal::{self, Journal};
use super::keys::Key;
use super::random::{Entropy, hmac};

/// Signs of a token: none that is easily taken for another.
const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Length of a token: a hundred bits, so that no two of a city's come out alike.
const LENGTH: usize = 20;
/// Most tokens of a project: what is known of each is held in memory.
const TOKENS_MAX: usize = 20_000_000;
/// Bytes gathered before they are put on disk.
const WAITING_MAX: usize = 1 << 20;

/// Where tokens are made and turned back.
pub trait Vault {
    /// The token of a value; the same again for the same value of one kind and project.
    ///
    /// # Errors
    /// The vault cannot be read or written.
    fn token(&mut self, key: &Key, kind: &str, value: &str) -> Result<String, VaultError>;

    /// Every token handed out is durable when this returns. Before that nobody may rely on one.
    ///
    /// # Errors
    /// The vault cannot be written.
    fn commit(&mut self) -> Result<(), VaultError>;

    /// The value of a token, if it is one of the project's.
    ///
    /// # Errors
    /// The key is another one than the value was sealed under, or the vault cannot be read.
    fn value(&self, key: &Key, token: &str) -> Result<Option<String>, VaultError>;
}

/// Why the vault did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// It cannot be read or written.
    #[error("{0}")]
    Store(String),
    /// The value was sealed under another key.
    #[error(
        "the token's value was sealed under another key of the project; bring that version back from its copy"
    )]
    AnotherKey,
    /// It is full.
    #[error("the project has {TOKENS_MAX} tokens, which is all that a vault holds")]
    Full,
}

/// A line of the vault.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    /// Tells the value without saying it, to who has the key.
    sign: String,
    token: String,
    /// The value, sealed.
    sealed: String,
}

/// A vault of files, one a project, in a folder for its owner alone.
pub struct FileVault {
    folder: PathBuf,
    entropy: Box<dyn Entropy>,
    project: Option<Open>,
}

/// The file of the project at work.
struct Open {
    project: ProjectId,
    journal: Journal,
    tokens: HashMap<u128, String>,
}

impl FileVault {
    /// The vault in a folder; it is made with the first token.
    pub fn new(folder: &Path, entropy: impl Entropy + 'static) -> Self {
        Self {
            folder: folder.to_owned(),
            entropy: Box::new(entropy),
            project: None,
        }
    }

    fn file(&self, project: &ProjectId) -> PathBuf {
        self.folder.join(format!("{project}.tokens"))
    }

    /// Opens a project's file, unless it is open.
    fn open(&mut self, project: &ProjectId) -> Result<(), VaultError> {
        if self
            .project
            .as_ref()
            .is_some_and(|open| open.project == *project)
        {
            return Ok(());
        }
        self.commit()?;
        journal::own_folder(&self.folder).map_err(|error| store(&self.folder, &error))?;
        let file = self.file(project);
        let (mut tokens, mut broken) = (HashMap::new(), None);
        let each = &mut |line: &str| match serde_json::from_str::<Entry>(line) {
            Ok(entry) => {
                if let Ok(sign) = u128::from_str_radix(&entry.sign, 16) {
                    tokens.insert(sign, entry.token);
                }
            }
            Err(error) => broken = Some(error.to_string()),
        };
        let journal = Journal::open(&file, each).map_err(|error| store(&file, &error))?;
        if let Some(error) = broken {
            return Err(VaultError::Store(format!("{}: {error}", file.display())));
        }
        self.project = Some(Open {
            project: project.clone(),
            journal,
            tokens,
        });
        Ok(())
    }

    fn fresh(&mut self) -> Result<String, VaultError> {
        let mut bytes = [0_u8; LENGTH];
        self.entropy
            .fill(&mut bytes)
            .map_err(|error| VaultError::Store(format!("no token can be made: {error}")))?;
        let sign = |byte: &u8| SIGNS.get(usize::from(byte & 31)).copied();
        Ok(bytes.iter().filter_map(sign).map(char::from).collect())
    }
}

impl Vault for FileVault {
    fn token(&mut self, key: &Key, kind: &str, value: &str) -> Result<String, VaultError> {
        self.open(&key.project)?;
        let sign = sign(key, kind, value);
        let known = self
            .project
            .as_ref()
            .and_then(|open| open.tokens.get(&sign));
        if let Some(token) = known {
            return Ok(token.clone());
        }
        let token = self.fresh()?;
        let sealed = sealed(key, sign, &token, value)?;
        let Some(open) = self.project.as_mut() else {
            return Ok(token);
        };
        if open.tokens.len() >= TOKENS_MAX {
            return Err(VaultError::Full);
        }
        let entry = Entry {
            sign: format!("{sign:032x}"),
            token: token.clone(),
            sealed,
        };
        let line =
            serde_json::to_string(&entry).map_err(|error| VaultError::Store(error.to_string()))?;
        open.journal.append(&line);
        open.tokens.insert(sign, token.clone());
        if open.journal.waiting() > WAITING_MAX {
            self.commit()?;
        }
        Ok(token)
    }

    fn commit(&mut self) -> Result<(), VaultError> {
        match &mut self.project {
            Some(open) => open
                .journal
                .commit()
                .map_err(|error| VaultError::Store(error.to_string())),
            None => Ok(()),
        }
    }

    fn value(&self, key: &Key, token: &str) -> Result<Option<String>, VaultError> {
        let file = self.file(&key.project);
        let mut found = None;
        let each = &mut |line: &str| {
            if let Ok(entry) = serde_json::from_str::<Entry>(line)
                && entry.token == token
            {
                found = Some(entry);
            }
        };
        journal::read(&file, each).map_err(|error| store(&file, &error))?;
        found.map(|entry| opened(key, &entry)).transpose()
    }
}

fn sign(key: &Key, kind: &str, value: &str) -> u128 {
    let secret = key.secret("vault sign");
    let digest = hmac(&secret, &[kind.as_bytes(), b"\0", value.as_bytes()]);
    digest
        .iter()
        .take(16)
        .fold(0, |sign, byte| sign << 8 | u128::from(*byte))
}

fn cipher(key: &Key) -> Aes256Gcm {
    let secret: [u8; 32] = *key.secret("vault seal");
    Aes256Gcm::new(&secret.into())
}

/// A value is sealed once under a key: what tells it from others serves as the number used once.
fn nonce(sign: u128) -> Nonce<aes_gcm::aead::consts::U12> {
    let mut nonce = [0_u8; 12];
    for (place, byte) in nonce.iter_mut().zip(sign.to_be_bytes()) {
        *place = byte;
    }
    nonce.into()
}

fn sealed(key: &Key, sign: u128, token: &str, value: &str) -> Result<String, VaultError> {
    let payload = Payload {
        msg: value.as_bytes(),
        aad: token.as_bytes(),
    };
    let sealed = cipher(key)
        .encrypt(&nonce(sign), payload)
        .map_err(|_error| VaultError::Store("the value is too long to be sealed".to_owned()))?;
    Ok(sealed.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn opened(key: &Key, entry: &Entry) -> Result<String, VaultError> {
    let another = || VaultError::AnotherKey;
    let sign = u128::from_str_radix(&entry.sign, 16).map_err(|_error| another())?;
    let bytes = (0..entry.sealed.len() / 2)
        .map(|at| u8::from_str_radix(entry.sealed.get(2 * at..2 * at + 2)?, 16).ok())
        .collect::<Option<Vec<u8>>>()
        .ok_or_else(another)?;
    let payload = Payload {
        msg: &bytes,
        aad: entry.token.as_bytes(),
    };
    let value = cipher(key)
        .decrypt(&nonce(sign), payload)
        .map_err(|_error| another())?;
    String::from_utf8(value).map_err(|_error| another())
}

fn store(place: &Path, error: &std::io::Error) -> VaultError {
    VaultError::Store(format!("{}: {error}", place.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::random::tests::Repeated;
    use super::*;

    fn key(project: &str, byte: u8) -> Key {
        Key::new(project.into(), 1, [byte; 32])
    }

    #[test]
    fn a_value_has_one_token_and_only_the_key_turns_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let (own, other) = (key("study", 1), key("study", 2));
        let mut vault = FileVault::new(folder.path(), Repeated::new(1));
        let token = vault.token(&own, "name", "김가온").unwrap();
        assert_eq!(token.len(), LENGTH);
        assert_eq!(vault.token(&own, "name", "김가온").unwrap(), token);
        assert_ne!(vault.token(&own, "name", "이누리").unwrap(), token);
        assert_ne!(vault.token(&own, "text", "김가온").unwrap(), token);
        vault.commit().unwrap();
        drop(vault);
        let mut vault = FileVault::new(folder.path(), Repeated::new(2));
        assert_eq!(vault.value(&own, &token).unwrap().unwrap(), "김가온");
        assert_eq!(vault.token(&own, "name", "김가온").unwrap(), token);
        assert!(vault.value(&other, &token).is_err());
        assert_eq!(vault.value(&own, "없음").unwrap(), None);
        let text = fs::read_to_string(folder.path().join("study.tokens")).unwrap();
        assert!(
            !text.contains("김가온"),
            "no value lies in the vault as it is"
        );
    }

    #[test]
    fn two_projects_have_tokens_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let mut vault = FileVault::new(folder.path(), Repeated::new(1));
        let one = vault.token(&key("one", 1), "name", "김가온").unwrap();
        let two = vault.token(&key("two", 1), "name", "김가온").unwrap();
        assert_ne!(one, two);
        assert_eq!(vault.value(&key("two", 1), &one).unwrap(), None);
    }

    #[test]
    fn a_cut_file_loses_no_token_that_was_committed() {
        let folder = tempfile::tempdir().unwrap();
        let own = key("study", 1);
        let file = folder.path().join("study.tokens");
        let mut vault = FileVault::new(folder.path(), Repeated::new(1));
        let kept = vault.token(&own, "name", "김가온").unwrap();
        vault.commit().unwrap();
        let committed = fs::metadata(&file).unwrap().len();
        vault.token(&own, "name", "이누리").unwrap();
        vault.commit().unwrap();
        drop(vault);
        let bytes = fs::read(&file).unwrap();
        for cut in usize::try_from(committed).unwrap()..bytes.len() {
            fs::write(&file, &bytes[..cut]).unwrap();
            let mut vault = FileVault::new(folder.path(), Repeated::new(3));
            assert_eq!(vault.token(&own, "name", "김가온").unwrap(), kept);
            let again = vault.token(&own, "name", "이누리").unwrap();
            vault.commit().unwrap();
            assert_eq!(vault.value(&own, &again).unwrap().unwrap(), "이누리");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_open_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("vault");
        let mut vault = FileVault::new(&place, Repeated::new(1));
        vault.token(&key("study", 1), "name", "김가온").unwrap();
        vault.commit().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&place), 0o700);
        assert_eq!(mode(&place.join("study.tokens")), 0o600);
    }
}
