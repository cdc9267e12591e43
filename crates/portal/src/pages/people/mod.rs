//! People: who has an account, with which rights, in which state; and one person with their journal.

mod fill;
mod one;

pub use fill::list;
pub(crate) use fill::rights;
pub use one::{act, person};

use serde::Serialize;

use super::Sample;
use super::account::SessionView;
use crate::parts::{Badge, Cell, Fact, Head, Table, Tone};

/// Everybody.
#[derive(Clone, Debug, Serialize)]
pub struct PeoplePage {
    /// The accounts.
    pub table: Table,
    /// What was last granted, changed and taken back.
    pub journal: Option<Table>,
}

/// One person.
#[derive(Clone, Debug, Serialize)]
pub struct PersonPage {
    /// The account's name.
    pub name: String,
    /// Its state.
    pub badges: Vec<Badge>,
    /// Department, roles, duties, password, last sign-in.
    pub facts: Vec<Fact>,
    /// Where its forms are sent.
    pub address: String,
    /// It may not sign in.
    pub blocked: bool,
    /// It is the one who looks: nobody blocks themselves.
    pub own: bool,
    /// A link that was just made; shown once.
    pub link: Option<String>,
    /// What was just done.
    pub done: Option<String>,
    /// Open sessions.
    pub sessions: Vec<SessionView>,
    /// What was granted, changed and taken back.
    pub journal: Option<Table>,
}

fn sample_journal() -> Table {
    Table {
        caption: "기록 1건".to_owned(),
        heads: vec![Head::text("때"), Head::text("누가"), Head::text("무엇을")],
        rows: vec![vec![
            Cell::text("2026-11-26 09:00"),
            Cell::text("data"),
            Cell::text("차단"),
        ]],
        plain: true,
    }
}

impl Sample for PeoplePage {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "계정 1개".to_owned(),
            heads: vec![Head::text("이름"), Head::text("부서"), Head::text("상태")],
            rows: vec![vec![
                Cell::text("clerk").leading_to("/admin/people/clerk"),
                Cell::text("민원과"),
                Cell::text("사용 중"),
            ]],
            plain: true,
        };
        let some = Self {
            table,
            journal: Some(sample_journal()),
        };
        vec![
            some.clone(),
            Self {
                journal: None,
                ..some
            },
        ]
    }
}

impl Sample for PersonPage {
    fn samples() -> Vec<Self> {
        let first = Self {
            name: "clerk".to_owned(),
            badges: vec![Badge::new("사용 중", Tone::Good)],
            facts: vec![Fact::new("부서", "민원과")],
            address: "/admin/people/clerk".to_owned(),
            blocked: false,
            own: false,
            link: None,
            done: None,
            sessions: Vec::new(),
            journal: Some(sample_journal()),
        };
        let session = SessionView {
            id: "a".to_owned(),
            what: "비밀번호 · 10.0.0.7".to_owned(),
            seen: "방금 (09:10 기준)".to_owned(),
            begun: "2026-11-26 09:00".to_owned(),
            own: false,
        };
        vec![
            Self {
                sessions: vec![session],
                ..first.clone()
            },
            Self {
                link: Some("http://127.0.0.1:8080/invitation/x".to_owned()),
                done: Some("초대 링크를 만들었습니다.".to_owned()),
                ..first.clone()
            },
            Self {
                blocked: true,
                journal: None,
                badges: vec![Badge::new("차단", Tone::Danger)],
                ..first.clone()
            },
            Self { own: true, ..first },
        ]
    }
}
