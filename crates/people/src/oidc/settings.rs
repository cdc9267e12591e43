//! Which identity provider the city has, and what its claims give.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// A signature that a token may have. There is no word for none, and none for shared secrets: whoever knows the public
/// key could make such a one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSA, PKCS 1.5, SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA, PSS, SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// P-256, SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// P-384, SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// Those taken where the city names none.
    pub const USUAL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];
}

/// The client's secret. It never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret as it was read.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The city's identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its name, on the button.
    pub title: String,
    /// Its issuer address, exactly as it says itself: a slash at the end is part of it.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there; a public client has none.
    pub client_secret: Option<Secret>,
    /// A certificate (PEM) that vouches for it, where no public one does.
    pub authority: Option<Vec<u8>>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that is the account's name.
    pub account_claim: String,
    /// The claim that lists groups or roles; dots lead into objects.
    pub roles_claim: Option<String>,
    /// Which of its values give which roles. A value that does not stand here gives nothing.
    pub roles: BTreeMap<String, Vec<String>>,
    /// The claim that names the department; dots lead into objects.
    pub department_claim: Option<String>,
    /// Which of its values are which department. A value that does not stand here is taken for the id itself.
    pub departments: BTreeMap<String, String>,
    /// Signatures a token may have.
    pub algorithms: Vec<Algorithm>,
    /// Where the provider leads back to.
    pub back: Url,
}

/// Whether an address may be used as it is: the line is private, or does not leave the machine.
pub fn is_private(address: &Url) -> bool {
    match address.scheme() {
        "https" => true,
        "http" => match address.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_reached_by_a_private_line_or_on_this_machine() {
        let private = |text: &str| is_private(&Url::parse(text).unwrap());
        assert!(private("https://id.city.example/realm"));
        assert!(private("http://localhost:8080") && private("http://127.0.0.1:1"));
        assert!(private("http://[::1]:1"));
        assert!(!private("http://id.city.example"));
        assert!(!private("http://localhost.example"));
        assert!(!private("file:///etc"));
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert!(!format!("{:?}", Secret::new("hidden")).contains("hidden"));
    }

    #[test]
    fn there_is_no_word_for_no_signature_or_a_shared_one() {
        for word in ["none", "HS256", "HS384", "HS512"] {
            let text = format!("\"{word}\"");
            assert!(serde_json::from_str::<Algorithm>(&text).is_err(), "{word}");
        }
        let all: Vec<Algorithm> = serde_json::from_str(r#"["RS256","ES256","EdDSA"]"#).unwrap();
        assert_eq!(all, Algorithm::USUAL);
    }
}
