//! Files that parties, key agent and linker hand to one another: a line that says for whom a file is, then a line a row.
//! Nobody takes a file that is for somebody else: it would let them see what they must not.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;

use privacy::pseudonym::Entropy;
use privacy::pseudonym::linking::JoinSecret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::commands::privacy::pseudonymise::hex;
use crate::exit::Failure;

/// What the first line begins with: another program's file has not.
const FORM: &str = "madang-link-1";
/// The longest line that is read.
const LINE_MAX: u64 = 1 << 20;
/// What a file of a secret begins with.
const SECRET: &str = "madang-link-secret-1 ";

/// For whom a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Whose {
    /// Join keys and serials: for the key agent.
    KeyAgent,
    /// Serials and attributes: for the linker.
    Linker,
    /// Which serials belong together: from the key agent to the linker.
    Matches,
}

impl Whose {
    fn told(self) -> &'static str {
        match self {
            Self::KeyAgent => "join keys for the key agent (`--for-agent` of `prepare`)",
            Self::Linker => "attributes for the linker (`--for-linker` of `prepare`)",
            Self::Matches => "which rows belong together (`--out` of `match`)",
        }
    }
}

/// The first line of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Head {
    form: String,
    pub(super) whose: Whose,
    /// Which preparation it is of, and of matches, which two: chance that says nothing.
    pub(super) of: Vec<String>,
    /// Names of the attributes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) columns: Vec<String>,
}

impl Head {
    pub(super) fn new(whose: Whose, of: Vec<String>, columns: Vec<String>) -> Self {
        Self {
            form: FORM.to_owned(),
            whose,
            of,
            columns,
        }
    }
}

/// A name of chance for a preparation.
pub(super) fn name(chance: &mut dyn Entropy) -> Result<String, Failure> {
    let mut bytes = [0_u8; 8];
    chance
        .fill(&mut bytes)
        .map_err(|error| Failure::Machine(error.to_string()))?;
    Ok(hex(&bytes))
}

/// Writes a file for its owner alone, whole or not at all, and over no other.
pub(super) fn write<T: Serialize>(path: &Path, head: &Head, rows: &[T]) -> Result<(), Failure> {
    let mut file = BufWriter::new(begun(path)?);
    let told = |error: &std::io::Error| failed(path, error);
    let mut line = |value: String| writeln!(file, "{value}").map_err(|error| told(&error));
    line(text(head)?)?;
    for row in rows {
        line(text(row)?)?;
    }
    let file = file.into_inner().map_err(|error| told(error.error()))?;
    kept(file, path)
}

fn text(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Machine(error.to_string()))
}

fn begun(path: &Path) -> Result<NamedTempFile, Failure> {
    if path.exists() {
        return Err(there_already(path));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(|error| failed(path, &error))
}

fn kept(file: NamedTempFile, path: &Path) -> Result<(), Failure> {
    file.as_file()
        .sync_all()
        .map_err(|error| failed(path, &error))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(there_already(path))
        }
        Err(error) => Err(failed(path, &error.error)),
    }
}

fn there_already(path: &Path) -> Failure {
    Failure::Input(format!(
        "{}: there is a file already; name another, or take it away",
        path.display()
    ))
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Machine(format!("failed to write {}: {error}", path.display()))
}

/// Reads a file that must be for `whose`.
pub(super) fn read<T: DeserializeOwned>(
    path: &Path,
    whose: Whose,
) -> Result<(Head, Vec<T>), Failure> {
    let told = |what: String| Failure::Input(format!("{}{what}", path.display()));
    let file = File::open(path).map_err(|error| told(format!(": cannot be read: {error}")))?;
    let mut lines = BufReader::new(file);
    let mut next = |number: usize| -> Result<Option<String>, Failure> {
        let mut line = String::new();
        let length = (&mut lines)
            .take(LINE_MAX)
            .read_line(&mut line)
            .map_err(|error| told(format!(":{number}: cannot be read: {error}")))?;
        Ok((length > 0).then_some(line))
    };
    let no_form = || {
        told(format!(
            ":1: this is no file of `madang privacy link`; expected {}",
            whose.told()
        ))
    };
    let head = next(1)?.ok_or_else(no_form)?;
    let head: Head = serde_json::from_str(&head).map_err(|_unsaid| no_form())?;
    if head.form != FORM {
        return Err(no_form());
    }
    if head.whose != whose {
        return Err(told(format!(
            ":1: the file holds {}; expected {}; nobody sees both",
            head.whose.told(),
            whose.told()
        )));
    }
    let mut rows = Vec::new();
    let mut number = 1;
    while let Some(line) = next(number + 1)? {
        number += 1;
        // What cannot be read can hold values: it is not repeated.
        let row = serde_json::from_str(&line).map_err(|_unsaid| {
            told(format!(
                ":{number}: the line was changed or cut on its way; have the file sent again"
            ))
        })?;
        rows.push(row);
    }
    Ok((head, rows))
}

/// Writes a secret for its owner alone.
pub(super) fn write_secret(path: &Path, secret: &JoinSecret) -> Result<(), Failure> {
    let mut file = begun(path)?;
    writeln!(file, "{SECRET}{}", hex(secret.bytes())).map_err(|error| failed(path, &error))?;
    kept(file, path)
}

/// Reads a secret; one that others can read is none.
pub(super) fn read_secret(path: &Path) -> Result<JoinSecret, Failure> {
    let told = |what: &str| Failure::Input(format!("{}: {what}", path.display()));
    let mut file = File::open(path).map_err(|error| told(&format!("cannot be read: {error}")))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map(|data| data.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            return Err(told(
                "the secret can be read by others; take their rights away (chmod 600), and make another if somebody may have read it",
            ));
        }
    }
    let mut text = String::new();
    (&mut file)
        .take(1 << 10)
        .read_to_string(&mut text)
        .map_err(|error| told(&format!("cannot be read: {error}")))?;
    let digits = text.trim().strip_prefix(SECRET).unwrap_or_default();
    let mut bytes = [0_u8; 32];
    let pairs = digits.as_bytes().chunks(2);
    let mut read = 0;
    for (place, pair) in bytes.iter_mut().zip(pairs) {
        let byte = std::str::from_utf8(pair).ok();
        let Some(byte) = byte.and_then(|pair| u8::from_str_radix(pair, 16).ok()) else {
            break;
        };
        *place = byte;
        read += 1;
    }
    if digits.len() == 64 && read == 32 {
        Ok(JoinSecret::given(bytes))
    } else {
        Err(told(
            "this is no secret; `madang privacy link secret --out FILE` makes one, for both parties",
        ))
    }
}
