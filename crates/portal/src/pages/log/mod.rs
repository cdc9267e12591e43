//! The access log, for the privacy officer: search, state, what to do with it.

mod fill;

pub(crate) use fill::{act_word, whom};
pub use fill::{page, verify};

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, Cell, Fact, Head, Link, Pager, Table, Tone};

/// The access log.
#[derive(Clone, Debug, Serialize)]
pub struct LogPage {
    /// How many entries were found, in a sentence.
    pub sentence: String,
    /// What is wrong with what was asked.
    pub fault: Option<String>,
    /// What is asked for.
    pub fields: Vec<Field>,
    /// Words to choose from.
    pub choices: Vec<Choice>,
    /// The entries.
    pub table: Option<Table>,
    /// Other pages of them.
    pub pager: Option<Pager>,
    /// Whether the log is what it was.
    pub standing: Badge,
    /// What the log says of itself.
    pub facts: Vec<Fact>,
    /// Where else to go.
    pub ways: Vec<Link>,
}

/// A field of the search.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// The parameter.
    pub name: &'static str,
    /// What it is called.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// `text` or `date`.
    pub kind: &'static str,
}

/// A field that is chosen.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// The parameter.
    pub name: &'static str,
    /// What it is called.
    pub label: String,
    /// Value, words, and whether it is the one chosen.
    pub options: Vec<(String, String, bool)>,
}

impl Sample for LogPage {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "찾은 기록 1건 가운데 1~1".to_owned(),
            heads: vec![
                Head::text("번호"),
                Head::text("일시"),
                Head::text("누가"),
                Head::text("한 일"),
                Head::text("자료"),
                Head::text("목적"),
                Head::number("행"),
                Head::text("결정"),
            ],
            rows: vec![vec![
                Cell::text("1,204").leading_to("/admin/log/1204"),
                Cell::text("2026-11-05 09:10"),
                Cell::text("clerk (민원봉사과)"),
                Cell::text("열람"),
                Cell::text("민원 접수"),
                Cell::text("민원 처리"),
                Cell::number("20"),
                Cell::text("허용"),
            ]],
            plain: true,
        };
        let some = Self {
            sentence: "기록 1건을 찾았습니다.".to_owned(),
            fault: None,
            fields: vec![Field {
                name: "who",
                label: "누가".to_owned(),
                value: "clerk".to_owned(),
                kind: "text",
            }],
            choices: vec![Choice {
                name: "decision",
                label: "결정".to_owned(),
                options: vec![
                    (String::new(), "모두".to_owned(), true),
                    ("denied".to_owned(), "거부".to_owned(), false),
                ],
            }],
            table: Some(table),
            pager: None,
            standing: Badge::new("바뀐 기록 없음", Tone::Good),
            facts: vec![Fact::new("기록", "1,204건")],
            ways: vec![Link::new("내 자료를 누가 보았나", "/admin/log/subject")],
        };
        let none = Self {
            sentence: String::new(),
            fault: Some("‘어제’는 날짜가 아닙니다.".to_owned()),
            table: None,
            standing: Badge::new("바뀐 기록이 있음", Tone::Danger),
            ..some.clone()
        };
        vec![some, none]
    }
}
