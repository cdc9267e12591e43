//! How people sign in: by name and password, and by other ways where the city has some.

mod fill;

pub use fill::{enter, page};
pub(crate) use fill::{next, wait};

use serde::Serialize;

use super::Sample;
use crate::parts::Link;

/// How people sign in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SignIn {
    /// Somebody is signed in.
    pub signed_in: bool,
    /// Why the last try did not succeed.
    pub fault: Option<String>,
    /// What went well before this page.
    pub done: Option<String>,
    /// The account's name, as typed before.
    pub account: String,
    /// Where it goes from here.
    pub next: String,
    /// Other ways to sign in.
    pub other_ways: Vec<Link>,
    /// The identity provider's own sign-out, for whoever just signed out here.
    pub farewell: Option<Link>,
    /// Somebody can sign in with a passkey here.
    pub passkeys: bool,
}

impl Sample for SignIn {
    fn samples() -> Vec<Self> {
        let first = Self {
            next: "/".to_owned(),
            ..Self::default()
        };
        vec![
            first.clone(),
            Self {
                signed_in: true,
                ..first.clone()
            },
            Self {
                fault: Some("이름이나 비밀번호가 맞지 않습니다.".to_owned()),
                account: "clerk".to_owned(),
                ..first.clone()
            },
            Self {
                done: Some("비밀번호를 바꾸었습니다.".to_owned()),
                other_ways: vec![Link::new("시청 계정으로 들어가기", "/sign-in/openid")],
                farewell: Some(Link::new("시청 통합로그인", "/sign-in/openid/farewell")),
                passkeys: true,
                ..first
            },
        ]
    }
}
