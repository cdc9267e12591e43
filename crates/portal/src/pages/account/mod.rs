//! What somebody who is signed in has: their rights, their password, their sessions.

mod fill;
mod passkeys;
mod purpose;

pub(crate) use fill::view_of;
pub use fill::{page, password, sessions};
pub use purpose::purpose;

use serde::Serialize;

use super::Sample;
use crate::parts::Fact;

/// One's own account.
#[derive(Clone, Debug, Serialize)]
pub struct AccountPage {
    /// Its name.
    pub name: String,
    /// Department, roles, duties.
    pub facts: Vec<Fact>,
    /// Whether it has a password here that can be changed.
    pub has_password: bool,
    /// What a password must be.
    pub rule: String,
    /// Why a new password was not taken.
    pub fault: Option<String>,
    /// Open sessions, the last used first.
    pub sessions: Vec<SessionView>,
    /// Passkeys, for accounts of the city's folder.
    pub passkeys: Option<PasskeysView>,
}

/// Passkeys of an account.
#[derive(Clone, Debug, Serialize)]
pub struct PasskeysView {
    /// Whether the address people use can have passkeys.
    pub possible: bool,
    /// The passkeys, the first made first.
    pub kept: Vec<PasskeyView>,
    /// There are as many as there may be.
    pub full: bool,
}

/// One passkey.
#[derive(Clone, Debug, Serialize)]
pub struct PasskeyView {
    /// What it is called in the form.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub made: String,
    /// When it was last used.
    pub used: String,
    /// Where it is kept.
    pub kept: String,
}

/// One session.
#[derive(Clone, Debug, Serialize)]
pub struct SessionView {
    /// What it is called in the form.
    pub id: String,
    /// How, from where and with which browser.
    pub what: String,
    /// When it was last used.
    pub seen: String,
    /// When it began.
    pub begun: String,
    /// It is the one that looks.
    pub own: bool,
}

impl Sample for AccountPage {
    fn samples() -> Vec<Self> {
        let session = |id: &str, own| SessionView {
            id: id.to_owned(),
            what: "비밀번호 · 10.0.0.7 · Firefox".to_owned(),
            seen: "방금 (09:10 기준)".to_owned(),
            begun: "2026-11-26 09:00".to_owned(),
            own,
        };
        let first = Self {
            name: "clerk".to_owned(),
            facts: vec![Fact::new("부서", "민원과"), Fact::new("역할", "민원 담당")],
            has_password: true,
            rule: "12자가 넘어야 합니다.".to_owned(),
            fault: None,
            sessions: vec![session("a", true), session("b", false)],
            passkeys: Some(PasskeysView {
                possible: true,
                kept: vec![PasskeyView {
                    id: "AbC".to_owned(),
                    name: "내 휴대전화".to_owned(),
                    made: "2026-11-26 09:00".to_owned(),
                    used: "쓴 적 없음".to_owned(),
                    kept: "한 기기에만".to_owned(),
                }],
                full: false,
            }),
        };
        let elsewhere = PasskeysView {
            possible: false,
            kept: Vec::new(),
            full: false,
        };
        vec![
            first.clone(),
            Self {
                fault: Some("지금 비밀번호가 맞지 않습니다.".to_owned()),
                passkeys: Some(elsewhere),
                ..first.clone()
            },
            Self {
                has_password: false,
                passkeys: None,
                sessions: vec![session("a", true)],
                ..first
            },
        ]
    }
}
