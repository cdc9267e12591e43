//! Which passwords are taken: long enough, and not one that others try first. No kind of character is asked for.

use std::path::Path;

use city::{City, SignIn};

use crate::breached::Breached;

/// Characters of the longest password. Longer ones are told, never cut.
pub const LONGEST: usize = 256;
/// Below this score of the estimator, guessing takes fewer than 10^8 tries.
const SCORE: u8 = 3;
/// The estimator looks at so many characters: its time grows faster than the length.
const LOOKED_AT: usize = 72;

/// Why a password is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weak {
    /// Fewer characters than so many.
    Short(u32),
    /// More characters than so many.
    Long(usize),
    /// It became known somewhere.
    Breached,
    /// It is among those tried first: common words, names of the city or the account, rows of keys.
    Common,
}

impl Weak {
    /// The word of the texts of pages.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Short(_) => "short",
            Self::Long(_) => "long",
            Self::Breached => "breached",
            Self::Common => "common",
        }
    }
}

impl std::fmt::Display for Weak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Short(least) => write!(f, "the password has fewer than {least} characters"),
            Self::Long(most) => write!(f, "the password has more than {most} characters"),
            Self::Breached => f.write_str(
                "the password became known somewhere and is in a list of such passwords",
            ),
            Self::Common => f.write_str("the password is among those that are tried first"),
        }
    }
}

/// What a password must be.
#[derive(Clone, Debug)]
pub struct Rules {
    shortest: u32,
    breached: Option<Breached>,
    /// Names of the city: a password made of them is guessed soon.
    words: Vec<String>,
}

impl Rules {
    /// The rules of a city.
    pub fn of(city: &City) -> Self {
        let manifest = &city.manifest;
        let names = [&manifest.name, &manifest.name_en, &manifest.code];
        let fields = manifest
            .fields
            .iter()
            .flat_map(|field| [&field.title, &field.title_en]);
        let departments = manifest
            .departments
            .iter()
            .flat_map(|one| [&one.title, &one.title_en]);
        let mut words: Vec<String> = names
            .into_iter()
            .chain(manifest.provider.as_ref())
            .chain(fields)
            .chain(departments)
            .map(|word| word.to_lowercase())
            .collect();
        words.push("madang".to_owned());
        words.push("마당".to_owned());
        Self {
            words,
            ..Self::new(&manifest.sign_in, &city.folder)
        }
    }

    /// The rules of a part of `city.toml`.
    pub fn new(rules: &SignIn, folder: &Path) -> Self {
        let list = rules.breached.as_ref();
        Self {
            shortest: rules.shortest_password,
            breached: list.map(|list| Breached::new(&folder.join(list))),
            words: Vec::new(),
        }
    }

    /// Characters of the shortest password.
    pub fn shortest(&self) -> u32 {
        self.shortest
    }

    /// Whether a password of an account is taken. It reads a file and counts for some milliseconds.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn judge(&self, account: &str, password: &str) -> Result<(), Weak> {
        let length = password.chars().count();
        if length < usize::try_from(self.shortest).unwrap_or(usize::MAX) {
            return Err(Weak::Short(self.shortest));
        }
        if length > LONGEST {
            return Err(Weak::Long(LONGEST));
        }
        let mut known: Vec<&str> = self.words.iter().map(String::as_str).collect();
        known.push(account);
        known.extend(
            account
                .split(['.', '@', '_', '-'])
                .filter(|part| part.len() > 2),
        );
        // A city's name is known in its parts too: `hanbit-si` in `hanbit1234567`.
        let parts = self.words.iter().flat_map(|word| {
            word.split(|letter: char| !letter.is_alphanumeric())
                .chain(word.strip_suffix(['시', '군', '구', '도']))
        });
        known.extend(parts.filter(|part| part.chars().count() > 1));
        let looked_at: String = password.chars().take(LOOKED_AT).collect();
        if u8::from(zxcvbn::zxcvbn(&looked_at, &known).score()) < SCORE {
            return Err(Weak::Common);
        }
        match self.breached.as_ref().map(|list| list.has(password)) {
            Some(Ok(true)) => Err(Weak::Breached),
            Some(Err(error)) => {
                // A list that is gone must not stop people from changing a password that is known to others.
                tracing::error!(%error, "the list of breached passwords cannot be read");
                Ok(())
            }
            Some(Ok(false)) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules {
            words: vec!["hanbit-si".to_owned(), "한빛시".to_owned()],
            ..Rules::new(&SignIn::default(), Path::new("."))
        }
    }

    #[test]
    fn length_counts_and_kinds_of_characters_do_not() {
        let rules = rules();
        assert_eq!(rules.judge("kim", "짧은것"), Err(Weak::Short(12)));
        assert_eq!(rules.judge("kim", "correcthorsebatterystaple"), Ok(()));
        assert_eq!(
            rules.judge("kim", "파란 고래가 지붕 위에서 노래한다"),
            Ok(())
        );
        assert_eq!(
            rules.judge("kim", &"가나".repeat(200)),
            Err(Weak::Long(LONGEST))
        );
        let long: String = (0..64_u32)
            .filter_map(|at| char::from_u32(0x4e00 + at * 37))
            .collect();
        assert_eq!(rules.judge("kim", &long), Ok(()), "64 characters are taken");
    }

    #[test]
    fn what_is_tried_first_is_not_taken() {
        let rules = rules();
        for word in [
            "password1234",
            "qwertyuiop12",
            "aaaaaaaaaaaa",
            "hanbit-si2026",
            "hanbit1234567",
            "minji.kim1234",
            "123456789012",
        ] {
            assert_eq!(rules.judge("minji.kim", word), Err(Weak::Common), "{word}");
        }
    }

    #[test]
    fn what_became_known_is_not_taken() {
        use sha1::{Digest as _, Sha1};
        let folder = tempfile::tempdir().unwrap();
        let hash: String = Sha1::digest(b"correcthorsebatterystaple")
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        std::fs::write(folder.path().join("list"), format!("{hash}:7\n")).unwrap();
        let sign_in = SignIn {
            breached: Some("list".into()),
            ..SignIn::default()
        };
        let rules = Rules::new(&sign_in, folder.path());
        assert_eq!(
            rules.judge("kim", "correcthorsebatterystaple"),
            Err(Weak::Breached)
        );
        assert_eq!(rules.judge("kim", "correcthorsebatterystaples"), Ok(()));
    }
}
