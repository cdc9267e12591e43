//! A link by which a person sets their password.

mod fill;

pub use fill::{accept, page};
pub(crate) use fill::{rule, said};

use serde::Serialize;

use super::Sample;

/// A link by which a person sets their password.
#[derive(Clone, Debug, Serialize)]
pub struct Invitation {
    /// The account; nothing where the link is good no more.
    pub account: Option<String>,
    /// Where the form is sent.
    pub address: String,
    /// What a password must be.
    pub rule: String,
    /// Why the password was not taken.
    pub fault: Option<String>,
}

impl Sample for Invitation {
    fn samples() -> Vec<Self> {
        let first = Self {
            account: Some("clerk".to_owned()),
            address: "/invitation/x".to_owned(),
            rule: "12자가 넘어야 합니다.".to_owned(),
            fault: None,
        };
        vec![
            first.clone(),
            Self {
                fault: Some("널리 알려진 비밀번호입니다.".to_owned()),
                ..first.clone()
            },
            Self {
                account: None,
                ..first
            },
        ]
    }
}
