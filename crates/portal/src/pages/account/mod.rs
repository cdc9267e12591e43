//! What somebody who is signed in has: their rights, their password, their sessions.

mod fill;

pub(crate) use fill::view_of;
pub use fill::{page, password, sessions};

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
        };
        vec![
            first.clone(),
            Self {
                fault: Some("지금 비밀번호가 맞지 않습니다.".to_owned()),
                ..first.clone()
            },
            Self {
                has_password: false,
                sessions: vec![session("a", true)],
                ..first
            },
        ]
    }
}
