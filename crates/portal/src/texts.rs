//! `text/{ko,en}.toml`: every word of the interface, by key.
//!
//! A text may hold `{name}` for a value and `{name:은/는}` for the Korean particle that follows it.

use std::collections::BTreeMap;

use city::Lang;
use thiserror::Error;

use crate::particle::particle;

/// One language's texts.
#[derive(Clone, Debug)]
pub struct Texts {
    by_key: BTreeMap<String, String>,
}

/// A text cannot be had.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TextError {
    /// The file is not what it should be.
    #[error("texts: {0}")]
    File(String),
    /// No such key.
    #[error("no text `{0}`")]
    Missing(String),
    /// The text needs a value that was not given.
    #[error("text `{key}` needs `{name}`")]
    Value {
        /// The text's key.
        key: String,
        /// The value's name.
        name: String,
    },
}

impl Texts {
    /// The texts of a language, which are part of the program.
    ///
    /// # Errors
    /// When the file is not a table of tables of strings.
    pub fn of(lang: Lang) -> Result<Self, TextError> {
        Self::read(match lang {
            Lang::Ko => include_str!("../text/ko.toml"),
            Lang::En => include_str!("../text/en.toml"),
        })
    }

    fn read(file: &str) -> Result<Self, TextError> {
        let sections: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(file).map_err(|cause| TextError::File(cause.to_string()))?;
        let by_key = sections
            .into_iter()
            .flat_map(|(section, texts)| {
                texts
                    .into_iter()
                    .map(move |(name, text)| (format!("{section}.{name}"), text))
            })
            .collect();
        Ok(Self { by_key })
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.by_key.keys().map(String::as_str)
    }

    /// A text without values.
    ///
    /// # Errors
    /// When there is no such text or it needs a value.
    pub fn plain(&self, key: &str) -> Result<String, TextError> {
        self.with(key, &[])
    }

    /// A text with its values put in.
    ///
    /// # Errors
    /// When there is no such text or a value is missing.
    pub fn with(&self, key: &str, values: &[(&str, String)]) -> Result<String, TextError> {
        let text = self
            .by_key
            .get(key)
            .ok_or_else(|| TextError::Missing(key.to_owned()))?;
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((slot, after)) = behind.split_once('}') else {
                break;
            };
            out.push_str(before);
            let (name, pair) = slot
                .split_once(':')
                .map_or((slot, None), |(name, pair)| (name, Some(pair)));
            let value = values
                .iter()
                .find(|(given, _)| *given == name)
                .map(|(_, value)| value.as_str());
            let value = value.ok_or_else(|| TextError::Value {
                key: key.to_owned(),
                name: name.to_owned(),
            })?;
            out.push_str(pair.map_or(value, |pair| particle(value, pair)));
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A text for a sentence that the program builds itself; the key stands in for a missing text,
    /// which a test keeps from happening.
    pub fn say(&self, key: &str, values: &[(&str, String)]) -> String {
        self.with(key, values).unwrap_or_else(|_| key.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_values_and_particles() {
        let texts = Texts::read("[a]\nb = '{name}{name:은/는} {count}행입니다'").unwrap();
        let values = [("name", "주차장".to_owned()), ("count", "3".to_owned())];
        assert_eq!(texts.with("a.b", &values).unwrap(), "주차장은 3행입니다");
        assert_eq!(
            texts.plain("a.c"),
            Err(TextError::Missing("a.c".to_owned()))
        );
        assert!(matches!(texts.plain("a.b"), Err(TextError::Value { .. })));
    }

    #[test]
    fn both_languages_have_the_same_keys_and_every_key_is_used() {
        let ko = Texts::of(Lang::Ko).unwrap();
        let en = Texts::of(Lang::En).unwrap();
        let only_ko: Vec<_> = ko
            .keys()
            .filter(|key| !en.by_key.contains_key(*key))
            .collect();
        let only_en: Vec<_> = en
            .keys()
            .filter(|key| !ko.by_key.contains_key(*key))
            .collect();
        assert!(
            only_ko.is_empty() && only_en.is_empty(),
            "only ko: {only_ko:?}; only en: {only_en:?}"
        );
        // Asked when it runs: checkouts that share a target folder share this test.
        let room = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
        let sources = sources(&std::path::Path::new(&room).join("src"));
        // A key is written whole, or its section is built, or what stands behind a `_`: `"cadence." ~ value`,
        // `quality.by_{way}`.
        let is_built = |key: &str| {
            let ends = key.match_indices('_').map(|(at, _)| at + 1);
            ends.filter_map(|end| key.get(..end))
                .any(|start| sources.contains(&format!("\"{start}{{")))
        };
        let unused: Vec<_> = ko
            .keys()
            .filter(|key| {
                let section = key.split('.').next().unwrap_or_default();
                !sources.contains(&format!("\"{key}\""))
                    && !sources.contains(&format!("\"{section}.\""))
                    && !sources.contains(&format!("\"{section}.{{"))
                    && !is_built(key)
            })
            .collect();
        assert!(unused.is_empty(), "texts nobody uses: {unused:?}");
    }

    fn sources(folder: &std::path::Path) -> String {
        let mut out = String::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                out.push_str(&sources(&path));
            } else {
                out.push_str(&std::fs::read_to_string(path).unwrap_or_default());
            }
        }
        out
    }
}
