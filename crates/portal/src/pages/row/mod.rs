//! One row that is looked at: put aside by a load, or reported by a citizen. Staff put it right here.

mod fill;
mod sentence;

pub use fill::{keep, keep_reported, page, reported};

use serde::Serialize;

use super::Sample;
use crate::parts::{Fact, Link};

/// One row that is looked at.
#[derive(Clone, Debug, Serialize)]
pub struct RowPage {
    /// Its heading.
    pub heading: String,
    /// The dataset.
    pub dataset: Link,
    /// Where to go back to.
    pub back: Link,
    /// What is wrong, one plain sentence each.
    pub sentences: Vec<String>,
    /// Where it stands.
    pub facts: Vec<Fact>,
    /// What a citizen says, and what they were answered.
    pub report: Option<ReportView>,
    /// Why what was typed was not kept.
    pub faults: Vec<String>,
    /// The form; nothing for who may not use it, or once there is nothing left to do.
    pub form: Option<FormView>,
    /// That it is done.
    pub done: Option<String>,
}

/// What a citizen says of a row.
#[derive(Clone, Debug, Serialize)]
pub struct ReportView {
    /// When, which column, what stood there, what should.
    pub facts: Vec<Fact>,
    /// How they know.
    pub note: Option<String>,
    /// The answer.
    pub answer: Option<String>,
}

/// The row as a form.
#[derive(Clone, Debug, Serialize)]
pub struct FormView {
    /// Where it is sent.
    pub address: String,
    /// Cells at fault.
    pub wrong: Vec<FieldView>,
    /// The other cells.
    pub others: Vec<FieldView>,
    /// Why, as typed before.
    pub why: String,
    /// Whether a citizen is answered.
    pub answers: bool,
    /// Whether the row can be left out of the table.
    pub can_leave_out: bool,
}

/// One cell as a field.
#[derive(Clone, Debug, Serialize)]
pub struct FieldView {
    /// The field's name: `cell.` and the place of the source's column.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What it says now.
    pub value: String,
    /// What is wrong with it.
    pub fault: Option<String>,
}

impl Sample for RowPage {
    fn samples() -> Vec<Self> {
        let field = |at: usize, label: &str, value: &str, fault: Option<&str>| FieldView {
            name: format!("cell.{at}"),
            label: label.to_owned(),
            value: value.to_owned(),
            fault: fault.map(str::to_owned),
        };
        let form = FormView {
            address: "/datasets/wifi/quarantine/row?row=12".to_owned(),
            wrong: vec![field(
                1,
                "설치연월",
                "2021-13",
                Some("월은 01부터 12까지입니다"),
            )],
            others: vec![field(0, "설치장소명", "한빛도서관", None)],
            why: String::new(),
            answers: false,
            can_leave_out: true,
        };
        let aside = Self {
            heading: "공공와이파이: 12행".to_owned(),
            dataset: Link::new("공공와이파이", "/datasets/wifi"),
            back: Link::new("격리한 행", "/datasets/wifi/quarantine"),
            sentences: vec!["12행 설치연월 2021-13: 월은 01부터 12까지입니다".to_owned()],
            facts: vec![Fact::new("파일", "wifi.csv")],
            report: None,
            faults: Vec::new(),
            form: Some(form.clone()),
            done: None,
        };
        let refused = Self {
            faults: vec!["설치연월: 월은 01부터 12까지입니다".to_owned()],
            ..aside.clone()
        };
        let reported = Self {
            report: Some(ReportView {
                facts: vec![Fact::new("값", "2021-12")],
                note: Some("작년에 옮겼습니다".to_owned()),
                answer: None,
            }),
            sentences: Vec::new(),
            form: Some(FormView {
                answers: true,
                ..form
            }),
            ..aside.clone()
        };
        let receipt = Self {
            report: Some(ReportView {
                facts: vec![Fact::new("열", "설치연월")],
                note: None,
                answer: Some("고쳤습니다. 고맙습니다.".to_owned()),
            }),
            facts: Vec::new(),
            form: None,
            ..reported.clone()
        };
        let done = Self {
            form: None,
            done: Some("고친 내용을 적어 두었습니다.".to_owned()),
            ..aside.clone()
        };
        vec![aside, refused, reported, receipt, done]
    }
}
