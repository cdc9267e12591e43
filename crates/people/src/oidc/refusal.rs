//! Why nobody is signed in.

/// Why nobody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The provider does not answer, or answers something else than a provider does.
    #[error("the identity provider cannot be used: {0}")]
    Down(String),
    /// The browser carries no sign-in that was begun here, another one, or one that took too long.
    #[error("this sign-in was not begun in this browser, or took too long")]
    NotBegun,
    /// The same answer came before.
    #[error("this answer of the identity provider was used before")]
    Replayed,
    /// The provider says no; its word for it.
    #[error("the identity provider refused: {0}")]
    Provider(String),
    /// The answer is not what it has to be.
    #[error("the identity provider's answer is not accepted: {0}")]
    Answer(String),
    /// The claims give no name an account can have.
    #[error("the claim `{0}` gives no name an account can have")]
    Name(String),
    /// Who it is, is clear; here they have no account and no role.
    #[error("`{0}` has no account and no role here")]
    Unknown(String),
    /// Another person of the provider has had this account's name before.
    #[error("the name `{0}` belongs to another person of the identity provider")]
    Taken(String),
    /// Our own machine fails.
    #[error("the machine is at fault: {0}")]
    Broken(String),
}

impl Refusal {
    /// Its word, in addresses and texts.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Down(_) => "down",
            Self::NotBegun => "not-begun",
            Self::Replayed => "replayed",
            Self::Provider(_) => "provider",
            Self::Answer(_) => "answer",
            Self::Name(_) => "name",
            Self::Unknown(_) => "unknown",
            Self::Taken(_) => "taken",
            Self::Broken(_) => "broken",
        }
    }

    /// Every word there is.
    pub const WORDS: [&'static str; 9] = [
        "down",
        "not-begun",
        "replayed",
        "provider",
        "answer",
        "name",
        "unknown",
        "taken",
        "broken",
    ];
}
