//! Who may see what, and why; and looking at pages as somebody else would see them.

mod fill;
mod see_as;
mod told;

pub use fill::page;
pub(crate) use fill::role_title;
pub use see_as::{begin, leave, refused};

use serde::Serialize;

use super::Sample;
use crate::parts::{Cell, Head, Table};

/// Who may see what, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Access {
    /// What is shown, in a sentence.
    pub sentence: String,
    /// What is wrong with what was asked.
    pub fault: Option<String>,
    /// People and roles to choose from.
    pub subjects: Vec<Group>,
    /// Departments, for roles.
    pub departments: Vec<Choice>,
    /// Purposes.
    pub purposes: Vec<Choice>,
    /// Datasets.
    pub datasets: Vec<Choice>,
    /// Drafted policies count.
    pub with_drafts: bool,
    /// Policies that are drafted only.
    pub drafts: Vec<String>,
    /// What is decided.
    pub table: Table,
    /// What the table is about.
    pub heading: String,
    /// Looking at pages with these eyes.
    pub see_as: Option<SeeAsForm>,
}

/// Several choices under one heading.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// The heading.
    pub title: String,
    /// The choices.
    pub choices: Vec<Choice>,
}

/// One choice.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its value.
    pub value: String,
    /// Its title.
    pub title: String,
    /// It is in force.
    pub chosen: bool,
}

/// What begins a look through other eyes.
#[derive(Clone, Debug, Serialize)]
pub struct SeeAsForm {
    /// The role's title.
    pub title: String,
    /// The role.
    pub role: String,
    /// The department.
    pub department: String,
    /// The purpose.
    pub purpose: String,
    /// Drafted policies count.
    pub with_drafts: bool,
}

impl Sample for Access {
    fn samples() -> Vec<Self> {
        let choice = |value: &str, title: &str, chosen| Choice {
            value: value.to_owned(),
            title: title.to_owned(),
            chosen,
        };
        let table = Table {
            caption: "민원 항목 2개".to_owned(),
            heads: vec![
                Head::text("항목"),
                Head::text("보이는 모습"),
                Head::text("정책"),
                Head::text("까닭"),
            ],
            rows: vec![vec![
                Cell::text("전화번호"),
                Cell::text("뒤 4자만 보임"),
                Cell::text("clerks (policies/a.cedar:3)"),
                Cell::text("담당 동의 민원을 처리하는 데 필요합니다."),
            ]],
            plain: true,
        };
        let one = Self {
            sentence: "민원 담당: 항목 2개 가운데 1개를 그대로 봅니다.".to_owned(),
            fault: None,
            subjects: vec![Group {
                title: "역할".to_owned(),
                choices: vec![choice("role:clerk", "민원 담당", true)],
            }],
            departments: vec![choice("welfare", "복지과", false)],
            purposes: vec![choice("complaint", "민원 처리", true)],
            datasets: vec![choice("complaints", "민원", true)],
            with_drafts: true,
            drafts: vec!["next-year (policies/a.cedar:9)".to_owned()],
            table,
            heading: "민원".to_owned(),
            see_as: Some(SeeAsForm {
                title: "민원 담당".to_owned(),
                role: "clerk".to_owned(),
                department: "welfare".to_owned(),
                purpose: "complaint".to_owned(),
                with_drafts: true,
            }),
        };
        let other = Self {
            fault: Some("그런 역할이 없습니다.".to_owned()),
            drafts: Vec::new(),
            see_as: None,
            ..one.clone()
        };
        vec![one, other]
    }
}

/// Why a page was not changed: somebody looks through other eyes.
#[derive(Clone, Debug, Serialize)]
pub struct SeeAsRefused {
    /// Whose eyes, in a sentence; nothing when nobody looks through other eyes any more.
    pub sentence: Option<String>,
}

impl Sample for SeeAsRefused {
    fn samples() -> Vec<Self> {
        vec![
            Self {
                sentence: Some("민원 담당의 눈으로 미리 보는 중입니다.".to_owned()),
            },
            Self { sentence: None },
        ]
    }
}
