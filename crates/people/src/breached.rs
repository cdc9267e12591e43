//! The list of passwords that became known: a file of sorted SHA-1 hashes, searched where it lies.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use sha1::{Digest as _, Sha1};

/// A line is no longer: 40 digits, a colon, a count, an end.
const LINE: usize = 128;

/// A list; nothing of it is kept in memory.
#[derive(Clone, Debug)]
pub struct Breached {
    file: PathBuf,
}

impl Breached {
    /// The list in a file.
    pub fn new(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
        }
    }

    /// Whether a password is in the list. It halves the file until a line is left: some 35 reads in the largest there is.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn has(&self, password: &str) -> std::io::Result<bool> {
        let wanted: String = Sha1::digest(password.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        let mut file = File::open(&self.file)?;
        let (mut from, mut to) = (0, file.metadata()?.len());
        // A line that begins in `from..to` may be the one.
        while from < to {
            let middle = from + (to - from) / 2;
            let Some((begins, line)) = line_from(&mut file, middle, from, to)? else {
                to = middle;
                continue;
            };
            let hash = line
                .get(..wanted.len())
                .unwrap_or(&line)
                .to_ascii_uppercase();
            match hash.as_bytes().cmp(wanted.as_bytes()) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => from = begins + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        Ok(false)
    }
}

/// The first line that begins at `at` or behind it and before `to`, and where it begins.
fn line_from(
    file: &mut File,
    at: u64,
    least: u64,
    to: u64,
) -> std::io::Result<Option<(u64, String)>> {
    // One byte before tells whether a line begins right here.
    let start = at.saturating_sub(1).max(least.saturating_sub(1));
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = [0; LINE * 2];
    let mut filled = 0;
    while filled < bytes.len() {
        let Some(rest) = bytes.get_mut(filled..) else {
            break;
        };
        let read = file.read(rest)?;
        if read == 0 {
            break;
        }
        filled += read;
    }
    let bytes = bytes.get(..filled).unwrap_or_default();
    let skipped = if at == 0 {
        0
    } else {
        match bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => end + 1,
            None => return Ok(None),
        }
    };
    let begins = start + u64::try_from(skipped).unwrap_or(u64::MAX);
    if begins >= to {
        return Ok(None);
    }
    let rest = bytes.get(skipped..).unwrap_or_default();
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(Some((begins, String::from_utf8_lossy(line).into_owned())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn hash(password: &str) -> String {
        let bytes = Sha1::digest(password.as_bytes());
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    fn list(passwords: &[String], end: &str, with_count: bool) -> (tempfile::TempDir, Breached) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.txt");
        let hashes: BTreeSet<String> = passwords.iter().map(|word| hash(word)).collect();
        let text: String = hashes
            .iter()
            .enumerate()
            .map(|(at, hash)| {
                if with_count {
                    format!("{hash}:{}{end}", at * 977)
                } else {
                    format!("{hash}{end}")
                }
            })
            .collect();
        std::fs::write(&file, text).unwrap();
        (folder, Breached::new(&file))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn what_is_in_the_list_is_found_and_nothing_else(words in prop::collection::vec("[a-z]{1,6}", 0..40), other in "[A-Z]{1,6}", dos: bool, with_count: bool) {
            let (_folder, list) = list(&words, if dos { "\r\n" } else { "\n" }, with_count);
            for word in &words {
                prop_assert!(list.has(word).unwrap(), "{}", word);
            }
            prop_assert!(!list.has(&other).unwrap());
        }
    }

    #[test]
    fn a_list_that_is_gone_is_told() {
        assert!(Breached::new(Path::new("/nowhere/list")).has("x").is_err());
    }
}
