//! Projects of pseudonymisation (가명처리): the list, and each step as a page that says what is asked, why, who did it when,
//! and what comes next. For those who work in them.

mod fill;
mod said;

pub use fill::{act, page, project, step};

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, Cell, CellKind, Fact, Head, Link, Table, Tone};

/// All projects.
#[derive(Clone, Debug, Serialize)]
pub struct Projects {
    /// How many, in a sentence.
    pub sentence: String,
    /// Each of them.
    pub table: Option<Table>,
}

/// One step of a project.
#[derive(Clone, Debug, Serialize)]
pub struct ProjectPage {
    /// The project's title.
    pub title: String,
    /// Where the project stands.
    pub badge: Badge,
    /// What comes next, in a sentence.
    pub next: String,
    /// The steps, each leading to its page.
    pub steps: Vec<StepView>,
    /// The step that is shown.
    pub step: StepPage,
    /// The project in short.
    pub facts: Vec<Fact>,
    /// All that happened.
    pub events: Option<Table>,
    /// The report that a reviewer signs, and the same as text.
    pub report: Vec<Link>,
    /// Where tokens are turned back, for whoever keeps the vault.
    pub tokens: Option<Link>,
    /// Why what was typed was not kept.
    pub fault: Option<String>,
    /// Where acts are sent.
    pub address: String,
    /// It can be noted and given up at any step.
    pub is_alive: bool,
}

/// One of the five steps.
#[derive(Clone, Debug, Serialize)]
pub struct StepView {
    /// Its name.
    pub title: String,
    /// Its page.
    pub path: String,
    /// It is the one that is shown.
    pub shown: bool,
    /// Done, under way, or not yet.
    pub badge: Badge,
}

/// What a step's page says.
#[derive(Clone, Debug, Serialize)]
pub struct StepPage {
    /// Its word: which form it has.
    pub word: String,
    /// Its name.
    pub title: String,
    /// What is asked.
    pub what: String,
    /// Why.
    pub why: String,
    /// Who did it when, where somebody did.
    pub done: Option<String>,
    /// It is the project's turn: the form is open.
    pub open: bool,
    /// What becomes of each column.
    pub columns: Option<Table>,
    /// The first rows of what is judged, for a reviewer.
    pub rows: Option<Table>,
    /// What is known to the step.
    pub facts: Vec<Fact>,
    /// What was typed before.
    pub typed: Typed,
}

/// What was typed before.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Typed {
    /// Findings, grounds, or a note.
    pub text: String,
    /// Conditions.
    pub conditions: String,
    /// To whom.
    pub to: String,
}

impl Sample for Projects {
    fn samples() -> Vec<Self> {
        let some = Self {
            sentence: "가명처리 사업이 1건 있습니다.".to_owned(),
            table: Some(Table {
                caption: "사업 1건".to_owned(),
                heads: vec![Head::text("사업"), Head::text("단계"), Head::text("기간")],
                rows: vec![vec![
                    Cell::text("수강 연구").leading_to("/projects/study"),
                    Cell::text("위험성 검토"),
                    Cell::of(CellKind::Moment, "2026-12-01 ~ 2027-11-30"),
                ]],
                plain: true,
            }),
        };
        let none = Self {
            sentence: "가명처리 사업이 없습니다.".to_owned(),
            table: None,
        };
        vec![some, none]
    }
}

impl Sample for ProjectPage {
    fn samples() -> Vec<Self> {
        let table = |caption: &str| Table {
            caption: caption.to_owned(),
            heads: vec![Head::text("항목"), Head::text("기법")],
            rows: vec![vec![Cell::text("born"), Cell::text("범위 방법")]],
            plain: true,
        };
        let page = |word: &str, open: bool| Self {
            title: "수강 연구".to_owned(),
            badge: Badge::new("위험성 검토", Tone::Plain),
            next: "다음 할 일: 위험성을 검토합니다.".to_owned(),
            steps: vec![StepView {
                title: "① 사전준비".to_owned(),
                path: "/projects/study/preparation".to_owned(),
                shown: true,
                badge: Badge::new("마침", Tone::Good),
            }],
            step: StepPage {
                word: word.to_owned(),
                title: "단계".to_owned(),
                what: "무엇을 합니다.".to_owned(),
                why: "까닭은 이렇습니다.".to_owned(),
                done: (!open).then(|| "2026-12-01 data".to_owned()),
                open,
                columns: (word == "processing").then(|| table("항목 1개")),
                rows: (word == "adequacy-review").then(|| table("처음 1행")),
                facts: vec![Fact::new("제공받는 곳", "한빛대학교")],
                typed: Typed::default(),
            },
            facts: vec![Fact::new("처리 목적", "통계작성")],
            events: Some(table("기록 1건")),
            report: vec![Link::new(
                "보고서 (PDF)",
                "/projects/study/papers/report.pdf",
            )],
            tokens: open.then(|| Link::new("토큰 되돌리기", "/projects/study/token")),
            fault: None,
            address: "/projects/study".to_owned(),
            is_alive: true,
        };
        let faulty = Self {
            fault: Some("‘findings’ 칸이 비어 있습니다.".to_owned()),
            ..page("risk-review", true)
        };
        let gone = Self {
            is_alive: false,
            events: None,
            ..page("safe-management", false)
        };
        vec![
            page("preparation", true),
            page("risk-review", true),
            page("processing", true),
            page("adequacy-review", true),
            page("safe-management", true),
            page("processing", false),
            faulty,
            gone,
        ]
    }
}
