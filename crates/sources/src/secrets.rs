//! Service keys: sent in one form, shown in none.

use std::collections::BTreeMap;

use city::Fault;
use percent::{decoded, encoded};

/// Times a key may have been encoded by those who handed it on.
const ENCODED_MAX: usize = 3;
/// What stands where a secret stood.
const HIDDEN: &str = "***";

/// A service key as it was meant: it is handed out percent-encoded as well as plain, and somebody may
/// have encoded the encoded form once more.
pub(super) fn plain_key(key: &str) -> String {
    let mut key = key.trim().to_owned();
    for _ in 0..ENCODED_MAX {
        match decoded(&key) {
            Some(plain) if plain != key => key = plain,
            _ => break,
        }
    }
    key
}

/// A key as a part of an address's path or query.
pub(super) fn in_address(plain: &str) -> String {
    encoded(plain)
}

/// All spellings of what must not be shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// The key, and every configuration value that a template names and that is no address.
    pub(super) fn new(
        key: Option<&str>,
        values: &BTreeMap<String, String>,
        templates: &[&str],
    ) -> Self {
        let mut secrets = Self::default();
        if let Some(key) = key {
            secrets.add(key);
        }
        for (name, value) in values {
            let is_named = templates
                .iter()
                .any(|template| template.contains(&format!("{{{name}}}")));
            if is_named && !value.contains("://") {
                secrets.add(value);
            }
        }
        secrets.in_order()
    }

    /// The same with one more.
    pub(super) fn and(mut self, secret: &str) -> Self {
        self.add(secret);
        self.in_order()
    }

    /// A longer spelling first: a shorter one can stand in it.
    fn in_order(mut self) -> Self {
        self.0.sort_by_key(|text| std::cmp::Reverse(text.len()));
        self.0.dedup();
        self
    }

    fn add(&mut self, given: &str) {
        let plain = plain_key(given);
        let once = encoded(&plain);
        let twice = encoded(&once);
        let form: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
        // A server that reads a `+` of an address as a space says the key so.
        let spaced = plain.replace('+', " ");
        let lower = once.to_lowercase();
        let all = [
            given.trim().to_owned(),
            plain,
            lower,
            once,
            twice,
            form,
            spaced,
        ];
        self.0
            .extend(all.into_iter().filter(|text| !text.is_empty()));
    }

    /// The text without them.
    pub(super) fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| {
            text.replace(secret.as_str(), HIDDEN)
        })
    }

    /// The fault without them.
    pub(super) fn hide_in(&self, mut fault: Fault) -> Fault {
        fault.what = self.hide(&fault.what);
        fault.expected = fault.expected.map(|text| self.hide(&text));
        fault.remedy = fault.remedy.map(|text| self.hide(&text));
        fault
    }
}

mod percent {
    //! Percent-encoding, strictly: a sign that is not well encoded is a sign.

    use std::fmt::Write as _;

    /// The text without its percent-encoding; nothing when it has none or is not text then.
    pub(super) fn decoded(text: &str) -> Option<String> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((&byte, behind)) = rest.split_first() {
            let pair = (byte == b'%').then(|| behind.get(..2)).flatten();
            let value = pair
                .filter(|pair| pair.iter().all(u8::is_ascii_hexdigit))
                .and_then(|pair| std::str::from_utf8(pair).ok())
                .and_then(|pair| u8::from_str_radix(pair, 16).ok());
            match value {
                Some(value) => {
                    bytes.push(value);
                    rest = behind.get(2..).unwrap_or_default();
                }
                None if byte == b'%' => return None,
                None => {
                    bytes.push(byte);
                    rest = behind;
                }
            }
        }
        String::from_utf8(bytes).ok()
    }

    /// Everything but letters, digits and `-._~` encoded.
    pub(super) fn encoded(text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                // Writing to a text does not fail.
                write!(out, "%{byte:02X}").ok();
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_the_same_in_every_form_it_is_handed_out_in() {
        for form in [
            "a+b/c==",
            "a%2Bb%2Fc%3D%3D",
            "a%2bb%2fc%3d%3d",
            "a%252Bb%252Fc%253D%253D",
            " a+b/c==\n",
        ] {
            assert_eq!(plain_key(form), "a+b/c==", "{form}");
        }
        assert_eq!(plain_key("50%off"), "50%off");
    }

    #[test]
    fn no_spelling_of_a_secret_is_shown() {
        let values = BTreeMap::from([
            ("host".to_owned(), "https://api.example.kr".to_owned()),
            ("account".to_owned(), "city-7".to_owned()),
            ("other".to_owned(), "x".to_owned()),
        ]);
        let secrets = Secrets::new(Some("a%2Bb=="), &values, &["{host}/{account}/x"]);
        let told = "a+b== a%2Bb%3D%3D a%2bb%3d%3d a%252Bb%253D%253D a b== a%2Bb== city-7 https://api.example.kr x";
        assert_eq!(
            secrets.hide(told),
            "*** *** *** *** *** *** *** https://api.example.kr x"
        );
    }

    proptest! {
        /// However often it was encoded, it is sent encoded exactly once.
        #[test]
        fn a_key_is_never_encoded_twice(key in "[A-Za-z0-9+/]{8,40}={0,2}", times in 0_usize..3) {
            let given = (0..times).fold(key.clone(), |key, _| in_address(&key));
            prop_assert_eq!(plain_key(&given), key.clone());
            prop_assert_eq!(in_address(&plain_key(&given)), in_address(&key));
        }

        /// What is hidden is gone, wherever it stood.
        #[test]
        fn a_hidden_key_is_gone(key in "[A-Za-z0-9+/]{8,40}={0,2}", before in ".{0,20}", behind in ".{0,20}") {
            let secrets = Secrets::new(Some(&key), &BTreeMap::new(), &[]);
            let shown = secrets.hide(&format!("{before}{key}{behind}{}", in_address(&key)));
            prop_assert!(!shown.contains(&key) && !shown.contains(&in_address(&key)));
        }
    }
}
