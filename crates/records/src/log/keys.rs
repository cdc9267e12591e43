//! The keys of a log: made once, changed when somebody may have seen the private one, each change signed by the key before.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::LogError;
use super::folder::{Folder, replace, secret};
use super::note::{PublicKey, Signer};

const PUBLIC: &str = "keys";
const PRIVATE: &str = "key.private";
/// A new private key until the public keys name it.
const NEXT: &str = "key.private-next";

/// Public keys, oldest first. Each after the first was signed by the one before it.
pub(super) fn public(text: &str) -> Result<Vec<PublicKey>, String> {
    let mut keys: Vec<PublicKey> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let wrong = |what: &str| format!("line {number} of `{PUBLIC}` {what}");
        let mut words = line.split(' ');
        let key = words
            .next()
            .and_then(PublicKey::parse)
            .ok_or_else(|| wrong("is no public key"))?;
        if let Some(before) = keys.last() {
            let (size, signature) = (words.next(), words.next());
            let signed = size.zip(signature.and_then(|text| STANDARD.decode(text).ok()));
            let holds = signed.is_some_and(|(size, signature)| {
                key.name == before.name && before.signed(&change(&key, size), &signature)
            });
            if !holds {
                return Err(wrong("was not signed by the key before it"));
            }
        }
        if words.next().is_some() || key.to_string() != line.split(' ').next().unwrap_or_default() {
            return Err(wrong("is not as this program writes it"));
        }
        keys.push(key);
    }
    if keys.is_empty() || !text.ends_with('\n') {
        return Err(format!("`{PUBLIC}` is empty or cut off"));
    }
    Ok(keys)
}

/// The text that says which key comes next, after how many entries.
fn change(key: &PublicKey, size: &str) -> String {
    format!("next key of the access log\n{key}\nafter {size} entries\n")
}

/// The public keys of a log in a folder; none when there is no log yet.
pub(super) fn read(folder: &Folder) -> Result<Option<Vec<PublicKey>>, LogError> {
    let text = folder.text(PUBLIC).map_err(LogError::disk(folder))?;
    text.map(|text| public(&text).map_err(LogError::Damaged))
        .transpose()
}

/// A new key; nobody else may read it.
pub(super) fn make(folder: &Folder) -> Result<Signer, LogError> {
    let signer = drawn(folder, PRIVATE, None)?;
    Ok(signer)
}

/// Random bytes, fit for secrets.
pub(super) fn random(bytes: &mut [u8]) -> Result<(), LogError> {
    let drawn = SystemRandom::new().fill(bytes);
    drawn.map_err(|error| LogError::Form(format!("the machine gives no random numbers: {error}")))
}

/// Names the first key: from then on there is a log.
pub(super) fn found(folder: &Folder, signer: &Signer) -> io::Result<()> {
    replace(
        &folder.file(PUBLIC),
        format!("{}\n", signer.public()).as_bytes(),
    )
}

fn drawn(folder: &Folder, name: &str, log: Option<&str>) -> Result<Signer, LogError> {
    let mut seed = [0_u8; 32];
    random(&mut seed)?;
    let path = folder.file(name);
    secret(&path, format!("{}\n", STANDARD.encode(seed)).as_bytes())
        .map_err(LogError::disk(folder))?;
    Signer::new(log, &seed).ok_or_else(|| LogError::Damaged("a new key does not work".to_owned()))
}

/// The key that signs: the private one of the newest public key.
pub(super) fn signer(folder: &Folder, keys: &[PublicKey]) -> Result<Signer, LogError> {
    let newest = keys.last();
    for name in [PRIVATE, NEXT] {
        let Some(text) = folder.text(name).map_err(LogError::disk(folder))? else {
            continue;
        };
        let seed = STANDARD.decode(text.trim()).unwrap_or_default();
        let log = newest.map(|key| key.name.as_str());
        if let Some(signer) = Signer::new(log, &seed)
            && Some(signer.public()) == newest
        {
            if name == NEXT {
                // The change was written down; only the name was left to do.
                std::fs::rename(folder.file(NEXT), folder.file(PRIVATE))
                    .map_err(LogError::disk(folder))?;
            }
            return Ok(signer);
        }
    }
    Err(LogError::Damaged(format!(
        "{} is not there or does not belong to the newest key in {PUBLIC}; put it back from the backup",
        folder.file(PRIVATE).display()
    )))
}

/// Changes the key after `size` entries. The old private key is gone afterwards.
pub(super) fn rotate(folder: &Folder, old: &Signer, size: u64) -> Result<Signer, LogError> {
    let new = drawn(folder, NEXT, Some(&old.public().name))?;
    let size = size.to_string();
    let signature = STANDARD.encode(old.signature(&change(new.public(), &size)));
    let known = folder.text(PUBLIC).map_err(LogError::disk(folder))?;
    let text = format!(
        "{}{} {size} {signature}\n",
        known.unwrap_or_default(),
        new.public()
    );
    let written = replace(&folder.file(PUBLIC), text.as_bytes())
        .and_then(|()| std::fs::rename(folder.file(NEXT), folder.file(PRIVATE)))
        .and_then(|()| folder.sync());
    written.map_err(LogError::disk(folder))?;
    Ok(new)
}

/// Whether the private key, where it is, belongs to the newest public one.
pub(super) fn is_private_sound(folder: &Folder, keys: &[PublicKey]) -> bool {
    let log = keys.last().map(|key| key.name.as_str());
    let belongs = |text: &String| {
        let seed = STANDARD.decode(text.trim()).unwrap_or_default();
        Signer::new(log, &seed).is_some_and(|signer| keys.last() == Some(signer.public()))
    };
    let read = |name: &str| folder.text(name).ok().flatten();
    // While the key is being changed the new one has the other name.
    match (read(PRIVATE), read(NEXT)) {
        (None, None) => true,
        (private, next) => private.iter().chain(next.iter()).any(belongs),
    }
}
